"""What was done while the database was away: numbers kept for it in advance, and what became of each act."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from oneroom.apps.ledger.models import Sealed


class Reserved(models.Model):
    """
    References of a series of their own (20261122-D017), reserved for one machine, with ids for rows.

    The row explains itself: ``used`` of them were given, in order; the others never will be once it has ended.
    """

    holder = models.CharField(max_length=64)
    series = models.CharField(max_length=4, default="D")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    day = models.DateField()
    ids = models.JSONField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "series", "first"], name="reserved_once"),
            models.UniqueConstraint(
                fields=["holder"], condition=Q(ended_at=None), name="one_reserve_in_use_per_holder"
            ),
        ]  # fmt: skip


class LateAct(models.Model):
    """
    One line of a journal and what became of it: booked, or not, and then a person says what becomes of it.

    ``told`` is what whoever acted was answered, ``answer`` what the services said; where they differ, later lines about
    the same thing are led to the right one.
    """

    class State(models.TextChoices):
        BOOKED = "booked"
        CLASHED = "clashed"
        SETTLED = "settled"

    journal = models.CharField(max_length=32)
    n = models.PositiveIntegerField()
    act = models.CharField(max_length=12)
    account_id = models.BigIntegerField()
    at = models.DateTimeField()
    booked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State)
    told = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    cause = models.CharField(max_length=24, blank=True)
    said = models.TextField(blank=True)  # the refusal, in the language of the code: the key of its translation
    about = models.JSONField(default=dict)  # ids of the matter, the order, the crews; reference and verb
    content = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    settled_by = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journal", "n"], name="late_once")]
        indexes = [models.Index(fields=["at"], condition=Q(state="clashed"), name="late_clashes")]
