"""
What is reached within a time: the parts of streets, to the metre, and not only the junctions.

A street is entered from its ends or, where the drive begins, from the place itself; of a two-way street both ends may
be reached and the middle not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.graph import INF, Metric, RoadGraph
from oneroom.engine.roads.kernels import same_edge_ms
from oneroom.engine.roads.search import times_from
from oneroom.engine.roads.snap import Points

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reached:
    """Parts of edges, from fraction to fraction (0 at the tail), that may touch or overlap on one edge."""

    edge: Ints
    begin: Floats
    end: Floats

    def lines(self, graph: RoadGraph) -> list[Floats]:
        """The parts as drawn lines, (points, 2) longitude and latitude each."""
        return [
            _part(graph, int(edge), float(begin), float(end))
            for edge, begin, end in zip(self.edge, self.begin, self.end, strict=True)
        ]


def isochrone(graph: RoadGraph, metric: Metric, start: Points, *, limit_ms: int) -> Reached:
    """
    The parts of streets that are reached from the start (or the nearest of several) within ``limit_ms``.

    A part ends where the time is over, to within the rounding of travel times (a millisecond).
    """
    ms = times_from(graph, metric, start, limit_ms=limit_ms)
    edges = np.arange(graph.edges, dtype=np.int32)
    ahead, back = metric.arc_ms[graph.edge_ahead], np.where(graph.edge_back >= 0, metric.arc_ms[graph.edge_back], INF)
    into, against = ms[graph.arc_tail[graph.edge_ahead]], ms[graph.arc_tail[graph.edge_back]]
    by_tail, by_head = _share(limit_ms, into, ahead), _share(limit_ms, against, back)
    edge, begin, end = _on_own_street(graph, metric, start, limit_ms)
    return Reached(
        np.concatenate([edges[by_tail >= 0], edges[by_head >= 0], edge]),
        np.concatenate([np.zeros(np.count_nonzero(by_tail >= 0)), 1 - by_head[by_head >= 0], begin]),
        np.concatenate([by_tail[by_tail >= 0], np.ones(np.count_nonzero(by_head >= 0)), end]),
    )


def _share(limit_ms: int, ms: Ints, whole: Ints) -> Floats:
    """How much of each street is driven in what is left at its end; -1 where the end or the street is not reached."""
    left = limit_ms - ms.astype(np.float64)
    return np.where((left >= 0) & (whole < INF), np.minimum(1.0, left / np.maximum(whole, 1)), -1.0)


def _on_own_street(graph: RoadGraph, metric: Metric, start: Points, limit_ms: int) -> tuple[Ints, Floats, Floats]:
    """From each start along its own street, both ways where that is allowed."""
    edge, begin, end = [], [], []
    for at, fraction in zip(start.edge.tolist(), start.fraction.tolist(), strict=True):
        if at < 0:
            continue
        ahead, back = int(graph.edge_ahead[at]), int(graph.edge_back[at])
        low = high = fraction
        for goal in (0.0, 1.0):
            whole = same_edge_ms(metric.arc_ms, metric.own_ms, ahead, back, fraction, goal)
            if whole >= INF or fraction == goal:
                continue
            to = fraction + (goal - fraction) * min(1.0, limit_ms / max(whole, 1))
            low, high = min(low, to), max(high, to)
        edge.append(at)
        begin.append(low)
        end.append(high)
    return np.array(edge, np.int32), np.array(begin), np.array(end)


def _part(graph: RoadGraph, edge: int, begin: float, end: float) -> Floats:
    part = slice(int(graph.shape_start[edge]), int(graph.shape_start[edge + 1]))
    along, whole = graph.shape_m[part], float(graph.edge_length_m[edge])
    low, high = begin * whole, end * whole
    stops = np.concatenate([[low], along[(along > low) & (along < high)], [high]])
    return np.column_stack(
        [np.interp(stops, along, graph.shape_lon[part]), np.interp(stops, along, graph.shape_lat[part])]
    )
