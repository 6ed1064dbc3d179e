"""Where things are: the loaded road network and the gazetteer by which people name places."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from oneroom.apps.ledger.models import Sealed


class RoadNetwork(models.Model):
    """
    A road network as its file (engine.roads.store), with what to say of it. One is active.

    The bytes live in the database, so that a second web server needs no shared folder and a backup is whole.
    """

    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    ground = models.BinaryField(default=b"")  # water and green as gzipped GeoJSON features; empty where none were read
    attribution = models.CharField(max_length=200)
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    nodes = models.PositiveIntegerField()
    arcs = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    gazetteer = models.PositiveIntegerField(
        default=0
    )  # counts changes of its places, so that no process keeps old ones
    active = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["active"], condition=Q(active=True), name="one_active_network"),
        ]


class Place(models.Model):
    """A named place of a network: what a dispatcher types to say where."""

    class Kind(models.TextChoices):
        CROSSING = "crossing"
        ROAD = "road"
        STATION = "station"
        AREA = "area"
        POI = "poi"
        COMMITTEE = "committee"  # residents' committee

    network = models.ForeignKey(RoadNetwork, on_delete=models.CASCADE, related_name="places")
    kind = models.CharField(max_length=10, choices=Kind)
    name_zh = models.TextField()
    name_en = models.TextField()
    initials = models.TextField(blank=True)
    search = models.TextField()  # every word it is found under, each after a space (engine.roads.spelling)
    lon = models.FloatField()
    lat = models.FloatField()
    weight = models.FloatField(default=0)
    code = models.CharField(max_length=40, blank=True)  # of the force's own list; empty for what the roads know

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "code"], condition=~Q(code=""), name="place_code_once"),
        ]
        indexes = [
            models.Index(fields=["network", "kind", "lon"], name="place_near"),
        ]


class Closure(models.Model):
    """
    Streets that are closed until a time: what was drawn, from which each loaded network works out its own arcs.

    It says nothing of a person: a reason is a code, and names are those of streets.
    """

    how = models.CharField(max_length=10)  # engine.roads.shutting.How
    points = models.JSONField()  # [[longitude, latitude], …] WGS-84, as drawn
    one_way = models.BooleanField(default=False)  # only in the direction in which it was drawn
    reason = models.CharField(max_length=16)
    streets = models.JSONField()  # [[Chinese, English], …] of the streets it closes, longest first
    pieces = models.PositiveIntegerField()  # between two junctions each
    length_m = models.PositiveIntegerField()
    author_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["until"], condition=Q(ended=None), name="closure_due"),
        ]


class LocationWarning(models.Model):
    """
    What whoever goes to a place should know of it, until a day: a dog, gas bottles, officers attacked.

    It is about the place: there is no field for a person, and its words are sealed. It is found only from a live
    matter near it (access.warnings_near); there is no list to browse.
    """

    lon = models.FloatField()
    lat = models.FloatField()
    radius_m = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=16)
    words = models.ForeignKey(Sealed, on_delete=models.PROTECT, related_name="+")
    author_id = models.BigIntegerField()
    created = models.DateTimeField()
    expires = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["lat", "lon"], condition=Q(ended=None), name="warning_near"),
            models.Index(fields=["expires"], condition=Q(ended=None), name="warning_due"),
        ]
