"""
p-median: the sites from which the weighted travel to everybody is least (Hakimi 1964).

A heuristic finds the answer (interchange from several starts, then again and again from a shaken best one), a bound
says how far it may be from the best (Lagrangian relaxation of "everybody is served once", by subgradients: Cornuejols,
Fisher & Nemhauser 1977). Where that is not enough a program proves it: sites that the bound rules out are left away,
and the rest is solved in the radius formulation (Garcia, Labbe & Marin 2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oneroom.engine.siting.capacity import with_capacity
from oneroom.engine.siting.covering import SECONDS
from oneroom.engine.siting.ground import Bools, Floats, Ground, Ints, Sited, Unanswerable, nearest_open
from oneroom.engine.siting.milp import Program, solve
from oneroom.engine.siting.swaps import interchange, reduced, served

TURNS = 60
HUGE = float(1 << 40)


@dataclass(frozen=True)
class Effort:
    """How much is tried: starts, shakes after them, steps of the bound, seconds for the proof (0: none)."""

    starts: int = 10
    shakes: int = 200
    steps: int = 600
    prove_s: float = 0.0


def p_median(
    ground: Ground, count: int, *, seed: int, effort: Effort = Effort(), capacity: Floats | None = None
) -> Sited:  # fmt: skip
    """
    ``count`` sites; ``value`` is the sum of weight times distance to the nearest, ``bound`` never above the best one.

    Points that no site reaches are named in ``out_of_reach`` and count nothing. ``capacity``: (sites,), the most demand
    a site can serve, if that matters (`capacity.with_capacity`); a point may then be shared out. Raises Unanswerable.
    """
    unreached = ground.out_of_reach(ground.far - 1)
    weight = ground.weight.copy()
    weight[list(unreached)] = 0.0
    wanted = ground.wanted(count)
    asked = np.flatnonzero(weight > 0)
    if not len(asked):
        raise Unanswerable("there is no demand that a site could reach")
    usable = ground.usable
    # A point that only some sites reach must be served by one of them: elsewhere it costs more than any answer.
    distance = np.where(ground.ms[asked] >= ground.far, HUGE, ground.ms[asked].astype(np.float64))
    cost = np.ascontiguousarray((distance * weight[asked][:, None]).T)
    search = _Search(cost, ground.standing, usable, wanted, seed)
    search.start(effort.starts)
    whole = bool((weight == np.rint(weight)).all())
    bound, saves = lower_bound(cost, ground.standing, usable, wanted, search.value, effort.steps, whole=whole)
    search.shake(effort.shakes, bound)
    best, value = search.best, search.value
    if effort.prove_s > 0 and bound < value:
        proof = _prove(cost, ground, saves, wanted, (best, value, bound), effort.prove_s)
        best, value, bound = proof
    sites = tuple(sorted(int(site) for site in best))
    if capacity is not None:
        return with_capacity(ground, count, ground.room(capacity), sites, effort.prove_s or SECONDS)
    return Sited(sites, value, min(bound, value), nearest_open(ground, sites), unreached, asked=count)


class _Search:
    """The best answer so far, and how it is looked for."""

    def __init__(self, cost: Floats, standing: tuple[int, ...], usable: Ints, count: int, seed: int) -> None:
        self._cost, self._fixed = cost, np.array(standing, np.int64)
        self._free = np.setdiff1d(usable, self._fixed)
        self._stays, self._many = np.array([len(standing)], np.int64), count - len(standing)
        self._chance = np.random.Generator(np.random.PCG64(seed))
        self.best, self.value = np.zeros(0, np.int64), np.inf

    def start(self, times: int) -> None:
        """Interchange from sites drawn by lot, and keep the best."""
        for _ in range(max(1, times)):
            self._improve(np.concatenate([self._fixed, self._chance.choice(self._free, self._many, replace=False)]))

    def shake(self, times: int, bound: float) -> None:
        """Exchange a few sites of the best answer by lot and improve again, until nothing better can exist."""
        spare = len(self._free) - self._many
        if self._many == 0 or spare == 0:
            return
        for turn in range(times):
            if self.value <= bound + 1e-9:
                return
            opened = self.best.copy()
            shaken = min(self._many, spare, 2 + turn % max(1, min(self._many // 3, 12)))
            slots = len(self._fixed) + self._chance.choice(self._many, shaken, replace=False)
            opened[slots] = self._chance.choice(np.setdiff1d(self._free, opened), shaken, replace=False)
            self._improve(opened)

    def _improve(self, opened: Ints) -> None:
        total = interchange(self._cost, opened, self._stays, self._chance.permutation(self._free), TURNS)
        if total < self.value - 1e-9:
            self.best, self.value = opened, total


def lower_bound(
    cost: Floats, standing: tuple[int, ...], usable: Ints, count: int, value: float, steps: int, *, whole: bool
) -> tuple[float, Floats]:
    """
    A total below which no choice of ``count`` sites can come, and what each site saves at the prices that gave it.

    ``cost``: (sites, points). ``value``: the total of an answer that is known. ``whole``: costs are whole numbers, so
    the bound may be rounded up.
    """
    fixed = np.array(standing, np.int64)
    free = np.setdiff1d(usable, fixed)
    many = count - len(fixed)
    price = np.sort(cost[usable], axis=0)[min(1, len(usable) - 1)].copy()
    saves, times = np.zeros(len(cost)), np.zeros(cost.shape[1])
    best, best_saves, step, still = -np.inf, saves.copy(), 2.0, 0
    for _ in range(steps):
        reduced(cost, price, saves)
        chosen = free[np.argpartition(saves[free], many - 1)[:many]] if 0 < many < len(free) else free[:many]
        chosen = np.concatenate([fixed, chosen])
        total = float(price.sum() + saves[chosen].sum())
        if total > best + 1e-9:
            best, best_saves, still = total, saves.copy(), 0
        else:
            still += 1
            if still >= 12:
                step, still = step / 2, 0
        if best >= value - (1 - 1e-6 if whole else 1e-6) or step < 1e-5:
            break
        served(cost, price, chosen, times)
        away = 1.0 - times
        length = float(away @ away)
        if length == 0.0:
            break
        price = np.maximum(0.0, price + step * max(value - total, 1e-6) / length * away)
    if whole:
        best = float(np.ceil(best - 1e-6))
    return min(best, value), best_saves


def _prove(
    cost: Floats, ground: Ground, saves: Floats, count: int, known: tuple[Ints, float, float], seconds: float
) -> tuple[Ints, float, float]:
    """The best answer and its bound, from a program over the sites that the Lagrangian bound does not rule out."""
    best, value, bound = known
    usable = ground.usable
    many = count - len(ground.standing)
    free = np.setdiff1d(usable, np.array(ground.standing, np.int64))
    if many == 0 or many >= len(free):
        return best, value, value
    edge = np.partition(saves[free], many - 1)[many - 1]
    # With a site of the others in it, no answer is below bound - edge + saves: where that is above ours, it is out.
    kept = np.union1d(free[bound - edge + saves[free] <= value], best)
    sites = np.union1d(kept, np.array(ground.standing, np.int64)).astype(np.int64)
    program, first = _radius(cost[sites], np.isin(sites, ground.standing), count)
    start = _start(cost[sites], np.isin(sites, best), len(program.cost))
    found = solve(program, seconds=seconds, known=start)
    if found is None:
        return best, value, bound
    total = found.value + first
    if total < value - 1e-6:
        best, value = sites[found.columns[: len(sites)] > 0.5], total
    return best, value, min(value, max(bound, found.bound + first))


def _levels(costs: Floats, most: int) -> Floats:
    """The distances of a point that matter: one of the ``most`` nearest sites is open in any answer."""
    return np.unique(np.partition(costs, most - 1)[:most] if most < len(costs) else costs)


def _radius(cost: Floats, stands: Bools, count: int) -> tuple[Program, float]:
    """Columns: sites, then for each point and each of its levels but the last "nothing is open that near"."""
    sites, points = cost.shape
    steps, lengths, columns, values, low = [], [], [], [], []
    at, least = sites, 0.0
    for i in range(points):
        levels = _levels(cost[:, i], sites - count + 1)
        least += levels[0]
        order = np.searchsorted(levels, cost[:, i])
        for k in range(len(levels) - 1):
            mine = np.flatnonzero(order == k)
            before = [at - 1] if k else []
            columns.append(np.concatenate([mine, [at], before]))
            values.append(np.concatenate([np.ones(len(mine) + 1), -np.ones(len(before))]))
            lengths.append(len(columns[-1]))
            low.append(0.0 if k else 1.0)
            steps.append(levels[k + 1] - levels[k])
            at += 1
    size = at
    lower = np.zeros(size)
    lower[:sites][stands] = 1.0
    whole = np.zeros(size, bool)
    whole[:sites] = True
    program = Program(np.concatenate([np.zeros(sites), steps]), lower, np.ones(size), whole, maximise=False)
    if columns:
        floor = np.array(low)
        program.rows(
            np.array(lengths), np.concatenate(columns), np.concatenate(values), floor, np.full(len(low), np.inf)
        )
    program.row(np.arange(sites), 1.0, count, count)
    return program, least


def _start(cost: Floats, opened: Bools, size: int) -> Floats:
    """The columns of an answer that is known."""
    sites, points = cost.shape
    columns = np.zeros(size)
    columns[:sites] = opened
    at, count = sites, int(opened.sum())
    for i in range(points):
        levels = _levels(cost[:, i], sites - count + 1)
        near = cost[opened, i].min()
        columns[at : at + len(levels) - 1] = levels[:-1] < near
        at += len(levels) - 1
    return columns
