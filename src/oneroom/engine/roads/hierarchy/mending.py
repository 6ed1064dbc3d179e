"""
What follows from streets that close or open: the times that rest on them, and no others; compiled.

Numbers of arcs are an order in which whatever a time rests on is settled before it (see `kernels.py`, whose words are
used here). What waits is marked by number, each direction for itself: going over the marks, eight at a time, costs less
than a heap of the few thousand that follow from a hundred streets.
"""

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

INF = 2**30 - 1
_UP, _DOWN = 1, 2  # marks: the time up waits to be looked at, the time down


@jit
def mend(
    start: Ints, head: Ints, lower: Ints, below_start: Ints, below_arc: Ints, below: Ints,
    lying_start: Ints, lying: Ints, rises: Bools, arc_ms: Ints, up: Ints, down: Ints, changed: Ints,
) -> int:  # fmt: skip
    """
    The times again after those of some streets changed (``changed``: their arcs), touching what follows only.

    ``arc_ms`` are the new times of streets. Arcs are taken by number, so that whatever one rests on is settled before
    it. Gives how many were looked at.
    """
    waiting = np.zeros((len(head) + 7) // 8 * 8, np.uint8)
    eights = waiting.view(np.uint64)
    for k in changed:
        waiting[k] = _UP | _DOWN
    looked = 0
    for eight in range(len(eights)):
        if eights[eight] == 0:
            continue
        for arc in range(8 * eight, 8 * eight + 8):
            if waiting[arc] == 0:
                continue
            looked += 1
            low = lower[arc]
            high = head[arc]
            if waiting[arc] & _UP:
                old = up[arc]
                new = _quickest(
                    lying_start[arc], lying_start[arc + 1], lying, rises, True, arc_ms,
                    below_start[low], below_start[low + 1], below_start[high], below_start[high + 1],
                    below, below_arc, down, up,
                )  # fmt: skip
                if new != old:
                    up[arc] = new
                    _mark(
                        arc, low, high, start, head, below_start, below_arc, below, down, up, down, old, new,
                        waiting, _UP, _DOWN,
                    )  # fmt: skip
            if waiting[arc] & _DOWN:
                old = down[arc]
                new = _quickest(
                    lying_start[arc], lying_start[arc + 1], lying, rises, False, arc_ms,
                    below_start[low], below_start[low + 1], below_start[high], below_start[high + 1],
                    below, below_arc, up, down,
                )  # fmt: skip
                if new != old:
                    down[arc] = new
                    _mark(
                        arc, low, high, start, head, below_start, below_arc, below, up, down, up, old, new,
                        waiting, _DOWN, _UP,
                    )  # fmt: skip
    return looked


@jit
def _mark(
    arc: int, low: int, high: int, start: Ints, head: Ints, below_start: Ints, below_arc: Ints, below: Ints,
    other: Ints, mine: Ints, against: Ints, old: int, new: int, waiting: NDArray[np.uint8], same: int, turned: int,
) -> None:  # fmt: skip
    """
    Mark what rests on an arc whose time in one direction changed (``mine``; ``other`` and ``against`` the other one).

    From another neighbour of the lower end over it to the higher end: in the same direction where that neighbour is
    below the higher end, turned where it is above.
    """
    at = below_start[high]
    end = below_start[high + 1]
    for k in range(start[low], arc):  # what is above the lower end and below the higher, in the same order there
        at = _next(below, at, end, head[k])
        rests = below_arc[at]
        if _follows(other[k] + old, other[k] + new, mine[rests]):
            waiting[rests] |= same
    at = start[high]
    end = start[high + 1]
    for k in range(arc + 1, start[low + 1]):  # what is above both
        at = _next(head, at, end, head[k])
        if _follows(other[k] + old, other[k] + new, against[at]):
            waiting[at] |= turned


@jit
def _follows(old: int, new: int, time: int) -> bool:
    """Whether a time changes with a way: it was by this way and that is slower now, or this way is quicker than it."""
    return new < time or (old == time and new > old)


@jit
def _quickest(
    first: int, last: int, lying: Ints, rises: Bools, rising: bool, arc_ms: Ints,
    i: int, end_i: int, j: int, end_j: int, below: Ints, below_arc: Ints, from_low: Ints, to_high: Ints,
) -> int:  # fmt: skip
    """
    The quickest in one direction: of the streets between two nodes, and over anything below both (``i`` to ``end_i``
    what is below the lower end, ``j`` to ``end_j`` the higher).
    """
    best = INF
    for k in range(first, last):
        if rises[lying[k]] == rising:
            best = min(best, arc_ms[lying[k]])
    if i < end_i and j < end_j:  # what is below the lower end lies close together; the higher has much else
        j = _next(below, j, end_j, below[i])
    while i < end_i and j < end_j:
        if below[i] == below[j]:
            best = min(best, from_low[below_arc[i]] + to_high[below_arc[j]])
            i += 1
            j += 1
        else:
            less = below[i] < below[j]
            i += less
            j += not less
    return best


@jit
def _next(listed: Ints, at: int, end: int, wanted: int) -> int:
    """Where ``wanted`` stands in a rising list from ``at`` on: in steps that double, then halve, as it lies near."""
    step = 1
    while at + step < end and listed[at + step] <= wanted:
        at += step
        step += step
    while step > 0:
        if at + step < end and listed[at + step] <= wanted:
            at += step
        step >>= 1
    return at
