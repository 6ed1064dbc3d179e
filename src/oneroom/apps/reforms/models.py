"""Reform plans: drafted, asked for, signed, and what became of them. The changes are data (engine.organisation)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ReformPlan(models.Model):
    """
    A list of changes over the facts, with a day.

    ``written`` is what signing wrote into the facts of the organisation, kept until the day so that it can be taken
    back. ``digest`` is the hash of what was asked for: the second person signs that and nothing else. ``version`` grows
    with each change of the draft, so that two planners do not write over each other.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        ASKED = "asked"
        SIGNED = "signed"
        IN_FORCE = "in_force"
        WITHDRAWN = "withdrawn"
        STOPPED = "stopped"  # on its day something stood against it

    name = models.CharField(max_length=80)
    day = models.DateField()
    changes = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    illustration = models.BooleanField(default=False)  # an example with figures of a published text
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    digest = models.CharField(max_length=64, blank=True)
    signature = models.ForeignKey("people.Signature", null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    written = models.JSONField(null=True)
    against = models.JSONField(default=list)  # codes and subjects of what stopped it
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["day"], condition=models.Q(state="signed"), name="reform_day_comes")]


class Aim(models.Model):
    """
    What a reform is to reach (row T01): whose it is, by which figure it is judged (``figure``; empty: unproven), the
    day whose figure is the baseline, and the target. What the figure was and is nobody writes: it is computed.
    """

    name = models.CharField(max_length=120)
    owner = models.CharField(max_length=24)  # code of the unit that answers for it
    plan = models.ForeignKey(ReformPlan, null=True, on_delete=models.PROTECT, related_name="aims")
    figure = models.CharField(max_length=24, blank=True)
    baseline = models.DateField(null=True)
    target = models.FloatField(null=True)
    evidence = models.CharField(max_length=300, blank=True)  # where to look: a record, a document's number, an address
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(figure="") | models.Q(baseline__isnull=False, target__isnull=False),
                name="a_figure_has_a_baseline_and_a_target",
            )
        ]
