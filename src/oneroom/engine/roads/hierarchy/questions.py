"""
Who is how far, of all crews at once: a climb from the incident, and one walk down to where the crews are.

Answers are those of `search.nearest`, to the millisecond and in the same order of ties; which of the two is quicker
depends on how many crews are wanted: the first twenty come out of a search from the incident sooner, a full list from
here (`benchmarks/rank.py`). What crews stand on is pinned once and holds for all times of day and all closures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.graph import INF, RoadGraph
from oneroom.engine.roads.hierarchy import kernels
from oneroom.engine.roads.hierarchy.build import Hierarchy, Times
from oneroom.engine.roads.kernels import reaching_ms
from oneroom.engine.roads.search import Nearest
from oneroom.engine.roads.snap import Points

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

AT_ONCE = 16  # questions of a matrix that are walked down together: their times of a node fill one line of the cache


@dataclass(frozen=True)
class Pinned:
    """Points of the network with all that is above them; ``tail`` and ``head`` are places in the list, -1 for none."""

    points: Points
    nodes: Ints  # by place in the contraction order, highest first
    first: Ints
    begin: Ints
    heads: Ints
    tail: Ints
    head: Ints
    place: Ints  # (n,) where a node stands in the list, -1 for one that is not in it


def pin(over: Hierarchy, points: Points) -> Pinned:
    """Make these points ready to be asked about; they may then be asked under any times."""
    graph = over.graph
    there = points.edge >= 0
    tail = np.where(there & (points.fraction < 1.0), over.place_of[graph.edge_tail[points.edge]], -1)
    head = np.where(there & (points.fraction > 0.0), over.place_of[graph.edge_head[points.edge]], -1)
    wanted = np.concatenate([tail[tail >= 0], head[head >= 0]]).astype(np.int32)
    nodes, first, begin, heads = kernels.pinned(over.start, over.head, wanted)
    place = np.full(graph.nodes + 1, -1, np.int32)  # the last stands for "none"
    place[nodes] = np.arange(len(nodes), dtype=np.int32)
    return Pinned(points, nodes, first, begin, heads, place[tail], place[head], place[:-1])


def ranked(times: Times, crews: Pinned, goal: Points) -> Nearest:
    """All crews that can come to the goal (or to the nearest of several points of it), in order of arrival."""
    ms = times_between(times, crews, [goal])[:, 0]
    keys = np.sort((ms.astype(np.int64) << 32) | np.arange(len(ms)))
    keys = keys[: np.searchsorted(keys, np.int64(INF) << 32)]
    return Nearest((keys & 0xFFFFFFFF).astype(np.int32), (keys >> 32).astype(np.int32))


def times_between(times: Times, crews: Pinned, goals: list[Points]) -> Ints:
    """(crews, goals) milliseconds from each crew to each goal (the nearest of its points); INF for no way."""
    found, exits = np.empty((len(crews.points), len(goals)), np.int32), _exits(times, crews.points)
    for at in range(0, len(goals), AT_ONCE):
        some = goals[at : at + AT_ONCE]
        ms = np.full((len(crews.nodes), len(some)), INF, np.int32)
        for column, goal in enumerate(some):
            _climb(times, goal, crews, ms[:, column])
        if len(some) == 1:
            alone = np.ascontiguousarray(ms[:, 0])
            kernels.descend(crews.first, crews.begin, crews.heads, times.up, alone)
            ms = alone[:, None]
        else:
            kernels.descend_many(crews.first, crews.begin, crews.heads, times.up, ms)
        for column, goal in enumerate(some):
            found[:, at + column] = _arrivals(exits, crews, goal, ms[:, column])
    return found


def _climb(times: Times, goal: Points, crews: Pinned, ms: Ints) -> None:
    """Put what the climb from a goal finds into the column of the list."""
    over, graph, metric = times.over, times.over.graph, times.metric
    seeds, seed_ms = [], []
    for edge, fraction in zip(goal.edge, goal.fraction, strict=True):
        if edge < 0:
            continue
        costs = reaching_ms(
            metric.arc_ms, metric.own_ms, graph.edge_ahead[edge], graph.edge_back[edge], float(fraction)
        )
        for node, cost in zip((graph.edge_tail[edge], graph.edge_head[edge]), costs, strict=True):
            if cost < INF:
                seeds.append(over.place_of[node])
                seed_ms.append(cost)
    reached, met = np.empty(graph.nodes, np.int32), np.full(graph.nodes, INF + 1, np.int32)
    count = kernels.climb(
        over.start, over.head, times.down, np.array(seeds, np.int32), np.array(seed_ms, np.int32), reached, met
    )  # fmt: skip
    above = reached[:count]
    at = crews.place[above]
    ms[at[at >= 0]] = met[above[at >= 0]]


@dataclass(frozen=True)
class _Exits:
    """What crews need to both ends of where they stand, and along the whole of it: the same for every goal."""

    to_tail: Longs
    to_head: Longs
    through: tuple[Longs, Longs]  # ahead, back: for who drives through
    own: tuple[Longs, Longs]  # for who begins or ends there
    inside: NDArray[np.bool_]


def _exits(times: Times, crews: Points) -> _Exits:
    graph, fraction = times.over.graph, crews.fraction
    through, own = (_ways(graph, arc_ms, crews.edge) for arc_ms in (times.metric.arc_ms, times.metric.own_ms))
    inside = (fraction > 0.0) & (fraction < 1.0)
    ahead, back = (np.where(inside, mine, other) for mine, other in zip(own, through, strict=True))
    to_head = np.where(ahead < INF, ahead - _part(ahead, fraction), INF)
    to_tail = np.where(back < INF, _part(back, fraction), INF)
    to_tail[fraction <= 0.0] = 0
    to_head[fraction >= 1.0] = 0
    return _Exits(to_tail, to_head, through, own, inside)


def _arrivals(exits: _Exits, crews: Pinned, goal: Points, ms: Ints) -> Ints:
    """Each crew's time to the goal, from the times of the junctions at both ends of where it stands."""
    edge, fraction = crews.points.edge, crews.points.fraction
    by_tail = np.where(crews.tail >= 0, exits.to_tail + ms[crews.tail], INF)
    by_head = np.where(crews.head >= 0, exits.to_head + ms[crews.head], INF)
    found = np.minimum(np.minimum(by_tail, by_head), INF)
    for at, there in zip(goal.edge, goal.fraction, strict=True):
        for crew in np.flatnonzero(edge == at) if at >= 0 else ():
            whole = exits.own if exits.inside[crew] or 0.0 < there < 1.0 else exits.through
            along = _along(int(whole[0][crew]), int(whole[1][crew]), float(fraction[crew]), float(there))
            found[crew] = min(found[crew], along)
    return np.where(edge >= 0, found, INF).astype(np.int32)


def _ways(graph: RoadGraph, arc_ms: Ints, edge: Ints) -> tuple[Longs, Longs]:
    """Milliseconds of whole edges, ahead and back; INF where nobody may drive."""
    back = graph.edge_back[edge]
    return arc_ms[graph.edge_ahead[edge]].astype(np.int64), np.where(back >= 0, arc_ms[back], INF).astype(np.int64)


def _part(whole: Longs, fraction: Floats) -> Longs:
    return np.floor(whole * fraction + 0.5).astype(np.int64)


def _along(ahead: int, back: int, start: float, goal: float) -> int:
    """Straight along one edge, INF where that is against the traffic; as the search has it."""
    if start == goal:
        return 0
    whole, sign = (ahead, 1) if start < goal else (back, -1)
    if whole >= INF:
        return INF
    return sign * (int(np.floor(whole * goal + 0.5)) - int(np.floor(whole * start + 0.5)))
