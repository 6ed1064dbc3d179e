"""Rosters in versions, the duties that people were told of, and the addresses of their calendars."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from oneroom.apps.duty.models.crews import Crew, TsTzRange


class Roster(models.Model):
    """
    Who is to work when, in one unit or the room (no unit): each version a row, of which one is the draft.

    ``cells``: account id -> a code for each day from ``first`` (empty: off). ``shifts`` and ``needs`` are those it was
    made with: (begins, minutes, commands) and (people, leads) of working days and of days off, by code.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        REPLACED = "replaced"

    unit = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT)
    first = models.DateField()
    days = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    shifts = models.JSONField()
    needs = models.JSONField()
    cells = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "first", "version"], nulls_distinct=False, name="one_roster_of_a_version"
            ),
            models.UniqueConstraint(
                fields=["unit", "first"], condition=Q(state="draft"), nulls_distinct=False, name="one_draft_of_a_roster"
            ),
            models.UniqueConstraint(
                fields=["unit", "first"], condition=Q(state="published"), nulls_distinct=False,
                name="one_published_roster",
            ),
        ]  # fmt: skip


class Duty(models.Model):
    """
    A published duty of somebody: what he was told, and what the clock acts upon. Never deleted: it is cancelled.

    ``sequence`` grows with each change that he has to hear of (RFC 5545); ``began_at`` and ``over_at`` are when the
    clock put him on and off duty.
    """

    uid = models.UUIDField(unique=True, default=uuid4)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    unit = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT)
    day = models.DateField()
    shift = models.CharField(max_length=4)
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    crew = models.ForeignKey(Crew, null=True, on_delete=models.PROTECT)
    seat = models.CharField(max_length=12, blank=True)  # lead, second, auxiliary
    commands = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["begins"], condition=Q(over_at=None, cancelled_at=None), name="duty_not_over"),
            models.Index(fields=["account", "begins"], name="duty_of_account"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "unit", "day", "shift"], nulls_distinct=False, name="one_duty_of_a_shift"
            ),
            ExclusionConstraint(
                name="one_duty_at_a_time",
                expressions=[
                    (TsTzRange("begins", "ends"), RangeOperators.OVERLAPS), ("account", RangeOperators.EQUAL),
                ],
                condition=Q(cancelled_at=None),
            ),
            ExclusionConstraint(
                name="one_command_planned",
                expressions=[
                    (TsTzRange("begins", "ends"), RangeOperators.OVERLAPS),
                    (Coalesce("unit_id", 0, output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                ],
                condition=Q(cancelled_at=None, commands=True),
            ),
        ]  # fmt: skip


class CalendarKey(models.Model):
    """The secret address of somebody's calendar, of which only the mark stands here; a new one ends the old."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE)
    mark = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
