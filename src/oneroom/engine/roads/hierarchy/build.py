"""
The hierarchy of a network, and its times: customizable contraction (Dibbelt, Strasser & Wagner 2016).

The hierarchy follows from places and streets alone and is made once. Times are laid over it (`Hierarchy.times`) for an
hour of the day or with streets closed, and `Times.closed` closes some more in a fraction of that. Neither is ever
changed under a reader: both are made beside the old and swapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine.roads.graph import INF, Metric, RoadGraph
from oneroom.engine.roads.hierarchy import kernels
from oneroom.engine.roads.hierarchy.dissect import contraction_order, neighbours
from oneroom.engine.roads.hierarchy.mending import mend

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Hierarchy:
    """
    The arcs that lead up, as CSR over the nodes in their order of contraction (h arcs).

    ``place_of[v]`` is where node v of the network stands in that order.
    """

    graph: RoadGraph
    place_of: Ints  # (n,)
    start: Ints  # (n + 1,)
    head: Ints  # (h,) rising within a node
    lower: Ints  # (h,) the node whose arc it is
    below_start: Ints  # (n + 1,) the same arcs by their higher end
    below_arc: Ints  # (h,)
    below: Ints  # (h,) their lower ends, rising within a node
    street: Ints  # (m,) the arc on which each arc of the network lies, -1 for a loop
    rises: NDArray[np.bool_]  # (m,) whether it is driven upwards
    lying_start: Ints  # (h + 1,) lying[lying_start[k]:lying_start[k + 1]] are the network's arcs on arc k
    lying: Ints

    def times(self, metric: Metric) -> Times:
        """The times of every arc under this metric."""
        up, down = np.full((2, len(self.head)), INF, np.int32)
        kernels.lay(self.street, self.rises, metric.arc_ms, up, down)
        kernels.customise(self.start, self.head, self.below_start, self.below_arc, self.below, up, down)
        return Times(self, metric, up, down)

    @cached_property
    def everywhere(self) -> tuple[Ints, Ints, Ints, Ints]:
        """All nodes, pinned: for the times of the whole city at once."""
        return kernels.pinned(self.start, self.head, np.arange(self.graph.nodes, dtype=np.int32))


@dataclass(frozen=True)
class Times:
    """Milliseconds of every arc of the hierarchy, up and down, under a metric."""

    over: Hierarchy
    metric: Metric
    up: Ints
    down: Ints

    def changed(self, metric: Metric) -> Times:
        """The times under a metric that differs in some streets; looks only at what follows from these."""
        over = self.over
        streets = np.flatnonzero(metric.arc_ms != self.metric.arc_ms)
        arcs = over.street[streets]
        up, down = self.up.copy(), self.down.copy()
        mend(
            over.start, over.head, over.lower, over.below_start, over.below_arc, over.below,
            over.lying_start, over.lying, over.rises, metric.arc_ms, up, down, arcs[arcs >= 0],
        )  # fmt: skip
        return Times(over, metric, up, down)


def hierarchy(graph: RoadGraph, order: ArrayLike | None = None) -> Hierarchy:
    """
    The hierarchy of a network; ``order`` (`contraction_order`) is that of its file where it has one, or is worked out.

    Raises ValueError for an order that does not name every node once.
    """
    if order is None:
        order = contraction_order(graph) if graph.order is None else graph.order
    sequence = np.asarray(order, np.int32)
    if len(sequence) != graph.nodes or not (np.bincount(sequence, minlength=graph.nodes) == 1).all():
        raise ValueError("a contraction order names every junction once")
    place_of = np.empty(graph.nodes, np.int32)
    place_of[sequence] = np.arange(graph.nodes, dtype=np.int32)
    tail, head = place_of[graph.arc_tail], place_of[graph.arc_head]
    near_start, near, _twin = neighbours(graph.nodes, tail, head)
    owner = np.repeat(np.arange(graph.nodes, dtype=np.int32), np.diff(near_start))
    rising = near > owner
    above_start = np.concatenate([[0], np.cumsum(np.bincount(owner[rising], minlength=graph.nodes))]).astype(np.int32)
    start, up_head = kernels.filled(above_start, near[rising].astype(np.int32))
    low_of = np.repeat(np.arange(graph.nodes, dtype=np.int32), np.diff(start))
    by_head = np.argsort(up_head, kind="stable").astype(np.int32)
    below_start = np.concatenate([[0], np.cumsum(np.bincount(up_head, minlength=graph.nodes))]).astype(np.int32)
    low, high = np.minimum(tail, head).astype(np.int64), np.maximum(tail, head).astype(np.int64)
    keys = low_of.astype(np.int64) * graph.nodes + up_head
    street = np.searchsorted(keys, low * graph.nodes + high).astype(np.int32)
    street[tail == head] = -1
    lying = np.argsort(street, kind="stable").astype(np.int32)[np.count_nonzero(street < 0) :]
    lying_start = np.searchsorted(street[lying], np.arange(len(up_head) + 1)).astype(np.int32)
    return Hierarchy(
        graph, place_of, start, up_head, low_of, below_start, by_head, low_of[by_head], street, tail < head,
        lying_start, lying,
    )  # fmt: skip
