"""
Two worlds of one city: today, and as a plan would have it; the same calls under both, told by today's areas.

Today is the organisation of the scenario's day with the crews there are. The plan is the same with the changes of the
organisation made by `engine.organisation`, crews of stations that end at their heir's, and the changes by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.timezone import get_current_timezone
from numpy.typing import NDArray

from oneroom.apps.incidents.proposals import mask
from oneroom.apps.incidents.protocol_files import KIT, SKILLS
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.ground import Ground
from oneroom.apps.orgs.services import propose
from oneroom.apps.places.queries import Loaded, find_network
from oneroom.apps.plans.crews import crews_on, places_of
from oneroom.apps.plans.grounds import Origins, few, out_of_reach, whose_ground
from oneroom.apps.plans.habits import habits_of
from oneroom.apps.plans.record import OnRecord, on_record, past_calls
from oneroom.apps.plans.troubles import Trouble, of_refusal
from oneroom.engine.coverage.cells import Cells, cell_at, cells_of
from oneroom.engine.dispatch import DivertPolicy
from oneroom.engine.organisation.codec import read_changes
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.simulate.changes import read_hand
from oneroom.engine.simulate.making import City, CrewFacts, Junctions, OffRoads, Place, by_hand, world_of
from oneroom.engine.simulate.world import World
from oneroom.engine.values import BadInput

Ints = NDArray[np.int32]
Assumed = list[dict[str, Any]]


@dataclass(frozen=True)
class Worlds:
    """
    Both worlds with their crews' codes, and the calls on record: the junction of each, and whose ground that is today
    and under the plan (numbers of ``areas``).
    """

    today: World
    plan: World
    crews_today: tuple[str, ...]
    crews_plan: tuple[str, ...]
    record: OnRecord
    cells: Cells
    cell: NDArray[np.int64]
    area_today: Ints
    area_plan: Ints
    areas: tuple[tuple[str, str, str], ...]  # code, Chinese, English
    assumed: Assumed


def worlds_of(
    changes: Sequence[Any], hand: Sequence[Any], day: date, *, at: datetime,
    replayed: tuple[datetime, datetime] | None = None,
) -> Worlds:  # fmt: skip
    """Make both worlds of the day. Raises Trouble, with a sentence, for all that cannot be run."""
    loaded = find_network()
    if loaded is None:
        raise Trouble("no_roads")
    ground = Ground()
    proposal = proposed(changes, day, ground)
    crews, assumed = crews_on(day, at=at)
    if not crews:
        raise Trouble("no_crews")
    record, more = on_record(at, replayed=replayed)
    _calls, *weeks = past_calls(at)[:3]
    habits, also = habits_of(*weeks)
    assumed = [*more, *assumed, *also]
    units = places_of({*proposal.was.units, *proposal.will_be.units})
    divert = DivertPolicy(gain_s=settings.DIVERT_GAIN_S)
    now = City(_of_today(crews, proposal), record.kinds, units, habits, divert=divert)
    under_plan = _by_plan(now, proposal, assumed, hand)
    begins = _midnight(day) if replayed is None else replayed[0]
    numbers, areas = _areas(proposal)
    junctions = Junctions(loaded.graph, loaded.index)
    made = [_world(city, loaded, junctions, numbers, begins) for city in (now, under_plan)]
    if not any(crew.beat for crew in (*now.crews, *under_plan.crews)):
        assumed.append({"code": "stands_at_post"})
    where = Origins(record.calls.lon, record.calls.lat, numbers, units)
    whose = [whose_ground(tree, proposal, ground, where) for tree in (proposal.was, proposal.will_be)]
    outside = (whose[0] < 0) | (whose[1] < 0)
    kept = _left_out(record, outside, loaded, [world for world, _labels in made], assumed)
    record = record.only(kept)
    cells = cells_of(loaded.graph, record.calls.lon, record.calls.lat)
    return Worlds(
        made[0][0], made[1][0], made[0][1], made[1][1], record, cells,
        cell_at(cells, record.calls.lon, record.calls.lat), whose[0][kept], whose[1][kept], areas, assumed,
    )  # fmt: skip


def proposed(changes: Sequence[Any], day: date, ground: Ground) -> Proposal:
    """The changes of the organisation over what holds on that day. Raises Trouble for one that cannot be made."""
    try:
        return propose(read_changes(list(changes)), day, over=stored.facts().as_of(day), ground=ground)
    except BadInput as refused:  # "3.unit" where it is made, "changes.3.unit" where it is read
        place = refused.field or ""
        field = place if place.startswith("changes") else f"changes.{place}"
        raise of_refusal(BadInput(field, refused.message, **refused.params)) from None


def _of_today(crews: Sequence[CrewFacts], proposal: Proposal) -> tuple[CrewFacts, ...]:
    """Crews of a unit that ends before the scenario's day are its heir's by then."""
    heirs = stored.first_heirs()
    made = []
    for crew in crews:
        unit: str | None = crew.unit
        seen: set[str] = set()
        while unit is not None and unit not in proposal.was.units and unit not in seen:
            seen.add(unit)
            unit = heirs.get(unit)
        made.append(crew if unit is None else replace(crew, unit=unit))
    return tuple(made)


def _by_plan(now: City, proposal: Proposal, assumed: Assumed, hand: Sequence[Any]) -> City:
    """The city under the plan: heirs have the crews of those that end, and then what is changed by hand."""
    units: dict[str, Place | None] = {code: now.units.get(code) for code in proposal.will_be.units}
    for gone, heir in proposal.ended.items():
        if heir is not None and units.get(heir) is None and now.units.get(gone) is not None:
            units[heir] = now.units[gone]
            assumed.append({"code": "unit_place", "unit": heir, "of": gone})
    crews = []
    for crew in now.crews:
        if crew.unit not in proposal.ended:
            crews.append(crew)
            continue
        heir = proposal.ended[crew.unit]
        if heir is None:
            raise Trouble("no_heir", unit=crew.unit)
        place = units.get(heir)
        lon, lat = place if place is not None else (crew.lon, crew.lat)
        crews.append(replace(crew, unit=heir, lon=lon, lat=lat))
    city = replace(now, crews=tuple(crews), units=units)
    try:
        return by_hand(city, read_hand(list(hand), skills=SKILLS, kit=KIT))
    except BadInput as refused:
        raise of_refusal(refused) from None


def _world(
    city: City, loaded: Loaded, junctions: Junctions, numbers: dict[str, int], begins: datetime
) -> tuple[World, tuple[str, ...]]:
    # Who stands nobody knows where is left out, as `crews_on` says, unless the plan gives it a post.
    city = replace(city, crews=tuple(crew for crew in city.crews if crew.lon is not None))
    if not any(crew.watches for crew in city.crews):
        raise Trouble("no_crews")
    try:
        return world_of(
            city, loaded.graph, junctions.at, areas=numbers, begins=begins,
            masks=lambda skills, kit: (mask(tuple(skills), SKILLS), mask(tuple(kit), KIT)),
        )  # fmt: skip
    except OffRoads as off:
        raise Trouble("crew_off_roads", crew=off.crew) from None


def _areas(proposal: Proposal) -> tuple[dict[str, int], tuple[tuple[str, str, str], ...]]:
    """A number for each unit of either world, by code, and their names by number."""
    spells = {**proposal.will_be.units, **proposal.was.units}
    codes = sorted(spells)
    names = tuple((code, spells[code].name_zh, spells[code].name_en or spells[code].name_zh) for code in codes)
    return {code: number for number, code in enumerate(codes)}, names


def _left_out(
    record: OnRecord, outside: NDArray[np.bool_], loaded: Loaded, worlds: Sequence[World], assumed: Assumed
) -> NDArray[np.bool_]:
    """Which calls a run has: not those from outside of all areas, nor from where no crew of either world comes."""
    lon, lat = record.calls.lon, record.calls.lat
    said = {"outside": few(outside, lon, lat, trouble="area_without_station")}
    cells = cells_of(loaded.graph)
    node = cells.node[cell_at(cells, lon, lat)]
    lost: NDArray[np.bool_] = np.any([out_of_reach(world, node) for world in worlds], axis=0) & ~outside
    said["unreachable"] = few(lost, lon, lat, trouble="unreachable")
    if any(said.values()):
        assumed.append({"code": "left_out", **said})
    return np.logical_not(outside | lost)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), get_current_timezone())


def days_between(since: date, until: date) -> tuple[datetime, datetime]:
    """From the first minute of one day to that of another, where the city is."""
    return _midnight(since), _midnight(until) - timedelta(microseconds=1)
