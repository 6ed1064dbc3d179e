"""What is wrong now, and what was."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from oneroom.apps.oversight.models import Alarm


def alarms() -> QuerySet[Alarm]:
    """Every alarm ever raised and kept, each with the row that ended it, if any."""
    return Alarm.objects.filter(what=Alarm.What.RAISED).select_related("over")


def open_alarms() -> QuerySet[Alarm]:
    """What is wrong now, the oldest first."""
    return alarms().filter(over=None).order_by("at", "pk")


def last_signs() -> dict[str, datetime]:
    """When each part last said in the database that its work goes well, in project time."""
    return dict(_working().values_list("part").annotate(last=Max("at")))


def ages_s() -> dict[str, float]:
    """How many seconds ago that was, by the database's own clock; a part of which nothing is known is not there."""
    rows = _working().values_list("part").annotate(last=Max("written"), now=Now())
    return {part: (now - last).total_seconds() for part, last, now in rows}


def _working() -> QuerySet[Alarm]:
    return Alarm.objects.filter(what=Alarm.What.BEAT, kind="working")
