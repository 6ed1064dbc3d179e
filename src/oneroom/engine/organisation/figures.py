"""
Figures of the structure on one day, each with its definition (rows T05, T07–T09, T12, B02, B06, B15, B18, B38, T47).

A share is given as a fraction together with what it is of, so that a page can print "53.6 % (536 of 1,000)"; a whole of
nothing has no share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import floor

from oneroom.engine.organisation.facts import Duty, System
from oneroom.engine.organisation.tree import Tree


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole``: units, posts or people."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """In per cent, not rounded; None of nothing."""
        return 100 * self.part / self.whole if self.whole else None

    def reaches(self, percent: int) -> bool:
        """Is it at least so many per cent? Counted in whole numbers, so that 4 of 5 are 80 %; nothing of nothing."""
        return bool(self.whole) and 100 * self.part >= percent * self.whole


def layers(tree: Tree, kinds: Collection[str], *, top: str) -> dict[str, int]:
    """
    Levels of command from ``top`` down to each unit of these kinds below it, both counted (row T07).

    A bureau over a sub-bureau over a station is three levels (三级管理), over the station itself two (row T08).
    """
    found = {}
    for code in tree.under(top):
        if tree.units[code].kind in kinds:
            found[code] = tree.path(code).index(top) + 1
    return found


def spans(tree: Tree) -> dict[str, int]:
    """Span of control of every unit that has anything below it."""
    return {code: tree.span(code) for code in tree.units if tree.span(code)}


def system_shares(tree: Tree, weights: Mapping[str, int] | None = None) -> dict[System | None, Share]:
    """
    Share of each of the four systems by units, or by ``weights`` (posts or people of each unit).

    None stands for units that nobody tagged: each must have exactly one tag (row T09), so it should be of nothing.
    """
    sums: Counter[System | None] = Counter(dict.fromkeys(System, 0))
    for code, unit in tree.units.items():
        sums[unit.system] += 1 if weights is None else weights.get(code, 0)
    whole = sums.total()
    return {system: Share(part, whole) for system, part in sums.items()}


def overlaps(tree: Tree, duties: Iterable[Duty]) -> dict[str, list[str]]:
    """
    Functions for which several units answer although none of them is above another (row T47).

    A bureau's division and a station's team may share a function along one path of command: that is guidance. Two
    units side by side that answer for the same function under the same parent are an overlap.
    """
    owners: dict[str, set[str]] = {}
    for duty in duties:
        if duty.unit in tree.units:
            owners.setdefault(duty.function, set()).add(duty.unit)
    found = {}
    for function, units in sorted(owners.items()):
        by_parent: dict[str | None, list[str]] = {}
        for code in sorted(units):
            by_parent.setdefault(tree.units[code].parent, []).append(code)
        doubled = sorted(code for codes in by_parent.values() if len(codes) > 1 for code in codes)
        if doubled:
            found[function] = doubled
    return found


def front_line(tree: Tree, strength: Mapping[str, int], *, under: str, kinds: Collection[str] = ("station",)) -> Share:
    """
    Strength in stations of all strength below and in ``under`` (rows T12, B18). Who is counted is the caller's: sworn
    officers for the ratio of the texts, auxiliaries apart.
    """
    units = [under, *tree.under(under)]
    whole = sum(strength.get(code, 0) for code in units)
    return Share(sum(strength.get(code, 0) for code in units if tree.heir(code, kinds) is not None), whole)


def scattered(strength: Mapping[str, int], units: Iterable[str], *, least: int) -> tuple[Share, list[str]]:
    """
    Strength in units that hold fewer than ``least`` people, of all of it, and these units: the fewest people first
    (row T47, strength dispersion). Units in which nobody serves are none.
    """
    held = {unit: strength[unit] for unit in units if strength.get(unit, 0) > 0}
    small = sorted((unit for unit, people in held.items() if people < least), key=lambda unit: (held[unit], unit))
    return Share(sum(held[unit] for unit in small), sum(held.values())), small


def coverage(tree: Tree, where: Iterable[str], has: Collection[str]) -> tuple[Share, list[str]]:
    """
    How many of the units ``where`` have one of the kinds ``has`` directly below them, and the codes of those that have
    none (rows B16, B17, B38).
    """
    asked = sorted(set(where))
    gaps = [code for code in asked if not any(tree.units[u].kind in has for u in tree.below.get(code, ()))]
    return Share(len(asked) - len(gaps), len(asked)), gaps


def bases_of(part: int, percent: int) -> range:
    """
    The wholes of which ``part`` is ``percent`` when rounded to a whole per cent: what a printed figure leaves open.

    26 units at 31 % were 26 of 83, 84 or 85 (row B06). Half per cents round up.
    """
    least, below = percent - 0.5, percent + 0.5  # least <= 100 part / whole < below
    if part <= 0 or least <= 0:
        raise ValueError("Only a part of something, of at least one per cent, tells what it is of.")
    return range(floor(100 * part / below) + 1, floor(100 * part / least) + 1)
