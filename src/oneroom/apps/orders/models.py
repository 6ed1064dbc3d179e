"""Orders that somebody must answer, promises and calls for help, the messages they cause, and what is attached."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from oneroom.apps.ledger.models import Sealed
from oneroom.engine.lifecycle import sos


class Ladder(models.Model):
    """
    One thing being watched: an order until it is signed for, or a stage until it is done.

    ``rungs`` is the ladder as it was when it started (workflow §2.1a): changing the table moves no running one. Only
    a new grade of the matter does (``services.regrade``), from the same start.
    """

    class Kind(models.TextChoices):
        ANSWER = "answer"
        OVERDUE = "overdue"

    kind = models.CharField(max_length=8, choices=Kind)
    stage = models.CharField(max_length=16)
    subject = models.CharField(max_length=48)
    matter = models.CharField(max_length=48)
    grade = models.PositiveSmallIntegerField()
    crew_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    rungs = models.JSONField()
    limit_s = models.PositiveIntegerField(null=True)
    drill = models.BooleanField(default=False)  # every message of it says so
    never_account = models.BigIntegerField(null=True)  # a phone that no rung of it may ring
    started = models.DateTimeField()
    stopped = models.DateTimeField(null=True)
    stop_cause = models.CharField(max_length=24, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="ladder_subject"),
            models.Index(fields=["matter"], condition=Q(stopped=None), name="ladder_running"),
            models.Index(fields=["stopped"], condition=Q(stopped__isnull=False), name="ladder_stopped"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "stage"], condition=Q(stopped=None), name="one_running_ladder_per_stage"
            )
        ]


class Rung(models.Model):
    """A step of a ladder with the time it is due: a row, so that no crash forgets it."""

    ladder = models.ForeignKey(Ladder, on_delete=models.CASCADE, related_name="steps")
    n = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=24)
    due = models.DateTimeField()
    done = models.DateTimeField(null=True)
    skipped = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["due"], condition=Q(done=None), name="rung_due")]
        constraints = [models.UniqueConstraint(fields=["ladder", "n"], name="one_rung_per_number")]


class Delivery(models.Model):
    """One message of a rung to one person through one channel. Receipts are facts here, not states of the order."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        READ = "read"
        FAILED = "failed"
        SKIPPED = "skipped"
        CANCELLED = "cancelled"

    rung = models.ForeignKey(Rung, on_delete=models.CASCADE, related_name="deliveries")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    channel = models.CharField(max_length=12)
    state = models.CharField(max_length=12, choices=State)
    state_since = models.DateTimeField()
    repeat = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    worker = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state"], condition=Q(state__in=["queued", "sending"]), name="delivery_open")]
        constraints = [
            models.UniqueConstraint(fields=["rung", "account", "channel"], name="one_delivery_per_rung_and_channel")
        ]


class Sos(models.Model):
    """
    Somebody of a crew calls for help. ``matter`` is the matter the crew was on, or the one opened for it.

    The place is the crew's last one on duty, as it was at the call; where the crew is now, the board shows.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    crew_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    matter = models.CharField(max_length=48, blank=True)
    state = models.CharField(max_length=12, default=sos.State.RAISED)
    raised_at = models.DateTimeField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    fix_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    mistake_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="one_open_sos_per_person")
        ]


class Attachment(models.Model):
    """
    A photo that belongs to an order. The pictures themselves are sealed: erasing their matter erases them.

    Kept in the database, so that the photo, its entry and its erasure are one transaction each (ADR 11).
    """

    matter = models.CharField(max_length=48)
    subject = models.CharField(max_length=48)
    account_id = models.BigIntegerField()
    crew_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    taken_at = models.DateTimeField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.ForeignKey(Sealed, on_delete=models.PROTECT, related_name="+")
    thumb = models.ForeignKey(Sealed, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["matter"], name="attachment_matter")]
