"""
The ground in blocks: pieces of street around one junction each, and which of them a road joins.

A block is every junction that is reached from its own middle first: by road, so that the two banks of a river are never
one block, and what lies beside each other on the map without a road between is not joined. The middles are junctions
that the caller chooses, one for each cell of the city.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads import INF, Metric, RoadGraph, nearest_of_all, points_at_nodes
from oneroom.engine.roads.kernels import spread_kernel
from oneroom.engine.values import BadInput

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Blocks:
    """
    n blocks: block b is joined to ``other[start[b]:start[b + 1]]``, each ``ms`` away (the same in both directions).

    ``work`` (n,): what it asks of whoever has it, calls or hours of them, none negative.
    """

    start: Ints
    other: Ints
    ms: Ints
    work: Floats

    def __post_init__(self) -> None:
        if not (np.isfinite(self.work).all() and (self.work >= 0).all()):
            raise BadInput("work", "The work of a piece of ground may not be negative.")

    def __len__(self) -> int:
        return len(self.work)

    def joined(self, block: int) -> Ints:
        """The blocks that a road joins to this one."""
        return self.other[self.start[block] : self.start[block + 1]]

    def times_from(self, seats: Sequence[int]) -> Floats:
        """(seats, n) milliseconds by road from each seat's block, inf where none leads."""
        zero, far = np.zeros(1, np.int32), INF - 1
        found = np.full((len(seats), len(self)), np.inf)
        for row, seat in enumerate(seats):
            ms, _owner = spread_kernel(self.start, self.other, self.ms, np.array([seat], np.int32), zero, zero, far)
            found[row] = np.where(ms < INF, ms, np.inf)
        return found

    def parts(self) -> Ints:
        """(n,) the number of the connected part that each block lies in, in the order of their first blocks."""
        label = np.full(len(self), -1, np.int32)
        count = 0
        for block in range(len(self)):
            if label[block] < 0:
                reached = np.isfinite(self.times_from([block])[0])
                label[reached] = count
                count += 1
        return label

    def within(self, which: NDArray[np.int64]) -> Blocks:
        """Only these blocks, in this order, and the roads between them."""
        place = np.full(len(self), -1, np.int64)
        place[which] = np.arange(len(which))
        tail = np.repeat(np.arange(len(self)), np.diff(self.start))
        kept = (place[tail] >= 0) & (place[self.other] >= 0)
        return joined_by(place[tail[kept]], place[self.other[kept]], self.ms[kept], self.work[which])


def joined_by(tail: NDArray[np.int64], head: NDArray[np.int64], ms: Ints, work: Floats) -> Blocks:
    """Blocks from the pairs that are joined: named once or twice, in any order; of several ways the quickest."""
    keep = tail != head
    low, high = np.minimum(tail[keep], head[keep]), np.maximum(tail[keep], head[keep])
    weight = np.concatenate([ms[keep], ms[keep]]).astype(np.int64)
    a, b = np.concatenate([low, high]), np.concatenate([high, low])
    order = np.lexsort((weight, b, a))
    a, b, weight = a[order], b[order], weight[order]
    first = np.ones(len(a), bool)
    first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    start = np.concatenate([[0], np.cumsum(np.bincount(a[first], minlength=len(work)))])
    return Blocks(start.astype(np.int32), b[first].astype(np.int32), weight[first].astype(np.int32), work)


def blocks_of(graph: RoadGraph, metric: Metric, middle: Ints, work: Floats) -> Blocks:
    """
    The blocks around these junctions (distinct), with the work of each. Two are joined where an open street leads from
    a junction of one to a junction of the other, as far as it is from middle to middle along it, whatever turns are
    forbidden there.
    """
    ms, owner = nearest_of_all(graph, metric, points_at_nodes(graph, middle))
    street = graph.arc_edge >= 0
    begins, ends = graph.junction_of[graph.arc_tail[street]], graph.junction_of[graph.arc_head[street]]
    tail, head, along = owner[begins].astype(np.int64), owner[ends].astype(np.int64), metric.arc_ms[street]
    crosses = (tail >= 0) & (head >= 0) & (tail != head) & (along < INF)
    long = ms[begins].astype(np.int64) + along + ms[ends]
    length = np.clip(long[crosses], 1, INF - 1).astype(np.int32)
    return joined_by(tail[crosses], head[crosses], length, work)
