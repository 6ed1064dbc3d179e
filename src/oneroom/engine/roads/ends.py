"""
At which node one comes out of a street, and by which one goes into it, from a place on it.

From within a street one comes to its end as whoever drove along it, with the turns that are permitted from there; at
the very end (fraction 0 or 1) one is at the junction, from which every street may be taken. Into a street one goes by
the node at which its direction begins; to its very end, by the goal of the junction (`turns`). The kernels ask the same
of one place (`kernels.leaving_node`, `kernels.reaching_node`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.graph import RoadGraph
from oneroom.engine.roads.snap import Points

Ints = NDArray[np.int32]


def exits(graph: RoadGraph, points: Points) -> tuple[Ints, Ints]:
    """The nodes at which one comes out at the tail and at the head; of a point off every road, anything."""
    edge, fraction = points.edge, points.fraction
    tail, head = graph.edge_tail[edge], graph.edge_head[edge]
    ahead, back = graph.edge_ahead[edge], graph.edge_back[edge]
    by_tail = np.where((fraction <= 0.0) | (back < 0), tail, graph.arc_head[back])
    return by_tail.astype(np.int32), np.where(fraction >= 1.0, head, graph.arc_head[ahead]).astype(np.int32)


def entries(graph: RoadGraph, points: Points) -> tuple[Ints, Ints]:
    """The nodes by which one comes from the tail and from the head; of a point off every road, anything."""
    edge, fraction = points.edge, points.fraction
    tail, head = graph.edge_tail[edge], graph.edge_head[edge]
    ahead, back = graph.edge_ahead[edge], graph.edge_back[edge]
    by_tail = np.where(fraction <= 0.0, graph.goal_of[tail], graph.arc_tail[ahead])
    by_head = np.where((fraction >= 1.0) | (back < 0), graph.goal_of[head], graph.arc_tail[back])
    return by_tail.astype(np.int32), by_head.astype(np.int32)
