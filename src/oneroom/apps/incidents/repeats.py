"""
How often there were matters at a place lately: a number, for a live matter there, with a purpose (scope §5.1-15).

It is about the place and says nothing of who called: there is no list behind the number, and no way to ask for a place
without a live matter at it. Each asking leaves a Look. What crews saw themselves is not counted: where they patrol more
they see more, and the number would send them there again (scope §5.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oneroom.apps.incidents.access import live_basis
from oneroom.apps.incidents.counting import reported
from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.services.matter import subject
from oneroom.apps.ledger.services import Looking, looked, service
from oneroom.engine.geo import box, distance_m
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotAllowed

WITHIN_M = 60.0  # as far as a warning of a place reaches by itself
LATELY = timedelta(days=30)
FOR = ("dispatch", "respond")  # on a live call: neither reviewing nor calling back needs the number


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many matters were reported there before this one, and how many of them of the same category."""

    count: int
    same_kind: int
    within_m: float
    days: int


@service
def repeats_at(row: Incident, *, purpose: str, by: Actor, at: datetime) -> Repeats | None:
    """
    The number for the place of a live matter that this person may see; None where its place is not known.

    ``purpose`` is one of ``FOR``; the Look names its own, so that it stands beside the one at the words.
    """
    by.must(Right.OPEN_PERSONAL)
    if purpose not in FOR or row.state not in OPEN:
        raise NotAllowed("There is no live matter that this purpose belongs to.")
    basis = live_basis(row, purpose, by)
    if row.lon is None or row.lat is None:
        return None
    looked(subject(row.pk), ["place.repeats"], looking=Looking("repeats", basis), by=by, at=at)
    west, south, east, north = box(row.lon, row.lat, WITHIN_M)
    around = reported(Incident.objects.all()).filter(
        received_at__gte=at - LATELY, received_at__lt=row.received_at, drill=row.drill, lon__range=(west, east),
        lat__range=(south, north),
    ).exclude(pk=row.pk)  # fmt: skip
    kinds = [
        category
        for lon, lat, category in around.values_list("lon", "lat", "category")
        if lon is not None and lat is not None and float(distance_m(row.lon, row.lat, lon, lat)) <= WITHIN_M
    ]
    same = sum(1 for kind in kinds if kind and kind == row.category)
    return Repeats(len(kinds), same, WITHIN_M, LATELY.days)
