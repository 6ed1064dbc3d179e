"""What becomes of a matter: handed to an agency, sent back, its callers called, the room handed over."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from oneroom.apps.incidents.models.matter import Assignment, Incident, Report
from oneroom.apps.ledger.models import Sealed


class Referral(models.Model):
    """A matter, or a part of it, handed to another agency, and what became of it there."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="referrals")
    agency = models.CharField(max_length=12)
    joint = models.BooleanField(default=False)
    reference = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(answered_at=None), name="referral_open")]


class SentBack(models.Model):
    """A report that a reviewer sent back to be completed, with one sentence saying what is missing."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="sent_back")
    assignment = models.ForeignKey(Assignment, null=True, on_delete=models.PROTECT, related_name="sent_back")
    at = models.DateTimeField()
    account_id = models.BigIntegerField()
    reason = models.CharField(max_length=24)
    words = models.ForeignKey(Sealed, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident"], condition=Q(ended_at=None), name="one_open_sending_back")
        ]


class CallBack(models.Model):
    """
    Whether a caller is called back after a closing, why, and what came of it. ``round`` counts the closings.

    ``drawn_from`` is the number of the entry whose hash made the draw, ``share`` the share it was drawn for.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="call_backs")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="call_backs")
    round = models.PositiveSmallIntegerField()
    due = models.BooleanField()
    why = models.CharField(max_length=24)
    decided_at = models.DateTimeField()
    deadline = models.DateTimeField(null=True)
    share = models.FloatField(null=True)
    drawn_from = models.BigIntegerField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    result = models.CharField(max_length=24, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "round"], name="one_call_back_per_closing")]
        indexes = [
            models.Index(fields=["deadline"], condition=Q(due=True, ended_at=None), name="call_back_open"),
            models.Index(fields=["incident"], name="call_back_incident"),
        ]


class CallBackTry(models.Model):
    """One try to reach a caller; what was said is sealed."""

    call_back = models.ForeignKey(CallBack, on_delete=models.PROTECT, related_name="tried")
    at = models.DateTimeField()
    account_id = models.BigIntegerField()
    result = models.CharField(max_length=24)
    words = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")


class Handover(models.Model):
    """
    The room's command passes from one shift commander to the next: what was open at that minute, and both signatures.

    ``board`` is frozen when the outgoing signs: ids, codes, times and counts only. Command passes when the incoming
    signs, at that second, and not before.
    """

    outgoing = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    incoming = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    board = models.JSONField()
    note = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(signed_at=None, dropped_at=None), name="one_handover_under_way",
            )
        ]  # fmt: skip
