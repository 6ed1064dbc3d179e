"""Who serves, where since when, what he can, and when he cannot."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from oneroom.apps.orgs.models import one_at_a_time
from oneroom.apps.personnel.models.establishment import KINDS


class Person(models.Model):
    """
    Somebody who serves in the force, with or without an account. The name is his as a member of staff, as colleagues
    say it; how he is reached at home, his document and where he is from are sealed.
    """

    number = models.CharField(max_length=20, unique=True)  # of his badge
    kind = models.CharField(max_length=12, choices=KINDS)
    name = models.CharField(max_length=60)
    account = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="person")
    private = models.ForeignKey("ledger.Sealed", null=True, on_delete=models.PROTECT, related_name="+")
    joined = models.DateField()
    left = models.DateField(null=True)
    simulated = models.BooleanField(default=False)
    rank = models.CharField(max_length=24, blank=True, db_default="")  # a step of the ladder (engine.rotation.ladder)
    # The division he is from, as he says, for the posts that he may not head (Civil Servants Law 75); goes with him.
    origin = models.CharField(max_length=6, blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="person_name")]


class Posting(models.Model):
    """
    A person sits in a post (by its code) from a day until another, on the basis of an order. ``full`` ones exclude each
    other: nobody holds two, and a post has one. Beside it somebody may stand in for another.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="postings")
    post = models.CharField(max_length=24)
    full = models.BooleanField(default=True)
    basis = models.CharField(max_length=24)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="posting_ends_after_it_begins"
            ),
            one_at_a_time("one_full_post_per_person", "person", where=Q(full=True)),
            one_at_a_time("one_full_holder_per_post", "post", where=Q(full=True)),
        ]


class Deviation(models.Model):
    """
    A rule that stands against a posting which earlier records have (ADR 29): taken over as it was, and open until the
    facts are there, he moves on, or two persons let it be.
    """

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="deviations")
    rule = models.CharField(max_length=24)  # engine.rotation.verdict.Rule
    said = models.JSONField(default=dict)  # what its sentence needs: codes, days, numbers
    found = models.DateField()
    how = models.CharField(max_length=8, blank=True)  # met, moved, kept; empty while it is open
    settled_at = models.DateTimeField(null=True)
    signature = models.ForeignKey("people.Signature", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["posting", "rule"], name="deviation_once")]


class Move(models.Model):
    """One line of the transfer ledger (row T11): from one unit's headcount to another's; none: came, or left."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=12, choices=KINDS)
    day = models.DateField()
    from_unit = models.CharField(max_length=24, null=True)
    from_kind = models.CharField(max_length=24, blank=True)  # of the unit, on that day
    to_unit = models.CharField(max_length=24, null=True)
    to_kind = models.CharField(max_length=24, blank=True)
    leading = models.BooleanField(default=False)  # into or out of a post that heads its unit
    basis = models.CharField(max_length=24)
    # Its day has come, and what was held at the unit that he left has ended there.
    followed = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["day"], name="move_day"),
            models.Index(fields=["day", "id"], condition=Q(followed=False), name="move_to_follow"),
        ]


class Certificate(models.Model):
    """A skill that somebody has shown, from a day until another (row B09)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="certificates")
    skill = models.CharField(max_length=24)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [one_at_a_time("certified_once_a_day", "person", "skill")]
        indexes = [models.Index(fields=["until"], name="certificate_until")]


class Absence(models.Model):
    """Unavailable until a day. Why is nobody's business here: there is no field for it (scope 5.1-5)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    since = models.DateField()
    until = models.DateField()

    class Meta:
        constraints = [one_at_a_time("absent_once_a_day", "person")]


class Kinship(models.Model):
    """Two of the force are related, as one of them declared; never found by the machine (workflow §2.10)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kin")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kin = models.CharField(max_length=8)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "relative"], condition=Q(ended_at=None), name="kin_declared_once")
        ]
