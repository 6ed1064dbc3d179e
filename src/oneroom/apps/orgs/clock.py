"""A new day: what was enacted for it takes effect."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from oneroom.apps.orgs.models import FollowedDay
from oneroom.apps.orgs.services.follow import follow
from oneroom.engine.values import SYSTEM


def follow_the_day(at: datetime) -> int:
    """On the first beat of a day units become what they are on it; how many began, changed or ended."""
    today = localtime(at).date()
    if FollowedDay.objects.filter(day=today).exists():
        return 0
    return follow(today, by=SYSTEM, at=at)
