"""
What each matter counts for in the tables of days: made from the record, and made anew at any time.

No fact stands here. Who loses these rows loses nothing: ``daily.keep`` folds them from the first entry on.
"""

from __future__ import annotations

from django.db import models

from oneroom.apps.incidents.models.matter import Incident


class MatterFigures(models.Model):
    """The figures of a matter that counts (``engine.measures.days``), with the day, station and grade they count to."""

    incident = models.OneToOneField(Incident, primary_key=True, on_delete=models.CASCADE, related_name="figures")
    day = models.DateField()
    unit = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT)
    grade = models.PositiveSmallIntegerField()
    self_found = models.PositiveSmallIntegerField()
    orders = models.PositiveSmallIntegerField()
    signed = models.PositiveSmallIntegerField()
    signed_in = models.PositiveSmallIntegerField()
    departed = models.PositiveSmallIntegerField()
    departed_in = models.PositiveSmallIntegerField()
    arrived = models.PositiveSmallIntegerField()
    arrived_1 = models.PositiveSmallIntegerField()
    arrived_3 = models.PositiveSmallIntegerField()
    arrived_5 = models.PositiveSmallIntegerField()
    reported = models.PositiveSmallIntegerField()
    reported_in = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["day", "unit"], name="figures_day")]


class DayFigures(models.Model):
    """The sum of a day, a station and a grade, changed in one transaction with the rows it sums: what boards read."""

    day = models.DateField()
    unit = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT)
    grade = models.PositiveSmallIntegerField()
    received = models.PositiveIntegerField()
    self_found = models.PositiveIntegerField()
    orders = models.PositiveIntegerField()
    signed = models.PositiveIntegerField()
    signed_in = models.PositiveIntegerField()
    departed = models.PositiveIntegerField()
    departed_in = models.PositiveIntegerField()
    arrived = models.PositiveIntegerField()
    arrived_1 = models.PositiveIntegerField()
    arrived_3 = models.PositiveIntegerField()
    arrived_5 = models.PositiveIntegerField()
    reported = models.PositiveIntegerField()
    reported_in = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "unit", "grade"], nulls_distinct=False, name="one_sum_of_a_day"
            ),
        ]  # fmt: skip


class FoldedTo(models.Model):
    """Up to which entry a fold has read the record, and the hash of that entry: another record is folded anew."""

    fold = models.CharField(max_length=16, primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()
