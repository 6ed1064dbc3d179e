"""
The crews of a day as a plan starts from them: who rides, where they stand, and when they are on duty.

When is read off what is published first: duties of rosters; else off the times at which crews came on duty and went
off; else it is assumed. Whatever had to be assumed is said beside what is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils.timezone import localtime
from shapely.geometry import shape

from oneroom.apps.duty.models import Crew, Duty
from oneroom.apps.duty.queries import OnBoard, board
from oneroom.apps.ledger.queries import entries_recorded
from oneroom.apps.orgs.models import OrgUnit
from oneroom.engine.simulate.changes import ALL_DAY
from oneroom.engine.simulate.making import CrewFacts, Place
from oneroom.engine.simulate.world import DAY_S, Watch

Assumed = list[dict[str, Any]]
BACK, AHEAD = timedelta(days=28), timedelta(days=14)
HALF = DAY_S // 2
HALF_HOUR = 1800
MORNING = 8 * 3600  # two watches of twelve hours, as in the rosters of a patrol force
TURNS = 3  # times that a crew came on duty, before that is a custom


@dataclass(frozen=True, slots=True)
class _Shift:
    """A published duty of a crew: the weekday, when it begins, how long it lasts."""

    weekday: int
    on_s: int
    lasts_s: int


def crews_on(day: date, *, at: datetime) -> tuple[tuple[CrewFacts, ...], Assumed]:
    """All crews that can be sent, by code, and what was assumed of them."""
    rows = [crew for crew in board(on_duty=False) if crew.state != Crew.State.OUT_OF_SERVICE]
    units = {unit.pk: unit for unit in OrgUnit.objects.filter(pk__in={crew.unit_id for crew in rows})}
    assumed: Assumed = []
    seats = _seats(day)
    crews = []
    for row in rows:
        unit = units[row.unit_id]
        place, how = _place_of(unit, row)
        if how:
            assumed.append({"code": "post_" + how, "crew": row.code, "unit": unit.code})
        lon, lat = place if place is not None else (None, None)
        officers, led = (row.officers, row.led) if row.officers else seats.get(row.id, (0, False))
        crews.append(CrewFacts(row.code, unit.code, lon, lat, officers, led, row.skills, row.kit))
    empty = [crew.code for crew in crews if not crew.officers or not crew.led]
    if empty:
        assumed.append({"code": "riders", "crews": len(empty), "officers": 2})
        crews = [replace(crew, officers=max(crew.officers, 2), led=True) for crew in crews]
    return _on_watch(crews, rows, day, at, assumed), assumed


def places_of(codes: Iterable[str]) -> dict[str, Place | None]:
    """Where each unit is; None where nobody entered it and no ground of its own is drawn."""
    found: dict[str, Place | None] = dict.fromkeys(codes)
    for unit in OrgUnit.objects.filter(code__in=found):
        found[unit.code] = _own_place(unit) or _middle(unit)
    return found


def _place_of(unit: OrgUnit, crew: OnBoard) -> tuple[Place | None, str]:
    """A crew's post, and how it was found where nobody entered the place of its unit."""
    place = _own_place(unit)
    if place is not None:
        return place, ""
    place = _middle(unit)
    if place is not None:
        return place, "in_area"
    if crew.lon is not None and crew.lat is not None:
        return (crew.lon, crew.lat), "where_seen"
    return None, "unknown"


def _own_place(unit: OrgUnit) -> Place | None:
    return (unit.lon, unit.lat) if unit.lon is not None and unit.lat is not None else None


def _middle(unit: OrgUnit) -> Place | None:
    if not unit.area:
        return None
    point = shape(unit.area).representative_point()
    return (float(point.x), float(point.y))


def _seats(day: date) -> dict[int, tuple[int, bool]]:
    """(officers, led) of each crew as its published duties have it, for crews in which nobody rides now."""
    seats: dict[tuple[int, datetime], list[str]] = defaultdict(list)
    for crew, begins, seat in _duties(day).values_list("crew_id", "begins", "seat"):
        seats[crew, begins].append(seat)
    found: dict[int, tuple[int, bool]] = {}
    for (crew, _begins), riding in seats.items():
        officers = sum(seat != "auxiliary" for seat in riding)
        found[crew] = max(found.get(crew, (0, False)), (officers, "lead" in riding))
    return found


def _duties(day: date) -> Any:
    around = Q(day__gte=day - BACK, day__lt=day + AHEAD)
    return Duty.objects.filter(around, crew__isnull=False, cancelled_at=None)


def _on_watch(
    crews: Sequence[CrewFacts], rows: Sequence[OnBoard], day: date, at: datetime, assumed: Assumed
) -> tuple[CrewFacts, ...]:
    """The crews with their watches: by rosters, else by custom, else as is assumed."""
    id_of = {row.code: row.id for row in rows}
    rostered = _by_rosters(crews, id_of, day)
    custom = _by_custom(at)
    on_now = {row.code for row in rows if row.state != Crew.State.OFF_DUTY}
    made, counts = [], {"rosters": 0, "duty": 0, "assumed": 0}
    left = [c for c in crews if c.code not in rostered and id_of[c.code] not in custom]
    off = [crew for crew in left if crew.code not in on_now]
    halves = bool(off) and len(off) < len(left)  # some are on duty now, some are not: two watches
    now_s = _seconds(at)
    by_day = MORNING <= now_s < MORNING + HALF
    for crew in crews:
        if crew.code in rostered:
            watches, how = rostered[crew.code], "rosters"
        elif id_of[crew.code] in custom:
            watches, how = (custom[id_of[crew.code]],), "duty"
        elif halves:
            day_watch = (crew.code in on_now) == by_day
            watches, how = (Watch(MORNING if day_watch else (MORNING + HALF) % DAY_S, HALF),), "assumed"
        else:
            watches, how = (ALL_DAY,), "assumed"
        counts[how] += 1
        made.append(replace(crew, watches=watches))
    for how, count in counts.items():
        if count:
            said = {"halves": halves} if how == "assumed" else {}
            assumed.append({"code": "watches_" + how, "crews": count, **said})
    return tuple(made)


def _by_rosters(crews: Sequence[CrewFacts], id_of: Mapping[str, int], day: date) -> dict[str, tuple[Watch, ...]]:
    """
    The watches of crews that duties are published for.

    Where crews take turns (four days, then two off), none has a weekday of its own: then as many crews of a station
    are on a watch on each weekday as its rosters put there on the average, those first that had it most
    often; who has none is spare.
    """
    times: dict[int, dict[_Shift, set[date]]] = defaultdict(lambda: defaultdict(set))
    first, last = day + AHEAD, day - BACK
    for crew, when, begins, ends in _duties(day).values_list("crew_id", "day", "begins", "ends"):
        local = localtime(begins)
        lasts_s = min(round((ends - begins).total_seconds()), DAY_S)
        times[crew][_Shift(local.weekday(), _seconds(begins), lasts_s)].add(when)
        first, last = min(first, when), max(last, when)
    if not times:
        return {}
    weekdays = [(first + timedelta(days=n)).weekday() for n in range((last - first).days + 1)]
    weeks = np.maximum(np.bincount(weekdays, minlength=7), 1)
    found: dict[str, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    shifts = sorted({shift for mine in times.values() for shift in mine}, key=lambda s: (s.on_s, s.lasts_s, s.weekday))
    for unit in sorted({crew.unit for crew in crews}):
        mine = [crew.code for crew in crews if crew.unit == unit and id_of[crew.code] in times]
        for shift in shifts:
            often = {code: len(times[id_of[code]].get(shift, ())) / weeks[shift.weekday] for code in mine}
            wanted = round(sum(often.values()))
            turn = sorted(mine, key=lambda code: (-often[code], mine.index(code)))
            for code in turn[:wanted]:
                found[code][shift.on_s, shift.lasts_s].append(shift.weekday)
    made = {
        code: tuple(Watch(on_s, lasts_s, tuple(sorted(days))) for (on_s, lasts_s), days in mine.items())
        for code, mine in found.items()
    }  # fmt: skip
    return {crew.code: made.get(crew.code, ()) for crew in crews if id_of[crew.code] in times}


def _by_custom(at: datetime) -> dict[int, Watch]:
    """When crews usually come on duty and for how long, of those that did so a few times."""
    came: dict[int, datetime] = {}
    turns: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for line in entries_recorded(("crew.on_duty", "crew.off_duty"), since=at - BACK):
        crew = int(line.facts["crew"])
        if line.kind == "crew.on_duty":
            came[crew] = line.at
        elif crew in came:
            began = came.pop(crew)
            turns[crew].append((_seconds(began), (line.at - began).total_seconds()))
    found = {}
    for crew, mine in turns.items():
        lasts = [lasts_s for _on, lasts_s in mine if HALF_HOUR <= lasts_s <= DAY_S]
        if len(lasts) < TURNS:
            continue
        angles = np.array([on_s for on_s, lasts_s in mine if HALF_HOUR <= lasts_s <= DAY_S]) / DAY_S * 2 * np.pi
        on_s = float(np.angle(np.exp(1j * angles).mean())) / (2 * np.pi) * DAY_S
        half_hours = round(on_s / HALF_HOUR) * HALF_HOUR % DAY_S
        found[crew] = Watch(half_hours, min(max(round(float(np.median(lasts)) / HALF_HOUR), 1) * HALF_HOUR, DAY_S))
    return found


def _seconds(at: datetime) -> int:
    """Seconds after midnight, where the city is."""
    local = localtime(at)
    return local.hour * 3600 + local.minute * 60 + local.second
