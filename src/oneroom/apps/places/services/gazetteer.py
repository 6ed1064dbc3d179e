"""Places that the roads themselves do not know: stations, street areas, residents' committees, points of interest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F

from oneroom.apps.ledger.services import note, service
from oneroom.apps.places.models import Place, RoadNetwork
from oneroom.engine.geo import DATUMS, Box, to_wgs84
from oneroom.engine.roads.spelling import initials, romanised, search_text
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput

_ABOVE_STREETS = 1000.0
_OUTSIDE_M = 3000.0  # a place beside the city may still be named by a caller
_SAME_DEGREES = 1e-6
OWN_KINDS = ("station", "area", "committee", "poi")


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place to enter: kind, both names, WGS-84 position, and its code in the list it comes from."""

    kind: str
    name_zh: str
    name_en: str
    lon: float
    lat: float
    code: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a row of a list: new, moved, renamed, same; or refused, with the sentence."""

    line: int
    fate: str
    place: NewPlace | None
    refused: BadInput | None = None


@service
def add_places(places: Iterable[NewPlace], *, by: Actor, at: datetime) -> int:
    """
    Enter places into the active network's gazetteer; one of the same code, or kind and name, is moved, not doubled.

    Gives how many were entered. Raises BadInput when no network is loaded.
    """
    network = _active()
    count = 0
    for place in places:
        known = _known(network, place)
        facts = {
            "kind": Place.Kind(place.kind), "name_zh": place.name_zh, "name_en": place.name_en, "code": place.code,
            "initials": initials(place.name_zh), "search": search_text(place.name_zh, place.name_en),
            "lon": place.lon, "lat": place.lat, "weight": _ABOVE_STREETS,
        }  # fmt: skip
        if known is None:
            Place.objects.create(network=network, **facts)
        else:
            Place.objects.filter(pk=known.pk).update(**facts)
        count += 1
    RoadNetwork.objects.filter(pk=network.pk).update(gazetteer=F("gazetteer") + 1)
    note("places.entered", f"network:{network.pk}", by=by, at=at, network=network.pk, places=count)
    return count


def judge_places(rows: Sequence[tuple[int, dict[str, str]]], *, datum: str = "") -> list[Fate]:
    """
    The fate of each row of a list (line, columns as text), nothing being written.

    Columns: code, name_zh, name_en, lon, lat, datum, kind. ``datum`` is for rows that name none.
    """
    network = _active()
    box = Box(network.west, network.south, network.east, network.north).grown(_OUTSIDE_M)
    seen: dict[str, int] = {}
    fates = []
    for line, row in rows:
        try:
            place = _read(row, datum, box)
            if place.code in seen:
                raise BadInput("code", "Line %(line)d has this code already.", line=seen[place.code])
        except BadInput as refused:
            fates.append(Fate(line, "refused", None, refused))
            continue
        if place.code:
            seen[place.code] = line
        fates.append(Fate(line, _fate(_known(network, place), place), place))
    return fates


def _active() -> RoadNetwork:
    network = RoadNetwork.objects.filter(active=True).defer("content", "ground").first()
    if network is None:
        raise BadInput("network", "No road network is loaded. Load one with “oneroom importroads”.")
    return network


def _known(network: RoadNetwork, place: NewPlace) -> Place | None:
    """The place that a row means: by its code, else by kind and name where that has no code of another list."""
    mine = Place.objects.filter(network=network, kind__in=OWN_KINDS)
    by_code = mine.filter(code=place.code).first() if place.code else None
    return by_code or mine.filter(kind=place.kind, name_zh=place.name_zh, code__in=("", place.code)).first()


def _fate(known: Place | None, place: NewPlace) -> str:
    if known is None:
        return "new"
    if (known.kind, known.name_zh, known.name_en) != (place.kind, place.name_zh, place.name_en):
        return "renamed"
    if max(abs(known.lon - place.lon), abs(known.lat - place.lat)) > _SAME_DEGREES:
        return "moved"
    return "same" if known.code == place.code else "renamed"


def _read(row: dict[str, str], datum: str, box: Box) -> NewPlace:
    """A row as a place, converted to WGS-84. Raises BadInput naming the column."""
    kind = (row.get("kind") or "").strip().lower()
    if kind not in OWN_KINDS:
        raise BadInput("kind", "The kind is one of: %(kinds)s.", kinds=", ".join(OWN_KINDS))
    zh = plain("name_zh", row.get("name_zh"), longest=80, required=True)
    en = plain("name_en", row.get("name_en"), longest=120) or romanised(zh)
    code = plain("code", row.get("code"), longest=40)
    named = (row.get("datum") or datum).upper().replace("-", "").replace("_", "").strip()
    if named not in DATUMS:
        raise BadInput("datum", "The datum is needed: WGS84, GCJ02 or BD09.")
    try:
        lon, lat = float(row.get("lon") or ""), float(row.get("lat") or "")
    except ValueError:
        raise BadInput("lon", "Longitude and latitude must be numbers.") from None
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise BadInput("lon", "Longitude and latitude must be numbers.")
    x, y = (float(axis) for axis in to_wgs84(lon, lat, named))
    if box.looks_swapped(x, y):
        raise BadInput("lon", "Longitude and latitude look swapped. Longitude comes first here.")
    if not box.contains(x, y):
        raise BadInput("lon", "This point is outside the loaded city.")
    return replace(NewPlace(kind, zh, en, 0.0, 0.0, code), lon=round(x, 7), lat=round(y, 7))
