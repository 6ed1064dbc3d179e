"""Crews on the roads: where each stands, how long it needs to a place at this hour, and by which way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from oneroom.apps.duty.models import Position
from oneroom.apps.duty.queries import OnBoard
from oneroom.apps.incidents.models import Incident
from oneroom.apps.places.queries import Loaded, find_network
from oneroom.engine import roads

NOWHERE = np.inf


def starts_of(crews: Sequence[OnBoard], loaded: Loaded) -> roads.Points:
    """Each crew's place on the roads, in the order of the crews; off every road where none is known."""
    lon = np.array([np.nan if c.lon is None else c.lon for c in crews])
    lat = np.array([np.nan if c.lat is None else c.lat for c in crews])
    known = np.flatnonzero(np.isfinite(lon))
    edge, fraction, off_m = np.full(len(crews), -1, np.int32), np.zeros(len(crews)), np.full(len(crews), np.inf)
    if known.size:
        found = roads.snap(loaded.index, lon[known], lat[known])
        edge[known], fraction[known], off_m[known] = found.edge, found.fraction, found.off_m
    return roads.Points(edge, fraction, off_m)


def travel_s_to(starts: roads.Points, loaded: Loaded, lon: float, lat: float, at: datetime) -> NDArray[np.float64]:
    """Seconds by road from each crew to the place; inf where there is no position or no way."""
    travel_s = np.full(len(starts), NOWHERE)
    goal = roads.candidates(loaded.index, lon, lat)
    found = loaded.arrivals(starts, goal, hour_of(at))
    travel_s[found.index] = found.ms / 1000.0
    return travel_s


def lengths_to(
    loaded: Loaded, starts: roads.Points, which: Iterable[int], incident: Incident, at: datetime
) -> dict[int, int]:
    """Metres of the quickest way of some of the crews."""
    goal = roads.candidates(loaded.index, incident.lon or 0.0, incident.lat or 0.0)
    metric = loaded.metric(hour_of(at), to=goal)
    ways = {i: roads.find_route(loaded.graph, metric, starts[i], goal) for i in which}
    return {i: round(way.length_m) for i, way in ways.items() if way is not None}


def route_for(incident: Incident, crew_id: int, *, at: datetime) -> dict[str, object] | None:
    """The way of one crew to the matter: seconds, metres, and the line as [lon, lat]; None where there is none."""
    loaded = find_network()
    place = Position.objects.filter(crew_id=crew_id).first()
    if loaded is None or place is None or incident.lon is None or incident.lat is None:
        return None
    start = roads.snap(loaded.index, np.array([place.lon]), np.array([place.lat]))
    goal = roads.candidates(loaded.index, incident.lon, incident.lat)
    if start.edge[0] < 0 or len(goal) == 0:
        return None
    found = roads.find_route(loaded.graph, loaded.metric(hour_of(at), to=goal), start, goal)
    if found is None:
        return None
    line = [[round(float(x), 5), round(float(y), 5)] for x, y in found.line()]
    return {"travel_s": round(found.ms / 1000), "length_m": round(found.length_m), "line": line}


def hour_of(at: datetime) -> int:
    """The hour of the city's day: roads are slower at eight than at three."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).hour
