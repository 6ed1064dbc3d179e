"""
Many runs of a city, and what may be said of them: means with intervals, differences of two plans.

One run is one draw of chance and proves nothing. Runs with different seeds are independent, so their mean has an
interval; two plans under the same seeds meet the same calls and people, so their differences scatter far less than
they do, and it is the differences that are given an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import atan, cos, inf, pi, sin, sqrt

import numpy as np

from oneroom.engine.measures.loop import Loop
from oneroom.engine.simulate.city import run
from oneroom.engine.simulate.demand import Demand, Recorded
from oneroom.engine.simulate.ground import Ground, made_ready
from oneroom.engine.simulate.score import Figures, figures
from oneroom.engine.simulate.world import DAY_S, Unrunnable, World

Spread = Callable[[Callable[[int], Figures], Sequence[int]], Iterable[Figures]]  # in the order of the seeds


@dataclass(frozen=True, slots=True)
class Interval:
    """
    A mean over ``runs`` runs, and the interval that holds the truth at the level that was asked for. Where a run's
    figure has no end (inf) there is no mean: then it is the middle run's (`interval`).
    """

    mean: float
    low: float
    high: float
    runs: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure today and under a plan, and the difference (plan less today) with its own interval."""

    today: Interval
    plan: Interval
    difference: Interval

    @property
    def clear(self) -> bool:
        """Whether the difference is more than chance: its interval leaves zero out."""
        return self.difference.low > 0 or self.difference.high < 0


@dataclass(frozen=True, slots=True)
class Days:
    """How long a run is: ``days`` that count, after ``warm_days`` that only fill the city."""

    days: int
    warm_days: int = 1


def one_run(world: World, demand: Demand | Recorded, span: Days, seed: int, ground: Ground | None = None) -> Figures:
    """The figures of one run; the same arguments give the same figures, on any machine and in any process."""
    whole, loop = span.warm_days + span.days, Loop()
    calls = demand.calls(days=whole, weekday=world.begins.weekday(), seed=[seed])
    outcome = run(world, calls, loop.take, days=whole, ground=ground, since_s=span.warm_days * DAY_S)
    begins, ends = (world.begins + timedelta(days=days) for days in (span.warm_days, whole))
    return figures(loop, outcome, since=begins, until=ends, group=calls.group)


def one_of_each(
    worlds: tuple[World, World], demands: Sequence[Demand | Recorded], grounds: tuple[Ground, Ground], span: Days,
    seed: int,
) -> tuple[Figures, Figures]:  # fmt: skip
    """One seed under two plans: together, so that each seed that is done can be compared."""
    today, plan = (one_run(worlds[n], demands[n], span, seed, grounds[n]) for n in (0, 1))
    return today, plan


def replications(
    world: World, demand: Demand | Recorded, span: Days, seeds: Sequence[int], *, spread: Spread = map
) -> Iterator[Figures]:
    """
    The figures of one run for each seed, in the order of the seeds, each as soon as it and all before it are done.

    ``spread`` does the runs: one after the other, or as the ``map`` of an executor of threads or processes does. It
    changes how long they take, never a figure. One after the other, none begins before it is asked for.
    Raises Unrunnable before the first run.
    """
    yield from spread(partial(one_run, world, demand, span, ground=made_ready(world)), seeds)


def compare(today: Sequence[Figures], plan: Sequence[Figures], *, level: float = 0.95) -> dict[str, Compared]:
    """
    Each figure, today and under a plan; the n-th run of both under the n-th seed.

    A run without it in both worlds (no call of that grade or area came) says nothing of the figure; one that fewer than
    two runs have is left out. Raises Unrunnable for other than the same number of runs, at least two.
    """
    if len(today) != len(plan):
        raise Unrunnable("both worlds must be run under the same seeds")
    both = list(zip(today, plan, strict=True))
    found = {}
    for name in sorted(set().union(*today, *plan)):
        pairs = np.array([(a[name], b[name]) for a, b in both if name in a and name in b])
        if len(pairs) < 2 <= len(both):
            continue
        before, after = pairs[:, 0], pairs[:, 1]
        difference = np.subtract(after, before, out=np.zeros(len(pairs)), where=after != before)  # inf less inf: none
        found[name] = Compared(*(interval(each, level=level) for each in (before, after, difference)))
    return found


def interval(values: Sequence[float] | np.ndarray, *, level: float = 0.95) -> Interval:
    """
    Mean and Student's interval of independent figures. Raises Unrunnable for fewer than two.

    Where one is without end: the middle one, from the least to the greatest. They hold the median of such runs unless
    all of n runs fell on one side of it, whose chance is 2^(1 - n); where that is more than the level allows, nothing
    is said (from -inf to inf).
    """
    each = np.asarray(values, np.float64)
    if len(each) < 2:
        raise Unrunnable("one run proves nothing: an interval needs at least two")
    if not np.isfinite(each).all():
        ranks, sure = np.sort(each), 2.0 ** (1 - len(each)) <= 1 - level
        low, high = (float(ranks[0]), float(ranks[-1])) if sure else (-inf, inf)
        return Interval(float(ranks[(len(each) - 1) // 2]), low, high, len(each))
    mean, error = float(each.mean()), float(each.std(ddof=1)) / sqrt(len(each))
    reach = student(level, len(each) - 1) * error
    return Interval(mean, mean - reach, mean + reach, len(each))


def student(level: float, freedom: int) -> float:
    """How many standard errors hold a mean at this level (two-sided), with so many degrees of freedom."""
    low, high = 0.0, 1.0
    while _inside(high, freedom) < level:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, freedom) < level else (low, middle)
    return high


def _inside(t: float, freedom: int) -> float:
    """Chance that Student's t lies within ±t: the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4."""
    angle = atan(t / sqrt(freedom))
    c, s = cos(angle), sin(angle)
    term = total = c if freedom % 2 else 1.0
    for k in range(3 if freedom % 2 else 2, freedom, 2):
        term *= c * c * (k - 1) / k
        total += term
    if freedom % 2 == 0:
        return s * total
    return 2 / pi * (angle + (s * total if freedom > 1 else 0.0))
