"""
The difference by area as a drawing: shades where it is faster, hatched where it is slower, blank where it is unclear.

One drawing for the page without a map, for print and for paper; the same shades are on the map (`features`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, isfinite, isinf, radians
from typing import Any

import numpy as np
from shapely import get_parts
from shapely.geometry import LineString, MultiLineString, box, shape
from shapely.geometry.base import BaseGeometry

from oneroom.web.pages.office.plans.by_area import Area

WIDE = 1000.0
SHADES = (0.28, 0.48, 0.68, 0.88)  # how full a fill is, by a quarter of the greatest difference
_HATCH = 16.0
_LETTER = (13.0, 30.0)  # room that a letter of a label takes, and a line
LOOKS = {-1: "is-faster", 0: "is-unclear", 1: "is-slower"}
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One area: its rings, how it is filled, and the lines of its hatching."""

    look: str
    opacity: float
    title: str
    rings: tuple[Ring, ...]
    hatch: tuple[Ring, ...]

    @property
    def path(self) -> str:
        """Its outline as the path of an SVG."""
        return "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in self.rings)

    @property
    def lines(self) -> str:
        """Its hatching as the path of an SVG."""
        return "".join("M" + "L".join(f"{x} {y}" for x, y in line) for line in self.hatch)


@dataclass(frozen=True, slots=True)
class Label:
    """Name and difference of an area, where there is room for both."""

    x: float
    y: float
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole, ``WIDE`` by ``height``."""

    pieces: tuple[Piece, ...]
    labels: tuple[Label, ...]
    height: float

    @property
    def high(self) -> float:
        """Its height with a margin of six on both sides."""
        return self.height + 12


def shade(area: Area, most: float) -> float:
    """How full the fill of an area is."""
    if not area.sign:
        return 0.0
    if isinf(area.size):
        return SHADES[-1]
    return SHADES[min(int(abs(area.size) / most * len(SHADES)), len(SHADES) - 1)] if most > 0 else 0.0


def greatest(found: Sequence[Area]) -> float:
    """The greatest difference with an end of which something can be said."""
    return max((abs(a.size) for a in found if a.sign and isfinite(a.size)), default=0.0)


def features(found: Sequence[Area], grounds: Mapping[str, Any]) -> dict[str, Any]:
    """The areas as GeoJSON, for the map; those that have no ground on file stand in the table alone."""
    most = greatest(found)
    made = []
    for a in found:
        ground = grounds.get(a.code)
        if ground is None:
            continue
        facts = {
            "name": a.name, "said": a.said if a.sign else "", "sign": a.sign,
            "shade": shade(a, most),
        }  # fmt: skip
        made.append({"type": "Feature", "properties": {**facts, "part": "ground"}, "geometry": ground})
        at = shape(ground).representative_point()
        point = {"type": "Point", "coordinates": [round(at.x, 6), round(at.y, 6)]}
        made.append({"type": "Feature", "properties": {**facts, "part": "name"}, "geometry": point})
    return {"type": "FeatureCollection", "features": made}


def drawing(found: Sequence[Area], grounds: Mapping[str, Any]) -> Drawing | None:
    """The areas drawn, or None where none of them has ground on file."""
    mine = [(a, shape(grounds[a.code])) for a in found if a.code in grounds]
    if not mine:
        return None
    west, south, east, north = _window(mine)
    seen = box(west, south, east, north)
    mine = [(a, part) for a, part in ((a, ground.intersection(seen)) for a, ground in mine) if not part.is_empty]
    across = cos(radians((south + north) / 2))
    scale = WIDE / max((east - west) * across, 1e-9)

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * across * scale, 1), round((north - lat) * scale, 1)

    most, pieces, labels = greatest(found), [], []
    for a, ground in mine:
        rings = _rings(ground, at, 0.5 / scale)
        hatch = _hatched(rings) if a.sign > 0 else ()
        opacity = shade(a, most) * (0.5 if a.sign > 0 else 1)  # the hatching stands upon it
        pieces.append(Piece(LOOKS[a.sign], round(opacity, 2), f"{a.name} {a.said}", rings, hatch))
        middle = ground.representative_point()  # of what is seen of it
        if a.sign:
            labels.append((abs(a.size), Label(*at(middle.x, middle.y), a.name, a.said)))
    labels.sort(key=lambda of: -of[0])
    height = round(max((north - south) * scale, 1.0), 1)
    return Drawing(tuple(pieces), tuple(_with_room([label for _size, label in labels])), height)


def _window(mine: Sequence[tuple[Area, BaseGeometry]]) -> tuple[float, float, float, float]:
    """What is looked at: the areas that change and as much around them; where none does, all of them."""
    whole, changed = (
        np.array([ground.bounds for a, ground in mine if every or a.sign]).reshape(-1, 4) for every in (True, False)
    )
    outer = (*whole[:, :2].min(axis=0), *whole[:, 2:].max(axis=0))
    if not len(changed):
        return outer
    low, high = changed[:, :2].min(axis=0), changed[:, 2:].max(axis=0)
    around = max(high - low) / 2
    return (
        max(outer[0], low[0] - around), max(outer[1], low[1] - around), min(outer[2], high[0] + around),
        min(outer[3], high[1] + around),
    )  # fmt: skip


def _rings(ground: BaseGeometry, at: Any, tolerance: float) -> tuple[Ring, ...]:
    parts = [p for p in get_parts(ground.simplify(tolerance)) if p.geom_type == "Polygon"]
    return tuple(tuple(at(*p[:2]) for p in ring.coords) for part in parts for ring in (part.exterior, *part.interiors))


def _hatched(rings: Sequence[Ring]) -> tuple[Ring, ...]:
    """Slanted lines within the outline: on paper there is no pattern to fill with."""
    whole = shape({"type": "Polygon", "coordinates": [rings[0]]}).buffer(0)
    for ring in rings[1:]:
        whole = whole.symmetric_difference(shape({"type": "Polygon", "coordinates": [ring]}).buffer(0))
    left, top, right, bottom = whole.bounds
    first = int((left + top) // _HATCH)
    last = int((right + bottom) // _HATCH) + 1
    lines = MultiLineString(
        [LineString([(n * _HATCH - top, top), (n * _HATCH - bottom, bottom)]) for n in range(first, last + 1)]
    )
    inside = get_parts(lines.intersection(whole))
    return tuple(
        tuple((round(x, 1), round(y, 1)) for x, y in part.coords) for part in inside if part.geom_type == "LineString"
    )


def _with_room(labels: Sequence[Label]) -> list[Label]:
    """Those labels that do not stand upon one that matters more."""
    letter, line = _LETTER
    kept: list[tuple[Label, float]] = []
    for label in labels:
        wide = max(_wide(label.name), _wide(label.said)) * letter
        if all(
            abs(label.x - other.x) > (wide + other_wide) / 2 or abs(label.y - other.y) > 2 * line
            for other, other_wide in kept
        ):
            kept.append((label, wide))
    return [label for label, _wide_of in kept]


def _wide(text: str) -> float:
    return sum(1.0 if ord(c) < 0x2E80 else 1.9 for c in text)
