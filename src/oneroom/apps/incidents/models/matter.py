"""The matter, what was reported of it, and the crews sent."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from oneroom.apps.ledger.models import Sealed
from oneroom.engine.lifecycle import assignment, incident


class DayCount(models.Model):
    """The last reference number given on a day."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField()


class Counted(models.Manager["Incident"]):
    """
    The matters that count: everything but drills, which run like real ones and change no figure.

    The one place that says so. Whatever counts, sums or averages matters starts here (``counting.py``).
    """

    def get_queryset(self) -> models.QuerySet[Incident]:
        return super().get_queryset().filter(drill=False)


class Incident(models.Model):
    """
    The matter. Holds no name, number, house number or free text: those are sealed (``Report``).

    ``category`` and ``subcategory`` are as classified at the call; ``final_…`` as the scene report found it: both
    count in statistics. ``place_zh`` and ``place_en`` name a public place (crossing, road, station).
    """

    reference = models.CharField(max_length=16, unique=True)
    origin = models.CharField(max_length=12)
    received_at = models.DateTimeField()
    category = models.CharField(max_length=24, blank=True)
    subcategory = models.CharField(max_length=24, blank=True)
    final_category = models.CharField(max_length=24, blank=True)
    final_subcategory = models.CharField(max_length=24, blank=True)
    grade = models.PositiveSmallIntegerField(default=3)
    reasons = ArrayField(models.CharField(max_length=32), default=list)
    state = models.CharField(max_length=16, default=incident.State.RECEIVED)
    state_since = models.DateTimeField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    given = models.CharField(max_length=64, blank=True)  # "GCJ02 121.4,31.2": as it was said, where not in WGS-84
    place_zh = models.CharField(max_length=120, blank=True)
    place_en = models.CharField(max_length=160, blank=True)
    unit = models.ForeignKey("orgs.OrgUnit", null=True, on_delete=models.PROTECT)
    held_until = models.DateTimeField(null=True)
    escalated = models.BooleanField(default=False)
    supervised = models.BooleanField(default=False)
    drill = models.BooleanField(default=False)
    outcome = models.CharField(max_length=24, blank=True)
    case = models.CharField(max_length=8, blank=True)
    no_case_reason = models.CharField(max_length=24, blank=True)
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    reopened = models.PositiveSmallIntegerField(default=0)  # how often
    reopened_at = models.DateTimeField(null=True)
    reopen_proposed = models.CharField(max_length=24, blank=True)
    deidentified_at = models.DateTimeField(null=True)  # its term is over, or two signed: no person is in it any more

    objects = models.Manager()
    counted = Counted()

    class Meta:
        indexes = [
            models.Index(
                fields=["grade", "received_at"], condition=Q(state__in=[str(s) for s in incident.OPEN]),
                name="incident_open",
            ),
            models.Index(fields=["received_at"], name="incident_received"),
            models.Index(
                fields=["state_since"], condition=Q(state__in=[str(s) for s in incident.ENDED]), name="incident_ended"
            ),
        ]  # fmt: skip
        constraints = [models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=4), name="grade_1_to_4")]


class Report(models.Model):
    """
    One caller's report of a matter, with the code by which he follows it (kept as a keyed hash).

    ``incident`` is the matter it counts to now; ``taken_as`` the one it began as, where that was merged since.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reports")
    taken_as = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=12)
    received_at = models.DateTimeField()
    code_hash = models.BinaryField(unique=True)
    words = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    caller = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    safe_contact = models.CharField(max_length=8, default="unknown")
    safe_ways = ArrayField(models.CharField(max_length=8), default=list)  # empty: any way
    safe_since = models.TimeField(null=True)
    safe_until = models.TimeField(null=True)
    overridden_way = models.CharField(max_length=8, blank=True, db_default="")  # by two signatures, until then
    overridden_until = models.DateTimeField(null=True)
    text_only = models.BooleanField(default=False)
    stars = models.PositiveSmallIntegerField(null=True)
    rating_words = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn = models.BooleanField(default=False)


class AddedWords(models.Model):
    """Words added to a matter later: by a caller, by the room or a crew, or written by the room to a caller."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="added")
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="talk")
    source = models.CharField(max_length=12)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    words = models.ForeignKey(Sealed, on_delete=models.PROTECT, related_name="+")


class Distinct(models.Model):
    """Somebody compared two matters and said that they are not the same; they are not proposed to each other again."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "other"], name="distinct_once"),
            models.CheckConstraint(condition=Q(incident__lt=models.F("other")), name="distinct_in_order"),
        ]


class Assignment(models.Model):
    """One crew on one incident. The times are when things happened; the ledger also has when they were written."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="assignments")
    crew = models.ForeignKey("duty.Crew", on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=16, default=assignment.State.OFFERED)
    state_since = models.DateTimeField()
    lead = models.BooleanField(default=False)
    offered_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    en_route_at = models.DateTimeField(null=True)
    on_scene_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    category = models.CharField(max_length=24, blank=True)
    subcategory = models.CharField(max_length=24, blank=True)
    note = models.ForeignKey(Sealed, null=True, on_delete=models.PROTECT, related_name="+")
    return_reason = models.CharField(max_length=24, blank=True)
    travel_s = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["crew"], condition=Q(state__in=[str(s) for s in assignment.LIVE]),
                name="one_live_assignment_per_crew",
            ),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(lead=True, state__in=[str(s) for s in assignment.LIVE]),
                name="one_live_lead_per_incident",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["incident"], name="assignment_incident")]
