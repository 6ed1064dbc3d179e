"""Which requests are on the closed list, and what they ask, in the same shapes as otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ninja import Schema
from pydantic import ValidationError

from oneroom.apps.incidents.services import Said, Where, check_classification, check_said
from oneroom.apps.places.queries import held_place, held_point
from oneroom.engine.values import BadInput
from oneroom.web.api import shapes
from oneroom.web.faults import worded_shape

_ACTS: list[tuple[re.Pattern[str], str, str, type[Schema]]] = [
    (re.compile(r"/api/incidents"), "intake", "", shapes.NewIncident),
    (re.compile(r"/api/incidents/(\d{1,15})/offer"), "offer", "", shapes.Offer),
    (re.compile(r"/api/assignments/(\d{1,15})/step"), "step", "", shapes.Step),
    (re.compile(r"/api/assignments/(\d{1,15})/word"), "note", "order", shapes.Words),
    (re.compile(r"/api/incidents/(\d{1,15})/words"), "note", "room", shapes.Words),
    (re.compile(r"/api/incidents/(\d{1,15})/radio"), "note", "radio", shapes.Radio),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """One act as it came in. ``said`` is what the board needs of it; ``body`` is kept for the booking."""

    kind: str
    of: str
    about: int | None
    path: str
    body: dict[str, Any]
    shape: Schema
    said: Mapping[str, Any]


def find(path: str) -> tuple[str, str, int | None, type[Schema]] | None:
    """(kind, of what, about which row, shape) of an address on the closed list; None for any other."""
    for pattern, kind, of, shape in _ACTS:
        if found := pattern.fullmatch(path):
            return kind, of, int(found[1]) if found.groups() else None, shape
    return None


def read(path: str, data: bytes) -> Asked:
    """The act that a request on the list asks for. BadInput names the field."""
    known = find(path)
    assert known is not None
    try:
        body = json.loads(data or b"{}")
    except ValueError as odd:
        raise BadInput("body", "This could not be read: it is not valid JSON.") from odd
    return shaped(path, body)


def shaped(path: str, body: Any, *, checked: bool = False) -> Asked:
    """The same of a body that was read already; ``checked``: from a journal, where only what was fit stands."""
    kind, of, about, shape = find(path) or ("", "", None, shapes.Nothing)
    try:
        asked = shape.model_validate(body)
    except ValidationError as odd:
        first = odd.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise BadInput(field, worded_shape(str(first["type"]))) from odd
    said = asked.model_dump()
    if isinstance(asked, shapes.NewIncident) and not checked:
        said |= _of_report(asked)
    return Asked(kind, of, about, path, body, asked, said | {"of": of})


def _of_report(asked: shapes.NewIncident) -> dict[str, Any]:
    """The report's place and kind, checked as far as can be without the database."""
    if asked.source not in ("phone", "api", "self"):
        raise BadInput("source", "There is no such choice: %(choice)s.", choice=asked.source[:40])
    check_said(Said(asked.words, asked.caller_name, asked.caller_phone, asked.address, asked.safe_contact))
    where = _where(asked.location)
    if asked.category:
        check_classification(asked.category, asked.grade, asked.reasons, where, subcategory=asked.subcategory)
    found = {"zh": where.zh, "en": where.en, "lon": where.lon, "lat": where.lat} if where else {}
    return found | {"words": asked.words, "grade": asked.grade if asked.category else None}


def _where(place: shapes.Place | None) -> Where | None:
    if place is None:
        return None
    if place.place_id is not None:
        held = held_place(place.place_id)
        if held is None:
            raise BadInput("location", "This place cannot be looked up while the database is away. Give a point.")
        return Where(held.lon, held.lat, held.name_zh, held.name_en)
    if place.lon is None or place.lat is None:
        raise BadInput("location", "A point needs longitude and latitude.")
    return Where(*held_point(place.lon, place.lat, datum=place.datum))
