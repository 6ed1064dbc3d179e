"""Plans that are run before they are signed: scenarios, what they change as data, and what their runs came to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from oneroom.apps.plans.codes import LIVE


class Scenario(models.Model):
    """
    A day's facts and changes of them: ``changes`` of the organisation (engine.organisation.codec) and those by ``hand``
    (engine.simulate.changes). ``version`` grows with each change, so that two planners do not write over each other.
    """

    name = models.CharField(max_length=80)
    # The draft whose changes were copied; it goes its own way afterwards.
    reform = models.ForeignKey("reforms.ReformPlan", null=True, on_delete=models.PROTECT, related_name="+")
    changes = models.JSONField(default=list)
    hand = models.JSONField(default=list)
    day = models.DateField()  # today's organisation is the one of this day
    version = models.PositiveIntegerField(default=1)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    put_away_at = models.DateTimeField(null=True)


class Run(models.Model):
    """
    A question put to the simulator: of which kind, with which settings (``asked``), about which version of the
    scenario; how far it is, and what it came to. ``beat_at`` is the last sign of the process that computes it, by the
    database's clock (the demo's runs faster): a run whose process was killed is taken up anew. A run that fails or is
    cancelled takes nothing from the one before it: the newest that is done stands until another is.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        CANCELLING = "cancelling"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    LIVE = LIVE

    scenario = models.ForeignKey(Scenario, null=True, on_delete=models.PROTECT, related_name="runs")
    version = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=12)
    asked = models.JSONField(default=dict)
    # What the scenario said when it was asked: the draft may be changed meanwhile.
    changes = models.JSONField(default=list)
    hand = models.JSONField(default=list)
    day = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    taken = models.PositiveIntegerField(default=0)  # how often a process took it up: only the last one speaks for it
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=32, blank=True)  # why it failed: a code of ``troubles.TROUBLES``
    trouble_said = models.JSONField(default=dict)
    assumed = models.JSONField(default=list)
    results = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state__in=[*LIVE]),
                         name="plan_run_live"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["scenario"], condition=Q(state__in=[*LIVE]),
                name="one_live_run_per_scenario",
            ),
        ]  # fmt: skip
