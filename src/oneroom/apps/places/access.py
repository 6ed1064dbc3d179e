"""Who is shown a location warning (whoever has a live matter within its radius, each time as a Look), or a closure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.ledger.services import Looking, open_sealed
from oneroom.apps.places.closed import Held, held_closures
from oneroom.apps.places.loaded import find_network
from oneroom.apps.places.models import Closure, LocationWarning
from oneroom.apps.places.services.warnings import RADII_M, near, subject
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning as it is shown."""

    id: int
    reason: str
    words: str
    author_id: int
    created: datetime
    expires: datetime
    may_change: bool


def warnings_near(lon: float, lat: float, *, looking: Looking, by: Actor, at: datetime) -> list[Warned]:
    """
    The warnings that hold at a position, newest first; each one shown leaves a Look.

    The caller has checked that this person has a live matter there: ``looking`` names it. There is no other way to
    find a warning, so a town's warnings cannot be browsed.
    """
    reach_lat = RADII_M[1] / 111_000
    reach_lon = reach_lat / max(0.05, math.cos(math.radians(lat)))
    held = LocationWarning.objects.filter(
        ended=None, expires__gt=at,
        lat__range=(lat - reach_lat, lat + reach_lat), lon__range=(lon - reach_lon, lon + reach_lon),
    ).select_related("words").order_by("-created", "-pk")  # fmt: skip
    shown = []
    for row in held:
        if near(row, lon, lat):
            said = open_sealed([row.words], record=subject(row.pk), looking=looking, by=by, at=at)
            shown.append(
                Warned(
                    row.pk, row.reason, said[row.words_id] or "", row.author_id, row.created, row.expires,
                    _may_change(row, by),
                )
            )  # fmt: skip
    return shown


def warning_for(pk: int, *, by: Actor, at: datetime) -> LocationWarning:
    """A warning that holds, for who may renew or end it: its author, or a commander."""
    row = LocationWarning.objects.filter(pk=pk, ended=None, expires__gt=at).first()
    if row is None or not _may_change(row, by):
        raise NotFound
    return row


def _may_change(row: LocationWarning, by: Actor) -> bool:
    return by.may(Right.WARN_OF_PLACE) and (row.author_id == by.id or by.may(Right.COMMAND))


def closures_for(*, by: Actor) -> list[Held]:
    """The closures that hold, for whoever sees the room; without a city there are none."""
    by.must(Right.SEE_ROOM)
    return held_closures() if find_network() is not None else []


def closure_for(pk: int, *, by: Actor) -> Closure:
    """A closure that holds, for who may end or prolong it: anybody who may close streets."""
    row = Closure.objects.filter(pk=pk, ended=None).first() if by.may(Right.CLOSE_ROADS) else None
    if row is None:
        raise NotFound
    return row
