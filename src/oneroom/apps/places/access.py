"""
Who may see places: everybody.

Streets and crossings are public knowledge, and a citizen who reports has to find them too. What lies *at* a place
(an incident, a crew) is guarded by the app that knows it.
"""

from __future__ import annotations

from oneroom.apps.places.models import Place
from oneroom.engine.values import Actor, NotFound


def get_place(place_id: int, *, actor: Actor) -> Place:
    """A place of the active network. Raises NotFound."""
    place = Place.objects.filter(pk=place_id, network__active=True).first()
    if place is None:
        raise NotFound
    return place
