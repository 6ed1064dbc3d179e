"""
What a run comes to, in figures: the loop as the live boards count it, response by grade and area, load of the crews.

All figures stand in one flat table, name to number, so that any of them can be averaged over runs and compared between
plans (`runs.py`). A figure that a run does not have (no call of that grade) is not in its table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import numpy as np

from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.measures.loop import MEASURES, Call, Loop, Order, spread
from oneroom.engine.simulate.matters import Outcome

Figures = dict[str, float]


def figures(loop: Loop, outcome: Outcome, *, since: datetime, areas: bool = True) -> Figures:
    """
    The table of a run; calls received before ``since`` (the warm-up) are not counted.

    ``response_…``: from the call to the first crew there, seconds: mean, median, p90 and the share within the promise
    of its grade · ``sign``, ``depart``, ``arrive``, ``report``: share within the promise as the boards show it ·
    ``workload_…``: share of their time on duty that crews are at work · the rest are counts over the whole run.
    """
    calls = loop.counted(since=since)
    orders = loop.orders(calls)
    found: Figures = {"calls": float(len(calls))}
    for name, measure in MEASURES.items():
        share = spread(measure, orders).share
        if share is not None:
            found[f"{name}_within"] = share
    by_group: dict[str, list[float]] = defaultdict(list)
    for call, seconds in _responses(calls, orders):
        by_group[f"grade{call.grade}"].append(seconds)
        if areas and call.unit is not None:
            by_group[f"area{call.unit}"].append(seconds)
    for group, times in by_group.items():
        found[f"response_mean_s.{group}"] = float(np.mean(times))
        if group.startswith("grade"):
            found[f"response_median_s.{group}"] = float(np.median(times))
            found[f"response_p90_s.{group}"] = float(np.percentile(times, 90))
            promised = limit_s("arrive", int(group.removeprefix("grade")))
            if promised is not None:
                found[f"response_within.{group}"] = float(np.mean(np.array(times) <= promised))
    on_duty = outcome.duty_s > 0
    load = outcome.worked_s[on_duty] / outcome.duty_s[on_duty]
    if load.size:
        found |= {
            "workload_mean": float(load.mean()),
            "workload_max": float(load.max()),
            "workload_sd": float(load.std()),
        }
    counts = ("overtime_s", "lapsed", "diverted", "waited", "left_over")
    return found | {name: float(getattr(outcome, name)) for name in counts}


def _responses(calls: Iterable[Call], orders: Iterable[Order]) -> Iterable[tuple[Call, float]]:
    """Each call that somebody came to, with the seconds until the first was there."""
    first: dict[str, datetime] = {}
    for order in orders:
        if order.arrived is not None and (order.matter not in first or order.arrived < first[order.matter]):
            first[order.matter] = order.arrived
    for call in calls:
        if call.matter in first:
            yield call, (first[call.matter] - call.received).total_seconds()
