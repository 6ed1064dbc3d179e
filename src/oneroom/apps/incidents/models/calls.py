"""What comes before a matter, or beside it: calls, what is typed of one, what a caller was asked."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from oneroom.apps.incidents.models.matter import Incident, Report
from oneroom.apps.ledger.models import Sealed


class Questioning(models.Model):
    """What a caller was asked: which protocol in which version, the answers as codes; what he said freely is sealed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="questionings")
    protocol = models.CharField(max_length=50)
    version = models.PositiveIntegerField()
    answers = ArrayField(models.CharField(max_length=50), default=list)
    texts = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    account_id = models.BigIntegerField()
    at = models.DateTimeField()


class Call(models.Model):
    """
    A telephone call as the exchange tells of it. Number and network place belong to the call and go with it.

    ``exchange_id`` is the exchange's own number of it, ``recording`` where it keeps the recording: both go at a term of
    their own, the former for one that says nothing ("gone:12"). ``number_hash`` only answers how often this number
    called in thirty days, on a live call; it goes then too.
    """

    class State(models.TextChoices):
        RINGING = "ringing"
        ANSWERED = "answered"
        ENDED = "ended"
        ABANDONED = "abandoned"

    exchange_id = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=12, choices=State.choices)
    account_id = models.BigIntegerField(null=True)
    desk = models.CharField(max_length=24, blank=True)
    recording = models.CharField(max_length=80, blank=True)
    ringing_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    caller = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    number_hash = models.BinaryField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    radius_m = models.FloatField(null=True)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="calls")
    return_due = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    return_result = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["number_hash", "ringing_at"], name="call_number"),
            models.Index(fields=["ringing_at"], name="call_ringing"),
            # What the desks and the clock ask every few seconds is a handful of a million calls that are over.
            models.Index(fields=["ringing_at"], condition=Q(state__in=["ringing", "answered"]), name="call_live"),
            models.Index(
                fields=["ringing_at"], condition=~Q(exchange_id__startswith="gone:"), name="call_recorded"
            ),
            models.Index(fields=["ended_at"], condition=Q(state="abandoned", returned_at=None), name="call_to_return"),
            models.Index(
                fields=["ringing_at"], name="call_personal",
                condition=Q(number_hash__isnull=False) | Q(caller__isnull=False) | Q(lon__isnull=False),
            ),
        ]  # fmt: skip


class CallPayload(models.Model):
    """
    What the exchange sent, byte for byte, for a few days: to find out what went wrong, and for nothing else.

    That it came, by its hash, is known for a while longer (class payload_trace); then the row goes too.
    """

    raw = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)
    received = models.DateTimeField()
    taken = models.BooleanField(default=False)
    reason = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["received"], condition=Q(raw__isnull=False), name="payload_kept"),
            models.Index(fields=["received"], name="payload_received"),
        ]


class Draft(models.Model):
    """
    A call while it is being taken: what was typed is sealed, what the room may see stands beside it.

    ``n`` counts the savings of the desk, so that an older one that arrives late changes nothing. With ``incident`` a
    matter was made of it: by the dispatcher, while ``content`` is still there, else by the desk that saved it.
    """

    account_id = models.BigIntegerField()
    key = models.CharField(max_length=40)
    n = models.PositiveIntegerField(default=0)
    started = models.DateTimeField()
    touched = models.DateTimeField()
    category = models.CharField(max_length=24, blank=True)
    subcategory = models.CharField(max_length=24, blank=True)
    grade = models.PositiveSmallIntegerField(null=True)
    reasons = ArrayField(models.CharField(max_length=32), default=list)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    given = models.CharField(max_length=64, blank=True)
    place_zh = models.CharField(max_length=120, blank=True)
    place_en = models.CharField(max_length=160, blank=True)
    drill = models.BooleanField(default=False)
    safe_contact = models.CharField(max_length=8, default="unknown")
    content = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="drafts")
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "key"], name="one_draft_per_key")]
