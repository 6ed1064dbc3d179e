"""
A city of which no road network is at hand: a grid of places, each joined to the eight around it.

A way over it is at most 8 % longer than the straight line (in the worst direction, 22.5° off the grid), and what
streets add is in the pace that was fitted on straight lines (`fitting.Pace`). Good for response times; not for
directions, one-way streets, rivers or closures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine import roads
from oneroom.engine.geo import Box, Plane
from oneroom.engine.roads.classes import CLASS_NAMES
from oneroom.engine.simulate.fitting import Pace
from oneroom.engine.simulate.world import Unrunnable

MOST_PLACES = 250_000


@dataclass(frozen=True)
class Plain:
    """The graph, and how a point is found on it: the south-western place, the degrees between two, and how many."""

    graph: roads.RoadGraph
    west: float
    south: float
    step_lon: float
    step_lat: float
    columns: int
    rows: int

    def node(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int32]:
        """The place nearest to each point; for a point outside, the nearest at the edge."""
        column = np.rint((np.asarray(lon, np.float64) - self.west) / self.step_lon)
        row = np.rint((np.asarray(lat, np.float64) - self.south) / self.step_lat)
        inside = np.clip(row, 0, self.rows - 1) * self.columns + np.clip(column, 0, self.columns - 1)
        return np.asarray(inside, np.int32)


def plain(box: Box, *, step_m: float, pace: Pace) -> Plain:
    """The grid over a box, a place each ``step_m``, at the speeds of this pace for grade 1. Raises Unrunnable."""
    metres_lon, metres_lat = Plane((box.west + box.east) / 2, (box.south + box.north) / 2).metres_per_degree
    columns = int(np.ceil((box.east - box.west) * metres_lon / step_m)) + 1
    rows = int(np.ceil((box.north - box.south) * metres_lat / step_m)) + 1
    if columns < 2 or rows < 2 or columns * rows > MOST_PLACES:
        raise Unrunnable(f"a grid has two places a side at least and {MOST_PLACES} in all at most: choose another step")
    number = np.arange(columns * rows).reshape(rows, columns)
    ends = [
        (number[:, :-1], number[:, 1:], 1.0),
        (number[:-1], number[1:], 1.0),
        (number[:-1, :-1], number[1:, 1:], np.sqrt(2)),
        (number[:-1, 1:], number[1:, :-1], np.sqrt(2)),
    ]
    tail = np.concatenate([a.ravel() for a, _, _ in ends])
    head = np.concatenate([b.ravel() for _, b, _ in ends])
    metres = np.concatenate([np.full(a.size, step_m * far) for a, _, far in ends])
    row, column = np.divmod(number.ravel(), columns)
    step_lon, step_lat = step_m / metres_lon, step_m / metres_lat
    graph = roads.assemble(
        node_lon=box.west + column * step_lon, node_lat=box.south + row * step_lat, edge_tail=tail, edge_head=head,
        edge_oneway=np.zeros(len(tail), bool), edge_kmh=np.full(len(tail), 3.6 / pace.s_per_m),
        edge_ms=np.rint(metres * pace.s_per_m * float(pace.slower[0]) * 1000),
        hour_factors=np.tile(1.0 / pace.detour[:, None], (1, len(CLASS_NAMES))),
    )  # fmt: skip
    return Plain(graph, box.west, box.south, step_lon, step_lat, columns, rows)
