"""
What follows from streets that close or open: the times that rest on them, and no others; compiled.

Numbers of arcs are an order in which whatever a time rests on is settled before it (see `kernels.py`, whose words are
used here).
"""

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

INF = 2**30 - 1


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
    waiting = np.zeros(len(head), np.bool_)
    heap = np.empty(1024, np.int64)
    size = 0
    for k in changed:
        if not waiting[k]:
            waiting[k] = True
            heap, size = _put(heap, size, k)
    looked = 0
    while size > 0:
        arc = heap[0]
        size = _drop(heap, size)
        waiting[arc] = False
        looked += 1
        low = lower[arc]
        high = head[arc]
        rise, fall = _by_street(lying[lying_start[arc] : lying_start[arc + 1]], rises, arc_ms)
        rise, fall = _by_below(low, high, below_start, below_arc, below, up, down, rise, fall)
        old_rise = up[arc]
        old_fall = down[arc]
        if rise == old_rise and fall == old_fall:
            continue
        up[arc] = rise
        down[arc] = fall
        at = below_start[high]
        for k in range(start[low], arc):  # what is above the lower end and below the higher, in the same order there
            at = _next(below, at, below_start[high + 1], head[k])
            rests = below_arc[at]
            follows = _follows(down[k] + old_rise, down[k] + rise, up[rests])
            follows |= _follows(old_fall + up[k], fall + up[k], down[rests])
            if follows and not waiting[rests]:
                waiting[rests] = True
                heap, size = _put(heap, size, rests)
        at = start[high]
        for k in range(arc + 1, start[low + 1]):  # what is above both
            at = _next(head, at, start[high + 1], head[k])
            follows = _follows(old_fall + up[k], fall + up[k], up[at])
            follows |= _follows(down[k] + old_rise, down[k] + rise, down[at])
            if follows and not waiting[at]:
                waiting[at] = True
                heap, size = _put(heap, size, at)
    return looked


@jit
def _follows(old: int, new: int, time: int) -> bool:
    """Whether a time changes with a way: it was by this way and that is slower now, or this way is quicker than it."""
    return new < time or (old == time and new > old)


@jit
def _by_street(streets: Ints, rises: Bools, arc_ms: Ints) -> tuple[int, int]:
    """The quickest of streets side by side, up and down."""
    rise = INF
    fall = INF
    for k in streets:
        if rises[k]:
            rise = min(rise, arc_ms[k])
        else:
            fall = min(fall, arc_ms[k])
    return rise, fall


@jit
def _by_below(
    low: int, high: int, below_start: Ints, below_arc: Ints, below: Ints, up: Ints, down: Ints, rise: int, fall: int
) -> tuple[int, int]:  # fmt: skip
    """The quickest between two nodes over anything below both, up and down, or what there is already."""
    i = below_start[low]
    end_i = below_start[low + 1]
    end_j = below_start[high + 1]
    j = end_j
    if i < end_i:  # what is below the lower end lies close together; the higher has much else
        j = below_start[high] + np.searchsorted(below[below_start[high] : end_j], below[i])
    while i < end_i and j < end_j and below[j] < low:
        if below[i] == below[j]:
            rise = min(rise, down[below_arc[i]] + up[below_arc[j]])
            fall = min(fall, down[below_arc[j]] + up[below_arc[i]])
            i += 1
            j += 1
        else:
            less = below[i] < below[j]
            i += less
            j += not less
    return rise, fall


@jit
def _put(heap: Longs, size: int, key: int) -> tuple[Longs, int]:
    if size == len(heap):
        larger = np.empty(2 * size, np.int64)
        larger[:size] = heap
        heap = larger
    place = size
    while place > 0 and heap[(place - 1) >> 1] > key:
        heap[place] = heap[(place - 1) >> 1]
        place = (place - 1) >> 1
    heap[place] = key
    return heap, size + 1


@jit
def _drop(heap: Longs, size: int) -> int:
    size -= 1
    last = heap[size]
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
    return size


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
