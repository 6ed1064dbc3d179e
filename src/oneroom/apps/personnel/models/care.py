"""What the force gives its people: awards and pay by table (row T42), and care that no commander reads (row B37)."""

from __future__ import annotations

from django.db import models

from oneroom.apps.personnel.models.people import Person


class Budget(models.Model):
    """What a year has for something; in fen, so that sums are whole."""

    year = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=24)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "item"], name="budget_once")]


class AwardScale(models.Model):
    """The table of awards: how much one of this kind is from a day on. No hand sets the amount of a single award."""

    kind = models.CharField(max_length=24)
    amount_fen = models.BigIntegerField()
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "since"], name="award_scale_once_a_day")]


class Award(models.Model):
    """An award: to whom, which, out of which budget, how much by the table."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="awards")
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="awards")
    kind = models.CharField(max_length=24)
    amount_fen = models.BigIntegerField()
    day = models.DateField()


class WelfareNote(models.Model):
    """
    A word between somebody and those who care for him. Sealed; opened by that office alone. The record says that there
    is one, never of whom.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.ForeignKey("ledger.Sealed", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    again = models.DateField(null=True)  # when somebody looks after him again
    ended_at = models.DateTimeField(null=True)
