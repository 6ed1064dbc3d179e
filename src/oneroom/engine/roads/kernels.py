"""
The searches themselves, compiled: Dijkstra on int32 milliseconds with one heap of 64-bit keys.

A key is `time << 32 | id`. Nodes have the ids 0 to n-1 and crews n and up, so a crew enters the heap like
a node that nothing leaves: it comes out in exact order of (time, index), and a search that wants
twenty of five thousand crews stops after twenty (benchmarks/nearest.py). All kernels stand in this one
file because numba's cache does not see a change in a file that a kernel only calls into.

A point lies on an edge at a fraction of its time. Ahead of it the edge costs `whole - part`, behind it `part`,
with part = floor(whole * fraction + 1/2): every engine that splits the edge there gets the same numbers.
At fraction 0 or 1 the point *is* the junction and may use every arc of it. Times of the edge on which a drive begins or
ends are ``own_ms``: those of a closed street are known there, since who stands in it leaves it.
"""

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

INF = 2**30 - 1  # INF plus any weight stays below 2**31
_LOW = 0xFFFFFFFF


@jit
def push(heap: Longs, size: int, key: int | np.int64) -> Longs:
    """Add a key to the binary heap of `size` keys; returns the heap, a larger copy if it was full."""
    if size == len(heap):
        larger = np.empty(2 * size, np.int64)
        larger[:size] = heap
        heap = larger
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if heap[parent] <= key:
            break
        heap[place] = heap[parent]
        place = parent
    heap[place] = key
    return heap


@jit
def sink(heap: Longs, size: int) -> None:
    """Remove the least key (heap[0]) of `size` keys; the caller counts down."""
    last = heap[size - 1]
    size -= 1
    place = 0
    child = 1
    while child < size:
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= last:
            break
        heap[place] = heap[child]
        place = child
        child = 2 * place + 1
    heap[place] = last


@jit
def part_ms(whole: int, fraction: float) -> int:
    return int(np.floor(whole * fraction + 0.5))


@jit
def leaving_ms(arc_ms: Ints, own_ms: Ints, ahead: int, back: int, fraction: float) -> tuple[int, int]:
    """From a point to the (tail, head) of its edge; INF where there is no way."""
    ms = own_ms if 0.0 < fraction < 1.0 else arc_ms
    to_tail = INF
    to_head = INF
    if ms[ahead] < INF:
        to_head = ms[ahead] - part_ms(ms[ahead], fraction)
    if back >= 0 and ms[back] < INF:
        to_tail = part_ms(ms[back], fraction)
    if fraction <= 0.0:
        to_tail = 0
    if fraction >= 1.0:
        to_head = 0
    return to_tail, to_head


@jit
def reaching_ms(arc_ms: Ints, own_ms: Ints, ahead: int, back: int, fraction: float) -> tuple[int, int]:
    """From the (tail, head) of an edge to a point on it; INF where there is no way."""
    ms = own_ms if 0.0 < fraction < 1.0 else arc_ms
    from_tail = INF
    from_head = INF
    if ms[ahead] < INF:
        from_tail = part_ms(ms[ahead], fraction)
    if back >= 0 and ms[back] < INF:
        from_head = ms[back] - part_ms(ms[back], fraction)
    if fraction <= 0.0:
        from_tail = 0
    if fraction >= 1.0:
        from_head = 0
    return from_tail, from_head


@jit
def leaving_node(junction: int, arc: int, there: bool, arc_head: Ints) -> int:
    """The node at which one comes out of an edge: the junction for who is ``there``, else the arc's end; see `ends`."""
    return int(junction if there or arc < 0 else arc_head[arc])


@jit
def reaching_node(junction: int, arc: int, there: bool, arc_tail: Ints, goal_of: Ints) -> int:
    """The node by which one goes into an edge: the beginning of the arc, or the junction's goal; see `ends`."""
    return int(goal_of[junction] if there or arc < 0 else arc_tail[arc])


@jit
def same_edge_ms(arc_ms: Ints, own_ms: Ints, ahead: int, back: int, start: float, goal: float) -> int:
    """Straight along one edge from fraction to fraction, INF if that is against the traffic."""
    if start == goal:
        return 0
    ms = own_ms if 0.0 < start < 1.0 or 0.0 < goal < 1.0 else arc_ms
    if start < goal:
        whole = ms[ahead]
        return INF if whole >= INF else part_ms(whole, goal) - part_ms(whole, start)
    if back < 0 or ms[back] >= INF:
        return INF
    return part_ms(ms[back], start) - part_ms(ms[back], goal)


@jit
def nearest_kernel(
    rev_start: Ints, rev_tail: Ints, rev_ms: Ints, arc_ms: Ints, own_ms: Ints,
    edge_tail: Ints, edge_head: Ints, edge_ahead: Ints, edge_back: Ints, arc_tail: Ints, arc_head: Ints, goal_of: Ints,
    crew_edge: Ints, crew_fraction: Floats, goal_edge: Ints, goal_fraction: Floats, count: int, limit_ms: int,
) -> tuple[Ints, Ints]:  # fmt: skip
    """The first `count` crews to any of the goals, by (time, index): their indexes and milliseconds."""
    nodes = len(rev_start) - 1
    crews = len(crew_edge)
    first_exit = np.full(nodes, -1, np.int32)  # a linked list of crew exits per node
    next_exit = np.empty(2 * crews, np.int32)
    exit_ms = np.empty(2 * crews, np.int32)
    heap = np.empty(1024, np.int64)
    size = 0
    for crew in range(crews):
        edge = crew_edge[crew]
        if edge < 0:
            continue
        costs = leaving_ms(arc_ms, own_ms, edge_ahead[edge], edge_back[edge], crew_fraction[crew])
        for side in range(2):
            if costs[side] < INF:
                if side == 0:
                    node = leaving_node(edge_tail[edge], edge_back[edge], crew_fraction[crew] <= 0.0, arc_head)
                else:
                    node = leaving_node(edge_head[edge], edge_ahead[edge], crew_fraction[crew] >= 1.0, arc_head)
                slot = 2 * crew + side
                exit_ms[slot] = costs[side]
                next_exit[slot] = first_exit[node]
                first_exit[node] = slot
        for goal in range(len(goal_edge)):
            if goal_edge[goal] == edge:
                ms = same_edge_ms(
                    arc_ms, own_ms, edge_ahead[edge], edge_back[edge], crew_fraction[crew], goal_fraction[goal]
                )
                if ms <= limit_ms:
                    heap = push(heap, size, (np.int64(ms) << 32) | (nodes + crew))
                    size += 1
    dist = np.full(nodes, INF, np.int32)
    for goal in range(len(goal_edge)):
        edge = goal_edge[goal]
        if edge < 0:
            continue
        costs = reaching_ms(arc_ms, own_ms, edge_ahead[edge], edge_back[edge], goal_fraction[goal])
        for side in range(2):
            if side == 0:
                node = reaching_node(edge_tail[edge], edge_ahead[edge], goal_fraction[goal] <= 0.0, arc_tail, goal_of)
            else:
                node = reaching_node(edge_head[edge], edge_back[edge], goal_fraction[goal] >= 1.0, arc_tail, goal_of)
            if costs[side] < dist[node]:
                dist[node] = costs[side]
                heap = push(heap, size, (np.int64(costs[side]) << 32) | node)
                size += 1
    found = np.empty(count, np.int32)
    found_ms = np.empty(count, np.int32)
    done = np.zeros(crews, np.bool_)
    taken = 0
    while size > 0 and taken < count:
        key = heap[0]
        sink(heap, size)
        size -= 1
        ms = key >> 32
        if ms > limit_ms:
            break
        node = key & _LOW
        if node >= nodes:
            crew = node - nodes
            if not done[crew]:
                done[crew] = True
                found[taken] = crew
                found_ms[taken] = ms
                taken += 1
            continue
        if ms > dist[node]:
            continue
        slot = first_exit[node]
        while slot >= 0:
            if not done[slot >> 1]:
                heap = push(heap, size, ((ms + exit_ms[slot]) << 32) | (nodes + (slot >> 1)))
                size += 1
            slot = next_exit[slot]
        for place in range(rev_start[node], rev_start[node + 1]):
            weight = rev_ms[place]
            if weight < INF:
                reach = ms + weight
                tail = rev_tail[place]
                if reach < dist[tail]:
                    dist[tail] = reach
                    heap = push(heap, size, (reach << 32) | tail)
                    size += 1
    return found[:taken], found_ms[:taken]


@jit
def spread_kernel(
    start: Ints, other: Ints, weight_ms: Ints, seed_node: Ints, seed_ms: Ints, seed_owner: Ints, limit_ms: int
) -> tuple[Ints, Ints]:
    """
    Time from the nearest seed to every node, and whose seed it was; ties go to the lower owner.

    `start, other, weight_ms` is the forward index to go outwards from the seeds, the backward one to
    come in to them. Unreached nodes keep INF and -1.
    """
    nodes = len(start) - 1
    dist = np.full(nodes, INF, np.int32)
    owner = np.full(nodes, -1, np.int32)
    heap = np.empty(1024, np.int64)
    size = 0
    for seed in range(len(seed_node)):
        node = seed_node[seed]
        ms = seed_ms[seed]
        if ms > limit_ms or ms >= INF:
            continue
        if ms < dist[node] or (ms == dist[node] and seed_owner[seed] < owner[node]):
            dist[node] = ms
            owner[node] = seed_owner[seed]
            heap = push(heap, size, (np.int64(ms) << 32) | node)
            size += 1
    while size > 0:
        key = heap[0]
        sink(heap, size)
        size -= 1
        ms = key >> 32
        node = key & _LOW
        if ms > dist[node]:
            continue
        for place in range(start[node], start[node + 1]):
            if weight_ms[place] >= INF:
                continue
            reach = ms + weight_ms[place]
            if reach > limit_ms:
                continue
            next_node = other[place]
            if reach < dist[next_node] or (reach == dist[next_node] and owner[node] < owner[next_node]):
                dist[next_node] = reach
                owner[next_node] = owner[node]
                heap = push(heap, size, (reach << 32) | next_node)
                size += 1
    return dist, owner


@jit
def route_kernel(
    arc_start: Ints, arc_head: Ints, arc_tail: Ints, arc_ms: Ints, own_ms: Ints,
    edge_tail: Ints, edge_head: Ints, edge_ahead: Ints, edge_back: Ints, goal_of: Ints,
    start_edge: int, start_fraction: float, goal_edge: int, goal_fraction: float,
) -> tuple[int, int, int, Ints]:  # fmt: skip
    """
    The quickest way between two points: (milliseconds, first node, last node, arcs between them).

    First node -1 means straight along the one edge; milliseconds INF means there is no way.
    """
    nodes = len(arc_start) - 1
    best = INF
    last = -1
    if start_edge == goal_edge:
        best = same_edge_ms(
            arc_ms, own_ms, edge_ahead[start_edge], edge_back[start_edge], start_fraction, goal_fraction
        )
    ends = np.empty(2, np.int32)
    ends[0] = reaching_node(edge_tail[goal_edge], edge_ahead[goal_edge], goal_fraction <= 0.0, arc_tail, goal_of)
    ends[1] = reaching_node(edge_head[goal_edge], edge_back[goal_edge], goal_fraction >= 1.0, arc_tail, goal_of)
    ends_ms = reaching_ms(arc_ms, own_ms, edge_ahead[goal_edge], edge_back[goal_edge], goal_fraction)
    dist = np.full(nodes, INF, np.int32)
    came = np.full(nodes, -1, np.int32)
    heap = np.empty(1024, np.int64)
    size = 0
    costs = leaving_ms(arc_ms, own_ms, edge_ahead[start_edge], edge_back[start_edge], start_fraction)
    for side in range(2):
        if side == 0:
            node = leaving_node(edge_tail[start_edge], edge_back[start_edge], start_fraction <= 0.0, arc_head)
        else:
            node = leaving_node(edge_head[start_edge], edge_ahead[start_edge], start_fraction >= 1.0, arc_head)
        if costs[side] < dist[node]:
            dist[node] = costs[side]
            heap = push(heap, size, (np.int64(costs[side]) << 32) | node)
            size += 1
    while size > 0:
        key = heap[0]
        sink(heap, size)
        size -= 1
        ms = key >> 32
        node = key & _LOW
        if ms >= best:
            break
        if ms > dist[node]:
            continue
        for side in range(2):
            if node == ends[side] and ends_ms[side] < INF and ms + ends_ms[side] < best:
                best = ms + ends_ms[side]
                last = node
        for arc in range(arc_start[node], arc_start[node + 1]):
            if arc_ms[arc] >= INF:
                continue
            reach = ms + arc_ms[arc]
            head = arc_head[arc]
            if reach < dist[head]:
                dist[head] = reach
                came[head] = arc
                heap = push(heap, size, (reach << 32) | head)
                size += 1
    if last < 0:
        return best, -1, -1, np.empty(0, np.int32)
    arcs = np.empty(nodes, np.int32)
    steps = 0
    node = last
    while came[node] >= 0:
        arcs[steps] = came[node]
        steps += 1
        node = arc_tail[came[node]]
    return best, node, last, arcs[:steps][::-1].copy()
