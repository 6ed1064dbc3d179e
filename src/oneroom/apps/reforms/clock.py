"""The day of a signed plan has come."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from oneroom.apps.reforms.models import ReformPlan
from oneroom.apps.reforms.services.day import begin_the_day


def take_effect(at: datetime) -> int:
    """Plans whose day has come are in force from its first beat on, or stopped; how many of either."""
    today = localtime(at).date()
    if not ReformPlan.objects.filter(state=ReformPlan.State.SIGNED, day__lte=today).exists():
        return 0
    return begin_the_day(today, at=at)
