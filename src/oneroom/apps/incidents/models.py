"""The matter, what was reported of it, and the crews sent."""

from __future__ import annotations

from django.conf import settings
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

    ``number_hash`` only answers how often this number called in thirty days, on a live call; it goes then too.
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
            models.Index(fields=["ended_at"], condition=Q(state="abandoned", returned_at=None), name="call_to_return"),
            models.Index(
                fields=["ringing_at"], name="call_personal",
                condition=Q(number_hash__isnull=False) | Q(caller__isnull=False) | Q(lon__isnull=False),
            ),
        ]  # fmt: skip


class CallPayload(models.Model):
    """
    What the exchange sent, byte for byte, for a few days: to find out what went wrong, and for nothing else.

    That it came, by its hash, is known for ``settings.CALL_PAYLOAD_DAYS``; then the row goes too.
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
