"""The main roads of the city as SVG paths: the picture behind the demo's first page."""

from __future__ import annotations

import gzip
import json
import math
from dataclasses import dataclass
from typing import Any

from oneroom.apps.places.queries import NoNetwork, roads_geojson

WIDTH = 2000  # units across; a road drawn to the unit is drawn to some seven metres
# Classes of the map file, by the weight they are drawn in (parts.css .r0 to .r3). Lanes and yards are left out.
_WEIGHTS = {
    "motorway": 0, "motorway_link": 1, "trunk": 0, "trunk_link": 1, "primary": 1, "primary_link": 2,
    "secondary": 2, "secondary_link": 3, "tertiary": 3, "tertiary_link": 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """Path data by weight, lightest first, so that great roads lie on top."""

    width: int
    height: int
    paths: tuple[tuple[int, str], ...]


_drawn: tuple[str, Picture] | None = None


def picture() -> Picture | None:
    """The picture of the active network, drawn once; None where no network is loaded."""
    global _drawn
    try:
        file = roads_geojson()
    except NoNetwork:
        return None
    if _drawn is None or _drawn[0] != file.etag:
        _drawn = (file.etag, _draw(json.loads(gzip.decompress(file.content))))
    return _drawn[1]


def _draw(roads: dict[str, Any]) -> Picture:
    west, south, east, north = roads["bbox"]
    scale = WIDTH / (east - west)
    stretch = scale / math.cos(math.radians((south + north) / 2))
    lines: dict[int, list[str]] = {}
    for feature in roads["features"]:
        weight = _WEIGHTS.get(feature["properties"]["class"])
        if weight is None:
            continue
        for line in feature["geometry"]["coordinates"]:
            points = [(round((lon - west) * scale), round((north - lat) * stretch)) for lon, lat in line]
            seen = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
            if len(seen) > 1:
                lines.setdefault(weight, []).append("M" + " ".join(f"{x} {y}" for x, y in seen))
    height = round((north - south) * stretch)
    return Picture(WIDTH, height, tuple((w, "".join(lines[w])) for w in sorted(lines, reverse=True)))
