"""Places by name and by point: the one search of all screens."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from oneroom.apps.places.queries import Located, coordinates_in, find_places, locate
from oneroom.engine.text import plain
from oneroom.web.actors import actor
from oneroom.web.api.acts import spoken
from oneroom.web.api.shapes import Point

router = Router(tags=["places"])
Degrees = Annotated[float | None, Query(ge=-180, le=180)]


@router.get("places")
def places(
    request: HttpRequest, q: str = "", datum: str = "", near_lon: Degrees = None, near_lat: Degrees = None
) -> dict[str, Any]:
    """
    Crossings, roads, stations, street areas, residents' committees and other places, best first; at most ten.

    By characters, pinyin, initials or English. `number` is a house number that was typed with the street. Coordinates
    (decimal or in degrees and minutes, either order) come back as `point`: with a `datum` checked and named, without
    one as they were read, for the datum to be asked. `near_lon`, `near_lat` (WGS-84): where the network says the
    telephone is.
    """
    actor(request)
    text = plain("q", q, longest=80)
    pair = coordinates_in(text) if text else None
    if pair is not None:
        given = {"lon": pair[0], "lat": pair[1], "datum": datum or None}
        return {"places": [], "point": _said(locate(*pair, datum=datum)) | {"given": given} if datum else given}
    near = (near_lon, near_lat) if near_lon is not None and near_lat is not None else None
    found = find_places(text, limit=10, near=near) if text else []
    return {
        "places": [
            {
                "id": p.id, "kind": p.kind, "zh": p.name_zh, "en": p.name_en, "lon": p.lon, "lat": p.lat,
                "number": p.number,
            }
            for p in found
        ],
        "point": None,
    }  # fmt: skip


@router.post("locate")
def locate_point(request: HttpRequest, asked: Point) -> dict[str, Any]:
    """A point in any of the three datums, checked and named by its road or crossing."""
    actor(request)
    return _said(locate(asked.lon, asked.lat, datum=asked.datum))


def _said(at: Located) -> dict[str, Any]:
    zh, en = spoken(at)
    return {
        "lon": at.lon, "lat": at.lat, "zh": zh, "en": en,
        "road_zh": at.road_zh, "road_en": at.road_en, "off_m": round(at.off_m, 1),
    }  # fmt: skip
