"""Who is on duty: crews with their members, duty roles by the minute, and where crews are."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Coalesce


class TsTzRange(Func):
    """A range of time from two columns; an open end is infinity."""

    function = "TSTZRANGE"
    output_field = models.Field()


class Crew(models.Model):
    """
    What goes out (never "unit": that is organisation).

    ``state`` is what the crew or the room said, or what its live assignment makes it; one row, moved by
    compare-and-swap.
    """

    class State(models.TextChoices):
        OFF_DUTY = "off_duty"
        AVAILABLE = "available"
        ASSIGNED = "assigned"
        EN_ROUTE = "en_route"
        ON_SCENE = "on_scene"
        BUSY = "busy"
        AT_CENTRE = "at_centre"
        MEAL = "meal"
        OUT_OF_SERVICE = "out_of_service"

    code = models.CharField(max_length=24, unique=True)
    callsign_zh = models.CharField(max_length=40)
    callsign_en = models.CharField(max_length=60)
    unit = models.ForeignKey("orgs.OrgUnit", on_delete=models.PROTECT, related_name="crews")
    state = models.CharField(max_length=16, choices=State, default=State.OFF_DUTY)
    state_since = models.DateTimeField()
    duty_since = models.DateTimeField(null=True)
    skills = ArrayField(models.CharField(max_length=24), default=list)
    kit = ArrayField(models.CharField(max_length=24), default=list)
    runs = models.PositiveIntegerField(default=0)  # orders in this shift


class CrewMember(models.Model):
    """Who rides with a crew. An auxiliary assists under the lead."""

    class Role(models.TextChoices):
        LEAD = "lead"
        SECOND = "second"
        AUXILIARY = "auxiliary"

    crew = models.ForeignKey(Crew, on_delete=models.PROTECT, related_name="members")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], name="one_crew_per_person"),
            models.UniqueConstraint(fields=["crew"], condition=Q(role="lead"), name="one_lead_per_crew"),
        ]


class DutySpell(models.Model):
    """Somebody holds a duty role (duty_chief of a station, shift_commander of the room) for a time."""

    role = models.CharField(max_length=24)
    unit = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    begins = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_commander_per_minute",
                expressions=[
                    (TsTzRange("begins", "ends"), RangeOperators.OVERLAPS),
                    ("role", RangeOperators.EQUAL),
                ],
                condition=Q(role="shift_commander"),
            ),
            ExclusionConstraint(
                name="one_duty_chief_per_station_and_minute",
                expressions=[
                    (TsTzRange("begins", "ends"), RangeOperators.OVERLAPS),
                    ("role", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                ],
                condition=Q(role="duty_chief"),
            ),
        ]


class Silence(models.Model):
    """A desk of the room whose sound is off, with the reason: whoever commands sees it (design README, sound)."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE)
    reason = models.CharField(max_length=24)
    since = models.DateTimeField()


class Position(models.Model):
    """The latest place of a crew on duty: the only one that screens show."""

    crew = models.OneToOneField(Crew, primary_key=True, on_delete=models.CASCADE)
    lon = models.FloatField()
    lat = models.FloatField()
    at = models.DateTimeField()
    accuracy_m = models.FloatField()
    speed_kmh = models.FloatField(null=True)
    heading = models.FloatField(null=True)
    received = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["received"], name="position_received")]


class Fix(models.Model):
    """The dated history of positions of crews on duty: 30 days, opened only with an incident (scope §5.1-14)."""

    crew = models.ForeignKey(Crew, on_delete=models.CASCADE, db_index=False)
    lon = models.FloatField()
    lat = models.FloatField()
    at = models.DateTimeField()
    accuracy_m = models.FloatField()
    speed_kmh = models.FloatField(null=True)
    heading = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["crew", "at"], name="fix_crew_at"),
            BrinIndex(fields=["at"], name="fix_at"),
        ]


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
