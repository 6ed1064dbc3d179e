"""
The drawings of a comparison as numbers: intervals on one scale, shares reached by time with their bands, bars.

They are drawn from here as SVG on the page and as lines on paper. No drawing carries what its table does not say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isinf
from typing import Any

from oneroom.engine.lifecycle.limits import limit_s
from oneroom.web.pages.office.plans.by_area import Area
from oneroom.web.pages.office.plans.numbers import Row, percent

WIDE, HIGH = 260.0, 30.0  # of an interval's drawing
_EDGE = 8.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Where zero, the ends and the mean of a difference stand, of ``WIDE``."""

    zero: float
    low: float
    high: float
    mean: float
    clear: bool

    @property
    def left(self) -> float:
        """Where the mark of the mean begins."""
        return round(self.mean - 4.5, 1)


def intervals(rows: Sequence[Row]) -> list[Interval]:
    """The differences of several rows on one scale, zero included; what is without end goes to its edge."""
    spans = [row.figure.difference for row in rows if row.figure is not None]
    ends = [value for s in spans for value in s if isfinite(value)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    whole = (high - low) or 1.0

    def at(value: float) -> float:
        part = (value > 0) if isinf(value) else (value - low) / whole
        return round(_EDGE + part * (WIDE - 2 * _EDGE), 1)

    return [Interval(at(0), at(s[1]), at(s[2]), at(s[0]), s[1] > 0 or s[2] < 0) for s in spans]


@dataclass(frozen=True, slots=True)
class Curve:
    """
    The share of calls of a grade that somebody was at by a time, today and under the plan, with their bands.

    Points are of a field ``X`` by ``Y``; ``at`` are the two shares at the promise, where one is made.
    """

    grade: int
    today: tuple[tuple[float, float], ...]
    plan: tuple[tuple[float, float], ...]
    today_band: tuple[tuple[float, float], ...]
    plan_band: tuple[tuple[float, float], ...]
    promise_s: int | None
    promise_x: float
    at: tuple[float, float] | None
    ticks: tuple[tuple[float, int], ...]  # x, minutes
    table: tuple[tuple[int, float, float], ...]  # minutes, today, plan

    @property
    def paths(self) -> dict[str, str]:
        """The lines and the bands as paths of an SVG."""
        return {
            "today": path(self.today), "plan": path(self.plan), "today_band": path(self.today_band, closed=True),
            "plan_band": path(self.plan_band, closed=True),
        }  # fmt: skip

    @property
    def lines(self) -> list[tuple[float, float, int]]:
        """The lines of the scale: where each is, where its number stands, and the number."""
        return [(share_y(s / 100), share_y(s / 100) + 4, s) for s in SHARES]

    @property
    def beside(self) -> float:
        """Where the word of the promise stands."""
        return self.promise_x + 6

    @property
    def promise_min(self) -> int:
        """The promise in minutes."""
        return (self.promise_s or 0) // 60

    @property
    def at_said(self) -> tuple[str, ...]:
        """The two shares at the promise."""
        return tuple(percent(share) for share in self.at or ())

    @property
    def table_said(self) -> list[tuple[int, str, str]]:
        """The table in words."""
        return [(m, percent(a), percent(b)) for m, a, b in self.table]


X0, X1, Y0, Y1 = 40.0, 580.0, 206.0, 16.0
SHARES = (0, 25, 50, 75, 90, 100)


def share_y(share: float) -> float:
    """Where a share stands."""
    return round(Y0 + (Y1 - Y0) * min(max(share, 0.0), 1.0), 1)


def curve(results: Mapping[str, Any], grade: int) -> Curve | None:
    """The curves of a grade, or None where no call of that grade was run."""
    said = results.get("reached", {}).get(str(grade))
    if not said or len(said["s"]) < 2:
        return None
    times = [float(s) for s in said["s"]]
    last = times[-1]

    def x(s: float) -> float:
        return round(X0 + (X1 - X0) * s / last, 1)

    def line(values: Sequence[float]) -> tuple[tuple[float, float], ...]:
        return tuple((x(s), share_y(v)) for s, v in zip(times, values, strict=True))

    def band(of: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
        return (*line(of[1]), *reversed(line(of[2])))

    today, plan = said["today"], said["plan"]
    promise = limit_s("arrive", grade)
    promise = promise if promise is not None and promise <= last else None
    at = (_value(times, today[0], promise), _value(times, plan[0], promise)) if promise is not None else None
    ticks = tuple((x(m * 60), m) for m in _minutes(last) if m != 1)
    marks = tuple((m, _value(times, today[0], m * 60), _value(times, plan[0], m * 60)) for m in _minutes(last) if m)
    return Curve(
        grade, line(today[0]), line(plan[0]), band(today), band(plan), promise, x(promise or 0), at, ticks, marks,
    )  # fmt: skip


def path(points: Sequence[tuple[float, float]], *, closed: bool = False) -> str:
    """Points as the path of an SVG."""
    return "M" + "L".join(f"{x} {y}" for x, y in points) + ("Z" if closed else "")


def _minutes(last_s: float) -> list[int]:
    for step in ((0, 1, 3, 5, 10, 15), (0, 5, 10, 20, 30), (0, 10, 30, 60), (0, 30, 60, 120, 180)):
        if last_s <= step[-1] * 60:
            return [m for m in step if m * 60 <= last_s]
    return [0, 30, 60, 120, 180]


def _value(times: Sequence[float], values: Sequence[float], at: float) -> float:
    """The share at a time, between the times that were kept."""
    for n in range(1, len(times)):
        if at <= times[n]:
            part = (at - times[n - 1]) / ((times[n] - times[n - 1]) or 1.0)
            return float(values[n - 1] + (values[n] - values[n - 1]) * part)
    return float(values[-1])


@dataclass(frozen=True, slots=True)
class Bar:
    """An area's difference as a bar from the middle of 200: to the left faster, to the right slower."""

    x: float
    width: float
    sign: int


def bars(found: Sequence[Area]) -> list[Bar]:
    """The differences of several areas on one scale."""
    most = max((abs(a.size) for a in found if isfinite(a.size)), default=0.0) or 1.0
    made = []
    for a in found:
        width = 98.0 if isinf(a.size) else round(abs(a.size) / most * 98, 1)
        made.append(Bar(100 - width if a.size < 0 else 100.0, max(width, 0.5), a.sign))
    return made
