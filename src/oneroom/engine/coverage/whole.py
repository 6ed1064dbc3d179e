"""
Is every place of the city within two hours of a base, what goes when a base goes, and which base would mend most (T26).

A promise over a whole city is judged on bad days, not on an empty road: on the slowest hour of the morning and the
slowest of the evening, times the factor by which nine drives in ten stay below what was foreseen (`late_factor`). A
cell counts when it is reached in time in both, always in the direction from the base to the cell, so that one-way
streets count as they are driven. Exact over the bases and candidates given: each of them is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine.coverage.cells import Cells
from oneroom.engine.roads import INF, Metric, Points, RoadGraph, times_from

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LIMIT_MIN = 120  # 「应急机动力量2小时内全域覆盖」 (row T26)
ASSUMED_FACTOR = 1.3  # nine in ten over the foreseen time, while the record has too few drives to say
LEAST_DRIVES = 200  # from so many on, the ninetieth percentile moves little from week to week
_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class LateFactor:
    """By what a foreseen time is multiplied, from how many drives; ``fitted`` False: it is the stated assumption."""

    factor: float
    drives: int
    fitted: bool


def late_factor(foreseen_s: ArrayLike, taken_s: ArrayLike) -> LateFactor:
    """
    The factor below which nine drives in ten stayed (never below 1). Drives foreseen at less than half a minute say
    nothing about driving and are left out; from too few of them nothing is fitted.
    """
    foreseen, taken = np.asarray(foreseen_s, np.float64), np.asarray(taken_s, np.float64)
    usable = (foreseen >= 30) & np.isfinite(foreseen) & np.isfinite(taken) & (taken > 0)
    count = int(usable.sum())
    if count < LEAST_DRIVES:
        return LateFactor(ASSUMED_FACTOR, count, False)
    found = float(np.quantile(taken[usable] / foreseen[usable], _SHARE))
    return LateFactor(max(1.0, round(found, 3)), count, True)


def slowest_hours(graph: RoadGraph) -> tuple[int, int]:
    """The slowest hour before noon and the slowest after it, each street counting by its length."""
    length = np.bincount(graph.edge_class, weights=graph.edge_length_m, minlength=graph.hour_factors.shape[1])
    slow = (1.0 / graph.hour_factors) @ length
    return int(slow[:12].argmax()), 12 + int(slow[12:].argmax())


def drive_s(cells: Cells, metrics: Sequence[Metric], places: Points, factor: float) -> Floats:
    """(metrics, places, cells) seconds from each place to each cell, inf where no road leads or a place is off road."""
    found = np.full((len(metrics), len(places), len(cells)), np.inf)
    for m, metric in enumerate(metrics):
        for place in range(len(places)):
            if places.edge[place] >= 0:
                ms = times_from(cells.graph, metric, places[place])[cells.node]
                found[m, place] = np.where(ms < INF, ms / 1000 * factor, np.inf)
    return found


@dataclass(frozen=True)
class Whole:
    """
    The answer. ``seconds`` (cells,): of the slower half of the day, inf where no base comes by road at all.

    ``red``: cells not within the limit, those of ``cut_off`` among them (no base has a road there, whatever the time);
    ``worst``: the cell that is reached last of those that are reached, -1 without any; ``turns_red``: for each base the
    cells that only it reaches in time.
    """

    limit_s: float
    seconds: Floats
    red: Bools
    cut_off: Bools
    worst: int
    turns_red: tuple[NDArray[np.int64], ...]

    @property
    def holds(self) -> bool:
        """Whether every cell is within the limit."""
        return not self.red.any()


def whole(times: Floats, limit_s: float) -> Whole:
    """The answer for bases with these times, (metrics, bases, cells) seconds as `drive_s` gives them."""
    _metrics, bases, cells = times.shape
    if not bases:
        nobody = np.full(cells, np.inf)
        return Whole(limit_s, nobody, np.ones(cells, bool), np.zeros(cells, bool), -1, ())
    first = times.min(axis=1)
    by_whom = times.argmin(axis=1)
    rest = times.copy()
    np.put_along_axis(rest, by_whom[:, None, :], np.inf, axis=1)
    second = rest.min(axis=1)
    seconds = first.max(axis=0)
    red = seconds > limit_s
    held = []
    for base in range(bases):
        without = np.where(by_whom == base, second, first).max(axis=0)
        held.append(np.flatnonzero((without > limit_s) & ~red))
    reached = np.isfinite(seconds)
    worst = int(np.where(reached, seconds, -1.0).argmax()) if reached.any() else -1
    return Whole(limit_s, seconds, red, ~reached, worst, tuple(held))


@dataclass(frozen=True, slots=True)
class Added:
    """What a candidate would bring: the weight that stays red with it, and the worst time then (inf: some cut off)."""

    candidate: int
    red_weight: float
    red_cells: int
    worst_s: float


def best_to_add(times: Floats, candidates: Floats, weight: Floats, limit_s: float) -> Added | None:
    """
    The candidate that leaves the least weight red, of those the one with the shortest worst time, then the first.

    ``times`` of the bases there are and ``candidates`` as `drive_s` gives them. None where there is no candidate.
    """
    metrics, count, cells = candidates.shape
    near = times.min(axis=1) if times.shape[1] else np.full((metrics, cells), np.inf)
    best: Added | None = None
    for candidate in range(count):
        seconds = np.minimum(near, candidates[:, candidate]).max(axis=0)
        red = seconds > limit_s
        found = Added(candidate, float(weight[red].sum()), int(red.sum()), float(seconds.max(initial=0.0)))
        if best is None or (found.red_weight, found.worst_s) < (best.red_weight, best.worst_s):
            best = found
    return best
