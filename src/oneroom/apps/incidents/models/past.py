"""Calls from before OneRoom, brought in from another system's list: when, where, what about. No person, no address."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class PastBatch(models.Model):
    """One list that was brought in, all of it or nothing; the same list is never taken twice."""

    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of what was brought in
    calls = models.PositiveIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    simulated = models.BooleanField()
    taken_at = models.DateTimeField()


class PastCall(models.Model):
    """
    One call of such a list. ``origin`` is how it came, as in ``Incident.origin``: what a crew saw itself is kept apart.

    It is no matter: nobody is sent, it has no reference, and no queue, board or figure of the police's work counts it.
    """

    batch = models.ForeignKey(PastBatch, on_delete=models.CASCADE, related_name="rows")
    received_at = models.DateTimeField()
    lon = models.FloatField()
    lat = models.FloatField()
    category = models.CharField(max_length=24)
    grade = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=12)
    simulated = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="past_call_received")]
        constraints = [
            models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=4), name="past_call_grade_1_to_4"),
        ]
