"""
What of the crews' trail an abrupt end may take with it: positions are accepted (202), not acknowledged.

A fix was accepted at some moment between its sending and the answer that its sender read: an answer that was on the
wire before a SIGKILL is read after it. So both are noted of each fix, and of each SIGKILL the moments before and after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Ask = Callable[[str], Sequence[Sequence[Any]]]
Share = Callable[[datetime, datetime], float]  # what part of the machine was the house's, between two times

HELD_S = 2.0  # accepted positions that an abrupt end may take with it (ports/feeds/positions.py, docs/operate.md)
RETRY = timedelta(seconds=1)  # after which positions are tried again (ports/feeds/positions.py)
SHOWN = 5

_FIXES = "SELECT crew_id, at FROM duty_fix"


@dataclass(frozen=True)
class Accepted:
    """One position: ``mark`` as it shows in the table, and between which moments the house took it."""

    mark: str
    sent: datetime
    told: datetime


@dataclass(frozen=True)
class End:
    """A SIGKILL of the web or the database, and between which moments it fell."""

    part: str
    before: datetime
    after: datetime


@dataclass(frozen=True)
class Stood:
    """From when to when nothing could be written: the database was down, or the web stood still."""

    down: datetime
    up: datetime


@dataclass(frozen=True)
class Verdict:
    """What is wrong, how many positions went with an end, and how long before it the oldest of them was accepted."""

    wrong: list[str]
    went: int
    oldest_s: float


def trail(
    fixes: Iterable[Accepted], ask: Ask, ends: Sequence[End], share: Share, stood: Sequence[Stood] = ()
) -> Verdict:
    """
    Each accepted position is there once, but for those of the last two seconds before an abrupt end.

    ``share`` as for `checks.rungs`: with half of the machine there is twice the time. ``stood``: what was accepted
    before it waits in the web, which may die too; more than two seconds of trail are never accepted into it.
    """
    there = Counter(f"fix {crew} {at.isoformat()}" for crew, at in ask(_FIXES))
    lost, oldest_s, went = [], 0.0, []
    for fix in fixes:
        if fix.mark in there:
            continue
        ages = [(_age_s(fix, end, stood), end) for end in ends if fix.sent <= end.after]
        near = [(age_s, end) for age_s, end in ages if age_s <= HELD_S / share(fix.told, end.before)]
        if near:
            age_s, end = min(near, key=lambda one: one[0])
            oldest_s = max(oldest_s, age_s)
            went.append((fix, end))
        else:
            lost.append(f"{fix.mark} ({_said(fix, ends, ages)})")
    wrong = _named("LOST: position accepted, and no end near", lost) + _too_many(went, share)
    doubled = [f"{mark} {n} times" for mark, n in there.items() if n > 1]
    return Verdict(wrong + _named("DOUBLED: position", doubled), len(went), oldest_s)


def _age_s(fix: Accepted, end: End, stood: Sequence[Stood]) -> float:
    """For how long at least the web had it before this end, without the time in which it could not be written."""
    waited, until = timedelta(0), fix.told
    for one in sorted(stood, key=lambda each: each.down):  # they may overlap
        begin, over = max(one.down, until), min(one.up + RETRY, end.before)
        if over > begin:
            waited, until = waited + (over - begin), over
    return max(0.0, (end.before - fix.told - waited).total_seconds())


def _too_many(went: Sequence[tuple[Accepted, End]], share: Share) -> list[str]:
    """However long nothing could be written: what goes with one end was accepted within two seconds."""
    wrong = []
    for end in {end for _fix, end in went if end.part == "web"}:
        fixes = [fix for fix, its in went if its == end]
        first, last = min(fix.told for fix in fixes), max(fix.sent for fix in fixes)
        span_s = (last - first).total_seconds()
        if span_s > HELD_S / share(first, last):
            wrong.append(
                f"LOST: {len(fixes)} positions accepted over {span_s:.1f} s went with the web at {end.before:%H:%M:%S}"
            )
    return wrong


def _said(fix: Accepted, ends: Sequence[End], ages: Sequence[tuple[float, End]]) -> str:
    """Where it lies among the ends, for whoever must find out why."""
    asked = f"sent {fix.sent:%H:%M:%S.%f}, answered {fix.told:%H:%M:%S.%f}"
    before = [end for end in ends if end.after < fix.sent]
    if before:
        last = max(before, key=lambda end: end.after)
        asked += f", {(fix.sent - last.after).total_seconds():.2f} s after the end of {last.part}"
    if ages:
        age_s, end = min(ages, key=lambda one: one[0])
        by_wall_s = (end.before - fix.told).total_seconds()
        asked += f", {by_wall_s:.2f} s before the end of {end.part} ({age_s:.2f} s in which it could be written)"
    return asked


def _named(what: str, found: Sequence[str]) -> list[str]:
    more = f" … {len(found)} in all" if len(found) > SHOWN else ""
    return [f"{what}: {', '.join(found[:SHOWN])}{more}"] if found else []
