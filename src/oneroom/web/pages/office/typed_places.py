"""A place as somebody types it in a form of the office: a unit's code, coordinates, or the name of a place."""

from __future__ import annotations

from oneroom.apps.orgs.queries import find_unit
from oneroom.apps.places.queries import coordinates_in, find_places, locate
from oneroom.engine.values import BadInput


def place_typed(field: str, text: str) -> tuple[float, float, str, str]:
    """(longitude, latitude, Chinese name, English name). Raises BadInput, naming the field; NoNetwork."""
    said = text.strip()[:120]
    unit = find_unit(said)
    if unit is not None and unit.lon is not None and unit.lat is not None:
        return unit.lon, unit.lat, unit.name_zh, unit.name_en
    pair = coordinates_in(said)
    if pair is not None:
        try:
            found = locate(*pair)
        except BadInput as no:
            raise BadInput(field, no.message, **no.params) from None
        return found.lon, found.lat, said, said
    places = find_places(said, limit=1) if said else []
    if not places:
        raise BadInput(field, "No place is called “%(text)s”. Type a station's code, coordinates, or a place of the"
                       " map.", text=said)  # fmt: skip
    return places[0].lon, places[0].lat, places[0].name_zh, places[0].name_en
