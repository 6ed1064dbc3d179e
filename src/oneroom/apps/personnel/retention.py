"""What is private of somebody who left, and what those wrote who cared for him. His name stays, as staff."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from oneroom.apps.ledger.retention import Keeper
from oneroom.apps.ledger.services import erase
from oneroom.apps.personnel.models import Absence, Person, WelfareNote
from oneroom.engine.retention import Due
from oneroom.engine.values import SYSTEM


def _left(due: Due, without: Collection[Any], limit: int) -> list[int]:
    """People who left before and of whom something is still there."""
    rows = Person.objects.filter(left__lt=due.before.date()).exclude(pk__in=without)
    rows = rows.exclude(private=None, absences=None, origin="")
    return list(rows.order_by("left", "pk").values_list("pk", flat=True).distinct()[:limit])


def _forget(pks: Sequence[int], _due: Due, at: datetime) -> None:
    for pk in Person.objects.filter(pk__in=pks).exclude(private=None).order_by("pk").values_list("pk", flat=True):
        erase(f"person:{pk}", cause="term", by=SYSTEM, at=at)
    for pk in WelfareNote.objects.filter(person_id__in=pks, ended_at=None).order_by("pk").values_list("pk", flat=True):
        erase(f"welfare:{pk}", cause="term", by=SYSTEM, at=at)
    WelfareNote.objects.filter(person_id__in=pks, ended_at=None).update(ended_at=at)
    Absence.objects.filter(person_id__in=pks).delete()
    Person.objects.filter(pk__in=pks).update(private=None, origin="")


left = Keeper(_left, _forget)
