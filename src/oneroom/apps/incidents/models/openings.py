"""Matters opened for half an hour to somebody who has no live order and no post that opens them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Opening(models.Model):
    """
    One account may read one matter until a time (scope G7).

    ``break_glass``: he opened it himself, before an inspector, who reviews it. ``unsealed``: a second person signed.
    """

    class Cause(models.TextChoices):
        BREAK_GLASS = "break_glass"
        UNSEALED = "unsealed"

    cause = models.CharField(max_length=12, choices=Cause)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=24)  # a code
    reason = models.ForeignKey("ledger.Sealed", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    review_due = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "incident"], condition=Q(ended_at=None), name="one_opening_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at=None), name="opening_runs"),
            models.Index(
                fields=["review_due"], condition=Q(reviewed_at=None, review_due__isnull=False), name="opening_to_review"
            ),
        ]
