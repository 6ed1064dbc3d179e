"""
When the crews of a day are on duty: off what is published first, duties of rosters; else off the times at which they
came on duty and went off in the last weeks; else it is assumed.

Where crews take turns (two days, two nights, two off), none has a weekday of its own. A watch of a station then has on
each weekday as many crews as its turns came to on the average, and in the week as many as in all: what is left of one
weekday counts for the next. A weekday of which nothing is known yet is as the mean of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils.timezone import localtime
from numpy.typing import NDArray

from oneroom.apps.duty.models import Crew, Duty
from oneroom.apps.duty.queries import OnBoard
from oneroom.apps.ledger.queries import entries_recorded
from oneroom.engine.simulate.hand import ALL_DAY
from oneroom.engine.simulate.making import CrewFacts
from oneroom.engine.simulate.world import DAY_S, Watch

Assumed = list[dict[str, Any]]
Watches = dict[str, tuple[Watch, ...]]
BACK, AHEAD = timedelta(days=28), timedelta(days=14)
HALF = DAY_S // 2
HALF_HOUR, HOUR = 1800, 3600
MORNING = 8 * HOUR  # two watches of twelve hours, as in the rosters of a patrol force
TURNS = 3  # times that a crew came on duty, before that is a custom
APART_S = HOUR  # starts farther apart than this are of two watches
SPREAD_S = 2 * HOUR  # and a watch whose starts are farther apart than this is none
LEAST_PART = 0.25  # of a crew's turns: what it did more rarely is no custom


@dataclass(frozen=True, slots=True, order=True)
class _Turn:
    """A time on duty: the day, when it begins, how long it lasts (s)."""

    day: date
    on_s: int
    lasts_s: int


def published(day: date) -> Any:
    """The duties of crews around a day, as rosters have them."""
    around = Q(day__gte=day - BACK, day__lt=day + AHEAD)
    return Duty.objects.filter(around, crew__isnull=False, cancelled_at=None)


def on_watch(
    crews: Sequence[CrewFacts], rows: Sequence[OnBoard], day: date, at: datetime, assumed: Assumed
) -> tuple[CrewFacts, ...]:
    """The crews with their watches: by rosters, else by custom, else as is assumed."""
    code_of = {row.id: row.code for row in rows}
    rostered, read = _weekly(crews, _by_rosters(code_of, day))
    others = [crew for crew in crews if crew.code not in rostered]
    custom, _read = _weekly(others, _by_custom(code_of, at))
    on_now = {row.code for row in rows if row.state != Crew.State.OFF_DUTY}
    left = [crew for crew in others if crew.code not in custom]
    off = [crew for crew in left if crew.code not in on_now]
    halves = bool(off) and len(off) < len(left)  # some are on duty now, some are not: two watches
    by_day = MORNING <= _seconds(at) < MORNING + HALF
    found: Watches = {}
    for crew in left:
        day_watch = (crew.code in on_now) == by_day
        half = Watch(MORNING if day_watch else (MORNING + HALF) % DAY_S, HALF)
        found[crew.code] = (half if halves else ALL_DAY,)
    for how, mine, said in (
        ("rosters", rostered, {"days": read}), ("duty", custom, {}), ("assumed", found, {"halves": halves})
    ):  # fmt: skip
        if mine:
            assumed.append({"code": "watches_" + how, "crews": len(mine), **said})
    found |= rostered | custom
    return tuple(replace(crew, watches=found[crew.code]) for crew in crews)


def _weekly(crews: Sequence[CrewFacts], turns: Mapping[str, Collection[_Turn]]) -> tuple[Watches, int]:
    """The watches of the crews that had turns, and of the station of which least is known how many days that are."""
    found: Watches = {}
    read = []
    for unit in sorted({crew.unit for crew in crews}):
        mine = {crew.code: turns[crew.code] for crew in crews if crew.unit == unit and turns.get(crew.code)}
        if mine:
            days = [turn.day for each in mine.values() for turn in each]
            read.append((max(days) - min(days)).days + 1)
            found |= _of_station(mine, min(days), read[-1])
    return found, min(read, default=0)


def _of_station(turns: Mapping[str, Collection[_Turn]], first: date, days: int) -> Watches:
    """A week of a station's crews; who had no turn most often on any weekday is spare."""
    weeks = np.bincount([(first + timedelta(days=n)).weekday() for n in range(days)], minlength=7)
    found: dict[str, list[Watch]] = {code: [] for code in turns}
    for on_s, lasts_s in sorted({(turn.on_s, turn.lasts_s) for each in turns.values() for turn in each}):
        often = {
            code: _often([t.day.weekday() for t in each if (t.on_s, t.lasts_s) == (on_s, lasts_s)], weeks)
            for code, each in turns.items()
        }
        has: dict[str, list[int]] = {code: [] for code in turns}
        for weekday, count in enumerate(_whole(np.sum(list(often.values()), axis=0))):
            willing = sorted(has, key=lambda code: (-often[code][weekday], len(has[code]), code))
            for code in willing[:count]:
                has[code].append(weekday)
        for code, weekdays in has.items():
            if weekdays:
                found[code].append(Watch(on_s, lasts_s, tuple(weekdays)))
    return {code: tuple(watches) for code, watches in found.items()}


def _often(weekdays: Sequence[int], weeks: NDArray[np.int64]) -> NDArray[np.float64]:
    """How often in a week there was a turn on each weekday (7,); of one not seen yet, the mean of the others."""
    seen = weeks > 0
    often = np.bincount(weekdays, minlength=7)[:7] / np.maximum(weeks, 1)
    return np.where(seen, often, often[seen].mean())


def _whole(often: NDArray[np.float64]) -> list[int]:
    """Whole crews by weekday, of which the week has as many as on the average."""
    upto = np.floor(np.cumsum(often) + 0.5 + 1e-9).astype(np.int64)
    return [int(count) for count in np.diff(upto, prepend=0)]


def _by_rosters(code_of: Mapping[int, str], day: date) -> dict[str, set[_Turn]]:
    """The turns of crews that duties are published for, each once however many ride."""
    found: dict[str, set[_Turn]] = defaultdict(set)
    for crew, when, begins, ends in published(day).values_list("crew_id", "day", "begins", "ends"):
        if crew in code_of:
            lasts_s = min(round((ends - begins).total_seconds()), DAY_S)
            found[code_of[crew]].add(_Turn(when, _seconds(begins), lasts_s))
    return found


def _by_custom(code_of: Mapping[int, str], at: datetime) -> dict[str, list[_Turn]]:
    """The turns of crews that came on duty and went a few times, at hours that can be told apart."""
    came: dict[int, datetime] = {}
    turns: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
    for line in entries_recorded(("crew.on_duty", "crew.off_duty"), since=at - BACK):
        crew = int(line.facts["crew"])
        if line.kind == "crew.on_duty":
            came[crew] = line.at
        elif crew in came:
            began = came.pop(crew)
            lasts_s = (line.at - began).total_seconds()
            if HALF_HOUR <= lasts_s <= DAY_S:
                turns[crew].append((began, lasts_s))
    return {code_of[crew]: _customs(mine) for crew, mine in turns.items() if crew in code_of and len(mine) >= TURNS}


def _customs(turns: Sequence[tuple[datetime, float]]) -> list[_Turn]:
    """Turns by the watches that they were of, to the half hour; none where a crew came at any hour."""
    starts = np.array([_seconds(began) for began, _lasts in turns])
    order = np.argsort(starts)
    gaps = np.diff(starts[order], append=starts[order[0]] + DAY_S)
    cut = (int(gaps.argmax()) + 1) % len(order)  # where the clock's circle is opened: the longest time nobody came
    order = np.roll(order, -cut)
    since = (starts[order] - starts[order[0]]) % DAY_S
    found: list[_Turn] = []
    for part in np.split(np.arange(len(order)), np.flatnonzero(np.diff(since) > APART_S) + 1):
        if len(part) < LEAST_PART * len(order):
            continue
        if since[part[-1]] - since[part[0]] > SPREAD_S:
            return []
        usual = int(starts[order[0]] + np.median(since[part]))
        on_s = round(usual / HALF_HOUR) * HALF_HOUR % DAY_S
        lasts = float(np.median([turns[n][1] for n in order[part]]))
        lasts_s = min(max(round(lasts / HALF_HOUR), 1) * HALF_HOUR, DAY_S)
        for n in order[part]:
            late_s = (int(starts[n]) - on_s + HALF) % DAY_S - HALF  # who came before midnight to a watch after it
            day = localtime(turns[n][0]) - timedelta(seconds=late_s)
            found.append(_Turn(day.date(), on_s, lasts_s))
    return found


def _seconds(at: datetime) -> int:
    """Seconds after midnight, where the city is."""
    local = localtime(at)
    return local.hour * HOUR + local.minute * 60 + local.second
