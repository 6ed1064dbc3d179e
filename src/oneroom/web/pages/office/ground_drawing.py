"""Ground as a drawing: every unit's outline, those that change, and what does not fit, numbered as in its table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from django.utils.translation import gettext as _
from shapely import get_parts
from shapely.geometry.base import BaseGeometry

from oneroom.apps.orgs.queries import names_by_code
from oneroom.engine.organisation.ground import GAP, Flaw
from oneroom.web.pages.room.words import local

MOST = 600  # outlines in one drawing
SHOWN = 60  # flaws in the table; the rest is counted
_WIDE = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """One outline of the drawing: its path and class, what it is called, and where its number stands."""

    path: str
    look: str
    title: str
    x: float = 0
    y: float = 0
    n: int = 0


def drawing(ground: Mapping[str, BaseGeometry], changed: Collection[str], found: Sequence[Flaw]) -> dict[str, Any]:
    """What ``office/_ground.html`` shows: the drawing, the flaws as rows, how many more there are."""
    named = names_by_code({*ground, *(code for flaw in found for code in flaw.units)})
    names = {code: local(zh, en or zh) for code, (zh, en) in named.items()}
    rows = [
        (n, _("Gap") if f.kind == GAP else _("Overlap"), ", ".join(names.get(c, c) for c in f.units),
         f"{f.km2:.3f}", f"{f.lon:.5f}, {f.lat:.5f}", f.old)
        for n, f in enumerate(found[:SHOWN], start=1)
    ]  # fmt: skip
    shown = sorted(ground, key=lambda code: (code not in changed, code))[:MOST]
    return {"rows": rows, "more": max(0, len(found) - SHOWN), **_drawn(ground, shown, changed, found[:SHOWN], names)}


def _drawn(
    ground: Mapping[str, BaseGeometry], shown: Sequence[str], changed: Collection[str], found: Sequence[Flaw],
    names: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    bounds = [shape.bounds for shape in (*(ground[c] for c in shown), *(f.outline for f in found))]
    if not bounds:
        return {"pieces": [], "height": 0}
    west, south = min(b[0] for b in bounds), min(b[1] for b in bounds)
    east, north = max(b[2] for b in bounds), max(b[3] for b in bounds)
    scale = _WIDE / max((east - west) * cos(radians(north)), 1e-9)
    across = scale * cos(radians(north))

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * across, 1), round((north - lat) * scale, 1)

    def path(shape: BaseGeometry) -> str:
        simple = shape.simplify(0.5 / scale)
        parts = [part for part in get_parts(simple) if part.geom_type == "Polygon"]
        rings = [ring.coords for part in parts for ring in (part.exterior, *part.interiors)]
        return "".join("M" + "L".join(f"{x},{y}" for x, y in (at(*p[:2]) for p in ring)) + "Z" for ring in rings)

    pieces = [
        Piece(path(ground[code]), "is-drawn" if code in changed else "", names.get(code, code))
        for code in reversed(shown)
    ]
    for n, flaw in enumerate(found, start=1):
        x, y = at(flaw.lon, flaw.lat)
        pieces.append(Piece(path(flaw.outline), f"is-{flaw.kind}", f"{flaw.km2:.3f} km²", x, y, n))
    return {"pieces": pieces, "height": round(max((north - south) * scale, 1))}
