"""
The crews of a day as a plan starts from them: who rides, where they stand, and when they are on duty.

When is read in `watches.py`. Whatever had to be assumed is said beside what is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from shapely.geometry import shape

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import OnBoard, board
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.plans.watches import on_watch, published
from oneroom.engine.simulate.making import CrewFacts, Place

Assumed = list[dict[str, Any]]


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
    return on_watch(crews, rows, day, at, assumed), assumed


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
    for crew, begins, seat in published(day).values_list("crew_id", "begins", "seat"):
        seats[crew, begins].append(seat)
    found: dict[int, tuple[int, bool]] = {}
    for (crew, _begins), riding in seats.items():
        officers = sum(seat != "auxiliary" for seat in riding)
        found[crew] = max(found.get(crew, (0, False)), (officers, "lead" in riding))
    return found
