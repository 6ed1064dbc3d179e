"""What the clock does for oversight: forget signs of life of parts that are gone, end alarms that are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from oneroom.apps.ledger.words import still_altered
from oneroom.apps.oversight.followers import RECORD
from oneroom.apps.oversight.models import Alarm
from oneroom.apps.oversight.services import end_alarm

# A copy of a part that has been gone for so long is no longer expected. By the database's clock, as the signs are.
BEATS_KEPT = timedelta(hours=1)
_BATCH = 2000


def forget_old_beats(_at: datetime) -> int:
    """Delete signs of life of more than an hour ago, a bounded batch at a time: they are about no person."""
    beats = Alarm.objects.filter(what=Alarm.What.BEAT)
    last = beats.aggregate(last=Max("written"))["last"]
    old = list(beats.filter(written__lt=last - BEATS_KEPT).values_list("pk", flat=True)[:_BATCH]) if last else []
    return Alarm.objects.filter(pk__in=old).delete()[0] if old else 0


def words_as_before(at: datetime) -> int:
    """Alarms of altered texts that are again what the record committed to, or were erased: they are over."""
    raised = Alarm.objects.filter(what=Alarm.What.RAISED, kind="words_altered", over=None)
    texts = {int(subject.partition(":")[2]) for subject in raised.values_list("subject", flat=True)}
    whole = texts - still_altered(texts) if texts else set()
    return sum(end_alarm("words_altered", f"text:{pk}", part=RECORD, at=at) for pk in whole)
