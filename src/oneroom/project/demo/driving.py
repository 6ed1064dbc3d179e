"""Driving along the streets in project time: how a simulated crew gets from one place to another."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np

from oneroom.engine.geo import distance_m
from oneroom.engine.roads import Metric, Points, RoadGraph, Route, find_route, metric, positions, snap, snap_index

REACH_M = 2000.0  # a crew that somebody put into the river finds its way back to a street


@dataclass(frozen=True, slots=True)
class Drive:
    """A way that is being driven since ``began``, at the speeds of its streets at that hour."""

    route: Route
    began: datetime

    def at(self, now: datetime) -> tuple[float, float, float]:
        """Longitude, latitude and heading; at the end of the way when it is over."""
        return self.route.at((now - self.began).total_seconds() * 1000)

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends

    @property
    def ends(self) -> datetime:
        return self.began + timedelta(milliseconds=self.route.ms)

    def kmh(self, now: datetime) -> float:
        """The mean speed of the way, while it is driven."""
        if self.is_over(now) or now < self.began:
            return 0.0
        return self.route.length_m / max(self.route.ms, 1) * 3600.0


class Streets:
    """The city's network for those who drive in it."""

    def __init__(self, graph: RoadGraph, zone: ZoneInfo):
        self.graph = graph
        self._index = snap_index(graph)
        self.zone = zone
        self._metrics: dict[int, Metric] = {}

    def on_street(self, lon: float, lat: float) -> Points:
        """The nearest place on a street."""
        return snap(self._index, lon, lat, max_m=REACH_M)

    def drive(self, start: tuple[float, float], goal: tuple[float, float], began: datetime) -> Drive | None:
        """The quickest way at this hour of the day; None where there is none."""
        hour = began.astimezone(self.zone).hour
        if hour not in self._metrics:
            self._metrics[hour] = metric(self.graph, hour=hour)
        route = find_route(self.graph, self._metrics[hour], self.on_street(*start), self.on_street(*goal))
        return None if route is None else Drive(route, began)

    def somewhere_near(self, lon: float, lat: float, within_m: float, chance: Random) -> tuple[float, float]:
        """A junction to patrol to."""
        junctions = slice(self.graph.junctions)
        away = distance_m(lon, lat, self.graph.node_lon[junctions], self.graph.node_lat[junctions])
        near = np.flatnonzero(away <= within_m)
        if not len(near):
            return self.to_street(lon, lat)
        node = int(near[chance.randrange(len(near))])
        return float(self.graph.node_lon[node]), float(self.graph.node_lat[node])

    def to_street(self, lon: float, lat: float) -> tuple[float, float]:
        """The same place, moved onto the street; unchanged where there is none."""
        points = self.on_street(lon, lat)
        if points.edge[0] < 0:
            return lon, lat
        x, y = positions(self.graph, points)
        return float(x[0]), float(y[0])
