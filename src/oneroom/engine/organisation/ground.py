"""
Where drawn ground does not fit: holes that nobody answers for, and pieces for which two do, with their size and place.

Outlines are in degrees (WGS-84); sizes are in km², by the length of a degree at the place, exact to about 1 in 1,000
for ground of a city's size. What is smaller than ``LEAST_KM2`` is how two hands draw one border.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from shapely import STRtree, area, get_parts, intersection, polygons, unary_union
from shapely.geometry.base import BaseGeometry

from oneroom.engine.geo import EARTH_M

LEAST_KM2 = 0.001
GAP, OVERLAP = "gap", "overlap"
_KM_PER_DEGREE = EARTH_M * math.pi / 180 / 1000
_TOUCH = 1e-6  # degrees, about 0.1 m: whoever borders on a hole


@dataclass(frozen=True, slots=True)
class Flaw:
    """
    A gap or an overlap: its units (of a gap whoever had it before, or borders on it), its size, a place inside it as
    longitude and latitude, whether it was there before, and its outline.
    """

    kind: str
    units: tuple[str, ...]
    km2: float
    lon: float
    lat: float
    old: bool
    outline: BaseGeometry


def km2(shape: BaseGeometry) -> float:
    """The size of an outline in degrees."""
    if shape.is_empty:
        return 0.0
    lat = shape.centroid.y
    return float(area(shape)) * _KM_PER_DEGREE**2 * math.cos(math.radians(lat))


def flaws(before: Mapping[str, BaseGeometry], after: Mapping[str, BaseGeometry]) -> list[Flaw]:
    """
    All that does not fit once the ground is as ``after`` (by unit's code), the largest first: overlaps, holes between
    the outlines, and ground that somebody had ``before`` and nobody has. O(n log n) for n outlines that lie beside
    each other.
    """
    found = [*_overlaps(before, after), *_gaps(before, after)]
    return sorted(found, key=lambda f: (f.old, -f.km2, f.units))


def _overlaps(before: Mapping[str, BaseGeometry], after: Mapping[str, BaseGeometry]) -> list[Flaw]:
    codes = sorted(after)
    shapes = np.array([after[code] for code in codes], dtype=object)
    if not len(shapes):
        return []
    left, right = STRtree(shapes).query(shapes, predicate="intersects")
    keep = left < right
    left, right = left[keep], right[keep]
    both = intersection(shapes[left], shapes[right])
    made = []
    for n, m, shape in zip(left, right, both, strict=True):
        size = km2(shape)
        if size < LEAST_KM2:
            continue
        pair = (codes[n], codes[m])
        old = all(code in before for code in pair) and (
            km2(intersection(before[pair[0]], before[pair[1]])) >= size - LEAST_KM2
        )  # fmt: skip
        made.append(_flaw(OVERLAP, pair, shape, old=old))
    return made


def _gaps(before: Mapping[str, BaseGeometry], after: Mapping[str, BaseGeometry]) -> list[Flaw]:
    had, has = unary_union(list(before.values())), unary_union(list(after.values()))
    outer = unary_union([had, _filled(has)])
    codes = sorted({*before, *after})
    mine = [after.get(code, before.get(code)) for code in codes]
    tree = STRtree([shape if shape is not None else had for shape in mine])
    made = []
    for part in get_parts(outer.difference(has)):
        if km2(part) < LEAST_KM2:
            continue
        near = [codes[n] for n in tree.query(part.buffer(_TOUCH), predicate="intersects")]
        owners = [code for code in sorted(before) if km2(intersection(before[code], part)) >= LEAST_KM2]
        made.append(_flaw(GAP, tuple(owners or sorted(near)), part, old=not owners and _is_hole(part, had)))
    return made


def _is_hole(part: BaseGeometry, had: BaseGeometry) -> bool:
    """Was it enclosed, and nobody's, before?"""
    return bool(_filled(had).contains(part.representative_point()))


def _filled(shape: BaseGeometry) -> BaseGeometry:
    """Without the holes inside it."""
    return unary_union([polygons(part.exterior) for part in get_parts(shape) if part.geom_type == "Polygon"])


def _flaw(kind: str, units: tuple[str, ...], shape: BaseGeometry, *, old: bool) -> Flaw:
    at = shape.representative_point()
    return Flaw(kind, units, round(km2(shape), 4), round(float(at.x), 6), round(float(at.y), 6), old, shape)
