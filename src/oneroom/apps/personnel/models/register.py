"""Training, meetings and exams; rules and who has read them (rows T41, B35, B36, B44). No content is judged here."""

from __future__ import annotations

from django.db import models

from oneroom.apps.personnel.models.people import Person


class Sitting(models.Model):
    """A training, a meeting or an exam on a day. What was said there is not kept."""

    kind = models.CharField(max_length=12)  # training, meeting, exam
    topic = models.CharField(max_length=24)  # a code
    unit = models.CharField(max_length=24)
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["topic", "day"], name="sitting_topic")]


class Attendance(models.Model):
    """Somebody was there; at an exam, whether he passed and until when that counts."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendances")
    passed = models.BooleanField(null=True)
    counts_until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "person"], name="attended_once")]


class Policy(models.Model):
    """A version of a rule document: in force from a day, to be looked at again on another."""

    code = models.CharField(max_length=24)
    version = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    topic = models.CharField(max_length=24)  # auxiliaries, work …
    effective = models.DateField()
    review = models.DateField()
    ended = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="policy_version_once")]


class Acknowledgement(models.Model):
    """Somebody says that he has read this version."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "person"], name="acknowledged_once")]
