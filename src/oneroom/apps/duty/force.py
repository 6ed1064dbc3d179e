"""The mobile force read: who may see it, how ready it is, and what its drills came to by the record (row T25)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from oneroom.apps.duty.models import ForceUnit, ReadinessDrill
from oneroom.apps.ledger.queries import last_entry
from oneroom.engine.readiness import LEVELS, Drill, below
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound


def forces_for(*, by: Actor) -> QuerySet[ForceUnit]:
    """Every unit of the mobile force: whoever may call it has to know of all."""
    rows = ForceUnit.objects.select_related("unit")
    return rows if by.may(Right.SEE_FORCE) else rows.none()


def force_for(pk: int, *, by: Actor, lock: bool = False) -> ForceUnit:
    """One of them."""
    rows = forces_for(by=by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def short_of(force: ForceUnit) -> tuple[str, ...]:
    """What it is short of, as codes; empty while it is ready."""
    return below(level=force.level, required=force.required, present=force.present, least=force.least)


def response_s(force: ForceUnit) -> int:
    """Within which time it says that it rolls."""
    return LEVELS[force.level]


def drills_of(force: ForceUnit, *, at: datetime) -> list[tuple[ReadinessDrill, Drill]]:
    """Its drills, the latest first, each measured from the entries of the record."""
    found = []
    for row in force.drills.select_related("called_by").order_by("-called_at", "-pk")[:100]:
        called = last_entry("force.drill_called", until=at, facts={"drill": row.pk})
        rolled = last_entry("force.turned_out", until=at, facts={"drill": row.pk})
        if called is None:
            continue
        strength = int(rolled.facts["strength"]) if rolled else 0
        limit = int(called.facts["limit_s"])
        found.append((row, Drill(called.at, limit, rolled.at if rolled else None, strength, row.least)))
    return found
