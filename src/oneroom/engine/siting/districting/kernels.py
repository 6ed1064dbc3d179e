"""
Compiled loops of districting: growing areas, moving a block over a border, cutting two neighbours anew.

Everything is a connected area around its seat, always: a move that would break one is not made. Chance comes from a
number that goes in and out (a 64-bit linear congruence, Knuth's MMIX constants), so that a seed tells the whole search.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
State = NDArray[np.uint64]

EVEN, BEYOND = 40.0, 4000.0  # a deviation squared, and what of it lies beyond what is allowed
WITHIN = 0.85  # of the tolerance: aimed at, so that what is allowed is kept with something to spare


@jit
def _draw(state: State, below: int) -> int:
    state[0] = state[0] * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
    return int((state[0] >> np.uint64(33)) % np.uint64(below))


@jit
def _uneven(load: float, target: float, tolerance: float) -> float:
    off = abs(load / target - 1.0)
    over = max(0.0, off - WITHIN * tolerance)
    return EVEN * off * off + BEYOND * over * over


@jit
def grow(start: Ints, other: Ints, of: Ints, load: Floats, cost: Floats, far: Floats) -> int:
    """
    Give every block that has no district yet to one it is joined to, the least laden district first, its nearest block
    first. ``of`` and ``load`` are changed in place. Gives how many are left that nobody reaches.
    """
    districts, blocks = cost.shape
    done = np.zeros(districts, np.bool_)
    left = 0
    for b in range(blocks):
        left += of[b] < 0
    while left > 0:
        least = -1
        for d in range(districts):
            if not done[d] and (least < 0 or load[d] < load[least]):
                least = d
        if least < 0:
            break
        best = -1
        for b in range(blocks):
            if of[b] >= 0 or (best >= 0 and far[least, b] >= far[least, best]):
                continue
            for place in range(start[b], start[b + 1]):
                if of[other[place]] == least:
                    best = b
                    break
        if best < 0:
            done[least] = True
            continue
        of[best] = least
        load[least] += cost[least, best]
        left -= 1
    return left


@jit
def _holds_without(start: Ints, other: Ints, of: Ints, block: int, seen: Ints, mark: int, queue: Ints) -> bool:
    """Whether the block's district stays in one piece when the block goes."""
    mine = of[block]
    first, wanted = -1, 0
    for place in range(start[block], start[block + 1]):
        if of[other[place]] == mine:
            wanted += 1
            first = other[place]
    if wanted <= 1:
        return wanted == 1
    seen[block], seen[first] = mark, mark
    queue[0] = first
    head, tail, found = 0, 1, 0
    while head < tail:
        at = queue[head]
        head += 1
        for place in range(start[at], start[at + 1]):
            near = other[place]
            if near == block:
                found += 1
                if found == wanted:
                    return True
            elif of[near] == mine and seen[near] != mark:
                seen[near] = mark
                queue[tail] = near
                tail += 1
    return False


@jit
def flip(
    start: Ints, other: Ints, of: Ints, load: Floats, cost: Floats, price: Floats, fixed: Bools, target: float,
    tolerance: float, steps: int, heat: float, state: State,
) -> int:  # fmt: skip
    """
    Move single blocks over borders, ``steps`` tries cooling from ``heat`` to nothing (simulated annealing). ``price``
    (districts, blocks): what a block costs in a district besides its load. Gives how many moves were made.
    """
    blocks = len(of)
    seen, queue = np.zeros(blocks, np.int32), np.empty(blocks, np.int32)
    mark, made = 0, 0
    for step in range(steps):
        b = _draw(state, blocks)
        many = start[b + 1] - start[b]
        if fixed[b] or many == 0:
            continue
        a, d = of[b], of[other[start[b] + _draw(state, many)]]
        if a == d:
            continue
        gain = _uneven(load[a], target, tolerance) + _uneven(load[d], target, tolerance)
        gain -= _uneven(load[a] - cost[a, b], target, tolerance) + _uneven(load[d] + cost[d, b], target, tolerance)
        gain += price[a, b] - price[d, b]
        if gain <= 0:
            warm = heat * (1.0 - step / steps)
            if warm <= 0 or _draw(state, 1 << 24) >= np.exp(gain / warm) * (1 << 24):
                continue
        mark += 1
        if not _holds_without(start, other, of, b, seen, mark, queue):
            continue
        load[a] -= cost[a, b]
        load[d] += cost[d, b]
        of[b] = d
        made += 1
    return made


@jit
def _random_tree(
    start: Ints, other: Ints, of: Ints, root: int, goal: int, parent: Ints, order: Ints, inside: Bools, block: Ints,
    above: Ints, state: State,
) -> int:  # fmt: skip
    """A tree over the districts of both blocks, its edges in random order: ``order`` from the root, and how many."""
    a, d = of[root], of[goal]
    count, size = 0, 1
    block[0], above[0] = root, -1
    while size > 0:
        pick = _draw(state, size)
        at, up = block[pick], above[pick]
        size -= 1
        block[pick], above[pick] = block[size], above[size]
        if inside[at]:
            continue
        inside[at] = True
        parent[at] = up
        order[count] = at
        count += 1
        for place in range(start[at], start[at + 1]):
            near = other[place]
            if not inside[near] and (of[near] == a or of[near] == d):
                block[size], above[size] = near, at
                size += 1
    for n in range(count):
        inside[order[n]] = False
    return count


@jit
def _sum_up(parent: Ints, order: Ints, count: int, sums: Floats) -> None:
    """Of each block of the tree: itself and all below it."""
    for n in range(count - 1, 0, -1):
        sums[parent[order[n]]] += sums[order[n]]


@jit
def recut(
    start: Ints, other: Ints, of: Ints, load: Floats, cost: Floats, price: Floats, fixed: Bools, seat: Ints,
    target: float, tolerance: float, steps: int, state: State,
) -> int:  # fmt: skip
    """
    Join two neighbouring districts, grow a random tree over both from one's seat, and cut it where the halves are
    evenest (the recombination step of DeFord, Duchin & Solomon 2021), if that is better than before. Only cuts on the
    way between the seats, with every fixed block on its own side, are looked at. Gives how many were made.
    """
    blocks = len(of)
    parent, order = np.full(blocks, -1, np.int32), np.empty(blocks, np.int32)
    room, above = np.empty(len(other) + 1, np.int32), np.empty(len(other) + 1, np.int32)
    inside, below = np.zeros(blocks, np.bool_), np.zeros(blocks, np.bool_)
    mine, theirs = np.zeros(blocks), np.zeros(blocks)  # of the tree below a block: its load if here, if there
    mine_price, theirs_price = np.zeros(blocks), np.zeros(blocks)
    mine_fixed, theirs_fixed = np.zeros(blocks), np.zeros(blocks)
    made = 0
    for _step in range(steps):
        b = _draw(state, blocks)
        many = start[b + 1] - start[b]
        if many == 0:
            continue
        a, d = of[b], of[other[start[b] + _draw(state, many)]]
        if a == d:
            continue
        root, goal = seat[a], seat[d]
        count = _random_tree(start, other, of, root, goal, parent, order, inside, room, above, state)
        was_price = 0.0
        for n in range(count):
            at = order[n]
            mine[at], theirs[at] = cost[a, at], cost[d, at]
            mine_price[at], theirs_price[at] = price[a, at], price[d, at]
            mine_fixed[at], theirs_fixed[at] = fixed[at] and of[at] == a, fixed[at] and of[at] == d
            was_price += price[of[at], at]
        for sums in (mine, theirs, mine_price, theirs_price, mine_fixed, theirs_fixed):
            _sum_up(parent, order, count, sums)
        best = _uneven(load[a], target, tolerance) + _uneven(load[d], target, tolerance) + was_price - 1e-12
        cut, at = -1, goal
        while at != root:
            if mine_fixed[at] == 0 and theirs_fixed[at] == theirs_fixed[root]:
                found = _uneven(mine[root] - mine[at], target, tolerance) + _uneven(theirs[at], target, tolerance)
                found += mine_price[root] - mine_price[at] + theirs_price[at]
                if found < best:
                    best, cut = found, at
            at = parent[at]
        if cut < 0:
            continue
        load[a], load[d] = mine[root] - mine[cut], theirs[cut]
        made += 1
        for n in range(count):
            at = order[n]
            below[at] = at == cut or (n > 0 and below[parent[at]])
            of[at] = d if below[at] else a
    return made
