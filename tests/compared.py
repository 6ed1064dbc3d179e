"""What a run comes to, by the shape that the planner part writes, of areas and figures that a test chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

Three = tuple[float, float, float]


def figure(today: float, plan: float, low: float, high: float) -> dict[str, Any]:
    """A figure, the interval of its difference as said, those of both worlds a tenth wide."""
    return {
        "today": [today, today * 0.95, today * 1.05], "plan": [plan, plan * 0.95, plan * 1.05],
        "difference": [plan - today, low, high], "clear": low > 0 or high < 0,
    }  # fmt: skip


def area(code: str, zh: str, en: str, calls_day: float, *of: float) -> dict[str, Any]:
    """An area and its figure."""
    return {"unit": code, "zh": zh, "en": en, "calls_day": calls_day, **figure(*of)}


FIGURES: Mapping[str, dict[str, Any]] = {
    "response_p90_s.grade1": figure(378, 352, -38, -14), "response_p90_s.grade2": figure(452, 431, -33, -8),
    "response_p90_s.grade3": figure(884, 893, -21, 40), "response_p90_s.grade4": figure(1322, 1371, -40, 139),
    "response_within.grade1": figure(0.702, 0.779, 0.051, 0.103), "arrive_within": figure(0.959, 0.968, 0.005, 0.013),
    "late": figure(0.041, 0.032, -0.013, -0.005), "unreached.all": figure(0.004, 0.005, -0.002, 0.004),
    "sign_within": figure(0.971, 0.972, -0.004, 0.006), "workload_max": figure(0.58, 0.49, -0.11, -0.07),
    "workload_mean": figure(0.31, 0.31, -0.01, 0.01), "workload_sd": figure(0.11, 0.09, -0.03, -0.01),
    "lapsed": figure(4.1, 4.3, -0.9, 1.3), "waited": figure(12.0, 15.5, 1.5, 5.5),
    "overtime_s": figure(7200, 5400, -3000, -600),
}  # fmt: skip
AREAS: Sequence[dict[str, Any]] = (
    area("west", "西所", "West station", 34, 300, 264, -50, -22),
    area("east", "东所", "East station", 16, 310, 325, 4, 26),
)


def results(*, figures: Mapping[str, Any] = FIGURES, areas: Sequence[Any] = AREAS, **more: Any) -> dict[str, Any]:
    """A whole comparison."""
    times = list(range(0, 901, 30))

    def reached(middle: float) -> list[list[float]]:
        mean = [1 / (1 + exp(-(s - middle) / 60)) - 1 / (1 + exp(middle / 60)) for s in times]
        return [mean, [max(0.0, v - 0.02) for v in mean], [min(1.0, v + 0.02) for v in mean]]

    worlds = {"s": times, "today": reached(250), "plan": reached(225)}
    return {
        "figures": dict(figures), "areas": list(areas), "reached": {"1": worlds, "2": worlds},
        "coverage": {"calls": {"60": [0.2, 0.22], "180": [0.61, 0.66], "300": [0.864, 0.88]},
                     "ground": {"60": [0.05, 0.06], "180": [0.3, 0.33], "300": [0.55, 0.57]},
                     "crews": [9, 8], "hour": 27},
        "cost": {"crews": [24, 24], "officers": [67.2, 67.2], "crew_hours_week": [1344, 1344]}, "calls": 4312.0,
        "runs": 30, "days": 28, "level": 0.95, **more,
    }  # fmt: skip
