"""
The story of a matter in sentences, for the person who has its code.

It names no crew, no officer and no position, and promises only what a clock of the house holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.incidents.codes import OUTCOMES
from oneroom.apps.incidents.queries import CallerStory
from oneroom.engine.lifecycle.incident import NOT_BEGUN, State
from oneroom.engine.lifecycle.limits import limit_s

ENDED = (State.CLOSED, State.CALLED_BACK, State.ARCHIVED)
ASIDE = (State.TRANSFERRED, State.MERGED, State.CANCELLED, State.INVALID)
UNREAD_GRADE = 3  # what a report from the public counts as until somebody has read it


@dataclass(frozen=True, slots=True)
class Step:
    """One step: behind us (done), where it stands (now), or still to come (later)."""

    mark: Literal["done", "now", "later"]
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the page shows."""

    headline: str
    rest: str
    steps: tuple[Step, ...]
    may_withdraw: bool
    may_rate: bool
    may_add: bool
    stars: int | None
    added: tuple[str, ...]


_SENTENCES = {
    State.CLASSIFIED: (lazy("We have read it."), lazy("We are choosing who comes.")),
    State.WAITING: (lazy("We have read it."), lazy("Officers come as soon as some are free.")),
    State.DISPATCHED: (lazy("We have asked officers to come."), lazy("You see here when they have answered.")),
    State.IN_PROGRESS: (lazy("Officers are there now."), lazy("You see the result here.")),
    State.REPORTED: (
        lazy("Officers have dealt with it."),
        lazy("We check their report, then you see the result here."),
    ),
    State.REVIEWED: (
        lazy("Officers have dealt with it."),
        lazy("We check their report, then you see the result here."),
    ),
    State.TRANSFERRED: (lazy("We passed it on."), lazy("It is work for another public service, which has it now.")),
    State.MERGED: (lazy("Others reported it too."), lazy("All reports are dealt with together.")),
    State.CANCELLED: (
        lazy("It was taken back."),
        lazy("Nobody comes for it. If something happens again, report it again."),
    ),
    State.INVALID: (lazy("We found nothing to do."), lazy("If that is wrong, report it again or call us.")),
}


def tell(story: CallerStory, *, at: datetime) -> Told:
    """The story as it stands at project time ``at``."""
    state = State(story.state)
    headline, rest = _headline(state, story)
    over = state in ASIDE or story.withdrawn
    return Told(
        headline,
        rest,
        _aside(state, story, at) if over else _main_line(state, story, at),
        may_withdraw=story.may_withdraw,
        may_rate=state in ENDED and story.stars is None and not over and story.may_ask,
        may_add=state not in ENDED and not over,
        stars=story.stars,
        added=tuple(_("You added something at %(time)s.") % {"time": later(at, story)} for at in story.added),
    )


def _headline(state: State, story: CallerStory) -> tuple[str, str]:
    """Where it stands in one sentence, and what comes next."""
    if story.withdrawn:
        alone = state is State.CANCELLED
        return _("You took it back."), str(
            _SENTENCES[State.CANCELLED][1] if alone else _("We still look into it, to be sure that nobody needs help.")
        )
    if state is State.RECEIVED:
        minutes = (limit_s("classify", 1 if story.urgent else UNREAD_GRADE) or 0) // 60
        reads = ngettext(
            "Somebody reads it within %(minutes)d minute.", "Somebody reads it within %(minutes)d minutes.", minutes
        )
        return _("We have your report."), reads % {"minutes": minutes}
    if state is State.DISPATCHED and story.sent_at is not None:
        return _("Officers have your report."), _("You see here when they are there.")
    if state in ENDED:
        return _("It is closed."), str(OUTCOMES.get(story.outcome) or _("How it ended does not stand here. Ask us."))
    headline, rest = _SENTENCES[state]
    if story.reopened_at is not None and state in (State.CLASSIFIED, State.WAITING):
        return _("We look into it again."), str(headline)
    return str(headline), str(rest)


def _main_line(state: State, story: CallerStory, at: datetime) -> tuple[Step, ...]:
    handed = state not in NOT_BEGUN and (story.sent_at is not None or state is not State.DISPATCHED)
    there = state in (State.IN_PROGRESS, State.REPORTED, State.REVIEWED, *ENDED)
    ended = state in ENDED
    reached = [True, handed, there, ended, ended]
    now = max(i for i, yes in enumerate(reached) if yes)
    if ended and story.stars is not None:
        now = len(reached)
    began = (_("We received it"), when(story.received_at, at))
    if story.reopened_at is not None:
        began = (_("We opened it again"), later(story.reopened_at, story))
    told = [
        began,
        (_handed(story) if handed else _("Officers get it"), _signed(story) if handed else ""),
        (_("Officers at the place"), _arrived(story) if there else ""),
        (
            _("The result: %(outcome)s") % {"outcome": OUTCOMES.get(story.outcome, "")}
            if ended and story.outcome
            else _("It is closed.").rstrip(".。")
            if ended
            else _("We tell you the result"),
            later(story.closed_at, story) if ended else _("On this page"),
        ),
        (_("You rated us: %(stars)d of 5") % {"stars": story.stars} if story.stars else _("You rate us"), ""),
    ]
    return tuple(
        Step("done" if i < now else "now" if i == now else "later", title, detail)
        for i, (title, detail) in enumerate(told)
    )


def _aside(state: State, story: CallerStory, at: datetime) -> tuple[Step, ...]:
    headline, _rest = _headline(state, story)
    return (
        Step("done", _("We received it"), when(story.received_at, at)),
        Step("now", headline.rstrip(".。"), later(story.closed_at, story)),
    )


def _handed(story: CallerStory) -> str:
    station = story.station_en if get_language() == "en" else story.station_zh
    return _("Passed to %(station)s") % {"station": station} if station else _("Passed to officers")


def _signed(story: CallerStory) -> str:
    return _("%(time)s signed for") % {"time": later(story.sent_at, story)} if story.sent_at else ""


def _arrived(story: CallerStory) -> str:
    if story.arrived_at is None:
        return ""
    minutes = max(1, math.ceil((story.arrived_at - story.received_at).total_seconds() / 60))
    return ngettext(
        "%(time)s, after %(minutes)d minute", "%(time)s, after %(minutes)d minutes", minutes
    ) % {"time": later(story.arrived_at, story), "minutes": minutes}  # fmt: skip


def when(moment: datetime, at: datetime) -> str:
    """A time as a citizen says it, in the force's time zone: today 22:41, or with its day."""
    if localtime(moment).date() == localtime(at).date():
        return _("Today %(time)s") % {"time": _clock(moment)}
    return _dated(moment)


def later(moment: datetime | None, story: CallerStory) -> str:
    """The time of a later step; its day is said only where it is another one than the report's."""
    if moment is None:
        return ""
    same = localtime(moment).date() == localtime(story.received_at).date()
    return _clock(moment) if same else _dated(moment)


def _clock(moment: datetime) -> str:
    return f"{localtime(moment):%H:%M}"


def _dated(moment: datetime) -> str:
    return f"{formats.date_format(localtime(moment), 'MONTH_DAY_FORMAT')} {_clock(moment)}"


def spaced(code: str) -> str:
    """A code in groups of three, as it is read out."""
    plain = "".join(code.split()).upper()
    return " ".join(plain[i : i + 3] for i in range(0, len(plain), 3))
