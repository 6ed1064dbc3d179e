"""
Streets that are closed for a time: what a closure shuts, and the travel times under all that hold.

Closed means closed to whoever drives through. A crew that stands in a closed street leaves it, by the quickest way out;
an incident in a closed street is reached from outside; else closing the road around an accident would leave nobody to
send there. Both are plain weights of a metric, so that every search and the hierarchy stay as they are: only who cannot
get out otherwise comes to the arcs of the way out.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.graph import INF, Metric, RoadGraph
from oneroom.engine.roads.jit import jit
from oneroom.engine.roads.snap import Points

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

MANY = 1000  # a part of the network with so many junctions is a part of the city, not a pocket in a closure


@dataclass(frozen=True)
class Closing:
    """
    Arcs that are shut, those of them on the quickest way out of what is shut in, and the pockets that nobody reaches
    from outside: junction to number of its pocket.
    """

    shut: Ints
    out: Ints
    pocket: Mapping[int, int]

    def pockets_of(self, graph: RoadGraph, points: Points) -> frozenset[int]:
        """The pockets in which these places lie."""
        edges = points.edge[points.edge >= 0] if self.pocket else np.empty(0, np.int32)
        ends = {int(node) for node in _arrivals(graph, edges)}
        return frozenset(self.pocket[node] for node in ends if node in self.pocket)


@dataclass(frozen=True)
class _Side:
    """The network as a search walks it: forwards or backwards."""

    start: Ints
    other: Ints
    arc: Ints


def closing(graph: RoadGraph, shut: Ints) -> Closing:
    """What follows from shutting these arcs; the same for all hours of the day."""
    arcs = np.unique(np.asarray(shut, np.int32))
    is_open = np.ones(graph.arcs, np.bool_)
    is_open[arcs] = False
    ahead = _Side(graph.arc_start, graph.arc_head, np.arange(graph.arcs, dtype=np.int32))
    back = _Side(graph.rev_start, graph.rev_tail, graph.rev_arc)
    leaves, entered = _Asked(ahead, is_open), _Asked(back, is_open)
    out, _stuck = _ways(graph, arcs, back, leaves, is_open)
    _into, within = _ways(graph, arcs, ahead, entered, is_open)
    # a way out from where one can still drive in would let everybody through
    out = [arc for arc in out if not entered(int(graph.arc_tail[arc]))]
    return Closing(arcs, np.array(out, np.int32), _pockets(graph, within))


def closed(graph: RoadGraph, free: Metric, by: Closing, *, to: Points | None = None) -> Metric:
    """
    Travel times with streets closed, made beside ``free``.

    ``to`` is where all drives end: the pocket in which it lies is open to them. Without it nobody enters any.
    """
    if not len(by.shut):
        return free
    arc_ms = free.arc_ms.copy()
    arc_ms[by.shut] = INF
    arc_ms[by.out] = free.arc_ms[by.out]
    if to is not None and (open_to := by.pockets_of(graph, to)):
        ends = (graph.arc_tail[by.shut].tolist(), graph.arc_head[by.shut].tolist())
        inside = [bool({by.pocket.get(tail), by.pocket.get(head)} & open_to) for tail, head in zip(*ends, strict=True)]
        arc_ms[by.shut[inside]] = free.arc_ms[by.shut[inside]]
    return Metric(arc_ms, arc_ms[graph.rev_arc], free.own_ms)


def _arrivals(graph: RoadGraph, edges: Ints) -> Ints:
    """The nodes by which one comes to places on these streets, and to the junctions at their ends."""
    ends = graph.goal_of[np.concatenate([graph.edge_tail[edges], graph.edge_head[edges]])]
    arcs = np.concatenate([graph.edge_ahead[edges], graph.edge_back[edges][graph.edge_back[edges] >= 0]])
    return np.concatenate([ends, graph.arc_tail[arcs]])


def _pockets(graph: RoadGraph, within: set[int]) -> dict[int, int]:
    """Each junction that is shut in with the number of what hangs together with it."""
    pocket: dict[int, int] = {}
    for first in sorted(within):
        if first in pocket:
            continue
        pocket[first], waiting = first, [first]
        while waiting:
            node = waiting.pop()
            leaving = graph.arc_head[graph.arc_start[node] : graph.arc_start[node + 1]]
            entering = graph.rev_tail[graph.rev_start[node] : graph.rev_start[node + 1]]
            for other in np.concatenate([leaving, entering]).tolist():
                if other in within and other not in pocket:
                    pocket[other] = first
                    waiting.append(other)
    return pocket


class _Asked:
    """Whether a search from a junction over open arcs meets much of the city; each is asked once."""

    def __init__(self, side: _Side, is_open: Bools):
        self._side, self._open = side, is_open
        self._known: dict[int, bool] = {}
        self._many = min(MANY, (len(side.start) - 1) // 2)

    def __call__(self, node: int) -> bool:
        if node not in self._known:
            side = self._side
            self._known[node] = _meets(side.start, side.other, side.arc, self._open, node, self._many)
        return self._known[node]


def _ways(graph: RoadGraph, shut: Ints, side: _Side, good: _Asked, is_open: Bools) -> tuple[list[int], set[int]]:
    """
    The shut arcs on the quickest ways between what is shut in and the city, and the junctions that are shut in.

    Walks from the junctions at the rim, against the drive where ``side`` is backwards (the way out).
    """
    rim = np.unique(np.concatenate([graph.arc_tail[shut], graph.arc_head[shut]])).tolist()
    begin = [node for node in rim if good(node)]
    if len(begin) == len(rim):
        return [], set()
    best, by = dict.fromkeys(begin, 0), dict[int, int]()
    heap = [(0, node) for node in begin]
    while heap:
        ms, node = heapq.heappop(heap)
        if ms > best[node]:
            continue
        for place in range(int(side.start[node]), int(side.start[node + 1])):
            arc, other = int(side.arc[place]), int(side.other[place])
            edge = int(graph.arc_edge[arc])
            reach = ms + (int(graph.edge_ms[edge]) if edge >= 0 else 0)
            if reach < best.get(other, INF) and not good(other):
                best[other], by[other] = reach, arc
                heapq.heappush(heap, (reach, other))
    return [arc for arc in by.values() if not is_open[arc]], set(by)


@jit
def _meets(start: Ints, other: Ints, arc: Ints, is_open: Bools, node: int, many: int) -> bool:
    """Whether more than ``many`` junctions are met from a node over open arcs."""
    met = {np.int64(node)}
    waiting = [np.int64(node)]
    while len(waiting) > 0 and len(met) <= many:
        at = waiting.pop()
        for place in range(start[at], start[at + 1]):
            there = np.int64(other[place])
            if is_open[arc[place]] and there not in met:
                met.add(there)
                waiting.append(there)
    return len(met) > many
