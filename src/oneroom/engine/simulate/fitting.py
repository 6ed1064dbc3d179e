"""
A city's habits from its own record: times that scatter, and how long a way takes by hour of the day and grade.

Medians and quartiles carry every fit, since a record has forgotten buttons and entries made later: a fifth of it may be
wrong without moving them much. Few observations are drawn towards what holds for all (``HOLD``): an hour with three
runs says little of that hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine.simulate.world import Span, Unrunnable

Floats = NDArray[np.float64]
HOLD = 30.0  # so many observations weigh as much as what holds for all
GRADES = 4
_NORMAL_QUARTILES = 1.3489795  # between the quartiles of a standard normal
_ROUNDS = 30


@dataclass(frozen=True)
class Pace:
    """
    A way of so many metres takes ``start_s`` + metres × ``s_per_m`` × ``detour`` (24,) of its hour × ``slower`` (4,) of
    its grade. ``start_s`` does not grow with the way: to the car, out of the gate, from the kerb to the door.
    """

    start_s: float
    s_per_m: float
    detour: Floats
    slower: Floats

    def takes_s(self, metres: ArrayLike, hour: ArrayLike, grade: ArrayLike) -> Floats:
        """Seconds of ways, the start left out."""
        by_hour, by_grade = self.detour[np.asarray(hour)], self.slower[np.asarray(grade) - 1]
        return np.asarray(np.asarray(metres, np.float64) * self.s_per_m * by_hour * by_grade)


def span(seconds: ArrayLike) -> Span:
    """
    The log-normal time of these: their median, the scatter from their quartiles; none below a second is counted.

    Raises Unrunnable without any.
    """
    each = np.asarray(seconds, np.float64)
    logs = np.log(each[np.isfinite(each) & (each >= 1.0)])
    if not len(logs):
        raise Unrunnable("there is no time to fit a habit on")
    low, middle, high = np.quantile(logs, (0.25, 0.5, 0.75))
    return Span(float(np.exp(middle)), float((high - low) / _NORMAL_QUARTILES))


def pace(metres: ArrayLike, seconds: ArrayLike, hour: ArrayLike, grade: ArrayLike) -> Pace:
    """
    What ways took: of each its metres (straight, or by road), seconds, hour 0 to 23 and grade 1 to 4.

    The line through all has the least sum of absolute errors; the factors of hours and grades are then medians of what
    it leaves, in turn, drawn towards 1. Raises Unrunnable where ways do not differ, or longer ones do not take longer.
    """
    m, s = np.asarray(metres, np.float64), np.asarray(seconds, np.float64)
    h, g = np.asarray(hour, np.int64), np.asarray(grade, np.int64) - 1
    if len(m) < 2 or float(np.ptp(m)) == 0.0:
        raise Unrunnable("ways of different lengths are wanted to fit how long one takes")
    start, per_m = _line(m, s)
    if per_m <= 0:
        raise Unrunnable("in this record longer ways do not take longer: nothing can be said of a way")
    by_hour, by_grade = np.ones(24), np.ones(GRADES)
    for _ in range(_ROUNDS):
        by_grade = _factors(s - start, m * per_m * by_hour[h], g, GRADES)
        by_hour = _factors(s - start, m * per_m * by_grade[g], h, 24)
        by_hour /= float(np.average(by_hour, weights=np.maximum(np.bincount(h, minlength=24), 1e-9)))
    return Pace(start, per_m, by_hour, by_grade)


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Least absolute errors, by weighing squares anew (Schlossmacher 1973)."""
    design, weight = np.column_stack([np.ones_like(x), x]), np.ones_like(x)
    found: Floats = np.zeros(2, np.float64)
    for _ in range(_ROUNDS):
        found = np.asarray(np.linalg.lstsq(design * weight[:, None], y * weight, rcond=None)[0], np.float64)
        weight = 1.0 / np.sqrt(np.maximum(np.abs(y - design @ found), 1e-3))
    return max(0.0, float(found[0])), float(found[1])


def _factors(took: Floats, usual: Floats, group: NDArray[np.int64], groups: int) -> Floats:
    """By which factor each group takes longer than usual: a median weighed by the usual time, drawn towards 1."""
    found = np.ones(groups)
    for n in range(groups):
        mine = (group == n) & (usual > 0)
        if not mine.any():
            continue
        ratio, weight = took[mine] / usual[mine], usual[mine]
        order = np.argsort(ratio)
        middle = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
        many = int(mine.sum())
        found[n] = max(0.05, (many * float(ratio[order][middle]) + HOLD) / (many + HOLD))
    return found
