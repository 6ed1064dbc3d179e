"""
What auxiliaries are due by grade (row T42): a table, dated grades, and whole months. Nobody sets a sum by hand.

A month counts whole, by the grade that somebody has on its first day, at the amount of the table on that day. Amounts
are in fen, so that sums by grade and by month are the same to the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Graded:
    """Somebody has a grade from a day until another (None: until somebody says otherwise)."""

    grade: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """So many people of a grade in a month, and what they are due. ``fen`` is None where the table has no amount."""

    grade: str
    month: int
    people: int
    fen: int | None


def amount_on(scale: Mapping[str, Sequence[tuple[date, int]]], grade: str, day: date) -> int | None:
    """What the table has for a grade on a day: the latest amount that has begun."""
    begun = [(since, fen) for since, fen in scale.get(grade, ()) if since <= day]
    return max(begun)[1] if begun else None


def due(
    graded: Iterable[Graded], scale: Mapping[str, Sequence[tuple[date, int]]], year: int, *, months: int = 12
) -> list[Due]:
    """All that is due in the first ``months`` of a year, by month and grade."""
    people: dict[tuple[int, str], int] = {}
    for spell in graded:
        for month in range(1, months + 1):
            first = date(year, month, 1)
            if spell.since <= first and (spell.until is None or first < spell.until):
                key = (month, spell.grade)
                people[key] = people.get(key, 0) + 1
    found = []
    for (month, grade), n in sorted(people.items()):
        each = amount_on(scale, grade, date(year, month, 1))
        found.append(Due(grade, month, n, None if each is None else each * n))
    return found
