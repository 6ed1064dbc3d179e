"""Outlines of units while a reform is thought about: read once, joined as heirs inherit, kept only when it is made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapely import GEOSException, unary_union
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from oneroom.apps.orgs.facts import area_digest, area_key, areas
from oneroom.engine.organisation.facts import Spell
from oneroom.engine.organisation.faults import Fault, area_faults
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.values import BadInput

COVERING = frozenset({"station"})  # whose areas together are the city: a branch's lies over its stations'


class Ground:
    """Outlines by name. One name is one object, so that what nobody redrew is seen to be the same."""

    def __init__(self) -> None:
        self.likely: set[str] = set()  # read together with the first that is asked for
        self._shapes: dict[str, BaseGeometry] = {}
        self._new: dict[str, dict[str, Any]] = {}

    def load(self, digests: Iterable[str]) -> None:
        """Read these at once."""
        missing = {digest for digest in digests if digest not in self._shapes}
        for digest, geometry in areas(missing).items():
            self._shapes[digest] = shape(geometry)

    def shape(self, digest: str) -> BaseGeometry:
        """The outline of this name."""
        if digest not in self._shapes:
            self.load({digest, *self.likely})
            self.likely = set()
        return self._shapes[digest]

    def joined(self, one: str, other: str) -> str:
        """The name of both together."""
        union = unary_union([self.shape(digest) for digest in sorted({one, other})])
        geometry = mapping(union)
        digest = area_digest(geometry)
        if digest not in self._shapes:
            self._shapes[digest], self._new[digest] = union, geometry
        return digest

    def keep(self) -> None:
        """The outlines that were joined are wanted from now on."""
        for geometry in self._new.values():
            area_key(geometry)
        self._new.clear()

    def faults(self, proposal: Proposal) -> list[Fault]:
        """What the reform leaves uncovered or covers twice; nothing is read where it redraws nothing."""
        was, is_ = ({code: unit for code, unit in tree.units.items() if _covers(unit)}
                    for tree in (proposal.was, proposal.will_be))  # fmt: skip
        if {(c, u.area) for c, u in was.items()} == {(c, u.area) for c, u in is_.items()}:
            return []
        self.load(unit.area for unit in (*was.values(), *is_.values()) if unit.area is not None)
        before, after = ({c: self.shape(u.area) for c, u in part.items() if u.area is not None} for part in (was, is_))
        return area_faults(before, after)


def outlines_of(units: Iterable[Spell]) -> dict[str, BaseGeometry]:
    """The drawn ground of these units, by code; who has none is left out."""
    ground, named = Ground(), {unit.code: unit.area for unit in units if unit.area is not None}
    ground.load(named.values())
    return {code: ground.shape(digest) for code, digest in named.items()}


def _covers(unit: Spell) -> bool:
    return unit.kind in COVERING and unit.area is not None


def read_outline(said: Any, *, where: str) -> dict[str, Any]:
    """
    An outline as GeoJSON (Polygon or MultiPolygon, WGS-84, degrees), as it was given. Raises ``BadInput`` (field
    ``where``) for what is none: another kind, no numbers, outside the world, lines that cross themselves.
    """
    if not isinstance(said, dict) or said.get("type") not in ("Polygon", "MultiPolygon"):
        raise BadInput(where, "An area is a Polygon or MultiPolygon of GeoJSON.")
    try:
        outline = shape(said)
        west, south, east, north = outline.bounds
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, GEOSException) as broken:
        raise BadInput(where, "This outline cannot be read.") from broken
    if outline.is_empty or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadInput(where, "This outline lies outside the world: longitude first, then latitude, in degrees.")
    if not outline.is_valid:
        why, _bracket, place = explain_validity(outline).partition("[")
        lon, _blank, lat = place.rstrip("]").partition(" ")
        if "Self-intersection" in why:
            raise BadInput(where, "This outline crosses itself at %(lon)s, %(lat)s. Draw it so that no two of its"
                           " lines meet but at their ends.", lon=lon, lat=lat)  # fmt: skip
        raise BadInput(where, "This outline is not whole near %(lon)s, %(lat)s (%(why)s).", lon=lon, lat=lat, why=why)
    return said
