"""
In which order a network is contracted: its halves first, and what holds them together last.

Inertial flow (Schild & Sommer 2015): the places are sorted along a line; of the first and the last quarter one is made
the source and the other the drain, and the fewest streets that part them are the cut. Of four lines that with the
smallest cut for its balance is taken. Done again with both halves, it is a nested dissection, which keeps the
hierarchy small. Once for each network, by those who import it: it asks for places and streets, not for times.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.graph import RoadGraph
from oneroom.engine.roads.hierarchy.flow import parted

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

SMALL = 24  # so few are ordered by how many neighbours they have
SHARE = 0.25  # of the places that are source, and that are drain
LINES = ((1.0, 0.0), (0.0, 1.0), (0.7071, 0.7071), (0.7071, -0.7071))


def contraction_order(graph: RoadGraph) -> Ints:
    """(n,) The nodes in the order in which they are contracted; the same network gives the same order."""
    x, y = graph.plane.to_xy(graph.node_lon, graph.node_lat)
    start, head, twin = neighbours(graph.nodes, graph.arc_tail, graph.arc_head)
    order = np.empty(graph.nodes, np.int32)
    local = np.full(graph.nodes, -1, np.int32)
    todo = [(np.arange(graph.nodes, dtype=np.int32), graph.nodes)]
    while todo:
        nodes, end = todo.pop()
        if len(nodes) <= SMALL:
            degree = start[nodes + 1] - start[nodes]
            order[end - len(nodes) : end] = nodes[np.lexsort((nodes, degree))]
            continue
        one, cut, other = _best_cut(nodes, x[nodes], y[nodes], start, head, twin, local)
        order[end - len(cut) : end] = cut
        end -= len(cut)
        todo += [(part, at) for part, at in ((one, end), (other, end - len(one))) if len(part)]
    return order


def neighbours(nodes: int, tail: Ints, head: Ints) -> tuple[Ints, Ints, Ints]:
    """
    Who is next to whom, without direction, each pair once each way, no loops: CSR starts, heads.

    ``twin[k]`` is the place of the same pair the other way.
    """
    ends = np.concatenate([np.column_stack([tail, head]), np.column_stack([head, tail])]).astype(np.int64)
    keys = np.unique(ends[ends[:, 0] != ends[:, 1]] @ np.array([nodes, 1]))
    a, b = keys // nodes, keys % nodes
    start = np.concatenate([[0], np.cumsum(np.bincount(a, minlength=nodes))]).astype(np.int32)
    return start, b.astype(np.int32), np.searchsorted(keys, b * nodes + a).astype(np.int32)


def _best_cut(
    nodes: Ints, x: Floats, y: Floats, start: Ints, head: Ints, twin: Ints, local: Ints
) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """Both halves and what parts them, by the best of the lines."""
    best = None
    terminals = max(1, int(len(nodes) * SHARE))
    for east, north in LINES:
        along = np.lexsort((nodes, east * x + north * y))
        side = parted(nodes[along], terminals, start, head, twin, local)  # 0, 1, or 2: the cut
        sizes = np.bincount(side, minlength=3)
        worth = sizes[2] / max(min(sizes[0], sizes[1]), 1)
        if best is None or worth < best[0]:
            best = worth, nodes[along], side
    assert best is not None
    _worth, sorted_nodes, side = best
    return sorted_nodes[side == 0], np.sort(sorted_nodes[side == 2]), sorted_nodes[side == 1]
