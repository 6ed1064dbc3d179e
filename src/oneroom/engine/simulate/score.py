"""
What a run comes to, in figures: the loop as the live boards count it, response by grade and area, load of the crews.

All figures stand in one flat table, name to number, so that any of them can be averaged over runs and compared between
plans (`runs.py`). A figure that a run does not have (no call of that grade) is not in its table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import inf

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.measures.loop import MEASURES, Call, Loop, Order, spread
from oneroom.engine.simulate.matters import Outcome

Figures = dict[str, float]
REACHED_S = tuple(range(0, 901, 30))  # the grid of ``reached``


def figures(
    loop: Loop, outcome: Outcome, *, since: datetime, until: datetime | None = None, areas: bool = True,
    group: NDArray[np.int32] | None = None,
) -> Figures:  # fmt: skip
    """
    The table of a run; calls received before ``since`` (the warm-up) are not counted. ``until`` is the run's end: of
    calls shortly before it nobody saw what became of them, so they count as received and for nothing else (`_seen`).
    ``group`` is the area by which each call's figures are told; else it is the call's own.

    ``response_…``: from the call to the first crew there, seconds. Median, p90 and the share within the promise of its
    grade are of all calls, one that nobody came to without end (inf); the mean is of those reached, inf without any,
    and stands beside ``unreached``, the share of calls that nobody came to · ``late``: share of calls that nobody
    reached within the promise of their grade · ``reached.gradeN.S``: share of all calls of the grade that somebody
    reached within S seconds · ``calls.areaN``: calls received · ``sign``, ``depart``, ``arrive``, ``report``: share of
    orders within the promise as the boards show it · ``workload_…``: share of their time on duty that crews are at
    work, ``workload_spread`` the busiest to the median · the rest are counts.
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
        area = call.unit if group is None else int(group[_number(call)])
        told = areas and area is not None
        if told:
            found[f"calls.area{area}"] = found.get(f"calls.area{area}", 0.0) + 1
        if not _seen(call, until):
            continue
        there = first.get(call.matter)
        seconds = inf if there is None else (there - call.received).total_seconds()
        for name in ("all", f"grade{call.grade}", *([f"area{area}"] if told else [])):
            by_group[name].append(seconds)
    for name, times in by_group.items():
        found |= _response(name, np.sort(times))
    found |= _late(by_group)
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


def _seen(call: Call, until: datetime | None) -> bool:
    """Whether the run went on for as long as is promised to the call, and for as long as ``reached`` looks."""
    longest = max(REACHED_S[-1], limit_s("arrive", call.grade) or 0)
    return until is None or call.received < until - timedelta(seconds=longest)


def _response(name: str, times: NDArray[np.float64]) -> Figures:
    """The figures of a group of calls; ``times`` ascending, inf where nobody came."""
    came = times[np.isfinite(times)]
    found = {
        f"unreached.{name}": (len(times) - len(came)) / len(times),
        f"response_mean_s.{name}": float(came.mean()) if len(came) else inf,
    }
    if name.startswith("area"):
        return found
    found |= {f"response_median_s.{name}": _part(times, 50), f"response_p90_s.{name}": _part(times, 90)}
    if name.startswith("grade"):
        shares = np.searchsorted(times, REACHED_S, side="right") / len(times)
        found |= {f"reached.{name}.{s}": float(share) for s, share in zip(REACHED_S, shares, strict=True)}
        promised = limit_s("arrive", int(name.removeprefix("grade")))
        if promised is not None:
            found[f"response_within.{name}"] = float(np.mean(times <= promised))
    return found


def _part(times: NDArray[np.float64], percent: int) -> float:
    """A percentile of ascending times; without end where one of those that it lies between is."""
    low, over = divmod(percent * (len(times) - 1), 100)
    if not over:
        return float(times[low])
    return float(times[low] + (times[low + 1] - times[low]) * over / 100) if np.isfinite(times[low]) else inf


def _late(by_group: dict[str, list[float]]) -> Figures:
    """Which share of the calls to which a time is promised were reached later, or never."""
    late = promised = 0
    for grade in (1, 2, 3, 4):
        limit, times = limit_s("arrive", grade), by_group.get(f"grade{grade}", [])
        if limit is not None:
            late, promised = late + sum(seconds > limit for seconds in times), promised + len(times)
    return {"late": late / promised} if promised else {}


def _first_there(orders: Iterable[Order]) -> dict[str, datetime]:
    """When the first crew was there, of each matter that anybody came to."""
    first: dict[str, datetime] = {}
    for order in orders:
        if order.arrived is not None and (order.matter not in first or order.arrived < first[order.matter]):
            first[order.matter] = order.arrived
    return first


def _number(call: Call) -> int:
    """Which call of the run it is, from 0."""
    return int(call.matter.partition(":")[2]) - 1
