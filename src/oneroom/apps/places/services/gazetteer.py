"""Places that the roads themselves do not know: stations, areas, points of interest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.places.models import Place, RoadNetwork
from oneroom.engine.roads.spelling import initials, search_text
from oneroom.engine.values import Actor, BadInput

_ABOVE_STREETS = 1000.0


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place to enter: kind (station, area, poi), both names, WGS-84 position."""

    kind: str
    name_zh: str
    name_en: str
    lon: float
    lat: float


@service
def add_places(places: Iterable[NewPlace], *, by: Actor, at: datetime) -> int:
    """
    Enter places into the active network's gazetteer; one of the same kind and name is moved, not doubled.

    Gives how many were entered. Raises BadInput when no network is loaded.
    """
    network = RoadNetwork.objects.filter(active=True).first()
    if network is None:
        raise BadInput("network", "No road network is loaded. Load one with “oneroom importroads”.")
    count = 0
    for place in places:
        Place.objects.update_or_create(
            network=network,
            kind=Place.Kind(place.kind),
            name_zh=place.name_zh,
            defaults={
                "name_en": place.name_en,
                "initials": initials(place.name_zh),
                "search": search_text(place.name_zh, place.name_en),
                "lon": place.lon,
                "lat": place.lat,
                "weight": _ABOVE_STREETS,
            },
        )
        count += 1
    note("places.entered", f"network:{network.pk}", by=by, at=at, network=network.pk, places=count)
    return count
