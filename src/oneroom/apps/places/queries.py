"""Say what lies at a position; the other questions to the loaded city are gathered here for those above."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count

from oneroom.apps.places.closed import Drawn, Held, drawn
from oneroom.apps.places.loaded import Loaded, NoNetwork, find_network, held_network, network
from oneroom.apps.places.map import Basemap, MapFile, basemap, roads_geojson
from oneroom.apps.places.models import LocationWarning
from oneroom.apps.places.names import Found, find_place, find_places, held_place, held_places, read_names
from oneroom.engine.coordinates import find_coordinates
from oneroom.engine.geo import DATUMS, distance_m, to_wgs84
from oneroom.engine.roads import Points, candidates
from oneroom.engine.roads.gazetteer import street_names
from oneroom.engine.values import BadInput

__all__ = [
    "Basemap",
    "Drawn",
    "Found",
    "Held",
    "Loaded",
    "Located",
    "MapFile",
    "NoNetwork",
    "basemap",
    "coordinates_in",
    "corners_named",
    "drawn",
    "find_network",
    "find_place",
    "find_places",
    "held_place",
    "held_places",
    "held_point",
    "locate",
    "network",
    "new_warnings",
    "read_names",
    "roads_geojson",
]

_NEAR_CROSSING_M = 400.0


@dataclass(frozen=True, slots=True)
class Located:
    """A position on the network: WGS-84, the streets it may lie on, and how people would say it."""

    lon: float
    lat: float
    points: Points
    off_m: float
    road_zh: str
    road_en: str
    crossing_zh: str
    crossing_en: str
    crossing_m: float | None
    datum: str = "WGS84"  # in which it was given


def locate(lon: float, lat: float, *, datum: str = "WGS84", max_m: float = 300.0) -> Located:
    """
    Check a position from outside and place it on the streets.

    Raises BadInput (fields "datum" and "location") for an unknown datum, numbers that are none, swapped axes,
    a point outside the loaded city, or one farther than `max_m` from every road; NoNetwork without a city.
    """
    city = network()
    x, y, known = _checked(lon, lat, datum=datum, max_m=max_m, city=city)
    points = candidates(city.index, x, y, max_m=max_m)
    if len(points) == 0:
        raise BadInput("location", "There is no road within %(metres)d metres of this point.", metres=round(max_m))
    road_zh, road_en = _street(city, points)
    crossing, away = _nearest_crossing(city, x, y)
    return Located(
        lon=x, lat=y, points=points, off_m=float(points.off_m[0]), road_zh=road_zh, road_en=road_en,
        crossing_zh=crossing[0] if crossing else "", crossing_en=crossing[1] if crossing else "",
        crossing_m=away, datum=known,
    )  # fmt: skip


def corners_named(places: Sequence[tuple[float, float]]) -> list[tuple[str, str]]:
    """(Chinese, English) of the crossing at many points of the network (WGS-84), or of the street; "" for neither."""
    city = network()
    named = []
    for lon, lat in places:
        crossing, _away = _nearest_crossing(city, lon, lat)
        named.append(crossing or _street(city, candidates(city.index, lon, lat, max_m=300.0)))
    return named


def held_point(lon: float, lat: float, *, datum: str) -> tuple[float, float]:
    """
    A position as WGS-84, checked as `locate` does as far as this process can without the database: where it has no
    city in memory, numbers and datum alone. Raises BadInput.
    """
    x, y, _ = _checked(lon, lat, datum=datum, max_m=300.0, city=held_network())
    return x, y


def _checked(lon: float, lat: float, *, datum: str, max_m: float, city: Loaded | None) -> tuple[float, float, str]:
    known = datum.upper().replace("-", "").replace("_", "") if isinstance(datum, str) else ""
    if known not in DATUMS:
        raise BadInput("datum", "The datum %(datum)s is not known. Use WGS84, GCJ02 or BD09.", datum=str(datum)[:20])
    if not all(type(value) in (int, float) and math.isfinite(value) for value in (lon, lat)):
        raise BadInput("location", "Longitude and latitude must be numbers.")
    x, y = (float(axis) for axis in to_wgs84(lon, lat, known))
    if city is None:
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            raise BadInput("location", "Longitude and latitude must be numbers.")
        return x, y, known
    reach = city.box.grown(max_m)
    if reach.looks_swapped(x, y) or reach.looks_swapped(lon, lat):
        raise BadInput("location", "Longitude and latitude look swapped. Longitude comes first here.")
    if not reach.contains(x, y):
        raise BadInput("location", "This point is outside %(city)s.", city=city.name)
    return x, y, known


def coordinates_in(text: str) -> tuple[float, float] | None:
    """(longitude, latitude) where a text is coordinates and nothing else, in the order that lies in the city."""
    city = find_network()
    return find_coordinates(text, city.box) if city is not None else None


def _street(city: Loaded, points: Points) -> tuple[str, str]:
    """(Chinese, English) of the nearest street that has a name, ("", "") if none of them has."""
    for edge in points.edge:
        name = int(city.graph.edge_name[edge])
        if name >= 0:
            return street_names(city.graph, name)
    return "", ""


def _nearest_crossing(city: Loaded, lon: float, lat: float) -> tuple[tuple[str, str] | None, float | None]:
    """The nearest named crossing (Chinese, English) of this network within walking sight, and how far it is."""
    degrees_lat = _NEAR_CROSSING_M / 111_000
    degrees_lon = degrees_lat / max(0.05, math.cos(math.radians(lat)))
    known = city.crossings
    west, east = np.searchsorted(known.lon, [lon - degrees_lon, lon + degrees_lon])
    near = west + np.flatnonzero(np.abs(known.lat[west:east] - lat) <= degrees_lat)
    if not len(near):
        return None, None
    away = distance_m(lon, lat, known.lon[near], known.lat[near])
    best = int(np.argmin(away))
    return known.names[near[best]], float(away[best])


def new_warnings(*, since: datetime, at: datetime) -> dict[str, int]:
    """How many warnings that still hold were raised since then, by reason: a count, since no list may be browsed."""
    held = LocationWarning.objects.filter(ended=None, expires__gt=at, created__gt=since, created__lte=at)
    return dict(held.values_list("reason").annotate(n=Count("pk")).order_by("reason"))
