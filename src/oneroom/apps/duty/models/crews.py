"""Who is on duty: crews with their members, duty roles by the minute, and where crews are."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func, Q


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
    # Dual line (row B11): whose work it does, beside whose ground it is. Both chiefs see it; its unit commands.
    line = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT, related_name="line_crews")
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
