"""Grades of auxiliaries and what the table has for each, as dated facts (row T42): nobody's pay is set by hand."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from oneroom.apps.orgs.models import one_at_a_time
from oneroom.apps.personnel.models.people import Person


class GradeAmount(models.Model):
    """What a grade has a month, from a day on; in fen."""

    grade = models.CharField(max_length=24)
    amount_fen = models.BigIntegerField()
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grade", "since"], name="grade_amount_once_a_day")]


class GradeSpell(models.Model):
    """An auxiliary has a grade, from a day until another."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grades")
    grade = models.CharField(max_length=24)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="a_grade_ends_after_it_begins"
            ),
            one_at_a_time("one_grade_a_day", "person"),
        ]
