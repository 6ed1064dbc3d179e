"""Where crews were, after its term (scope 5.3 G5); the time of a matter that is held stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from oneroom.apps.duty.models import Fix
from oneroom.apps.ledger.retention import Keeper
from oneroom.engine.retention import Due


def _fixes(due: Due, without: Collection[Any], limit: int) -> list[int]:
    rows = Fix.objects.filter(at__lt=due.before).exclude(pk__in=without)
    if due.holds.spans:
        held = Q()
        for span in due.holds.spans:
            held |= Q(crew_id=span.crew, at__gte=span.since, at__lte=span.until)
        rows = rows.exclude(held)
    return list(rows.order_by("at").values_list("pk", flat=True)[:limit])


def _forget_fixes(pks: Sequence[int], _due: Due, _at: datetime) -> None:
    Fix.objects.filter(pk__in=pks).delete()


fixes = Keeper(_fixes, _forget_fixes, batch=20_000)
