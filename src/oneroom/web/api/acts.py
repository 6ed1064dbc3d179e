"""How an act comes in: who, when, and once per key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from pydantic import BaseModel

from oneroom.apps.duty.queries import last_position
from oneroom.apps.incidents.services import Where, follow_code
from oneroom.apps.ledger.services import once
from oneroom.apps.ledger.time import now
from oneroom.apps.places.queries import Located, find_place, locate
from oneroom.engine.values import CITIZEN, Actor, BadInput
from oneroom.web.actors import actor
from oneroom.web.api.shapes import Place

_AT_CROSSING_M = 60.0

Act = Callable[[Actor, datetime], dict[str, Any] | None]


def do(request: HttpRequest, asked: BaseModel, act: Act) -> dict[str, Any]:
    """Do ``act(by, at)`` for whoever is signed in, once per Idempotency-Key; its answer, or the kept one."""
    return _once(request, asked, act, by=actor(request))


def do_for_the_public(request: HttpRequest, asked: BaseModel, act: Act) -> dict[str, Any]:
    """The same for somebody who is nobody to us: the key alone tells two apart."""
    return _once(request, asked, act, by=CITIZEN)


def _once(request: HttpRequest, asked: BaseModel, act: Act, *, by: Actor) -> dict[str, Any]:
    at = now()
    key = request.headers.get("Idempotency-Key", "")
    said = {"path": request.path, "body": asked.model_dump(mode="json")}
    return once(lambda: act(by, at) or {"ok": True}, key=key, asked=said, by=by, at=at)


def code_for(key: str, by: Actor) -> str:
    """The caller's code for the act with this key: the same for a repeat of it, and kept nowhere."""
    return follow_code(f"{by.id}:{key}".encode())


def where(place: Place | None) -> Where | None:
    """The checked place of a report, or None where none was given; BadInput names the field."""
    if place is None:
        return None
    if place.place_id is not None:
        found = find_place(place.place_id)
        if found is None:
            raise BadInput("location", "There is no such place on this map any more. Pick it again.")
        return Where(found.lon, found.lat, found.name_zh, found.name_en, place.accuracy_m)
    if place.lon is None or place.lat is None:
        raise BadInput("location", "A point needs longitude and latitude.")
    at = locate(place.lon, place.lat, datum=place.datum)
    given = "" if at.datum == "WGS84" else f"{at.datum} {place.lon:.9g},{place.lat:.9g}"
    return Where(at.lon, at.lat, *spoken(at), place.accuracy_m, given)


def where_crew_is(by: Actor) -> Where | None:
    """The last known place of the actor's own crew: what a crew has seen is where the crew is."""
    fix = last_position(by.crew_id) if by.crew_id is not None else None
    if fix is None:
        return None
    at = locate(fix[0], fix[1])
    return Where(at.lon, at.lat, *spoken(at))


def spoken(at: Located) -> tuple[str, str]:
    """How people would say a point, (Chinese, English): the crossing when they stand at it, else the street."""
    if at.crossing_m is not None and at.crossing_m <= _AT_CROSSING_M:
        return at.crossing_zh, at.crossing_en
    return at.road_zh, at.road_en
