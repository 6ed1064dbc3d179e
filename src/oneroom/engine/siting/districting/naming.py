"""Which new district keeps which name: one to one, by most common work, so that as little as possible changes hands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

_UNITS = 1_000_000  # work in whole millionths of all of it: the assignment counts whole numbers


def named(of: Ints, was: Ints, work: Floats) -> dict[int, int]:
    """
    New district to the district of today that it goes on as, each at most once; those without a partner begin, or end.

    Exact: no other pairing has more work in common (of equals, the one with more ground). ``was`` is -1 where no
    district is today.
    """
    from ortools.graph.python import (
        linear_sum_assignment,
    )  # with it comes pandas, which every process would load in vain

    news, olds = int(of.max(initial=-1)) + 1, int(was.max(initial=-1)) + 1
    if not news or not olds:
        return {}
    common, ground = np.zeros((news, olds)), np.zeros((news, olds), np.int64)
    has = was >= 0
    np.add.at(common, (of[has], was[has]), work[has])
    np.add.at(ground, (of[has], was[has]), 1)
    size = max(news, olds)
    worth = np.zeros((size, size), np.int64)
    whole = float(work.sum()) or 1.0
    worth[:news, :olds] = np.rint(common / whole * _UNITS).astype(np.int64) * (len(of) + 1) + ground
    left, right = np.divmod(np.arange(size * size), size)
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(left.astype(np.int32), right.astype(np.int32), -worth.ravel())
    if solver.solve() != solver.OPTIMAL:
        raise RuntimeError("a full assignment always exists")
    pairs = [(new, solver.right_mate(new)) for new in range(news)]
    return {new: old for new, old in pairs if old < olds and ground[new, old]}


@dataclass(frozen=True, slots=True)
class Moved:
    """Ground that goes from one district to another (-1: from none): blocks, their work, its part of all work."""

    was: int
    becomes: int
    blocks: int
    work: float
    share: float


def moved(of: Ints, was: Ints, work: Floats) -> tuple[Moved, ...]:
    """All that changes hands, the most work first. Both number the same districts: see `renumbered`."""
    whole = float(work.sum()) or 1.0
    changed = np.flatnonzero(of != was)
    pairs, which = np.unique(np.column_stack([was[changed], of[changed]]), axis=0, return_inverse=True)
    which = which.ravel()
    blocks = np.bincount(which, minlength=len(pairs))
    load = np.bincount(which, weights=work[changed], minlength=len(pairs))
    found = [
        Moved(int(old), int(new), int(blocks[n]), float(load[n]), float(load[n]) / whole)
        for n, (old, new) in enumerate(pairs)
    ]
    return tuple(sorted(found, key=lambda m: (-m.work, -m.blocks, m.was, m.becomes)))


def renumbered(of: Ints, names: dict[int, int], olds: int) -> Ints:
    """``of`` in the numbers of today; districts that begin get numbers from ``olds`` on."""
    count = int(of.max(initial=-1)) + 1
    number, fresh = np.empty(count, np.int32), olds
    for new in range(count):
        if new in names:
            number[new] = names[new]
        else:
            number[new] = fresh
            fresh += 1
    return np.asarray(number[of], np.int32)
