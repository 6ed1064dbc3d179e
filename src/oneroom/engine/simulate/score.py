"""
What a run comes to, in figures: the loop as the live boards count it, response by grade and area, load of the crews.

All figures stand in one flat table, name to number, so that any of them can be averaged over runs and compared between
plans (`runs.py`). A figure that a run does not have (no call of that grade) is not in its table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.measures.loop import MEASURES, Call, Loop, Order, spread
from oneroom.engine.simulate.matters import Outcome

Figures = dict[str, float]
REACHED_S = tuple(range(0, 901, 30))  # the grid of ``reached``
SEEN_FOR = timedelta(seconds=REACHED_S[-1])


def figures(
    loop: Loop, outcome: Outcome, *, since: datetime, until: datetime | None = None, areas: bool = True,
    group: NDArray[np.int32] | None = None,
) -> Figures:  # fmt: skip
    """
    The table of a run; calls received before ``since`` (the warm-up) are not counted. ``until`` is the run's end:
    calls of its last quarter of an hour do not count for ``reached``, for nobody saw what became of them. ``group``
    is the area by which each call's figures are told; else it is the call's own.

    ``response_…``: from the call to the first crew there, seconds: mean, median, p90 and the share within the promise
    of its grade · ``sign``, ``depart``, ``arrive``, ``report``: share within the promise as the boards show it ·
    ``workload_…``: share of their time on duty that crews are at work, ``workload_spread`` the busiest to the median ·
    ``late``: share of calls that nobody reached within the promise of their grade · ``reached.gradeN.S``: share of
    all calls of the grade that somebody reached within S seconds · the rest are counts over the whole run.
    """
    calls = loop.counted(since=since)
    orders = loop.orders(calls)
    found: Figures = {"calls": float(len(calls))}
    for name, measure in MEASURES.items():
        share = spread(measure, orders).share
        if share is not None:
            found[f"{name}_within"] = share
    by_group: dict[str, list[float]] = defaultdict(list)
    first = _first_there(orders)
    for call in calls:
        if call.matter not in first:
            continue
        seconds = (first[call.matter] - call.received).total_seconds()
        by_group["all"].append(seconds)
        by_group[f"grade{call.grade}"].append(seconds)
        area = call.unit if group is None else int(group[_number(call)])
        if areas and area is not None:
            by_group[f"area{area}"].append(seconds)
    for name, times in by_group.items():
        if name.startswith("area"):
            found[f"calls.{name}"] = float(len(times))
        found[f"response_mean_s.{name}"] = float(np.mean(times))
        if name.startswith("area"):
            continue
        found[f"response_median_s.{name}"] = float(np.median(times))
        found[f"response_p90_s.{name}"] = float(np.percentile(times, 90))
        promised = limit_s("arrive", int(name.removeprefix("grade"))) if name.startswith("grade") else None
        if promised is not None:
            found[f"response_within.{name}"] = float(np.mean(np.array(times) <= promised))
    found |= _reached([call for call in calls if until is None or call.received < until - SEEN_FOR], first)
    on_duty = outcome.duty_s > 0
    load = outcome.worked_s[on_duty] / outcome.duty_s[on_duty]
    if load.size:
        found |= {
            "workload_mean": float(load.mean()),
            "workload_max": float(load.max()),
            "workload_sd": float(load.std()),
        }
        if np.median(load) > 0:
            found["workload_spread"] = float(load.max() / np.median(load))
    counts = ("overtime_s", "lapsed", "diverted", "waited", "left_over")
    return found | {name: float(getattr(outcome, name)) for name in counts}


def _first_there(orders: Iterable[Order]) -> dict[str, datetime]:
    """When the first crew was there, of each matter that anybody came to."""
    first: dict[str, datetime] = {}
    for order in orders:
        if order.arrived is not None and (order.matter not in first or order.arrived < first[order.matter]):
            first[order.matter] = order.arrived
    return first


def _reached(calls: Iterable[Call], first: dict[str, datetime]) -> Figures:
    """How many of all calls of a grade somebody reached in time, and which part was late."""
    took: dict[int, list[float]] = defaultdict(list)
    for call in calls:
        there = first.get(call.matter)
        took[call.grade].append(np.inf if there is None else (there - call.received).total_seconds())
    found: Figures = {}
    late = promised = 0
    for grade, times in took.items():
        each = np.sort(times)
        shares = np.searchsorted(each, REACHED_S, side="right") / len(each)
        found |= {f"reached.grade{grade}.{s}": float(share) for s, share in zip(REACHED_S, shares, strict=True)}
        limit = limit_s("arrive", grade)
        if limit is not None:
            late, promised = late + int((each > limit).sum()), promised + len(each)
    return found | ({"late": late / promised} if promised else {})


def _number(call: Call) -> int:
    """Which call of the run it is, from 0."""
    return int(call.matter.partition(":")[2]) - 1
