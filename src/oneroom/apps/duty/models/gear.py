"""Vehicles and kit: what there is, and as dated facts where each piece is, with whom, and whether it can be used."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from oneroom.apps.duty.models.crews import TsTzRange


class Gear(models.Model):
    """A vehicle (``kind`` vehicle) or a piece of kit (a code of what response plans ask for), by its number."""

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=60)


class GearSpell(models.Model):
    """From a moment until another a piece belongs to a unit, rides with a crew or none, and is in a state."""

    class State(models.TextChoices):
        READY = "ready"
        REPAIR = "repair"
        LENT = "lent"
        RETIRED = "retired"

    gear = models.ForeignKey(Gear, on_delete=models.PROTECT, related_name="spells")
    state = models.CharField(max_length=12, choices=State)
    unit = models.ForeignKey("orgs.OrgUnit", on_delete=models.PROTECT, related_name="+")
    crew = models.ForeignKey("duty.Crew", null=True, on_delete=models.PROTECT, related_name="gear")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_state_of_a_piece_at_a_time",
                expressions=[
                    (TsTzRange("since", "until"), RangeOperators.OVERLAPS),
                    ("gear", RangeOperators.EQUAL),
                ],
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_state_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(crew=None) | Q(state="ready"), name="only_what_is_ready_rides"),
        ]
