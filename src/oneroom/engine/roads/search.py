"""
Who is nearest, how long from here to everywhere, and by which way: the searches as the rest of OneRoom calls them.

All times are milliseconds by road, exact; equal times are ordered by index, so that the room, the simulator
and any reference engine give the same list.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.geo import heading_deg
from oneroom.engine.roads import kernels
from oneroom.engine.roads.ends import entries, exits
from oneroom.engine.roads.graph import INF, Metric, RoadGraph
from oneroom.engine.roads.snap import Points

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Nearest:
    """Crews in order of arrival; those that cannot come at all are not in it."""

    index: Ints  # positions in the crews asked about
    ms: Ints

    def __len__(self) -> int:
        return len(self.index)


def nearest(
    graph: RoadGraph, metric: Metric, crews: Points, goal: Points, *, count: int | None = None, limit_ms: int = INF - 1
) -> Nearest:
    """
    The first `count` crews (all if None) to reach the goal, by the travel direction crew to goal.

    A backward Dijkstra from the goal that stops when enough crews have come out. `goal` may hold
    several candidate points of one place; reaching any of them counts.
    """
    wanted = len(crews) if count is None else min(count, len(crews))
    index, ms = kernels.nearest_kernel(
        graph.rev_start, graph.rev_tail, metric.rev_ms, metric.arc_ms, metric.own_ms,
        graph.edge_tail, graph.edge_head, graph.edge_ahead, graph.edge_back, graph.arc_tail, graph.arc_head,
        graph.goal_of, crews.edge, crews.fraction, goal.edge, goal.fraction, wanted, limit_ms,
    )  # fmt: skip
    return Nearest(index, ms)


def times_from(graph: RoadGraph, metric: Metric, start: Points, *, limit_ms: int = INF - 1) -> Ints:
    """Milliseconds from the start (or the nearest of several) to every node, of junctions to arrive; INF beyond."""
    return nearest_of_all(graph, metric, start, limit_ms=limit_ms)[0]


def times_to(graph: RoadGraph, metric: Metric, goal: Points, *, limit_ms: int = INF - 1) -> Ints:
    """Milliseconds from every node to the goal (or the nearest of several); INF beyond the limit."""
    return nearest_of_all(graph, metric, goal, inward=True, limit_ms=limit_ms)[0]


def nearest_of_all(
    graph: RoadGraph, metric: Metric, seeds: Points, *, inward: bool = False, limit_ms: int = INF - 1
) -> tuple[Ints, Ints]:
    """
    For every node: milliseconds to the nearest seed, and which one it is (-1 for none).

    Outward (seed to node) answers "which station is first on the spot"; inward (node to seed), "which
    hospital is reached first".
    """
    node, ms, owner = [], [], []
    by_tail, by_head = (entries if inward else exits)(graph, seeds)
    for seed, (edge, fraction) in enumerate(zip(seeds.edge, seeds.fraction, strict=True)):
        if edge < 0:
            continue
        ends = kernels.reaching_ms if inward else kernels.leaving_ms
        costs = ends(metric.arc_ms, metric.own_ms, graph.edge_ahead[edge], graph.edge_back[edge], float(fraction))
        node += [by_tail[seed], by_head[seed]]
        ms += list(costs)
        owner += [seed, seed]
    seed_arrays = (np.array(node, np.int32), np.array(ms, np.int32), np.array(owner, np.int32))
    if inward:
        return kernels.spread_kernel(graph.rev_start, graph.rev_tail, metric.rev_ms, *seed_arrays, limit_ms)
    found, whose = kernels.spread_kernel(graph.arc_start, graph.arc_head, metric.arc_ms, *seed_arrays, limit_ms)
    return (found[graph.goal_of], whose[graph.goal_of]) if len(graph.forbidden) else (found, whose)


@dataclass(frozen=True)
class Route:
    """A drive: its line with the moment each point is passed, and the arcs it uses."""

    ms: int
    length_m: float
    lon: Floats  # (points,)
    lat: Floats
    passed_ms: Floats  # (points,) milliseconds from the start, not decreasing
    arcs: Ints  # first and last may be driven in part
    edges: Ints

    def at(self, ms: float) -> tuple[float, float, float]:
        """Longitude, latitude and compass heading after a time; stays at the end when it is over."""
        moment = min(max(ms, 0.0), float(self.ms))
        lon, lat = (float(np.interp(moment, self.passed_ms, axis)) for axis in (self.lon, self.lat))
        after = min(max(int(np.searchsorted(self.passed_ms, moment, side="right")), 1), len(self.lon) - 1)
        before = after - 1
        heading = heading_deg(
            float(self.lon[before]), float(self.lat[before]), float(self.lon[after]), float(self.lat[after])
        )
        return lon, lat, heading

    def line(self) -> Floats:
        """(points, 2) longitude and latitude, for drawing."""
        return np.column_stack([self.lon, self.lat])


def find_route(graph: RoadGraph, metric: Metric, start: Points, goal: Points) -> Route | None:
    """The quickest way from one point to another (first of each if several); None if there is none."""
    if len(start) == 0 or len(goal) == 0 or start.edge[0] < 0 or goal.edge[0] < 0:
        return None
    from_edge, from_fraction = int(start.edge[0]), float(start.fraction[0])
    to_edge, to_fraction = int(goal.edge[0]), float(goal.fraction[0])
    ms, first, last, arcs = kernels.route_kernel(
        graph.arc_start, graph.arc_head, graph.arc_tail, metric.arc_ms, metric.own_ms,
        graph.edge_tail, graph.edge_head, graph.edge_ahead, graph.edge_back, graph.goal_of,
        from_edge, from_fraction, to_edge, to_fraction,
    )  # fmt: skip
    if ms >= INF:
        return None
    pieces = []
    if first < 0:
        pieces.append((from_edge, from_fraction, to_fraction))
    else:
        costs = kernels.leaving_ms(
            metric.arc_ms, metric.own_ms, graph.edge_ahead[from_edge], graph.edge_back[from_edge], from_fraction
        )
        pieces.append((from_edge, from_fraction, _end(exits(graph, start[0]), first, costs)))
        for arc in arcs[graph.arc_edge[arcs] >= 0]:
            edge = int(graph.arc_edge[arc])
            pieces.append((edge, 0.0, 1.0) if graph.edge_ahead[edge] == arc else (edge, 1.0, 0.0))
        costs = kernels.reaching_ms(
            metric.arc_ms, metric.own_ms, graph.edge_ahead[to_edge], graph.edge_back[to_edge], to_fraction
        )
        pieces.append((to_edge, _end(entries(graph, goal[0]), last, costs), to_fraction))
    return _drawn(graph, metric, ms, [piece for piece in pieces if piece[1] != piece[2]] or pieces[:1])


def _end(ends: tuple[Ints, Ints], node: int, costs: tuple[int, int]) -> float:
    """Which end of an edge a node is; on a loop street, the end that was the quicker one."""
    by_tail, by_head = int(ends[0][0]), int(ends[1][0])
    if by_tail == by_head:
        return 0.0 if costs[0] <= costs[1] else 1.0
    return 0.0 if by_tail == node else 1.0


def _drawn(graph: RoadGraph, metric: Metric, ms: int, pieces: Sequence[tuple[int, float, float]]) -> Route:
    """Join pieces (edge, from fraction, to fraction) into one line with the time at each point."""
    lons, lats, times, arcs = [], [], [], []
    clock = metres = 0.0
    for edge, begin, end in pieces:
        part = slice(int(graph.shape_start[edge]), int(graph.shape_start[edge + 1]))
        along, whole = graph.shape_m[part], float(graph.edge_length_m[edge])
        low, high = sorted((begin * whole, end * whole))
        stops = np.concatenate([[low], along[(along > low) & (along < high)], [high]])
        if end < begin:
            stops = stops[::-1]
        arc = int(graph.edge_ahead[edge] if begin <= end else graph.edge_back[edge])
        passed = np.abs(stops - begin * whole) / whole if whole > 0 else np.zeros(len(stops))
        lons.append(np.interp(stops, along, graph.shape_lon[part]))
        lats.append(np.interp(stops, along, graph.shape_lat[part]))
        times.append(clock + passed * float(metric.own_ms[arc]))
        clock = float(times[-1][-1])
        metres += float(high - low)
        arcs.append(arc)
    passed_ms = np.concatenate(times)
    if clock > 0:  # parts of edges are rounded to whole milliseconds: end exactly when the search says
        passed_ms = passed_ms / clock * ms
    used = np.array(arcs, dtype=np.int32)
    return Route(
        ms=int(ms), length_m=metres, lon=np.concatenate(lons), lat=np.concatenate(lats),
        passed_ms=passed_ms, arcs=used, edges=graph.arc_edge[used],
    )  # fmt: skip
