"""Units of the organisation, as dated facts."""

from __future__ import annotations

from django.db import models


class OrgUnit(models.Model):
    """A bureau, branch, station or room. Never deleted: it begins and ends on dates."""

    class Kind(models.TextChoices):
        CITY_BUREAU = "city_bureau"
        BRANCH_BUREAU = "branch_bureau"
        STATION = "station"
        COMMAND_ROOM = "command_room"

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
