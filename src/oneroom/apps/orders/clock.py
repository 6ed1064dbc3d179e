"""What the clock does for orders: let due rungs happen."""

from __future__ import annotations

import logging
from datetime import datetime

from oneroom.apps.orders.models import Rung
from oneroom.apps.orders.services import climb_rung

log = logging.getLogger(__name__)
_BATCH = 200


def climb(at: datetime) -> int:
    """
    Let every rung that is due by ``at`` happen, oldest due first; how many did.

    Each rung is its own transaction: one that cannot happen (logged) stops no other.
    """
    due = Rung.objects.filter(done=None, due__lte=at, ladder__stopped=None).order_by("due", "ladder_id", "n")
    climbed = 0
    for pk in list(due.values_list("pk", flat=True)[:_BATCH]):
        try:
            climbed += climb_rung(pk, at=at)
        except Exception:
            log.exception("rung %s did not happen", pk)
    return climbed
