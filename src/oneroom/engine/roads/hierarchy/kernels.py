"""
The hierarchy's loops, compiled: what is above what, what the times are, and the two walks of every question.

Nodes are their places in the contraction order here. ``start``/``head``: CSR of the arcs that lead up, heads rising;
an arc's number grows with its lower end, so numbers are an order in which everything below is settled first. Each arc
has two times: ``up`` from its lower to its higher end, ``down`` the other way. All in one file, because numba's cache
does not see a change in a file that a kernel only calls into.
"""

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

INF = 2**30 - 1


@jit
def filled(above_start: Ints, above: Ints) -> tuple[Ints, Ints]:
    """CSR of the arcs up after contraction: who is above a node, and above those whose lowest above it is."""
    nodes = len(above_start) - 1
    start = np.zeros(nodes + 1, np.int32)
    head = np.empty(max(4 * len(above), 16), np.int32)
    first_child = np.full(nodes, -1, np.int32)
    next_child = np.full(nodes, -1, np.int32)
    seen = np.full(nodes, -1, np.int32)
    size = 0
    for v in range(nodes):
        begin = size
        child = first_child[v]
        room = above_start[v + 1] - above_start[v]
        while child >= 0:
            room += start[child + 1] - start[child]
            child = next_child[child]
        if begin + room > len(head):
            larger = np.empty(2 * (begin + room), np.int32)
            larger[:begin] = head[:begin]
            head = larger
        for k in range(above_start[v], above_start[v + 1]):
            if seen[above[k]] != v:
                seen[above[k]] = v
                head[size] = above[k]
                size += 1
        child = first_child[v]
        while child >= 0:
            for k in range(start[child] + 1, start[child + 1]):  # the first is v itself
                if seen[head[k]] != v:
                    seen[head[k]] = v
                    head[size] = head[k]
                    size += 1
            child = next_child[child]
        head[begin:size] = np.sort(head[begin:size])
        start[v + 1] = size
        if size > begin:
            parent = head[begin]
            next_child[v] = first_child[parent]
            first_child[parent] = v
    return start, head[:size].copy()


@jit
def lay(street: Ints, rises: Bools, arc_ms: Ints, up: Ints, down: Ints) -> None:
    """The times of arcs by one street alone: of streets side by side the quickest."""
    for k in range(len(street)):
        if street[k] >= 0:
            if rises[k]:
                up[street[k]] = min(up[street[k]], arc_ms[k])
            else:
                down[street[k]] = min(down[street[k]], arc_ms[k])


@jit
def customise(start: Ints, head: Ints, below_start: Ints, below_arc: Ints, below: Ints, up: Ints, down: Ints) -> None:
    """Make the times of streets (in ``up`` and ``down``) those of the quickest way over anything below both ends."""
    nodes = len(start) - 1
    place = np.full(nodes, -1, np.int32)
    for a in range(nodes):
        for k in range(start[a], start[a + 1]):
            place[head[k]] = k
        for j in range(below_start[a], below_start[a + 1]):
            by = below_arc[j]  # from some v below to a
            v = below[j]
            to_a = up[by]
            from_a = down[by]
            for k in range(by + 1, start[v + 1]):  # what else v leads up to is above a
                arc = place[head[k]]
                if from_a + up[k] < up[arc]:
                    up[arc] = from_a + up[k]
                if down[k] + to_a < down[arc]:
                    down[arc] = down[k] + to_a
        for k in range(start[a], start[a + 1]):
            place[head[k]] = -1


@jit
def pinned(start: Ints, head: Ints, nodes: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """
    These nodes and all that is above them, highest first: what a walk down to them needs.

    Gives the nodes, the first arc of each in the hierarchy, a CSR start, and each arc's head as a place in the list.
    """
    inside = np.zeros(len(start) - 1, np.bool_)
    count = 0
    for node in nodes:
        v = node
        while v >= 0 and not inside[v]:
            inside[v] = True
            count += 1
            v = head[start[v]] if start[v] < start[v + 1] else -1
    listed = np.empty(count, np.int32)
    place = np.full(len(start) - 1, -1, np.int32)
    fill = 0
    arcs = 0
    for v in range(len(start) - 2, -1, -1):
        if inside[v]:
            listed[fill] = v
            place[v] = fill
            fill += 1
            arcs += start[v + 1] - start[v]
    first = np.empty(count, np.int32)
    begin = np.zeros(count + 1, np.int32)
    heads = np.empty(arcs, np.int32)
    fill = 0
    for i in range(count):
        v = listed[i]
        first[i] = start[v]
        for k in range(start[v], start[v + 1]):
            heads[fill] = place[head[k]]
            fill += 1
        begin[i + 1] = fill
    return listed, first, begin, heads


@jit
def climb(start: Ints, head: Ints, weight: Ints, seeds: Ints, seed_ms: Ints, reached: Ints, ms: Ints) -> int:
    """
    From the seeds up: for each node above them its time by ways that only rise; ``weight`` against the climb.

    Fills ``reached`` (rising) and ``ms``, and gives how many; a walk down settles what comes from above.
    """
    count = 0
    for node in seeds:
        v = node
        while v >= 0 and ms[v] > INF:  # not met yet
            ms[v] = INF
            reached[count] = v
            count += 1
            v = head[start[v]] if start[v] < start[v + 1] else -1
    reached[:count] = np.sort(reached[:count])
    for i in range(len(seeds)):
        ms[seeds[i]] = min(ms[seeds[i]], seed_ms[i])
    for i in range(count):
        v = reached[i]
        for k in range(start[v], start[v + 1]):
            ms[head[k]] = min(ms[head[k]], ms[v] + weight[k])
    return count


@jit
def descend(first: Ints, begin: Ints, heads: Ints, weight: Ints, ms: Ints) -> None:
    """Down the list: each node's time from what is above it; ``ms``, by place in it, holds what the climb found."""
    for i in range(len(first)):
        best = ms[i]
        shift = first[i] - begin[i]
        for k in range(begin[i], begin[i + 1]):
            best = min(best, ms[heads[k]] + weight[k + shift])
        ms[i] = best


@jit
def descend_many(first: Ints, begin: Ints, heads: Ints, weight: Ints, ms: Ints) -> None:
    """`descend` for several questions at once: ``ms`` is (places, questions)."""
    wide = ms.shape[1]
    for i in range(len(first)):
        shift = first[i] - begin[i]
        for k in range(begin[i], begin[i + 1]):
            above = heads[k]
            cost = weight[k + shift]
            for q in range(wide):
                ms[i, q] = min(ms[i, q], ms[above, q] + cost)
