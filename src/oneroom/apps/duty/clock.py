"""What the clock does for duty: forget."""

from __future__ import annotations

from datetime import datetime, timedelta

from oneroom.apps.duty.models import Fix

KEEP = timedelta(days=30)  # scope §5.3 G5: tracks of crews
_BATCH = 5000


def forget_old_fixes(at: datetime) -> int:
    """Delete positions older than 30 days, a bounded batch at a time so that no beat is long."""
    old = list(Fix.objects.filter(at__lt=at - KEEP).order_by("at").values_list("pk", flat=True)[:_BATCH])
    if not old:
        return 0
    return Fix.objects.filter(pk__in=old).delete()[0]
