"""
The fewest streets that part two sets of junctions: Dinic's maximum flow where each street takes one, compiled.

On such networks a cut is found in a few rounds: a breadth-first search gives each junction its distance from the
source, and then as many ways as there are of that length are taken at once (Dinic 1970).
"""

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int32]
Flows = NDArray[np.int8]


@jit
def parted(nodes: Ints, terminals: int, start: Ints, head: Ints, twin: Ints, local: Ints) -> Ints:
    """
    Part these nodes, of which the first ``terminals`` are the source and the last the drain.

    Gives 0 or 1 for each node's half, and 2 for those of the cut: the ends of cut streets on the side that has fewer.
    ``local`` is room of the size of the network, -1 everywhere, and is left so.
    """
    begin, to, back = _among(nodes, start, head, twin, local)
    flow = np.zeros(len(to), np.int8)
    level = np.empty(len(nodes), np.int32)
    while _levels(begin, to, flow, terminals, level):
        _take_ways(begin, to, back, flow, terminals, level)
    return _sides(begin, to, level)


@jit
def _among(nodes: Ints, start: Ints, head: Ints, twin: Ints, local: Ints) -> tuple[Ints, Ints, Ints]:
    """The streets among these nodes, by their places in the list: CSR starts, heads, and each one's other direction."""
    count = len(nodes)
    for i in range(count):
        local[nodes[i]] = i
    begin = np.zeros(count + 1, np.int32)
    for i in range(count):
        inside = 0
        for k in range(start[nodes[i]], start[nodes[i] + 1]):
            inside += local[head[k]] >= 0
        begin[i + 1] = begin[i] + inside
    to = np.empty(begin[count], np.int32)
    place = np.empty(begin[count], np.int32)  # of each in the whole network, rising within a node
    fill = 0
    for i in range(count):
        for k in range(start[nodes[i]], start[nodes[i] + 1]):
            if local[head[k]] >= 0:
                to[fill] = local[head[k]]
                place[fill] = k
                fill += 1
    back = np.empty(begin[count], np.int32)
    for k in range(begin[count]):
        left = begin[to[k]]
        right = begin[to[k] + 1]
        while left < right:
            middle = (left + right) >> 1
            if place[middle] < twin[place[k]]:
                left = middle + 1
            else:
                right = middle
        back[k] = left
    for i in range(count):
        local[nodes[i]] = -1
    return begin, to, back


@jit
def _levels(begin: Ints, to: Ints, flow: Flows, terminals: int, level: Ints) -> bool:
    """How many streets with room lead from the source to each, -1 for no way; whether the drain is reached."""
    queue = np.empty(len(level), np.int32)
    level[:] = -1
    level[:terminals] = 0
    queue[:terminals] = np.arange(terminals)
    size = terminals
    drain = len(level) - terminals
    reached = False
    done = 0
    while done < size:
        i = queue[done]
        done += 1
        if reached and level[i] >= level[queue[size - 1]]:
            continue
        for k in range(begin[i], begin[i + 1]):
            j = to[k]
            if level[j] < 0 and flow[k] < 1:
                level[j] = level[i] + 1
                reached |= j >= drain
                queue[size] = j
                size += 1
    return reached


@jit
def _take_ways(begin: Ints, to: Ints, back: Ints, flow: Flows, terminals: int, level: Ints) -> None:
    """Fill every shortest way from source to drain that has room; each street is looked at once."""
    at = begin[:-1].copy()
    way = np.empty(len(level), np.int32)
    drain = len(level) - terminals
    for source in range(terminals):
        i = source
        depth = 0
        while depth > 0 or at[i] < begin[i + 1]:
            if i >= drain:
                for k in way[:depth]:
                    flow[k] += 1
                    flow[back[k]] -= 1
                i = source
                depth = 0
            elif at[i] == begin[i + 1]:  # nothing leads on from here
                depth -= 1
                i = to[back[way[depth]]]
                at[i] += 1
            elif flow[at[i]] < 1 and level[to[at[i]]] == level[i] + 1:
                way[depth] = at[i]
                depth += 1
                i = to[way[depth - 1]]
            else:
                at[i] += 1


@jit
def _sides(begin: Ints, to: Ints, level: Ints) -> Ints:
    """0 for whom the last search from the source reached, 1 for the others, 2 for the ends of what parts them."""
    count = len(level)
    ends = np.zeros((2, count), np.bool_)
    for i in range(count):
        if level[i] >= 0:
            for k in range(begin[i], begin[i + 1]):
                if level[to[k]] < 0:
                    ends[0, i] = True
                    ends[1, to[k]] = True
    fewer = ends[0] if ends[0].sum() <= ends[1].sum() else ends[1]
    side = np.empty(count, np.int32)
    for i in range(count):
        side[i] = 2 if fewer[i] else (0 if level[i] >= 0 else 1)
    return side
