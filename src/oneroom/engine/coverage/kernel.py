"""
The nearest few crews of every junction at once, compiled: one Dijkstra in which a junction is settled several times.

It borrows the heap of `engine/roads/kernels.py`; numba's cache does not see a change there, so whoever changes the heap
empties the cache.
"""

import numpy as np

from oneroom.engine.roads.jit import jit
from oneroom.engine.roads.kernels import INF, Ints, push, sink

NODE_BITS, OWNER_BITS, MS_BITS = 22, 13, 28  # together 63: one key of the heap, in the order time, crew, junction
MOST_NODES, MOST_OWNERS, MOST_MS = 1 << NODE_BITS, 1 << OWNER_BITS, (1 << MS_BITS) - 1


@jit
def nearest_few_kernel(
    start: Ints, other: Ints, weight_ms: Ints, seed_node: Ints, seed_ms: Ints, seed_owner: Ints, limit_ms: int,
    few: int,
) -> tuple[Ints, Ints]:  # fmt: skip
    """
    (nodes, few) milliseconds and (nodes, few) whose, nearest first, each owner at most once; INF and -1 where there
    are fewer within the limit. Equal times are in the order of the owners.

    `start, other, weight_ms` is the forward index of a network. Raises nothing: the caller keeps within MOST_….
    """
    nodes = len(start) - 1
    ms = np.full((nodes, few), INF, np.int32)
    owner = np.full((nodes, few), -1, np.int32)
    known = np.zeros(nodes, np.int8)
    heap = np.empty(1024, np.int64)
    size = 0
    for seed in range(len(seed_node)):
        if seed_ms[seed] > limit_ms:
            continue
        key = (np.int64(seed_ms[seed]) << (NODE_BITS + OWNER_BITS)) | (np.int64(seed_owner[seed]) << NODE_BITS)
        heap = push(heap, size, key | seed_node[seed])
        size += 1
    while size > 0:
        key = heap[0]
        sink(heap, size)
        size -= 1
        node = key & (MOST_NODES - 1)
        whose = (key >> NODE_BITS) & (MOST_OWNERS - 1)
        spent = key >> (NODE_BITS + OWNER_BITS)
        have = known[node]
        if have == few:
            continue
        twice = False
        for k in range(have):
            twice = twice or owner[node, k] == whose
        if twice:
            continue
        ms[node, have] = spent
        owner[node, have] = whose
        known[node] = have + 1
        for place in range(start[node], start[node + 1]):
            if weight_ms[place] >= INF:
                continue
            reach = spent + weight_ms[place]
            if reach > limit_ms or known[other[place]] == few:
                continue
            next_key = (np.int64(reach) << (NODE_BITS + OWNER_BITS)) | (np.int64(whose) << NODE_BITS)
            heap = push(heap, size, next_key | other[place])
            size += 1
    return ms, owner
