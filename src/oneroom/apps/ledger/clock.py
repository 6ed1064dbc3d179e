"""What the clock does for the record: forget answers that no device can ask for again."""

from __future__ import annotations

from datetime import datetime, timedelta

from oneroom.apps.ledger.models import DoneOnce

KEEP = timedelta(days=30)  # retention class "answer" in fields.toml
_BATCH = 5000


def forget_old_answers(at: datetime) -> int:
    """Delete keys and answers older than 30 days, a bounded batch at a time so that no beat is long."""
    old = list(DoneOnce.objects.filter(at__lt=at - KEEP).order_by("at").values_list("pk", flat=True)[:_BATCH])
    return DoneOnce.objects.filter(pk__in=old).delete()[0] if old else 0
