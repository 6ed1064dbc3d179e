"""
Where crews are while they move, and who reaches a junction first, compiled.

A crew is always "at a junction, or on the way to the next one": (junction, milliseconds until it is there). It stands;
or goes round its beat; or comes back to its post, each street at this hour's speed. Nothing happens to it meanwhile, so
no event is spent on it: its place is worked out when somebody asks. All in one file (see `kernel.py`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit
from oneroom.engine.roads.kernels import INF, push, sink

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

STANDS, BEAT, BACK = 0, 1, 2
_LOW = 0xFFFFFFFF


@jit
def settle_places(
    now: int, asked: Bools, mode: Ints, at: Ints, since: Longs, post: Ints, goal: Ints,
    beat_start: Ints, beat_node: Ints, beat_ms: Ints, home: Ints, home_row: Ints, arc_head: Ints, arc_ms: Ints,
    node: Ints, lead: Ints,
) -> None:  # fmt: skip
    """
    Fill ``node`` and ``lead`` for the crews asked about (-1 for the others) at ``now`` milliseconds.

    ``at`` is the junction that a crew comes to at ``since`` (its place, for one that stands); of a beat, ``since`` is
    when it was begun. ``home`` (posts, nodes) is the arc by which one comes nearer to a post; ``goal`` is where one
    arrives who comes back to it.
    """
    for crew in range(len(asked)):
        node[crew] = -1
        lead[crew] = 0
        if not asked[crew]:
            continue
        if mode[crew] == BACK:
            while since[crew] < now and at[crew] != goal[crew]:
                arc = home[home_row[crew], at[crew]]
                if arc < 0:  # nothing leads there any more
                    mode[crew] = STANDS
                    break
                since[crew] += arc_ms[arc]
                at[crew] = arc_head[arc]
            if mode[crew] == BACK and at[crew] == goal[crew] and since[crew] <= now:
                mode[crew] = BEAT  # since stays: the beat begins when it is back
        if mode[crew] == BEAT:
            first = beat_start[crew]
            last = beat_start[crew + 1]
            if last - first < 2:
                mode[crew] = STANDS
                at[crew] = post[crew]
            else:
                along = (now - since[crew]) % beat_ms[last - 1]
                low = first
                high = last - 1
                while low < high:
                    middle = (low + high) >> 1
                    if beat_ms[middle] >= along:
                        high = middle
                    else:
                        low = middle + 1
                node[crew] = beat_node[low]
                if low > first and beat_node[low] != beat_node[low - 1]:
                    lead[crew] = beat_ms[low] - along
                continue
        node[crew] = at[crew]
        if mode[crew] == BACK:
            lead[crew] = max(0, since[crew] - now)


@jit
def first_to_reach(
    rev_start: Ints, rev_tail: Ints, rev_ms: Ints, goal: int, node: Ints, lead: Ints, count: int, limit_ms: int,
    dist: Ints, first_exit: Ints, next_exit: Ints, touched: Ints, heap: Longs,
) -> tuple[Ints, Ints]:  # fmt: skip
    """
    The first ``count`` crews to a junction within a time, by (milliseconds, index); ``node`` -1 is one not asked about.

    Works on ``dist`` (all INF) and ``first_exit`` (all -1), one entry for each junction, and leaves them so.
    ``touched`` has room for all junctions, ``heap`` for all arcs and crews: nothing grows while it searches.
    """
    nodes = len(rev_start) - 1
    crews = 0
    for crew in range(len(node)):
        if node[crew] >= 0:
            next_exit[crew] = first_exit[node[crew]]
            first_exit[node[crew]] = crew
            crews += 1
    count = min(count, crews)
    found = np.empty(count, np.int32)
    found_ms = np.empty(count, np.int32)
    touched[0] = goal
    met = 1
    heap[0] = goal
    size = 1
    dist[goal] = 0
    taken = 0
    while size > 0 and taken < count:
        key = heap[0]
        sink(heap, size)
        size -= 1
        ms = key >> 32
        if ms > limit_ms:
            break
        here = key & _LOW
        if here >= nodes:
            found[taken] = here - nodes
            found_ms[taken] = ms
            taken += 1
            continue
        if ms > dist[here]:
            continue
        crew = first_exit[here]
        while crew >= 0:
            lift(heap, size, ((ms + lead[crew]) << 32) | (nodes + crew))
            size += 1
            crew = next_exit[crew]
        for place in range(rev_start[here], rev_start[here + 1]):
            tail = rev_tail[place]
            reach = ms + rev_ms[place]
            before = dist[tail]
            if reach < before:  # a closed street costs INF: never less
                if before >= INF:
                    touched[met] = tail
                    met += 1
                dist[tail] = reach
                lift(heap, size, (reach << 32) | tail)
                size += 1
    for i in range(met):
        dist[touched[i]] = INF
    for crew in range(len(node)):
        if node[crew] >= 0:
            first_exit[node[crew]] = -1
    return found[:taken], found_ms[:taken]


@jit
def lift(heap: Longs, size: int, key: int | np.int64) -> None:
    """Add a key to a heap of ``size`` keys that has room for it."""
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if heap[parent] <= key:
            break
        heap[place] = heap[parent]
        place = parent
    heap[place] = key


@jit
def way_between(
    arc_start: Ints, arc_head: Ints, arc_tail: Ints, arc_ms: Ints, start: int, goal: int
) -> tuple[Ints, Longs]:
    """The junctions of the quickest way after ``start`` and when each is reached; empty where there is none."""
    dist = np.full(len(arc_start) - 1, INF, np.int32)
    came = np.full(len(arc_start) - 1, -1, np.int32)
    heap = np.empty(1024, np.int64)
    heap[0] = start
    size = 1
    dist[start] = 0
    while size > 0:
        key = heap[0]
        sink(heap, size)
        size -= 1
        ms = key >> 32
        here = key & _LOW
        if here == goal:
            break
        if ms > dist[here]:
            continue
        for arc in range(arc_start[here], arc_start[here + 1]):
            if arc_ms[arc] < INF and ms + arc_ms[arc] < dist[arc_head[arc]]:
                dist[arc_head[arc]] = ms + arc_ms[arc]
                came[arc_head[arc]] = arc
                heap = push(heap, size, ((ms + arc_ms[arc]) << 32) | np.int64(arc_head[arc]))
                size += 1
    steps = 0
    node = goal
    while node != start and came[node] >= 0:
        steps += 1
        node = arc_tail[came[node]]
    passed = np.empty(steps, np.int32)
    when = np.empty(steps, np.int64)
    node = goal
    for step in range(steps - 1, -1, -1):
        passed[step] = node
        when[step] = dist[node]
        node = arc_tail[came[node]]
    return passed, when
