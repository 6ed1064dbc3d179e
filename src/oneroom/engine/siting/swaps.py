"""Compiled loops of the p-median: one round of interchanges, and one step of the Lagrangian bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.jit import jit

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@jit
def interchange(cost: Floats, opened: Ints, stays: Ints, usable: Ints, turns: int) -> float:
    """
    Swap one open site for a closed one for as long as that makes the total less (Teitz & Bart 1968).

    ``cost``: (sites, points), weight times distance. ``opened``: (p,), changed in place; its first ``stays[0]`` are
    never swapped. Each closed site is tried in the order of ``usable`` and the best one to leave is found in one pass
    over the points (Whitaker 1983). Ends after ``turns`` passes at the latest; gives the total.
    """
    sites, points = cost.shape
    p = len(opened)
    is_open = np.zeros(sites, np.bool_)
    for slot in range(p):
        is_open[opened[slot]] = True
    first, second = np.empty(points, np.int64), np.empty(points, np.int64)
    near, next_near = np.empty(points), np.empty(points)
    for i in range(points):
        _look(cost, opened, i, first, second, near, next_near)
    extra = np.zeros(p)
    quiet = 0
    for turn in range(turns * len(usable)):
        enters = usable[turn % len(usable)]
        if is_open[enters]:
            quiet += 1
            if quiet >= len(usable):
                break
            continue
        gain = 0.0
        extra[:] = 0.0
        row = cost[enters]
        for i in range(points):
            if row[i] < near[i]:
                gain += near[i] - row[i]
            elif row[i] < next_near[i]:
                extra[first[i]] += row[i] - near[i]
            else:
                extra[first[i]] += next_near[i] - near[i]
        leaves, profit = -1, 1e-7
        for slot in range(stays[0], p):
            if gain - extra[slot] > profit:
                leaves, profit = slot, gain - extra[slot]
        if leaves < 0:
            quiet += 1
            if quiet >= len(usable):
                break
            continue
        quiet = 0
        is_open[opened[leaves]] = False
        is_open[enters] = True
        opened[leaves] = enters
        for i in range(points):
            if first[i] == leaves or second[i] == leaves:
                _look(cost, opened, i, first, second, near, next_near)
            elif row[i] < near[i]:
                second[i], next_near[i] = first[i], near[i]
                first[i], near[i] = leaves, row[i]
            elif row[i] < next_near[i]:
                second[i], next_near[i] = leaves, row[i]
    total = 0.0
    for i in range(points):
        total += near[i]
    return total


@jit
def _look(cost: Floats, opened: Ints, i: int, first: Ints, second: Ints, near: Floats, next_near: Floats) -> None:
    """The nearest and the next nearest open site of a point."""
    near[i] = next_near[i] = np.inf
    first[i] = second[i] = -1
    for slot in range(len(opened)):
        value = cost[opened[slot], i]
        if value < near[i]:
            second[i], next_near[i] = first[i], near[i]
            first[i], near[i] = slot, value
        elif value < next_near[i]:
            second[i], next_near[i] = slot, value
    if second[i] < 0:  # one site only: whoever replaces it serves everybody
        next_near[i] = 1e300


@jit
def reduced(cost: Floats, price: Floats, saves: Floats) -> None:
    """``saves[j]`` = the sum over points of min(0, cost[j, i] - price[i]): what site j is worth at these prices."""
    sites, points = cost.shape
    for j in range(sites):
        total = 0.0
        for i in range(points):
            away = cost[j, i] - price[i]
            if away < 0.0:
                total += away
        saves[j] = total


@jit
def served(cost: Floats, price: Floats, chosen: Ints, times: Floats) -> None:
    """``times[i]`` = how many of the chosen sites would serve point i at these prices."""
    times[:] = 0.0
    for n in range(len(chosen)):
        row = cost[chosen[n]]
        for i in range(len(price)):
            if row[i] < price[i]:
                times[i] += 1.0
