"""Coverage: which part of the city a free crew would reach in time, and what crews that go would leave open."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from ninja import Router

from oneroom.apps.incidents import posting
from oneroom.apps.incidents.coverage import PROMISE_S, Picture, live_picture, shared_picture
from oneroom.apps.incidents.moves import MoveUp, move_ups
from oneroom.apps.ledger.time import now
from oneroom.apps.places.queries import locate
from oneroom.engine import coverage
from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput, Refused
from oneroom.web.actors import actor
from oneroom.web.shared import once

router = Router(tags=["coverage"])

_MOST_GONE = 12
_SHARED_S = 2.0


@router.get("coverage")
def covered(request: HttpRequest, gone: str = "") -> dict[str, Any]:
    """
    The part of past calls within 1, 3 and 5 minutes of a free crew, the worst place, and the cells that nobody reaches
    in 5. ``gone``: ids of crews, by commas; ``gap`` are the cells they would leave open, ``moves`` who could stand in,
    ``leaves`` null where one of them became free a moment ago or has no position; ``unplaced`` crews have none.
    """
    actor(request).must(Right.SEE_ROOM)
    picture = live_picture(at=now())
    if picture is None:
        return {
            "free": 0,
            "unplaced": 0,
            "calls": 0,
            "days": settings.COVERAGE_DAYS,
            "within": {},
            "area": {},
            "worst": None,
            "cells": None,
            "leaves": None,
            "moves": [],
        }
    going = _ids(gone)
    cells = picture.reach.cells
    lon, lat = cells.middle
    near, left = picture.reach.within(PROMISE_S), picture.lost(going)
    here = [[round(float(x), 5), round(float(y), 5)] for x, y in zip(lon, lat, strict=True)]
    return {
        "free": len(picture.crews), "unplaced": picture.unplaced, "calls": picture.calls,
        "days": settings.COVERAGE_DAYS,
        "within": {str(s): round(share, 4) for s, share in picture.within().items()},
        "area": {str(s): round(share, 4) for s, share in picture.of_the_city().items()},
        "worst": worst_of(picture),
        "cells": {
            "half": [round(side, 6) for side in cells.half],
            "open": [here[i] for i in range(len(here)) if not near[i]],
            "gap": [here[i] for i in picture.gap(going)],
        },
        "leaves": None if left is None else round(left, 4),
        "moves": [_move(m) for m in move_ups(picture, going)] if going else [],
    }  # fmt: skip


@router.get("coverage/cells")
def cells(request: HttpRequest) -> HttpResponse:
    """
    The city's cells by the smallest circle of a free crew that each lies in: "60", "180", "300", or "open".

    One picture for all consoles, at most two seconds old; one that is unchanged is answered 304.
    """
    actor(request).must(Right.SEE_ROOM)
    plain, small = once("coverage cells", 0, _drawn, fresh_s=_SHARED_S)
    compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(small if compressed else plain, content_type="application/json")
    if compressed:
        answer["Content-Encoding"] = "gzip"
    answer["ETag"] = f'W/"{hashlib.sha256(plain).hexdigest()[:16]}"'
    answer["Cache-Control"] = "private, no-cache"
    patch_vary_headers(answer, ["Accept-Encoding", "Cookie"])
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer


def _drawn() -> bytes:
    picture = shared_picture(at=now())
    if picture is None:
        return b'{"half": [0, 0]}'
    circle, (lon, lat) = picture.circles(), picture.reach.cells.middle
    names = (*map(str, coverage.LIMITS_S), "open")
    here = [[round(float(x), 5), round(float(y), 5)] for x, y in zip(lon, lat, strict=True)]
    said: dict[str, Any] = {name: [] for name in names}
    for at, n in zip(here, circle.tolist(), strict=True):
        said[names[n]].append(at)
    half = [round(side, 6) for side in picture.reach.cells.half]
    return json.dumps({"half": half, **said}, separators=(",", ":")).encode()


@router.get("posting")
def posted(request: HttpRequest) -> dict[str, Any]:
    """Where crews should wait at this hour, by the public's calls of the last weeks, with the counts that rests on."""
    actor(request).must(Right.SEE_ROOM)
    at = now()
    day, hour = posting.block_of(at)
    found = posting.suggestions(day, hour, count=posting.USUAL_POINTS, at=at)
    return {
        "day": day, "hour": hour, "hours": posting.HOURS, "weeks": found.weeks if found else 0,
        "points": [
            {
                "lon": round(s.lon, 5), "lat": round(s.lat, 5), "zh": s.zh, "en": s.en, "calls": s.point.calls,
                "addresses": s.point.addresses, "weekly": round(s.point.weekly, 2), "low": round(s.point.low, 2),
                "high": round(s.point.high, 2), "usual": round(s.point.usual, 2),
            }
            for s in (found.points if found else ())
        ],
    }  # fmt: skip


def _ids(text: str) -> list[int]:
    parts = [part for part in text.split(",") if part]
    if len(parts) > _MOST_GONE or not all(part.isascii() and part.isdecimal() and len(part) < 16 for part in parts):
        raise BadInput("gone", "Give at most %(n)d numbers of crews, with commas between.", n=_MOST_GONE)
    return [int(part) for part in parts]


def worst_of(picture: Picture) -> dict[str, Any] | None:
    """The cell that waits longest (``Picture.worst``), by the crossing nearest to it."""
    found = picture.worst()
    if found is None:
        return None
    graph, node = picture.reach.cells.graph, picture.reach.cells.node[found.cell]
    lon, lat = float(graph.node_lon[node]), float(graph.node_lat[node])
    said: dict[str, Any] = {"seconds": found.seconds, "lon": round(lon, 5), "lat": round(lat, 5), "zh": "", "en": ""}
    try:
        place = locate(lon, lat)
    except Refused:
        return said
    return said | {"zh": place.crossing_zh or place.road_zh, "en": place.crossing_en or place.road_en}


def _move(m: MoveUp) -> dict[str, Any]:
    return {
        "crew": m.crew.id, "callsign_zh": m.crew.callsign_zh, "callsign_en": m.crew.callsign_en,
        "station": m.station_id, "station_zh": m.station_zh, "station_en": m.station_en,
        "gain": round(m.gain, 4), "drive_s": m.drive_s,
    }  # fmt: skip
