"""A crew stands by at a place for a time, though it is on no matter."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from oneroom.engine.lifecycle import standby


class StandBy(models.Model):
    """
    Where a crew waits and until when, why, and what was known then: ``gain`` is the part of past calls (0 to 1) that it
    wins within five minutes, of ``calls`` in ``days``. ``area`` is the station whose ground it is (review by area).
    """

    class Why(models.TextChoices):
        GAP = "gap"  # others left the place without anybody near
        COVER = "cover"  # nobody is away; more of the city is near somebody
        POSTING = "posting"  # the public calls from there at these hours

    crew = models.ForeignKey("duty.Crew", on_delete=models.PROTECT, related_name="standbys")
    lon = models.FloatField()
    lat = models.FloatField()
    place_zh = models.CharField(max_length=120, blank=True)
    place_en = models.CharField(max_length=160, blank=True)
    area = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=8, choices=Why)
    gain = models.FloatField()
    calls = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    drive_s = models.PositiveIntegerField(null=True)
    until = models.DateTimeField()
    state = models.CharField(max_length=16, default=standby.State.ORDERED)
    state_since = models.DateTimeField()
    ordered_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    there_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=12, blank=True)  # why it ended, or was declined

    class Meta:
        indexes = [models.Index(fields=["ordered_at"], name="standby_ordered")]
        constraints = [
            models.UniqueConstraint(
                fields=["crew"], condition=Q(state__in=[str(s) for s in standby.LIVE]),
                name="one_live_standby_per_crew",
            )
        ]  # fmt: skip
