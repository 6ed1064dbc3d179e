"""
What an app brings to the keeping of terms: how its things are found that are due, and how they go.

Which these are says ``settings.RETAINED`` (class -> keeper by dotted path), when they are due ``engine.retention``. The
work itself, in bounded batches with an entry each, is in the highest app (``oversight.retention``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oneroom.apps.ledger.models import DoneOnce, Sealed
from oneroom.apps.ledger.services import erase
from oneroom.engine.retention import Due
from oneroom.engine.values import SYSTEM

# Texts that may hang on no matter and end with nothing: notes between shifts, why somebody asked for something.
STAFF_PURPOSES = ("handover.note", "signature.reason", "vouch.reason", "late.words")


@dataclass(frozen=True, slots=True)
class Keeper:
    """
    ``find`` gives the keys of at most so many things that are due, the oldest first, without some that would not go;
    ``forget`` lets these go, within a service. How many may go at once is ``batch``.
    What lies on each machine (``of_machine``) the clock leaves to who holds it there.
    """

    find: Callable[[Due, Collection[Any], int], Sequence[Any]]
    forget: Callable[[Sequence[Any], Due, datetime], object]
    batch: int = 200
    of_machine: bool = False


def _answers(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = DoneOnce.objects.filter(at__lt=due.before).exclude(pk__in=without)
    return list(rows.order_by("at").values_list("pk", flat=True)[:limit])


def _forget_answers(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    DoneOnce.objects.filter(pk__in=pks).delete()


def _staff_notes(due: Due, without: Collection[Any], limit: int) -> list[str]:
    rows = Sealed.objects.filter(erased=None, created__lt=due.before, purpose__in=STAFF_PURPOSES)
    rows = rows.exclude(matter__startswith="incident:").exclude(matter__in=without)
    found = rows.order_by("created").values_list("matter", flat=True)
    return list(dict.fromkeys(found[:limit]))


def _forget_staff_notes(subjects: Sequence[str], due: Due, at: datetime) -> None:
    for subject in subjects:
        erase(subject, purposes=STAFF_PURPOSES, before=due.before, cause="term", by=SYSTEM, at=at)


answers = Keeper(_answers, _forget_answers, batch=20_000)
staff_notes = Keeper(_staff_notes, _forget_staff_notes)
