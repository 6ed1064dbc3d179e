"""
What the watchers say: alarms, in a table that is only added to, beside the record, because it must be able to accuse
it; and flags on looking that is out of the ordinary, which an inspector judges.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Alarm(models.Model):
    """
    A sign of life of a part (``beat``), something found wrong (``raised``), or that it is so no longer (``over``).

    Nothing is ever changed in this table: what is over has a row that says so (``of``). So the auditor's role needs no
    right but to add to it, and what an auditor once said stands. ``at`` and ``since`` are project time; ``written`` is
    the database's own clock, by which the age of a sign of life is the same for whoever asks.
    """

    class What(models.TextChoices):
        BEAT = "beat"
        RAISED = "raised"
        OVER = "over"

    what = models.CharField(max_length=8, choices=What)
    part = models.CharField(max_length=16)
    node = models.CharField(max_length=64)
    kind = models.CharField(max_length=24)
    subject = models.CharField(max_length=80, blank=True)
    matter = models.CharField(max_length=48, blank=True)
    since = models.DateTimeField(null=True)
    at = models.DateTimeField()
    written = models.DateTimeField(db_default=Now())
    detail = models.JSONField(default=dict)
    of = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="over")

    class Meta:
        indexes = [
            models.Index(F("part"), F("written").desc(), condition=Q(what="beat"), name="alarm_beat"),
            models.Index(fields=["at"], condition=Q(what="raised"), name="alarm_raised"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(what="over", of__isnull=False) | ~Q(what="over") & Q(of=None),
                                   name="only_over_is_of_another"),
        ]  # fmt: skip


class LookFlag(models.Model):
    """Looking that is out of the ordinary (engine.unusual): whose, by which rule, and what an inspector found of it."""

    rule = models.CharField(max_length=16)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    record = models.CharField(max_length=48, blank=True)  # empty: it is about the day
    count = models.PositiveIntegerField()
    usual = models.PositiveIntegerField()
    found_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "account", "day", "record"], name="flagged_once")]


class Hold(models.Model):
    """
    A matter, with all that hangs on it, stays past its terms until two persons release it. It ends by no date: past
    ``review_at`` it comes to the eye.
    """

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16)  # a code
    basis = models.ForeignKey("ledger.Sealed", on_delete=models.PROTECT, related_name="+")
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    review_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    signature = models.ForeignKey("people.Signature", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["review_at"], condition=Q(released_at=None), name="hold_runs")]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "reason"], condition=Q(released_at=None), name="held_once_for_a_reason"
            )
        ]


class Publication(models.Model):
    """
    The transparency report of a month as it was published: its bytes, which whoever has the record makes again.

    ``acts`` and ``looks`` are the numbers of the last entries that it was computed from.
    """

    month = models.CharField(max_length=7, unique=True)  # 2026-10
    acts = models.BigIntegerField()
    looks = models.BigIntegerField()
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
