"""A rung's due time lives in the memory of the clock and not in its row: whoever kills the clock kills the rung."""

from __future__ import annotations

from datetime import datetime

from oneroom.project.settings import *  # noqa: F403
from oneroom.project.settings import CLOCKWORK as OURS

SETTINGS = "tests.faults.plants.memory_timer"
CLOCKWORK = ["tests.faults.plants.memory_timer.climb", *OURS[1:]]

_timers: dict[int, datetime] = {}
_seen: int | None = None


def climb(at: datetime) -> int:
    """As `orders.clock.climb`, of those rungs that began while this process lived."""
    global _seen
    from django.db.models import Max

    from oneroom.apps.orders.models import Rung
    from oneroom.apps.orders.services import climb_rung

    if _seen is None:
        _seen = Rung.objects.aggregate(last=Max("pk"))["last"] or 0
    for pk, due in Rung.objects.filter(pk__gt=_seen, done=None).values_list("pk", "due"):
        _timers[pk] = due
        _seen = max(_seen, pk)
    due_now = [pk for pk, due in _timers.items() if due <= at]
    for pk in due_now:
        del _timers[pk]
        climb_rung(pk, at=at)
    return len(due_now)
