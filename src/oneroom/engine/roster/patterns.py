"""
A roster from a pattern that repeats (two days, two nights, four off), each group of people some days further in it.

No rule is asked here: what a pattern breaks is named beside the grid as for a roster made by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

OFF = "-"
LONGEST = 28


def lay(pattern: str, people: Sequence[int], days: int, *, shift_by: int) -> dict[tuple[int, int], str]:
    """
    (person, day) -> code. Person number n begins n times ``shift_by`` days further in the pattern.

    ``pattern`` is a code for each day, ``-`` for a day off.
    """
    cells = {}
    for number, person in enumerate(people):
        for day in range(days):
            code = pattern[(day + number * shift_by) % len(pattern)]
            if code != OFF:
                cells[person, day] = code
    return cells


def unknown(pattern: str, codes: Collection[str]) -> str:
    """The first letter that is no shift and no day off; empty if all are known."""
    return next((c for c in pattern if c != OFF and c not in codes), "")
