"""
From a city's facts to a `World`: crews at their posts, and what a planner changes of them by hand.

Facts name crews and units by their codes and places by degrees, as people do; a world has numbers and junctions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from oneroom.engine import escalation
from oneroom.engine.dispatch import DivertPolicy, Policy
from oneroom.engine.escalation import Rung
from oneroom.engine.roads import RoadGraph, SnapIndex, snap
from oneroom.engine.roads.components import largest_part
from oneroom.engine.simulate.hand import (
    ALL_DAY,
    AddCrew,
    Hand,
    MoveCrew,
    RemoveCrew,
    SetBeat,
    SetDivert,
    SetLadder,
    SetNeed,
    SetNext,
    SetPolicy,
    SetWatch,
)
from oneroom.engine.simulate.world import Crew, Habits, Kind, Unrunnable, Watch, World
from oneroom.engine.values import BadInput

Place = tuple[float, float]  # (lon, lat), WGS-84 degrees


@dataclass(frozen=True, slots=True)
class CrewFacts:
    """
    A crew as a planner knows it: its unit's code, its post (WGS-84 degrees), who rides, and its watches, one after
    the other: a car that three watches share is on duty all day.
    """

    code: str
    unit: str
    lon: float | None
    lat: float | None
    officers: int = 2
    led: bool = True
    skills: tuple[str, ...] = ()
    kit: tuple[str, ...] = ()
    watches: tuple[Watch, ...] = (ALL_DAY,)
    beat: tuple[Place, ...] = ()


@dataclass(frozen=True)
class City:
    """
    What a plan may change by hand. ``units`` are all that there are on the day, by code, each with its place; None
    where nobody knows it.
    """

    crews: tuple[CrewFacts, ...]
    kinds: tuple[Kind, ...]
    units: Mapping[str, Place | None]
    habits: Habits = field(default_factory=Habits)
    policy: Policy = field(default_factory=Policy)
    divert: DivertPolicy | None = None
    ladders: tuple[tuple[Rung, ...], ...] | None = None


def by_hand(city: City, hand: Sequence[Hand]) -> City:
    """The city after these changes, one after another. Raises ``BadInput`` naming the change: ``hand.2.crew``."""
    for n, change in enumerate(hand):
        try:
            city = _made(city, change)
        except BadInput as refused:
            raise BadInput(f"hand.{n}.{refused.field}", refused.message, **refused.params) from None
    return city


def _made(city: City, change: Hand) -> City:
    match change:
        case MoveCrew() | AddCrew() | RemoveCrew() | SetWatch() | SetBeat():
            return _crews(city, change)
        case _:
            return _rules(city, change)


def _crews(city: City, change: MoveCrew | AddCrew | RemoveCrew | SetWatch | SetBeat) -> City:
    match change:
        case MoveCrew(code, to):
            crew = _crew(city, code)
            if to.unit is not None:
                lon, lat = _place(city, "to", to.unit)
                return _with(city, replace(crew, unit=to.unit, lon=lon, lat=lat))
            return _with(city, replace(crew, lon=to.lon, lat=to.lat))
        case AddCrew(code, unit, officers, skills, kit, watch):
            if any(crew.code == code for crew in city.crews):
                raise BadInput("code", "There is a crew %(crew)s already. Give the new one another code.", crew=code)
            lon, lat = _place(city, "unit", unit)
            new = CrewFacts(code, unit, lon, lat, officers, True, skills, kit, (watch,))
            return replace(city, crews=(*city.crews, new))
        case RemoveCrew(code):
            gone = _crew(city, code)
            return replace(city, crews=tuple(crew for crew in city.crews if crew is not gone))
        case SetWatch(codes, watch):
            for code in codes:
                city = _with(city, replace(_crew(city, code, "crews"), watches=(watch,)))
            return city
        case SetBeat(code, places):
            return _with(city, replace(_crew(city, code), beat=places))


def _rules(city: City, change: SetNeed | SetPolicy | SetDivert | SetLadder | SetNext) -> City:
    match change:
        case SetNeed(crews, category, grade):
            fits = [(category in (None, k.category)) and (grade in (None, k.grade)) for k in city.kinds]
            if not any(fits):
                raise BadInput("category", "No call of this category and grade is on record.")
            made = zip(city.kinds, fits, strict=True)
            return replace(city, kinds=tuple(replace(kind, crews=crews) if fit else kind for kind, fit in made))
        case SetPolicy(values):
            return replace(city, policy=replace(city.policy, **dict(values)))
        case SetDivert(on, gain_s, up_to_grade):
            was = city.divert or DivertPolicy()
            policy = replace(
                was, gain_s=was.gain_s if gain_s is None else gain_s,
                up_to_grade=was.up_to_grade if up_to_grade is None else up_to_grade,
            )  # fmt: skip
            return replace(city, divert=policy if on else None)
        case SetLadder(grade, after_s):
            ladders = list(city.ladders or (escalation.answer_ladder(g) for g in (1, 2, 3, 4)))
            rungs = zip(ladders[grade - 1], after_s, strict=True)
            ladders[grade - 1] = tuple(replace(rung, after_s=s) for rung, s in rungs)
            return replace(city, ladders=tuple(ladders))
        case SetNext(rung):
            return replace(city, habits=replace(city.habits, next_at=rung))


def _crew(city: City, code: str, name: str = "crew") -> CrewFacts:
    found = next((crew for crew in city.crews if crew.code == code), None)
    if found is None:
        raise BadInput(
            name, "The plan speaks of crew %(crew)s, which is not there. Take it out of the plan.", crew=code
        )
    return found


def _with(city: City, crew: CrewFacts) -> City:
    return replace(city, crews=tuple(crew if mine.code == crew.code else mine for mine in city.crews))


def _place(city: City, name: str, unit: str) -> Place:
    if unit not in city.units:
        raise BadInput(
            name, "The plan speaks of unit %(unit)s, which is not there on that day. Take it out of the plan.",
            unit=unit,
        )  # fmt: skip
    place = city.units[unit]
    if place is None:
        raise BadInput(name, "Nobody entered where unit %(unit)s is: give a point of the map.", unit=unit)
    return place


class Junctions:
    """The junction for a place: the nearer end of the nearest street, where from every other one may come and go."""

    FAR_M = 1500.0  # to a junction that is connected with the city; farther is off the network

    def __init__(self, graph: RoadGraph, index: SnapIndex):
        self._graph, self._index = graph, index
        self.connected: NDArray[np.bool_] = largest_part(graph.nodes, graph.arc_tail, graph.arc_head)

    def at(self, lon: float, lat: float) -> int | None:
        """Its number; None for a place off the network."""
        graph, found = self._graph, snap(self._index, [lon], [lat])
        edge = int(found.edge[0])
        if edge >= 0:
            ends = (int(graph.edge_tail[edge]), int(graph.edge_head[edge]))
            for node in ends if found.fraction[0] <= 0.5 else ends[::-1]:
                if self.connected[node]:
                    return node
        here = graph.plane.to_xy(lon, lat)
        x, y = graph.plane.to_xy(graph.node_lon, graph.node_lat)
        off = np.where(self.connected, np.hypot(x - here[0], y - here[1]), np.inf)
        best = int(off.argmin())
        return best if off[best] <= self.FAR_M else None


class OffRoads(Unrunnable):
    """A crew whose post, or a stop of whose beat, is off the road network."""

    def __init__(self, crew: str):
        super().__init__(f"crew {crew} stands off the road network")
        self.crew = crew


def world_of(
    city: City, graph: RoadGraph, junction: Callable[[float, float], int | None], *, areas: Mapping[str, int],
    masks: Callable[[Sequence[str], Sequence[str]], tuple[int, int]], begins: datetime,
) -> tuple[World, tuple[str, ...]]:  # fmt: skip
    """
    The world, and the code of the crew behind each of its crews: one for each watch of a crew.

    ``areas`` numbers the units by code, ``masks`` makes bits of (skills, kit). Raises OffRoads for a crew that stands
    nowhere, Unrunnable for a city without crews.
    """
    watches: dict[Watch, int] = {}
    crews: list[Crew] = []
    labels: list[str] = []
    for facts in city.crews:
        places = [(facts.lon, facts.lat), *facts.beat]
        nodes = [None if lon is None or lat is None else junction(lon, lat) for lon, lat in places]
        known = [node for node in nodes if node is not None]
        if len(known) < len(nodes):
            raise OffRoads(facts.code)
        skills, kit = masks(facts.skills, facts.kit)
        for watch in facts.watches:
            number = watches.setdefault(watch, len(watches))
            crews.append(
                Crew(
                    len(crews) + 1, areas.get(facts.unit, -1), known[0], number, tuple(known[1:]), facts.officers,
                    facts.led, skills, kit, facts.code,
                )
            )  # fmt: skip
            labels.append(facts.code)
    world = World(
        graph, tuple(crews), city.kinds, begins, tuple(watches) or (ALL_DAY,), city.habits, city.policy, city.divert,
        city.ladders,
    )  # fmt: skip
    return world, tuple(labels)
