"""
What visitors of the demo do to it: which crews they hold and which seats they take (the simulated city lets go of
them), and since when they want a storm.

A hold lasts as long as the visitor's browser asks for something now and then; who closes the page without
signing out gives the crew back after a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop

from oneroom.apps.duty.queries import callsigns

HOLD_S = 15 * 60
SEEN_S = 5 * 60  # a seat in the room is free again sooner: its screen asks for something every few seconds
HELD = gettext_noop("A visitor rides with a crew, so the city runs at real speed until the crew is handed back.")
SURGE_LASTS = timedelta(hours=2)
_SURGE = "surge"
_KEPT = "held_crew"
_SEAT = "seat"


def hold(request: HttpRequest, crew_id: int) -> None:
    """This visitor takes the crew."""
    request.session[_KEPT] = crew_id
    _touch(crew_id)


def sit(request: HttpRequest, role: str) -> None:
    """This visitor takes a seat in the room."""
    request.session[_SEAT] = role
    cache.set(f"seat:{role}", True, SEEN_S)


def seats_taken(roles: Iterable[str]) -> list[str]:
    """Those of the seats in which a visitor was seen lately."""
    keys = {f"seat:{role}": role for role in roles}
    return sorted(keys[key] for key in cache.get_many(keys))


def begin_surge(at: datetime) -> datetime:
    """A storm from now on, or the one that is on."""
    since = surge_since(at)
    if since is None:
        cache.set(_SURGE, since := at, timeout=None)
    return since


def surge_since(at: datetime) -> datetime | None:
    """Since when the storm is over the city, in project time; None when the sky is clear."""
    since: datetime | None = cache.get(_SURGE)
    return since if since is not None and since <= at < since + SURGE_LASTS else None


def release(request: HttpRequest) -> None:
    """This visitor gives his crew or seat back."""
    crew_id = request.session.pop(_KEPT, None)
    if crew_id is not None:
        cache.delete(_key(crew_id))
    if seat := request.session.pop(_SEAT, None):
        cache.delete(f"seat:{seat}")


def held_crews() -> list[int]:
    """The crews that visitors hold now."""
    keys = {_key(crew_id): crew_id for crew_id in callsigns()}
    return sorted(keys[key] for key in cache.get_many(keys))


class KeepHeld:
    """Middleware of the demo: each request of a visitor keeps the hold on his crew or seat."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        crew_id = request.session.get(_KEPT)
        if crew_id is not None:
            _touch(crew_id)
        if seat := request.session.get(_SEAT):
            cache.set(f"seat:{seat}", True, SEEN_S)
        return self.get_response(request)


def _touch(crew_id: int) -> None:
    cache.set(_key(crew_id), True, HOLD_S)


def _key(crew_id: int) -> str:
    return f"held:{crew_id}"
