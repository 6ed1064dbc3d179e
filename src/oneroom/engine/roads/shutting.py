"""
Which arcs a closure shuts: along a street between points, whole streets, a crossing, or all within an area.

What people draw is kept and the arcs are worked out from it each time, so that a closure outlives the network that it
was drawn on. A line follows the streets, whatever turns are forbidden between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from oneroom.engine.roads.graph import NO_NAME, Metric, RoadGraph, with_turns
from oneroom.engine.roads.search import Route, find_route
from oneroom.engine.roads.snap import Points, SnapIndex, candidates, snap

Ints = NDArray[np.int32]
Position = tuple[float, float]

OFF_M = 60.0  # farther than this beside every street nothing is meant
_CROSSING_M = 40.0  # the junctions of one crossing of divided roads
_SLIP_M = 15.0  # so little of a street at the end of a line is not meant


class How(StrEnum):
    """How a closure was drawn."""

    ALONG = "along"  # the street between points; of one point, the piece between two junctions
    STREET = "street"  # the whole street of this name at the point
    CROSSING = "crossing"  # every street where it leaves the crossing
    AREA = "area"  # all streets in the box between two corners, or in a polygon


class NothingThere(ValueError):
    """No street is shut by what was drawn; ``str`` is a code: off_road, no_name, no_way."""


def shut_arcs(index: SnapIndex, free: Metric, how: How, points: Sequence[Position], *, one_way: bool = False) -> Ints:
    """
    The arcs that are shut, rising. ``one_way``: only in the direction in which the line was drawn (ALONG).

    Raises NothingThere.
    """
    graph = index.graph
    if how == How.AREA:
        return _both(graph, _within(index, points))
    there = snap(index, [lon for lon, _ in points], [lat for _, lat in points], max_m=OFF_M)
    if (there.edge < 0).any():
        raise NothingThere("off_road")
    if how == How.STREET:
        return _both(graph, _named(index, points[0]))
    if how == How.CROSSING:
        return _both(graph, _meeting(graph, points[0], there))
    if len(points) == 1:
        return _both(graph, there.edge)
    plain, times = _without_turns(graph, free)
    ways = [_way(plain, times, there[i], there[i + 1], one_way) for i in range(len(points) - 1)]
    drawn = np.concatenate([_driven(plain, way, there[i], there[i + 1]) for i, way in enumerate(ways)])
    edges = plain.arc_edge[drawn]
    arcs = np.where(plain.edge_ahead[edges] == drawn, graph.edge_ahead[edges], graph.edge_back[edges])
    return np.unique(arcs).astype(np.int32) if one_way else _both(graph, graph.arc_edge[arcs])


def _both(graph: RoadGraph, edges: Ints) -> Ints:
    edge = np.unique(edges)
    back = graph.edge_back[edge]
    return np.unique(np.concatenate([graph.edge_ahead[edge], back[back >= 0]])).astype(np.int32)


def _without_turns(graph: RoadGraph, free: Metric) -> tuple[RoadGraph, Metric]:
    """The same streets and times where every turn may be made."""
    if not len(graph.forbidden):
        return graph, free
    plain, two = with_turns(graph, []), graph.edge_back >= 0
    ms = np.empty(plain.arcs, np.int32)
    ms[plain.edge_ahead], ms[plain.edge_back[two]] = free.arc_ms[graph.edge_ahead], free.arc_ms[graph.edge_back[two]]
    return plain, Metric(ms, ms[plain.rev_arc], ms)


def _way(graph: RoadGraph, free: Metric, here: Points, there: Points, one_way: bool) -> Route:
    """The street between two points, whichever way it is driven, or only as it was drawn."""
    ways = [find_route(graph, free, here, there)] + ([] if one_way else [find_route(graph, free, there, here)])
    found = [way for way in ways if way is not None]
    if not found:
        raise NothingThere("no_way")
    return min(found, key=lambda way: way.length_m)


def _driven(graph: RoadGraph, way: Route, *ends: Points) -> Ints:
    """The arcs of a way, without a street at either end of which it only touches the corner."""
    arcs = list(way.arcs)
    for which in (0, -1):
        if len(arcs) < 2:
            break
        edge = int(graph.arc_edge[arcs[which]])
        mine = [end for end in ends if int(end.edge[0]) == edge]
        if not mine:
            continue
        ahead = int(graph.edge_ahead[edge]) == int(arcs[which])
        fraction = float(mine[0].fraction[0])
        part = 1 - fraction if ahead == (which == 0) else fraction
        if part * float(graph.edge_length_m[edge]) < _SLIP_M:
            arcs.pop(which)
    return np.array(arcs, np.int32)


def _named(index: SnapIndex, at: Position) -> Ints:
    graph = index.graph
    near = candidates(index, *at, max_m=OFF_M)
    names = [int(name) for name in graph.edge_name[near.edge] if name != NO_NAME]
    if not names:
        raise NothingThere("no_name")
    return np.flatnonzero(graph.edge_name == names[0]).astype(np.int32)


def _meeting(graph: RoadGraph, at: Position, there: Points) -> Ints:
    """The streets that meet at the crossing nearest to a point."""
    x, y = graph.plane.to_xy(graph.node_lon, graph.node_lat)
    px, py = graph.plane.to_xy(*at)
    away = np.hypot(x - px, y - py)
    first = int(np.argmin(away))
    if away[first] > OFF_M:  # in the middle of a long piece: its nearer end is meant
        edge = int(there.edge[0])
        first = int(graph.edge_tail[edge] if there.fraction[0] < 0.5 else graph.edge_head[edge])
    inside = np.hypot(x - x[first], y - y[first]) <= _CROSSING_M
    return np.flatnonzero(inside[graph.edge_tail] | inside[graph.edge_head]).astype(np.int32)


def _within(index: SnapIndex, points: Sequence[Position]) -> Ints:
    """The streets that run through an area: a box between two corners, or a polygon."""
    graph = index.graph
    lon, lat = np.array(points, np.float64).T
    x, y = graph.plane.to_xy(lon, lat)
    area = (
        shapely.box(min(x), min(y), max(x), max(y)) if len(points) == 2
        else shapely.Polygon(np.column_stack([x, y])).buffer(0)
    )  # fmt: skip
    west, south, east, north = shapely.bounds(area)
    at = np.flatnonzero(index.segment_edge >= 0)
    ax, ay, bx, by = index.x[at], index.y[at], index.x[at + 1], index.y[at + 1]
    near = (np.minimum(ax, bx) <= east) & (np.maximum(ax, bx) >= west)
    near &= (np.minimum(ay, by) <= north) & (np.maximum(ay, by) >= south)
    segments = shapely.linestrings(np.stack([np.stack([ax, ay], 1), np.stack([bx, by], 1)], 1)[near])
    edges = index.segment_edge[at][near][shapely.intersects(area, segments)]
    if not len(edges):
        raise NothingThere("off_road")
    return np.unique(edges).astype(np.int32)
