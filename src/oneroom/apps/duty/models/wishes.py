"""What people ask of a roster, and the days on which they are not there: never why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Wish(models.Model):
    """
    Days from ``since`` until the day ``until`` (not counted) for which somebody asks for a shift, or with none for off.

    ``firm``: who plans says that he is unavailable then. There is no field for a reason (scope 5.1-5).
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    since = models.DateField()
    until = models.DateField()
    shift = models.CharField(max_length=4, blank=True)
    firm = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="a_wish_has_a_day"),
            models.CheckConstraint(condition=~Q(firm=True) | Q(shift=""), name="who_is_away_works_no_shift"),
        ]
