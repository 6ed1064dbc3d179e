"""
How long somebody has been in a post, and the day on which it is long enough (row T39).

「特殊敏感岗位满5年、同一岗位任职满10年必须交流」: five full years in a sensitive post, ten in any one. Years count by
the calendar as Civil Code art. 202 counts them: full on the day of the same date, and where the month has none (who
began on 29 February), on its last day. So four years and 364 days are not five, and five years and no day are.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from oneroom.engine.rotation.facts import Basis, Person, Post


class Limit(StrEnum):
    """Which of the two limits."""

    SENSITIVE = "sensitive_post"
    ANY = "any_post"


@dataclass(frozen=True, slots=True)
class Counting:
    """
    How years are counted; a force may decide otherwise.

    ``stops``: kinds of absence that stop the clock. None by default: leave does not (row T39). ``gap_days``: who comes
    back to the post within so many days goes on counting, without the days between, so that a month elsewhere starts no
    new five years. ``counted``: on which basis a post's years count; who acts in a sensitive post is as exposed as who
    holds it, and who is seconded away keeps his own post meanwhile.
    """

    years: tuple[tuple[Limit, int], ...] = ((Limit.SENSITIVE, 5), (Limit.ANY, 10))
    stops: frozenset[str] = frozenset()
    gap_days: int = 365
    counted: frozenset[Basis] = frozenset({Basis.FULL, Basis.ACTING})


BY_LAW = Counting()
Spans = list[tuple[date, date | None]]


@dataclass(frozen=True, slots=True)
class Tenure:
    """Counted since ``since``; ``stopped_days`` of it did not count; the limit is reached on ``on``."""

    post: str
    limit: Limit
    since: date
    stopped_days: int
    on: date


def years_after(day: date, years: int) -> date:
    """The same date so many years later; the month's last day where it has no such date."""
    return _clamped(day.year + years, day.month, day.day)


def months_before(day: date, months: int) -> date:
    """The same date so many months earlier; the month's last day where it has no such date."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return _clamped(year, month + 1, day.day)


def tenures(person: Person, post: Post, day: date, counting: Counting = BY_LAW) -> list[Tenure]:
    """
    Both limits of a post that he holds on that day, the earlier first; none where he does not hold it.

    Days to come are taken as if he stayed and were not away but as said.
    """
    found = []
    for limit, years in counting.years:
        if limit is Limit.SENSITIVE and post.sensitive_since is None:
            continue
        spans = _spans(person, post, day, counting, from_=post.sensitive_since if limit is Limit.SENSITIVE else None)
        if not spans:
            continue
        stops = _stops(person, spans, counting)
        since = spans[0][0]
        on = _reached(years_after(since, years), stops)
        stopped = sum((min(end, on) - begin).days for begin, end in stops if begin < on)
        found.append(Tenure(post.id, limit, since, stopped, on))
    return sorted(found, key=lambda t: (t.on, t.limit))


def _spans(person: Person, post: Post, day: date, counting: Counting, *, from_: date | None) -> Spans:
    """When he held it, up to now without a gap that is too long; the last one open. Oldest first."""
    held = sorted(
        (p for p in person.postings if p.post == post.id and p.basis in counting.counted and p.since <= day),
        key=lambda p: p.since,
    )
    if not any(p.holds(day) for p in held):
        return []
    spells: Spans = []
    for posting in held:
        since, until = posting.since, posting.until
        if until is not None and until > day:
            until = None  # as if he stayed: the limit is asked for so that it is known before he goes
        if from_ is not None:
            if until is not None and until <= from_:
                continue
            since = max(since, from_)
            if since > day:
                return []
        last = spells[-1] if spells else None
        if last is not None and (last[1] is None or since <= last[1]):  # acting and then appointed, or both at once
            ends = None if last[1] is None or until is None else max(last[1], until)
            spells[-1] = (last[0], ends)
        elif last is not None and last[1] is not None and (since - last[1]).days > counting.gap_days:
            spells = [(since, until)]
        else:
            spells.append((since, until))
    return spells


def _stops(person: Person, spans: Spans, counting: Counting) -> list[tuple[date, date]]:
    """Days that do not count, oldest first: between two spells in the post, and absences that stop the clock."""
    since = spans[0][0]
    found = [(a[1], b[0]) for a, b in pairwise(spans) if a[1] is not None]
    found += [(max(a.since, since), a.until) for a in person.away if a.kind in counting.stops and a.until > since]
    return joined(found)


def joined(stretches: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Stretches of days as the fewest that cover the same ones, oldest first; ends are no longer in them."""
    found: list[tuple[date, date]] = []
    for begin, end in sorted(stretches):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _reached(on: date, stops: list[tuple[date, date]]) -> date:
    """The day moves by each stop that begins before it."""
    for begin, end in stops:
        if begin >= on:
            break
        on += timedelta(days=(end - begin).days)
    return on


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
