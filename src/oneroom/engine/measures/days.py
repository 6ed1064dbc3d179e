"""
The loop by day and station, in the form in which the public 110 bulletins print it.

The figures of one matter add up to those of a station and a day. A matter belongs to the day on which it was received,
whenever its crew reported. All its figures are made anew from all its entries whenever one of them is new: so what is
kept up entry by entry can never drift from what a whole count would give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from oneroom.engine.measures.loop import ARRIVE, DEPART, MINUTE, REPORT, SIGN, Call, Loop, Measure, Order

# (kind, at, subject, matter, facts), in the order of the record.
Told = tuple[str, datetime, str, str, Mapping[str, Any]]
# The circles of quick reaction: who stands near, who drives, who comes from the whole city.
CIRCLES_S = (1 * MINUTE, 3 * MINUTE, 5 * MINUTE)


@dataclass(frozen=True, slots=True)
class Figures:
    """
    Counts that add up. Of each measure: orders of which its time is known, and those within the promise; of arriving,
    those within 1, 3 and 5 minutes from the order.
    """

    received: int = 0
    self_found: int = 0
    orders: int = 0
    signed: int = 0
    signed_in: int = 0
    departed: int = 0
    departed_in: int = 0
    arrived: int = 0
    arrived_1: int = 0
    arrived_3: int = 0
    arrived_5: int = 0
    reported: int = 0
    reported_in: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    def __sub__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, name) - getattr(other, name) for name in NAMES))


NAMES = tuple(field.name for field in fields(Figures))
NONE = Figures()


def figures_of(call: Call, orders: Iterable[Order]) -> Figures | None:
    """Of one matter; None where it does not count: a drill, or merged into another."""
    if call.drill or call.merged:
        return None
    mine = list(orders)
    signed, departed, arrived, reported = (_times(m, mine) for m in (SIGN, DEPART, ARRIVE, REPORT))
    one, three, five = (_within(arrived, limit_s) for limit_s in CIRCLES_S)
    return Figures(
        1, int(call.source == "self"), len(mine), len(signed), _within(signed, SIGN.promise_s),
        len(departed), _within(departed, DEPART.promise_s), len(arrived), one, three, five,
        len(reported), _within(reported, REPORT.promise_s),
    )  # fmt: skip


def _times(measure: Measure, orders: Iterable[Order]) -> list[float]:
    return [seconds for order in orders if (seconds := order.took_s(measure)) is not None]


def _within(times: Iterable[float], limit_s: float) -> int:
    return sum(seconds <= limit_s for seconds in times)


def figures_by_matter(entries: Iterable[Told]) -> dict[str, tuple[Call, Figures | None]]:
    """Each matter of these entries, which are all entries of those matters, with its figures."""
    loop = Loop()
    for kind, at, subject, matter, facts in entries:
        loop.take(kind, at, subject, matter, facts)
    orders: dict[str, list[Order]] = {}
    for order in loop.orders(loop.calls.values()):
        orders.setdefault(order.matter, []).append(order)
    return {matter: (call, figures_of(call, orders.get(matter, ()))) for matter, call in loop.calls.items()}


def total(found: Iterable[Figures]) -> Figures:
    """All of them together."""
    return sum(found, NONE)
