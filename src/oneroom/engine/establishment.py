"""
The establishment (编制) as double-entry bookkeeping: what the whole force was approved, and which unit has how much of
it (rows B14, B15).

Every booking sums to nothing. What is approved is taken from ``FORCE``, an account that stands for the office that
approves, and given to units; an adjustment moves from unit to unit. So the units' quotas always sum to the total, and
the total changes by an approval alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FORCE = "force"  # no unit: what was approved for all stands here, below nothing


class Kind(StrEnum):
    """Who serves: each kind has quotas of its own, and auxiliaries are never counted as officers."""

    SWORN = "sworn"
    AUXILIARY = "auxiliary"
    GRID_WORKER = "grid_worker"


@dataclass(frozen=True, slots=True)
class Line:
    """From ``day`` on, so many places of a kind more (or fewer) for a unit."""

    unit: str
    kind: str
    delta: int
    day: date


def transfer(giver: str, taker: str, kind: str, count: int, day: date) -> tuple[Line, Line]:
    """The two lines of a booking. Raises ValueError for fewer than one place, or from a unit to itself."""
    if count < 1 or giver == taker:
        raise ValueError("a booking moves at least one place from one account to another")
    return Line(giver, kind, -count, day), Line(taker, kind, count, day)


def balance(lines: Iterable[Line]) -> dict[tuple[str, date], int]:
    """What does not sum to nothing, by kind and day; empty is right."""
    sums: Counter[tuple[str, date]] = Counter()
    for line in lines:
        sums[line.kind, line.day] += line.delta
    return {key: off for key, off in sums.items() if off}


def quotas(lines: Iterable[Line], day: date) -> dict[tuple[str, str], int]:
    """Places by (unit, kind) on that day, ``FORCE`` left out; units with none are not named."""
    sums: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if line.day <= day and line.unit != FORCE:
            sums[line.unit, line.kind] += line.delta
    return {key: places for key, places in sums.items() if places}


def total(lines: Iterable[Line], day: date) -> dict[str, int]:
    """Places approved for the whole force on that day, by kind."""
    sums: Counter[str] = Counter()
    for line in lines:
        if line.day <= day and line.unit == FORCE:
            sums[line.kind] -= line.delta
    return {kind: places for kind, places in sums.items() if places}


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody counts to a unit from a day until another, that one not counted."""

    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Over:
    """On ``day`` a unit has more people than places."""

    day: date
    people: int
    places: int


def first_over(places: Iterable[tuple[date, int]], stays: Iterable[Stay], since: date) -> Over | None:
    """
    The first day from ``since`` on, on which more people count than there are places; None if there is none.

    ``places`` are the changes (day, how many more) of one unit and kind, ``stays`` its people, past and to come.
    """
    changes: dict[date, tuple[int, int]] = {}

    def change(day: date, people: int, seats: int) -> None:
        had = changes.get(max(day, since), (0, 0))
        changes[max(day, since)] = (had[0] + people, had[1] + seats)

    change(since, 0, 0)
    for day, delta in places:
        change(day, 0, delta)
    for stay in stays:
        if stay.until is None or stay.until > since:
            change(stay.since, 1, 0)
            if stay.until is not None:
                change(stay.until, -1, 0)
    here = there = 0
    for day in sorted(changes):
        here, there = here + changes[day][0], there + changes[day][1]
        if here > there:
            return Over(day, here, there)
    return None


@dataclass(frozen=True, slots=True)
class MovedDown:
    """
    Posts that went from units to those below (减上补下): ``moved`` of them, of ``all`` posts of the force, of
    ``giving`` posts that the giving units had.
    """

    moved: int
    giving: int
    all: int

    @property
    def of_all(self) -> float | None:
        """In per cent of all posts."""
        return 100 * self.moved / self.all if self.all else None

    @property
    def of_giving(self) -> float | None:
        """In per cent of the posts of the giving units."""
        return 100 * self.moved / self.giving if self.giving else None

    @property
    def giving_share(self) -> float | None:
        """What part of all posts the giving units had, in per cent: the two ratios must agree with it (row B15)."""
        return 100 * self.giving / self.all if self.all else None


def share_behind(of_all: float, of_giving: float) -> float:
    """
    The share of all posts that the giving units must have had, in per cent, for two published ratios to agree:
    7.6 % of all and 16 % of theirs are one number only if they had 7.6 / 16 = 47.5 % (row B15).
    """
    return 100 * of_all / of_giving


def moved_down(lines: Iterable[Line], kind: str, *, since: date, until: date) -> MovedDown:
    """
    The ratio pair from the ledger, from the day ``since`` until ``until``, that one not counted: what units gave to
    other units, of what they and all had on the day before. Approvals move nothing down.
    """
    known = [line for line in lines if line.kind == kind]
    before = Counter[str]()
    gave = Counter[str]()
    for line in known:
        if line.unit == FORCE:
            continue
        if line.day < since:
            before[line.unit] += line.delta
        elif line.day < until:
            gave[line.unit] -= line.delta
    givers = {unit: many for unit, many in gave.items() if many > 0}
    return MovedDown(sum(givers.values()), sum(before[unit] for unit in givers), before.total())
