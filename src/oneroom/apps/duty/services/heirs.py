"""A unit has ended: the duties that its people were told are theirs at its heir."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from oneroom.apps.duty.models import Duty
from oneroom.apps.ledger.services import note, service
from oneroom.engine.values import Actor


@service
def move_duties(unit_id: int, heir_id: int | None, *, by: Actor, at: datetime) -> int:
    """
    What is not over goes on at the heir, at the same hours and with the same crew; how many duties did.

    Who was to command the unit commands nobody there: it is no more, and its heir has commanders of its own or is given
    them. Each calendar hears of it (RFC 5545: a new sequence). Without an heir all of it is cancelled.
    """
    mine_now = Duty.objects.select_for_update(no_key=True).filter(unit_id=unit_id, over_at=None, cancelled_at=None)
    mine = {duty.pk: duty for duty in mine_now.filter(ends__gt=at).order_by("pk")}
    if not mine:
        return 0
    told = {"changed_at": at, "sequence": F("sequence") + 1}
    lapsed = Duty.objects.filter(pk__in=mine, commands=True).update(commands=False)
    if heir_id is None:
        Duty.objects.filter(pk__in=mine).update(cancelled_at=at, **told)
    else:
        days = {duty.day for duty in mine.values()}
        there = {
            (duty.account_id, duty.day, duty.shift): duty.pk
            for duty in Duty.objects.select_for_update(no_key=True).filter(unit_id=heir_id, day__in=days)
        }
        twice = [pk for pk, duty in mine.items() if (duty.account_id, duty.day, duty.shift) in there]
        Duty.objects.filter(pk__in=mine.keys() - set(twice)).update(unit_id=heir_id, **told)
        for pk in twice:  # he had this shift at the heir once, and it was cancelled: that one holds again
            _revive(there[mine[pk].account_id, mine[pk].day, mine[pk].shift], mine[pk], at)
    scopes = ("room", f"unit:{unit_id}", *([f"unit:{heir_id}"] if heir_id is not None else []))
    note(
        "roster.inherited", f"unit:{unit_id}", by=by, at=at, to=scopes, unit=unit_id, heir=heir_id, duties=len(mine),
        lapsed=lapsed,
    )  # fmt: skip
    return len(mine)


def _revive(pk: int, duty: Duty, at: datetime) -> None:
    Duty.objects.filter(pk=duty.pk).update(cancelled_at=at, changed_at=at, sequence=F("sequence") + 1)
    Duty.objects.filter(pk=pk).update(
        begins=duty.begins, ends=duty.ends, crew_id=duty.crew_id, seat=duty.seat, cancelled_at=None, changed_at=at,
        began_at=duty.began_at, sequence=F("sequence") + 1,
    )  # fmt: skip
