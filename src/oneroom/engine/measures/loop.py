"""
The loop of an order: signed, set out, on scene, reported. How many, how quick, how many within the promise.

A measure is a name, a unit, a promise, the edges of its histogram (the public 110 bulletin's form) and a definition in
a sentence. ``Loop`` is the fold: it takes entries one by one, in the order of the record, and can be read at any time,
so the room's board and a simulated day are counted by the same code. Drills never count.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

FEW = 10  # fewer orders than this say nothing about a station
MINUTE = 60.0
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Measure:
    """
    One time of an order: from ``start`` to ``end``, promised within ``promise_s``.

    ``edges_s`` are the upper edges of its classes; the last class is what came later. ``definition`` is the English
    sentence and the key of its translation.
    """

    name: str
    start: str
    end: str
    promise_s: float
    edges_s: tuple[float, ...]
    definition: str
    unit: str = "s"

    def place(self, seconds: float) -> int:
        """The class of a time: 0 is the first."""
        return bisect_left(self.edges_s, seconds)


SIGN = Measure(
    "sign", "offered", "signed", 30, (30, MINUTE, 3 * MINUTE),
    "Signed = from the order leaving the room until somebody of the crew signs, or the room enters it for the crew. "
    "An order that nobody ever answered counts as latest, also where it was taken back after 30 s.",
)  # fmt: skip
DEPART = Measure(
    "depart", "offered", "departed", 5 * MINUTE, (MINUTE, 3 * MINUTE, 5 * MINUTE),
    "Set out = from the order leaving the room until the crew sets out.",
)  # fmt: skip
ARRIVE = Measure(
    "arrive", "offered", "arrived", 5 * MINUTE, (5 * MINUTE, 10 * MINUTE, 20 * MINUTE),
    "On scene = from the order leaving the room until the crew says it is there.",
)  # fmt: skip
REPORT = Measure(
    "report", "arrived", "reported", 30 * MINUTE, (30 * MINUTE, HOUR, 4 * HOUR),
    "Feedback = from arriving until the scene report of the crew.",
)  # fmt: skip
MEASURES = {m.name: m for m in (SIGN, DEPART, ARRIVE, REPORT)}

_STEP = {
    "assignment.acknowledged": "signed", "assignment.en_route": "departed", "assignment.on_scene": "arrived",
    "assignment.reported": "reported",
}  # fmt: skip
# What the fold reads, and of which of them it needs the facts.
WITH_FACTS = frozenset(
    {"incident.received", "incident.inherited", "incident.classified", "incident.amended", "incident.graded"}
)
# An order that ends so without having been signed for was never answered, if there was time to.
_TAKEN_BACK = frozenset({"assignment.withdrawn", "assignment.diverted"})
KINDS = frozenset(
    {*WITH_FACTS, "incident.merged", "incident.unmerged", "assignment.offered", "assignment.lapsed", *_TAKEN_BACK,
     *_STEP}
)  # fmt: skip


@dataclass(slots=True)
class Call:
    """A matter as far as figures need it."""

    matter: str
    received: datetime
    source: str
    grade: int = 0
    unit: int | None = None
    drill: bool = False
    merged: bool = False


@dataclass(slots=True)
class Order:
    """An order with the times of its steps."""

    matter: str
    offered: datetime
    signed: datetime | None = None
    departed: datetime | None = None
    arrived: datetime | None = None
    reported: datetime | None = None
    lapsed: bool = False

    def took_s(self, measure: Measure) -> float | None:
        """Seconds of a measure; None where it is not over. Times of one crew may be entered late, never below 0."""
        start, end = getattr(self, measure.start), getattr(self, measure.end)
        if start is None:
            return None
        if end is None:
            return float("inf") if self.lapsed and measure is SIGN else None
        return float(max(0.0, (end - start).total_seconds()))


@dataclass(frozen=True, slots=True)
class Spread:
    """A measure over some orders: how many in each class, how many within the promise, the median, who still waits."""

    measure: Measure
    counts: tuple[int, ...]
    within: int
    median_s: float | None
    waiting: int

    @property
    def n(self) -> int:
        """Orders of which the time is known."""
        return sum(self.counts)

    @property
    def share(self) -> float | None:
        """Share within the promise, 0 to 1; None without any."""
        return self.within / self.n if self.n else None

    @property
    def few(self) -> bool:
        """Too few to say anything by."""
        return self.n < FEW


class Loop:
    """The fold. Entries of matters that it never saw received are left out: a fold begins before its matters did."""

    def __init__(self) -> None:
        self.calls: dict[str, Call] = {}
        self._orders: dict[str, Order] = {}

    def take(self, kind: str, at: datetime, subject: str, matter: str, facts: Mapping[str, Any]) -> None:
        """One more entry. Of assignments no fact is needed: their subject names them."""
        if kind == "incident.received":
            # A second caller of the same matter is no second matter.
            grade, unit, drill = facts.get("grade", 0), facts.get("unit"), bool(facts.get("drill"))
            self.calls.setdefault(matter, Call(matter, at, facts["source"], grade, unit, drill=drill))
            return
        call = self.calls.get(matter)
        if call is None:
            return
        if kind == "assignment.offered":
            self._orders[subject] = Order(matter, at)
        elif kind in _STEP:
            order = self._orders.get(subject)
            if order is not None and getattr(order, _STEP[kind]) is None:
                setattr(order, _STEP[kind], at)
        elif kind == "assignment.lapsed":
            if (order := self._orders.get(subject)) is not None:
                order.lapsed = True
        elif kind in _TAKEN_BACK:
            order = self._orders.get(subject)
            if order is not None and (at - order.offered).total_seconds() > SIGN.promise_s:
                order.lapsed = True
        elif kind in ("incident.merged", "incident.unmerged"):
            call.merged = kind == "incident.merged"
        else:
            _say_anew(call, kind, facts)

    def counted(
        self, units: Collection[int] | None = None, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[Call]:
        """The matters that count: of some stations (None: all), received in a time. Neither drills nor merged ones."""
        return [
            c
            for c in list(self.calls.values())  # whole at once: another thread may be folding
            if not c.drill
            and not c.merged
            and (units is None or c.unit in units)
            and (since is None or c.received >= since)
            and (until is None or c.received < until)
        ]

    def orders(self, calls: Iterable[Call]) -> list[Order]:
        """The orders of these matters."""
        mine = {c.matter for c in calls}
        return [o for o in list(self._orders.values()) if o.matter in mine]


def _say_anew(call: Call, kind: str, facts: Mapping[str, Any]) -> None:
    """Where it is, whose it is or how grave was said anew."""
    call.grade = facts.get("grade", call.grade)
    if kind in ("incident.inherited", "incident.classified"):
        call.unit = facts.get("unit", call.unit)
    elif kind == "incident.amended" and facts["moved"]:
        call.unit = facts.get("unit")


def spread(measure: Measure, orders: Iterable[Order]) -> Spread:
    """A measure over these orders."""
    counts = [0] * (len(measure.edges_s) + 1)
    times: list[float] = []
    waiting = 0
    for order in orders:
        seconds = order.took_s(measure)
        if seconds is None:
            waiting += getattr(order, measure.start) is not None
            continue
        times.append(seconds)
        counts[measure.place(seconds)] += 1
    middle = median(times) if times else None
    return Spread(
        measure, tuple(counts), sum(1 for t in times if t <= measure.promise_s),
        None if middle == float("inf") else middle, waiting,
    )  # fmt: skip


def matters_in(measure: Measure, place: int, orders: Iterable[Order]) -> set[str]:
    """The matters behind one bar of a histogram: a figure opens its records."""
    return {o.matter for o in orders if (s := o.took_s(measure)) is not None and measure.place(s) == place}


def by_hour(calls: Iterable[Call], hour: Callable[[datetime], int]) -> list[int]:
    """Matters by hour of the day: 24 figures. ``hour`` tells the hour of an instant where the force is."""
    found = [0] * 24
    for c in calls:
        found[hour(c.received)] += 1
    return found
