"""
Strongly connected parts of a network: where every place can be reached from every other.

Map extracts have stubs of one-way streets that lead out of the picture; a crew "nearest" on such a stub
could never come back. Tarjan's algorithm (SIAM J. Comput. 1, 1972) without recursion.
"""

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.graph import RoadGraph
from oneroom.engine.roads.jit import jit
from oneroom.engine.roads.kernels import INF, spread_kernel

Ints = NDArray[np.int32]


@jit
def _tarjan(start: Ints, head: Ints) -> Ints:
    nodes = len(start) - 1
    label = np.full(nodes, -1, np.int32)
    order = np.full(nodes, -1, np.int32)
    low = np.zeros(nodes, np.int32)
    cursor = start[:-1].copy()
    waiting = np.empty(nodes, np.int32)  # nodes whose part is not known yet
    path = np.empty(nodes, np.int32)  # the way down to the node being looked at
    seen = 0
    parts = 0
    waits = 0
    for root in range(nodes):
        if order[root] >= 0:
            continue
        depth = 1
        path[0] = root
        order[root] = low[root] = seen
        seen += 1
        waiting[waits] = root
        waits += 1
        while depth > 0:
            node = path[depth - 1]
            if cursor[node] < start[node + 1]:
                child = head[cursor[node]]
                cursor[node] += 1
                if order[child] < 0:
                    order[child] = low[child] = seen
                    seen += 1
                    waiting[waits] = child
                    waits += 1
                    path[depth] = child
                    depth += 1
                elif label[child] < 0:
                    low[node] = min(low[node], order[child])
                continue
            depth -= 1
            if depth > 0:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[node])
            if low[node] == order[node]:
                while True:
                    waits -= 1
                    member = waiting[waits]
                    label[member] = parts
                    if member == node:
                        break
                parts += 1
    return label


def strong_parts(nodes: int, tail: Ints, head: Ints) -> Ints:
    """The number of each node's strongly connected part; nodes of one part reach each other."""
    order = np.argsort(tail, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=nodes))]).astype(np.int32)
    return _tarjan(start, np.ascontiguousarray(head[order], dtype=np.int32))


def largest_part(nodes: int, tail: Ints, head: Ints) -> NDArray[np.bool_]:
    """Which nodes belong to the part with the most nodes."""
    label = strong_parts(nodes, tail, head)
    kept: NDArray[np.bool_] = label == np.argmax(np.bincount(label))
    return kept


def connected(graph: RoadGraph) -> NDArray[np.bool_]:
    """(junctions,) to which one can drive from the largest part, and from which back into it, as turns permit."""
    core = largest_part(graph.nodes, graph.arc_tail, graph.arc_head)
    if not len(graph.forbidden):
        return core
    one, zero, each = np.array([np.argmax(core)], np.int32), np.zeros(1, np.int32), np.ones(graph.arcs, np.int32)
    led, _ = spread_kernel(graph.arc_start, graph.arc_head, each, one, zero, zero, INF - 1)
    leads, _ = spread_kernel(graph.rev_start, graph.rev_tail, each, one, zero, zero, INF - 1)
    kept: NDArray[np.bool_] = ((leads < INF) & (led[graph.goal_of] < INF))[: graph.junctions]
    return kept
