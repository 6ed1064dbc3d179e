"""
Police districts of the traffic brigades and the stations whose ground they share (row T17).

A district belongs to the brigade above it; which stations it works with follows from the drawn ground of both, so that
nobody has to keep a list that ages. Each district has one chief, and no ground of a station is without a district.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shapely import unary_union
from shapely.geometry.base import BaseGeometry

from oneroom.engine.organisation.ground import LEAST_KM2, km2
from oneroom.engine.organisation.tree import Tree

DISTRICT, BRIGADE, STATION = "district", "brigade", "station"


@dataclass(frozen=True, slots=True)
class District:
    """``brigade`` is empty where it answers to none; ``stations`` share ground with it; ``chiefs`` should be one."""

    code: str
    brigade: str
    stations: tuple[str, ...]
    chiefs: int


@dataclass(frozen=True, slots=True)
class Districts:
    """``uncovered`` are stations with ground that no district has, and how many km² of it."""

    districts: tuple[District, ...]
    brigades: int
    uncovered: tuple[tuple[str, float], ...]

    @property
    def each(self) -> float | None:
        """Districts to a brigade."""
        return len(self.districts) / self.brigades if self.brigades else None

    @property
    def flawed(self) -> tuple[District, ...]:
        """Those without a brigade, without a station, or with no chief or several."""
        return tuple(d for d in self.districts if not d.brigade or not d.stations or d.chiefs != 1)


def districts(tree: Tree, ground: Mapping[str, BaseGeometry], chiefs: Mapping[str, int]) -> Districts:
    """
    All districts of the day. ``ground`` are outlines in degrees by unit, ``chiefs`` how many head each unit. Only
    stations below which, or beside which, a district has ground count: O(districts x stations) intersections at most.
    """
    mine = {c: ground.get(c) for c, unit in tree.units.items() if unit.kind == DISTRICT}
    stations = {c: ground[c] for c, unit in tree.units.items() if unit.kind == STATION and c in ground}
    found = []
    for code, area in sorted(mine.items()):
        near = [] if area is None else [s for s, other in stations.items() if _share(area, other)]
        found.append(District(code, tree.heir(code, {BRIGADE}) or "", tuple(sorted(near)), chiefs.get(code, 0)))
    drawn = unary_union([area for area in mine.values() if area is not None])
    left = {code: km2(area.difference(drawn)) for code, area in stations.items()} if mine else {}
    brigades = {district.brigade for district in found if district.brigade}
    bare = tuple((code, round(size, 3)) for code, size in sorted(left.items()) if size >= LEAST_KM2)
    return Districts(tuple(found), len(brigades), bare)


def _share(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(one.intersects(other)) and km2(one.intersection(other)) >= LEAST_KM2
