"""Coverage: which part of the city a free crew would reach in time, and what crews that go would leave open."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents.coverage import PROMISE_S, MoveUp, Picture, live_picture, move_ups
from oneroom.apps.ledger.time import now
from oneroom.apps.places.queries import locate
from oneroom.engine import coverage
from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput, Refused
from oneroom.web.actors import actor

router = Router(tags=["coverage"])

_MOST_GONE = 12


@router.get("coverage")
def covered(request: HttpRequest, gone: str = "") -> dict[str, Any]:
    """
    The part of past calls within 1, 3 and 5 minutes of a free crew, the worst place, and the cells that nobody reaches
    in 5. ``gone``: ids of crews, by commas; ``gap`` are the cells they would leave open, ``moves`` who could stand in.
    """
    actor(request).must(Right.SEE_ROOM)
    picture = live_picture(at=now())
    if picture is None:
        return {
            "free": 0,
            "calls": 0,
            "days": settings.COVERAGE_DAYS,
            "within": {},
            "worst": None,
            "cells": None,
            "leaves": None,
            "moves": [],
        }
    going = _ids(gone)
    cells = picture.reach.cells
    lon, lat = cells.middle
    near = picture.reach.within(PROMISE_S)
    here = [[round(float(x), 5), round(float(y), 5)] for x, y in zip(lon, lat, strict=True)]
    return {
        "free": len(picture.crews), "calls": picture.calls, "days": settings.COVERAGE_DAYS,
        "within": {str(s): round(share, 4) for s, share in picture.within().items()},
        "worst": _worst(picture),
        "cells": {
            "half": [round(side, 6) for side in cells.half],
            "open": [here[i] for i in range(len(here)) if not near[i]],
            "gap": [here[i] for i in picture.gap(going)],
        },
        "leaves": round(picture.lost(going), 4),
        "moves": [_move(m) for m in move_ups(picture, going)] if going else [],
    }  # fmt: skip


def _ids(text: str) -> list[int]:
    parts = [part for part in text.split(",") if part]
    if len(parts) > _MOST_GONE or not all(part.isascii() and part.isdecimal() and len(part) < 16 for part in parts):
        raise BadInput("gone", "Give at most %(n)d numbers of crews, with commas between.", n=_MOST_GONE)
    return [int(part) for part in parts]


def _worst(picture: Picture) -> dict[str, Any] | None:
    """Of the cells from which somebody called lately: the one that waits longest, by the crossing nearest to it."""
    found = coverage.worst(picture.reach, picture.weight > 0)
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
