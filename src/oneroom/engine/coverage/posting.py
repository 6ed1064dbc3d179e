"""
Where free crews should wait at some hours, from where the public calls at those hours (前置屯警, row T27).

Maximal covering by places: the points that together reach the most past calls within a limit, chosen greedily. Greedy
is never below 63 % of the best (Nemhauser, Wolsey, Fisher 1978), and how good it was this time is said: no choice of so
many points can reach more than ``bound``. It rests on calls alone, never on persons, and no point is published that
stands for fewer than eight addresses: each call counts for one point only, so none is told by subtracting two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

LEAST_ADDRESSES = 8  # as police.uk publishes (scope.md §5.2)
# Two calls nearer than this are one address: both sides of a street and several doors count once, so that scattered
# positions of one caller never make eight. What is counted is at most the number of doors.
ONE_ADDRESS_M = 50.0
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Point:
    """
    A place (an index of the candidates) and the calls it stands for: how many, from how many addresses, how many come
    in a week at these hours with the 95 % interval of that, and how many in as many hours on average (``usual``).
    """

    place: int
    calls: int
    addresses: int
    weekly: float
    low: float
    high: float
    usual: float


@dataclass(frozen=True, slots=True)
class Posting:
    """``reached`` of ``calls`` by the points together; no so many points reach more than ``bound``."""

    points: tuple[Point, ...]
    calls: int
    reached: int
    bound: int


def suggest(
    reaches: Bools, x: ArrayLike, y: ArrayLike, *, now: Bools, count: int, weeks: float, blocks: int
) -> Posting:
    """
    At most ``count`` points for the calls of some hours.

    ``reaches`` (places, calls) which calls each candidate would reach in time; ``x``, ``y`` (calls,) metres; ``now``
    (calls,) those of the hours asked for, the others give the usual rate; ``weeks`` over which they came, ``blocks``
    how many such spans of hours a week has.
    """
    east, north = np.asarray(x, np.float64), np.asarray(y, np.float64)
    left, free = reaches & now, np.ones(len(reaches), bool)
    total, reached, bound = int(now.sum()), 0, int(now.sum())
    points: list[Point] = []
    while True:
        each = left.sum(axis=1)
        gains, best = np.where(free, each, 0), np.sort(each)[::-1][:count].sum()
        bound = min(bound, reached + int(best))  # whoever adds so many more wins at most this
        place = int(gains.argmax()) if len(gains) else -1
        if len(points) == count or place < 0 or gains[place] < LEAST_ADDRESSES:
            return Posting(tuple(points), total, reached, max(bound, reached))
        free[place] = False
        mine = left[place].copy()
        doors = addresses(east[mine], north[mine])
        if doors < LEAST_ADDRESSES:
            continue  # nothing of it is told, not even that there is something
        points.append(_point(place, int(mine.sum()), doors, int(reaches[place].sum()), weeks, blocks))
        reached += int(mine.sum())
        left[:, mine] = False


def addresses(x: ArrayLike, y: ArrayLike) -> int:
    """At least how many addresses these places (metres) are: each counted one lies 50 m or more from all others."""
    spots = np.column_stack([np.asarray(x, np.float64), np.asarray(y, np.float64)])
    spots = spots[np.lexsort((spots[:, 1], spots[:, 0]))]
    found = 0
    while len(spots):
        found += 1
        spots = spots[np.hypot(*(spots - spots[0]).T) >= ONE_ADDRESS_M]
    return found


def interval(calls: int, weeks: float) -> tuple[float, float]:
    """The exact 95 % interval of a rate per week of which so many were counted (Garwood 1936)."""
    tail = (1.0 - _CONFIDENCE) / 2
    low = float(chdtri(2 * calls, 1.0 - tail)) / 2 if calls else 0.0
    return low / weeks, float(chdtri(2 * calls + 2, tail)) / 2 / weeks


def _point(place: int, calls: int, doors: int, always: int, weeks: float, blocks: int) -> Point:
    low, high = interval(calls, weeks)
    return Point(place, calls, doors, calls / weeks, low, high, always / weeks / blocks)
