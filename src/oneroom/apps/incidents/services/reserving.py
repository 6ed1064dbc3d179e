"""Numbers for when the database is away: taken while it is well, a block for one machine and one day."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from oneroom.apps.incidents.models import Reserved
from oneroom.apps.incidents.services.intake import day_of
from oneroom.apps.ledger.services import note, reserve_ids, service
from oneroom.engine.values import SYSTEM

MANY = 1000  # two hours of the busiest city
SERIES = "D"  # 20261122-D017: whoever reads it sees that it was taken while the database was away


@service
def reserve_numbers(holder: str, *, at: datetime) -> Reserved:
    """
    The block that this machine may give from: the one it has while its day lasts and half of it is left, or a new one.

    No ordinary reference is missing because of it: the series is its own. What a block had left is in its last entry.
    """
    day = day_of(at)
    row = Reserved.objects.select_for_update().filter(holder=holder, ended_at=None).first()
    if row is not None and row.day == day and row.used * 2 < MANY:
        return row
    if row is not None:
        Reserved.objects.filter(pk=row.pk).update(ended_at=at)
        note(
            "numbers.ended", f"reserved:{row.pk}", by=SYSTEM, at=at, reserved=row.pk, series=row.series.lower(),
            first=row.first, last=row.last, used=row.used,
        )  # fmt: skip
    last = Reserved.objects.filter(day=day, series=SERIES).aggregate(last=Max("last"))["last"] or 0
    ids = {
        "matters": reserve_ids("incidents_incident", MANY), "orders": reserve_ids("incidents_assignment", 2 * MANY),
        "ladders": reserve_ids("orders_ladder", 6 * MANY),
    }  # fmt: skip
    row = Reserved.objects.create(
        holder=holder, series=SERIES, first=last + 1, last=last + MANY, day=day, ids=ids, at=at
    )
    note(
        "numbers.reserved", f"reserved:{row.pk}", by=SYSTEM, at=at, reserved=row.pk, series=SERIES.lower(),
        first=row.first, last=row.last,
    )  # fmt: skip
    return row


@service
def numbers_used(reserved_id: int, used: int) -> None:
    """So many references of a block are given, and their ids are rows now."""
    Reserved.objects.filter(pk=reserved_id, used__lt=used).update(used=used)
