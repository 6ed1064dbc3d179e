"""Rounds of moves as they are drafted, and what two persons set aside for somebody (rows T39, T40)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from oneroom.apps.personnel.models.people import Person


class Exemption(models.Model):
    """
    Two persons set one rule aside for one person in one post, until a day (engine.rotation.verdict.Override). Why is
    sealed with the signature.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exemptions")
    post = models.CharField(max_length=24)
    rule = models.CharField(max_length=24)
    since = models.DateField()
    until = models.DateField()
    signature = models.ForeignKey("people.Signature", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("since")), name="exemption_ends_after_it_begins")]
        indexes = [models.Index(fields=["until"], name="exemption_until")]


class Round(models.Model):
    """
    A round of moves from a day on. The planner fills it beside the house's work; people adjust it; two persons sign it.

    ``answer`` is what the planner said: whether the plan is proved, or the bottlenecks. ``version`` grows with each
    change, and the second person signs one version (``digest``).
    """

    class State(models.TextChoices):
        PLANNING = "planning"
        DRAFT = "draft"
        IMPOSSIBLE = "impossible"
        ASKED = "asked"
        SIGNED = "signed"
        WITHDRAWN = "withdrawn"

    name = models.CharField(max_length=80)
    day = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.PLANNING)
    months = models.PositiveSmallIntegerField()  # whose limit is so near leaves his post; 0: is reached
    units = models.JSONField(default=list)  # only who sits in one of these; none: everybody
    most_percent = models.PositiveSmallIntegerField()  # that a unit may lose
    helpers = models.BooleanField(default=False)  # whether others may be moved, where it does not work without
    # Whether every unit keeps somebody with each skill that it has.
    keep_skills = models.BooleanField(default=False, db_default=False)
    answer = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    signature = models.ForeignKey("people.Signature", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)


class RoundMove(models.Model):
    """Somebody goes from a post to another in a round; ``by_hand``: not as the planner said."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="moves")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=24)
    target = models.CharField(max_length=24)
    way_m = models.PositiveIntegerField(default=0)
    must = models.BooleanField(default=True)
    by_hand = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="moved_once_in_a_round"),
            models.UniqueConstraint(fields=["round", "target"], name="taken_once_in_a_round"),
        ]
