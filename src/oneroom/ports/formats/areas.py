"""
Ground of units as GeoJSON: a FeatureCollection, each feature with the ``code`` of its unit, in WGS-84 or another datum.

    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "west"},
     "geometry": {"type": "Polygon", "coordinates": […]}}, …]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from oneroom.engine.geo import DATUMS, to_wgs84
from oneroom.engine.values import BadInput
from oneroom.ports.formats.sheets import MOST_BYTES

MOST = 5000  # features of one file
_KINDS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of the file: its number from 1, the code that it names, its geometry in WGS-84 (None: none)."""

    number: int
    code: str
    geometry: dict[str, Any] | None


def read_areas(data: bytes, *, datum: str = "WGS84") -> list[Feature]:
    """The features of a file. Raises ``BadInput`` for what is no FeatureCollection, or for a datum that is none."""
    if datum not in DATUMS:
        raise BadInput("datum", "There is no such choice here. Pick one of the list.")
    if len(data) > MOST_BYTES:
        raise BadInput("file", "The file is larger than %(mb)d MB.", mb=MOST_BYTES // 1024 // 1024)
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as broken:
        raise BadInput("file", "This is no JSON document.") from broken
    if not isinstance(said, dict) or said.get("type") != "FeatureCollection":
        raise BadInput("file", "This is no FeatureCollection of GeoJSON.")
    features = said.get("features")
    if not isinstance(features, list) or not features:
        raise BadInput("file", "There is no area in this file.")
    if len(features) > MOST:
        raise BadInput("file", "The file has more than %(most)d areas. Send it in parts.", most=MOST)
    return [_feature(n, feature, datum) for n, feature in enumerate(features, start=1)]


def write_areas(areas: Mapping[str, tuple[str, str, dict[str, Any]]], *, day: date) -> bytes:
    """Ground by unit (Chinese name, English name, GeoJSON) as a file in WGS-84, to be read again as it is."""
    features = [
        {"type": "Feature", "properties": {"code": code, "name_zh": zh, "name_en": en, "on": day.isoformat()},
         "geometry": {"type": shape["type"], "coordinates": shape["coordinates"]}}
        for code, (zh, en, shape) in sorted(areas.items())
    ]  # fmt: skip
    said = {"type": "FeatureCollection", "attribution": "© OpenStreetMap contributors", "features": features}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _feature(number: int, said: Any, datum: str) -> Feature:
    if not isinstance(said, dict):
        return Feature(number, "", None)
    properties = said.get("properties")
    code = properties.get("code") if isinstance(properties, dict) else None
    code = code if isinstance(code, str) else said.get("id")
    geometry = said.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in _KINDS:
        return Feature(number, str(code or "")[:24], None)
    drawn = {"type": geometry["type"], "coordinates": geometry.get("coordinates")}
    if datum != "WGS84":
        try:
            drawn["coordinates"] = _shifted(drawn["coordinates"], datum)
        except (TypeError, ValueError, IndexError, RecursionError):
            return Feature(number, str(code or "")[:24], None)
    return Feature(number, str(code or "")[:24], drawn)


def _shifted(part: Any, datum: str) -> Any:
    """The same coordinates in WGS-84, to about a centimetre: a ring at once."""
    if isinstance(part[0][0], list):
        return [_shifted(each, datum) for each in part]
    lon, lat = to_wgs84([float(p[0]) for p in part], [float(p[1]) for p in part], datum)
    return [[round(float(x), 7), round(float(y), 7)] for x, y in zip(lon, lat, strict=True)]
