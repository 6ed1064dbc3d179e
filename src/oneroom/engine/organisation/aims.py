"""
What a reform is to reach, as figures that are computed and never typed in (row T01).

An aim without a figure is unproven, however well it is described. What the figure was, is and shall be are read from
the facts of the organisation on a day; only the target is somebody's word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from oneroom.engine.organisation.facts import Duty
from oneroom.engine.organisation.figures import Share, front_line
from oneroom.engine.organisation.summary import Summary, summary
from oneroom.engine.organisation.tree import Tree

Value = float | None
# figure -> how it is read from the summary of a day; shares are in per cent
_OF_UNITS: dict[str, Callable[[Summary], float | Share | None]] = {
    "units": lambda s: s.units, "stations": lambda s: s.stations, "levels": lambda s: s.levels,
    "span": lambda s: s.span, "hops": lambda s: s.hops, "management": lambda s: s.management,
    "doubled": lambda s: len(s.doubled), "legal": lambda s: s.legal, "two_teams": lambda s: s.two_teams,
}  # fmt: skip
IN_STATIONS = "in_stations"  # sworn officers in stations, of all
FIGURES = (*_OF_UNITS, IN_STATIONS)
SHARES = frozenset({"management", "legal", "two_teams", IN_STATIONS})


class Standing(StrEnum):
    """How an aim stands on a day."""

    UNPROVEN = "unproven"  # no figure is bound to it, or there is nothing yet of which it could be one
    REACHED = "reached"
    NEARER = "nearer"
    UNMOVED = "unmoved"
    FARTHER = "farther"


def values(tree: Tree, duties: Iterable[Duty], officers: Mapping[str, int]) -> dict[str, Value]:
    """Every figure of a day; None where there is nothing of which it could be one. ``officers`` by unit."""
    of = summary(tree, duties)
    found = {code: _number(read(of)) for code, read in _OF_UNITS.items()}
    shares = [front_line(tree, officers, under=top) for top in tree.roots()]
    found[IN_STATIONS] = _number(Share(sum(s.part for s in shares), sum(s.whole for s in shares)))
    return found


def standing(baseline: Value, now: Value, target: Value) -> Standing:
    """Where the figure stands between what it was and what it shall be, whichever of them is the greater."""
    if baseline is None or now is None or target is None:
        return Standing.UNPROVEN
    if (now >= target) if target >= baseline else (now <= target):
        return Standing.REACHED
    before, left = abs(target - baseline), abs(target - now)
    if abs(left - before) < 1e-9:
        return Standing.UNMOVED
    return Standing.NEARER if left < before else Standing.FARTHER


def _number(value: float | Share | None) -> Value:
    if isinstance(value, Share):
        return value.percent
    return None if value is None else float(value)
