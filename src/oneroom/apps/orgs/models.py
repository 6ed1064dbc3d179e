"""
Units of the organisation, as dated facts.

What a unit was, is and will be stands in its spells, by its code. An ``OrgUnit`` is what the rest of the house points
at: it says what the unit is today, or was last, and only ``services.follow`` writes it. See docs/adr/0016.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from oneroom.engine.organisation.facts import System


class DateRange(Func):
    """The days from one column until another, that one not counted; an open end is infinity."""

    function = "DATERANGE"
    output_field = models.Field()


def one_at_a_time(name: str, *columns: str, where: Q | None = None) -> ExclusionConstraint:
    """No two rows (of those ``where``) with the same values in these columns are true on one day."""
    same: list[Any] = [(column, RangeOperators.EQUAL) for column in columns]
    days = (DateRange("since", "until"), RangeOperators.OVERLAPS)
    return ExclusionConstraint(name=name, expressions=[*same, days], condition=where)


class OrgUnit(models.Model):
    """A bureau, branch, station or room as it is today. Never deleted: it begins and ends on dates."""

    class Kind(models.TextChoices):
        CITY_BUREAU = "city_bureau"
        BRANCH_BUREAU = "branch_bureau"
        STATION = "station"
        COMMAND_ROOM = "command_room"
        SUB_BUREAU = "sub_bureau"
        DIVISION = "division"
        SECTION_OFFICE = "section_office"
        DEPUTY_DIVISION = "deputy_division"
        BRIGADE = "brigade"
        DISTRICT = "district"
        TEAM = "team"
        LEGAL_UNIT = "legal_unit"
        POLICE_AREA = "police_area"

    kind = models.CharField(max_length=24, choices=Kind)
    code = models.CharField(max_length=24, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    area = models.JSONField(null=True)  # GeoJSON (Multi)Polygon, WGS-84
    location_source = models.CharField(max_length=16, default="surveyed")  # "synthetic" is shown as such
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    heir = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")  # who has what it had


class UnitArea(models.Model):
    """The ground a unit answers for, kept once however often it changes hands."""

    digest = models.CharField(max_length=64, primary_key=True)
    geometry = models.JSONField()  # GeoJSON (Multi)Polygon, WGS-84


class UnitSpell(models.Model):
    """What a unit is from a day until another (engine.organisation.facts.Spell)."""

    code = models.CharField(max_length=24)
    kind = models.CharField(max_length=24)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    rank = models.CharField(max_length=24, blank=True)
    system = models.CharField(max_length=12, choices=[(str(s), str(s)) for s in System], null=True)
    parent = models.CharField(max_length=24, null=True)
    area = models.ForeignKey(UnitArea, null=True, on_delete=models.PROTECT)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="unit_ends_after_it_begins"),
            one_at_a_time("unit_is_one_thing_a_day", "code"),
        ]
        indexes = [models.Index(fields=["parent"], name="unit_spell_parent")]


class UnitFunction(models.Model):
    """A unit answers for a function from a day until another (engine.organisation.facts.Duty)."""

    function = models.CharField(max_length=32)
    unit = models.CharField(max_length=24)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [one_at_a_time("unit_has_function_once_a_day", "function", "unit")]


class UnitFate(models.Model):
    """What becomes of a unit that ends, and who has what it had: the first heir has what nobody else is given."""

    code = models.CharField(max_length=24, unique=True)
    on = models.DateField()
    how = models.CharField(max_length=12)  # merged, split, abolished
    heirs = ArrayField(models.CharField(max_length=24), default=list)


class FollowedDay(models.Model):
    """The day as which the units above stand: one row."""

    day = models.DateField()
