"""
How long what is kept (scope G5, security point 36), as one table, and what is due to go.

A force may keep something shorter or longer, within bounds that are part of the table: beyond them it does not start.
What a legal hold covers stays until the hold is released, whatever its term.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One class: kept for ``term`` after it was over, by a force's own rule between ``least`` and ``most``.

    ``step``: what is due is looked for so often and goes together, so that the record gets one entry of it and not one
    a second. It is the longest that something outlasts its term.
    """

    term: timedelta
    least: timedelta
    most: timedelta
    step: timedelta


def _days(term: float, least: float, most: float, *, step: timedelta = timedelta(days=1)) -> Rule:
    return Rule(timedelta(days=term), timedelta(days=least), timedelta(days=most), step)


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_YEAR = 365
# Class -> rule. What each holds, and from when it is counted: docs/privacy.md. Sources: scope G5 (tracks 30 days,
# matters 3 years, then de-identified), scope 5.1-15 (a caller's number is counted for 30 days, and then there is none).
RULES: dict[str, Rule] = {
    "draft": _days(0.5, 1 / 24, 1, step=_HOUR),  # what a desk typed and nobody saved
    "draft_trace": _days(1, 1, 7, step=_HOUR),  # the empty row, which answers a late saving
    "session": _days(0, 0, 7, step=_HOUR),  # after it ran out
    "upload": _days(1 / 24, 1 / 24, 1, step=_HOUR),  # a file that was looked through and not taken over
    "payload": _days(7, 1, 7, step=_HOUR),  # what the exchange sent, byte for byte
    "payload_trace": _days(90, 7, _YEAR),  # that it came, by its hash
    "call": _days(30, 1, 30, step=_HOUR),  # number and network place of a call
    "recording": _days(183, 30, 3 * _YEAR),  # where the exchange keeps the recording of a call
    "track": _days(30, 7, 90, step=_HOUR),
    "answer": _days(30, 7, 30, step=_HOUR),  # what a device may ask for again
    "warning": _days(90, 1, _YEAR),  # the row of a warning of a place that ended; its words went at the end
    "closure": _days(90, 1, _YEAR),  # the row of a closure of streets that ended
    "photo": _days(3 * _YEAR, 30, 5 * _YEAR),
    "scene_note": _days(3 * _YEAR, 90, 5 * _YEAR),  # what officers and reviewers wrote
    "words": _days(3 * _YEAR, 90, 5 * _YEAR),  # what callers said, and what was said to them
    "caller": _days(3 * _YEAR, 30, 5 * _YEAR),  # name, number and address
    "matter": _days(3 * _YEAR, _YEAR, 5 * _YEAR),  # place and code, and all texts that are left
    "past_call": _days(3 * _YEAR, _YEAR, 5 * _YEAR),  # calls from before OneRoom: when, where, what about
    "staff_note": _days(3 * _YEAR, 90, 5 * _YEAR),  # between shifts; why something was asked for
    "account": _days(3 * _YEAR, _YEAR, 5 * _YEAR),  # of somebody who left: login, telephone, mailbox
    "person": _days(3 * _YEAR, _YEAR, 5 * _YEAR),  # of somebody who left the force: what is private, and who cared
    # A journal of an outage of which a line could be booked nowhere, with all that it says.
    "journal": _days(30, 1, 90, step=_HOUR),
    "alarm": _days(_YEAR, 90, 3 * _YEAR),  # after it was over
}
# Parts of a matter cannot outlast it.
PARTS = ("photo", "scene_note", "words", "caller")
# Kept without an end, because nothing of it names or finds a member of the public: ids, codes, quantities and times.
FOR_EVER = frozenset({"record"})


class BadTerm(ValueError):
    """A force's own rule that cannot be taken: says which, and what could be."""


def terms(own: Mapping[str, float]) -> dict[str, timedelta]:
    """
    The term of each class, with a force's own in days in place of those of the house.

    Raises BadTerm for a class that does not exist or a term beyond its bounds.
    """
    found = {code: rule.term for code, rule in RULES.items()}
    for code, days in own.items():
        if code not in RULES:
            raise BadTerm(f"there is no class {code!r}; these are: {', '.join(RULES)}")
        rule = RULES[code]
        if not rule.least / _DAY <= days <= rule.most / _DAY:  # not a number is in no bounds
            raise BadTerm(f"{code} may be kept for {_said(rule.least)} to {_said(rule.most)} days, not {days:g}")
        found[code] = timedelta(days=days)
    for code in PARTS:
        if found[code] > found["matter"]:
            if code in own:
                raise BadTerm(f"{code} is a part of its matter, which goes after {_said(found['matter'])} days")
            found[code] = found["matter"]
    if found["payload_trace"] < found["payload"]:
        raise BadTerm("payload_trace cannot be shorter than payload")
    return found


def read(said: str) -> dict[str, float]:
    """ "track=20,matter=730": days by class. Raises BadTerm."""
    own: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in said.split(","))):
        code, equals, days = part.partition("=")
        try:
            own[code.strip()] = float(days)
        except ValueError:
            raise BadTerm(f"{part!r} is not a class, '=' and a number of days, as in track=20") from None
        if not equals or code.strip() == "":
            raise BadTerm(f"{part!r} is not a class, '=' and a number of days, as in track=20")
    return own


@dataclass(frozen=True, slots=True)
class Span:
    """A crew's way in a time that is held."""

    crew: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Holds:
    """What stays whatever its term: matters ("incident:12") with all that hangs on them, and their crews' ways."""

    matters: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()


NO_HOLDS = Holds()


@dataclass(frozen=True, slots=True)
class Due:
    """What goes now: all of a class that was over before an instant, but for what is held."""

    code: str
    before: datetime
    term: timedelta
    holds: Holds = field(default=NO_HOLDS)

    def takes(self, since: datetime, *, matter: str = "", crew: int | None = None) -> bool:
        """Whether this one goes: over since then, of that matter, or a place where a crew was then."""
        if since >= self.before or (matter and matter in self.holds.matters):
            return False
        return crew is None or not any(s.crew == crew and s.since <= since <= s.until for s in self.holds.spans)


def due(code: str, at: datetime, *, term: timedelta, holds: Holds = NO_HOLDS) -> Due:
    """What of a class is due at an instant. Raises KeyError for a class that is not in the table."""
    step = RULES[code].step
    mark = at.astimezone(UTC) - term
    begun = datetime(2000, 1, 1, tzinfo=UTC)
    return Due(code, begun + (mark - begun) // step * step, term, holds)


def _said(span: timedelta) -> str:
    return f"{round(span / timedelta(days=1), 3):g}"
