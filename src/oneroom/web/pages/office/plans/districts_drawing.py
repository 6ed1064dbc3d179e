"""Districts as a drawing: each outline with the number of its row, those whose ground changes drawn out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import cos, radians
from typing import Any

from shapely import get_parts, line_merge, unary_union
from shapely.geometry.base import BaseGeometry

from oneroom.web.pages.office.ground_drawing import Piece

_WIDE = 1000


def drawing(
    outlines: Sequence[tuple[str, BaseGeometry]], changed: Collection[str], numbers: Mapping[str, int],
    names: Mapping[str, str], today: Mapping[str, BaseGeometry],
) -> dict[str, Any]:  # fmt: skip
    """``pieces`` (office/_ground.html's) with their numbers, the lines of ``today`` over them, and the height."""
    bounds = [outline.bounds for outline in (*(outline for _unit, outline in outlines), *today.values())]
    if not bounds:
        return {"pieces": [], "today": "", "height": 0}
    west, south = min(b[0] for b in bounds), min(b[1] for b in bounds)
    east, north = max(b[2] for b in bounds), max(b[3] for b in bounds)
    scale = _WIDE / max((east - west) * cos(radians(north)), north - south, 1e-9)
    across = scale * cos(radians(north))

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * across, 1), round((north - lat) * scale, 1)

    def path(outline: BaseGeometry) -> str:
        parts = [part for part in get_parts(outline) if part.geom_type == "Polygon"]
        rings = [ring.coords for part in parts for ring in (part.exterior, *part.interiors)]
        return "".join("M" + "L".join(f"{x},{y}" for x, y in (at(*p[:2]) for p in ring)) + "Z" for ring in rings)

    pieces = []
    for unit, outline in outlines:
        middle = outline.representative_point()
        x, y = at(float(middle.x), float(middle.y))
        look = "is-drawn" if unit in changed else ""
        pieces.append(Piece(path(outline), look, names.get(unit, unit), x, y, numbers[unit]))
    # as one drawing of lines: a border that two units share would be dashed twice, and look whole
    lines = get_parts(line_merge(unary_union([outline.boundary for outline in today.values()])))
    before = "".join("M" + "L".join(f"{x},{y}" for x, y in (at(*p[:2]) for p in line.coords)) for line in lines)
    return {"pieces": pieces, "today": before, "height": round(max((north - south) * scale, 1))}
