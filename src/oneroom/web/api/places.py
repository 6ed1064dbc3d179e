"""Places by name and by point."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.places.queries import find_places, locate
from oneroom.engine.text import plain
from oneroom.web.actors import actor
from oneroom.web.api.acts import spoken
from oneroom.web.api.shapes import Point

router = Router(tags=["places"])


@router.get("places")
def places(request: HttpRequest, q: str = "") -> dict[str, Any]:
    """Crossings, roads and places whose name, English name or pinyin initials fit; at most ten."""
    actor(request)
    text = plain("q", q, longest=80)
    found = find_places(text, limit=10) if text else []
    return {
        "places": [
            {"id": p.id, "kind": p.kind, "zh": p.name_zh, "en": p.name_en, "lon": p.lon, "lat": p.lat} for p in found
        ]
    }


@router.post("locate")
def locate_point(request: HttpRequest, asked: Point) -> dict[str, Any]:
    """A point in any of the three datums, checked and named by its road or crossing."""
    actor(request)
    at = locate(asked.lon, asked.lat, datum=asked.datum)
    zh, en = spoken(at)
    return {
        "lon": at.lon, "lat": at.lat, "zh": zh, "en": en,
        "road_zh": at.road_zh, "road_en": at.road_en, "off_m": round(at.off_m, 1),
    }  # fmt: skip
