"""What the clock does for places: warnings end on their day, closed streets open at their hour."""

from __future__ import annotations

import logging
from datetime import datetime

from oneroom.apps.places.models import Closure, LocationWarning
from oneroom.apps.places.services.closures import run_out
from oneroom.apps.places.services.warnings import expire
from oneroom.engine.values import Overtaken

log = logging.getLogger(__name__)
_BATCH = 100


def end_expired_warnings(at: datetime) -> int:
    """End every warning whose day came; each is its own transaction. How many were ended."""
    due = LocationWarning.objects.filter(ended=None, expires__lte=at).order_by("expires")
    ended = 0
    for pk in list(due.values_list("pk", flat=True)[:_BATCH]):
        try:
            expire(pk, at)
            ended += 1
        except Overtaken:  # its author was quicker
            continue
        except Exception:
            log.exception("warning %s was not ended", pk)
    return ended


def reopen_in_time(at: datetime) -> int:
    """Open every street whose closure is over; each is its own transaction. How many closures ended."""
    due = Closure.objects.filter(ended=None, until__lte=at).order_by("until")
    ended = 0
    for pk in list(due.values_list("pk", flat=True)[:_BATCH]):
        try:
            run_out(pk, at)
            ended += 1
        except Overtaken:  # somebody opened it, or prolonged it
            continue
        except Exception:
            log.exception("closure %s was not ended", pk)
    return ended
