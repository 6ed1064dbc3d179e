"""Somebody has left a unit for another: what he was told to do there is nobody's any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q

from oneroom.apps.duty.models import Duty, DutySpell
from oneroom.apps.ledger.services import note, service
from oneroom.engine.values import Actor


@service
def end_command(account_id: int, units: Collection[int], *, room: bool, by: Actor, at: datetime) -> int:
    """He commands none of these units any more, nor the ``room``; how many spells that ended."""
    mine = DutySpell.objects.filter(_of(units, room), account_id=account_id, ends__gt=at)
    begun = mine.filter(begins__lt=at).update(ends=at)
    return int(begun + mine.filter(begins__gte=at).delete()[0])


@service
def cancel_duties(account_id: int, units: Collection[int], *, room: bool, by: Actor, at: datetime) -> int:
    """
    Cancel what he was told to do at these units, or in the ``room``, and has not begun; how many duties. His calendar
    hears of it (RFC 5545: a new sequence). One that he has begun ends at its hour, as ever.
    """
    told = Duty.objects.filter(_of(units, room), account_id=account_id, began_at=None, cancelled_at=None, ends__gt=at)
    count = int(told.update(cancelled_at=at, changed_at=at, sequence=F("sequence") + 1))
    if count:
        scopes = ("room", *(f"unit:{unit}" for unit in sorted(units)))
        note("duty.cancelled", f"account:{account_id}", by=by, at=at, to=scopes, account=account_id, duties=count)
    return count


def _of(units: Collection[int], room: bool) -> Q:
    return Q(unit_id__in=units) | Q(unit_id=None) if room else Q(unit_id__in=units)
