"""The mobile force: its units with base, strength, kit and readiness, and the drills that try it (row T25)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class ForceUnit(models.Model):
    """
    A rapid-response unit: ``least`` people at level ``required`` or better is what it has to hold at any time.

    ``present`` and ``level`` are what its chief said last; a drill measures whether it is so.
    """

    code = models.CharField(max_length=24, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    unit = models.ForeignKey("orgs.OrgUnit", on_delete=models.PROTECT)
    base = models.CharField(max_length=80)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    strength = models.PositiveSmallIntegerField()
    least = models.PositiveSmallIntegerField()
    present = models.PositiveSmallIntegerField(default=0)
    required = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(default=4)
    skills = ArrayField(models.CharField(max_length=24), default=list)
    kit = ArrayField(models.CharField(max_length=24), default=list)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level__range=(1, 4), required__range=(1, 4)), name="a_readiness_level_is_1_to_4"
            ),
            models.CheckConstraint(condition=Q(least__lte=F("strength")), name="least_is_within_strength"),
        ]


class ReadinessDrill(models.Model):
    """A call to turn out that is no call: marked as such in the record, with the level's limit at that moment."""

    force = models.ForeignKey(ForceUnit, on_delete=models.PROTECT, related_name="drills")
    level = models.PositiveSmallIntegerField()
    limit_s = models.PositiveIntegerField()
    least = models.PositiveSmallIntegerField()
    called_at = models.DateTimeField()
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    turned_out_at = models.DateTimeField(null=True)
    strength = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["force"], condition=Q(ended_at=None), name="one_drill_of_a_unit_at_a_time")
        ]
