"""Quotas and posts: which places there are, before anybody sits in them (row B14)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from oneroom.apps.orgs.models import one_at_a_time
from oneroom.engine.establishment import Kind

KINDS = [(str(kind), str(kind)) for kind in Kind]


class Booking(models.Model):
    """One act of the quota ledger; its lines sum to nothing, which the database sees to at the commit."""

    day = models.DateField()  # from which it holds
    basis = models.CharField(max_length=24)  # approved, adjusted, reform
    signature = models.ForeignKey("people.Signature", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class QuotaLine(models.Model):
    """So many places of a kind more or fewer for a unit (engine.establishment.Line). Never changed, never deleted."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="lines")
    unit = models.CharField(max_length=24)
    kind = models.CharField(max_length=12, choices=KINDS)
    delta = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["unit", "kind"], name="quota_of_unit")]


class Village(models.Model):
    """A village that has an auxiliary of its own (一村一辅警, row B17): who it is follows from the posts."""

    code = models.CharField(max_length=24, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    unit = models.CharField(max_length=24)


class Post(models.Model):
    """
    What a place is from a day until another, by its code. A reform that gives it to another unit ends this row and
    begins one with the same code: whoever sits there stays, and his years in the post go on.
    """

    code = models.CharField(max_length=24)
    unit = models.CharField(max_length=24)
    kind = models.CharField(max_length=12, choices=KINDS)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    rank = models.CharField(max_length=24, blank=True)
    sensitive = models.BooleanField(default=False)  # five years at most (row T39)
    front_line = models.BooleanField(default=False)
    leads = models.BooleanField(default=False)  # heads its unit
    chief = models.BooleanField(default=False, db_default=False)  # as the first of it (Civil Servants Law 75)
    selected = models.BooleanField(default=False, db_default=False)  # filled by selection from below (row T10)
    function = models.CharField(
        max_length=24, blank=True, db_default=""
    )  # personnel, finance … (Civil Servants Law 74)
    place = models.CharField(max_length=6, blank=True, db_default="")  # the division it answers for (GB/T 2260)
    exam = models.CharField(max_length=24, blank=True)  # to be passed before (row B44)
    skills = ArrayField(models.CharField(max_length=24), default=list)
    village = models.ForeignKey(Village, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="post_ends_after_it_begins"),
            one_at_a_time("post_is_one_thing_a_day", "code"),
        ]
        indexes = [models.Index(fields=["unit", "kind"], name="post_of_unit")]
