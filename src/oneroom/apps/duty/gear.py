"""Vehicles and kit read: whose they are, who sees them, as they were at any moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from oneroom.apps.duty.models import Gear, GearSpell
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound

VEHICLE = "vehicle"


def holds_at(at: datetime) -> Q:
    """Spells that hold at that moment."""
    return Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))


def gear_for(*, by: Actor, at: datetime) -> QuerySet[GearSpell]:
    """Each piece as it was at that moment: of the units that this person heads, all for who commands."""
    rows = GearSpell.objects.filter(holds_at(at)).select_related("gear", "unit", "crew").defer("unit__area")
    if by.may(Right.COMMAND):
        return rows
    return rows.filter(unit_id__in=by.units) if by.may(Right.ROSTER) else rows.none()


def piece_for(pk: int, *, by: Actor, at: datetime) -> GearSpell:
    """One piece as it is at that moment."""
    found = gear_for(by=by, at=at).filter(gear_id=pk).first()
    if found is None:
        raise NotFound
    return found


def numbers_taken(numbers: Collection[str]) -> set[str]:
    """Those of these numbers that a piece has already."""
    return set(Gear.objects.filter(number__in=set(numbers)).values_list("number", flat=True))


def history_of(pk: int) -> list[GearSpell]:
    """Where a piece was and how, the latest first."""
    rows = GearSpell.objects.filter(gear_id=pk).select_related("unit", "crew").defer("unit__area")
    return list(rows.order_by("-since", "-pk")[:200])


def with_crews(crew_ids: Collection[int], *, at: datetime) -> dict[int, list[Gear]]:
    """What rides with each of these crews at that moment, vehicles first."""
    rows = GearSpell.objects.filter(holds_at(at), crew_id__in=crew_ids).select_related("gear")
    found: dict[int, list[Gear]] = {}
    for row in sorted(rows, key=lambda r: (r.gear.kind != VEHICLE, r.gear.number)):
        if row.crew_id is not None:
            found.setdefault(row.crew_id, []).append(row.gear)
    return found
