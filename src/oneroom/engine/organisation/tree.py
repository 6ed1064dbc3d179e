"""
The tree of units on one day: paths, layers, spans and hops (rows T07, T08, B13).

Of the units that exist on that day; one whose parent does not is a root of its own, and ``lost`` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from oneroom.engine.organisation.facts import Facts, Spell


@dataclass(frozen=True, slots=True)
class Tree:
    """Units by code, the codes below each in order, and those whose parent is not there."""

    units: Mapping[str, Spell]
    below: Mapping[str | None, tuple[str, ...]]
    lost: tuple[str, ...]
    loops: tuple[str, ...]

    def path(self, code: str) -> list[str]:
        """The codes from this unit up to its root, both included; a loop is followed once."""
        found: list[str] = []
        at: str | None = code
        while at is not None and at in self.units and at not in found:
            found.append(at)
            at = self.units[at].parent
        return found

    def under(self, code: str) -> list[str]:
        """Every unit below this one, from the top down, by code on each level; without itself."""
        found: list[str] = []
        rest = list(self.below.get(code, ()))
        seen = {code}
        while rest:
            here = rest.pop(0)
            if here in seen:
                continue
            seen.add(here)
            found.append(here)
            rest.extend(self.below.get(here, ()))
        return found

    def roots(self) -> tuple[str, ...]:
        """Units that answer to nobody."""
        return self.below.get(None, ())

    def hops(self, code: str, *, to: str) -> int | None:
        """How many desks an order passes from ``code`` to ``to``: steps up to where they meet and down again."""
        mine, theirs = self.path(code), self.path(to)
        meet = next((n for n, unit in enumerate(mine) if unit in theirs), None)
        return None if meet is None else meet + theirs.index(mine[meet])

    def span(self, code: str) -> int:
        """Span of control: how many units answer to this one directly."""
        return len(self.below.get(code, ()))

    def heir(self, code: str, kinds: Iterable[str]) -> str | None:
        """The nearest unit of these kinds on the way up, itself included; None where there is none."""
        wanted = set(kinds)
        return next((unit for unit in self.path(code) if self.units[unit].kind in wanted), None)

    def standing(self, code: str, heirs: Mapping[str, str | None]) -> str:
        """
        Where what a unit had stands in this tree: with itself, or with the first of its heirs and their heirs that is
        there. The code itself where nobody has it.
        """
        seen: set[str] = set()
        at: str | None = code
        while at is not None and at not in self.units and at not in seen:
            seen.add(at)
            at = heirs.get(at)
        return at if at is not None and at in self.units else code


def tree_on(facts: Facts, day: date) -> Tree:
    """The tree as it stands on that day. Takes O(units)."""
    return tree_of(facts.on(day))


def tree_of(spells: Iterable[Spell]) -> Tree:
    """The tree of these units, one spell each."""
    units = {spell.code: spell for spell in sorted(spells, key=lambda spell: spell.code)}
    below: dict[str | None, list[str]] = {}
    lost = []
    for code, unit in units.items():
        if unit.parent is not None and unit.parent not in units:
            lost.append(code)
        below.setdefault(unit.parent if unit.parent in units else None, []).append(code)
    return Tree(units, {at: tuple(codes) for at, codes in below.items()}, tuple(lost), _loops(units))


def _loops(units: Mapping[str, Spell]) -> tuple[str, ...]:
    """Units on a circle of parents: none of them can be reached from the top."""
    sound: set[str] = set()
    bad: set[str] = set()
    for code in units:
        way: list[str] = []
        at: str | None = code
        while at is not None and at in units and at not in sound and at not in bad and at not in way:
            way.append(at)
            at = units[at].parent
        if at in way:
            circle = way[way.index(at) :]
            bad.update(circle)
            sound.update(way[: way.index(at)])
        else:
            sound.update(way)
    return tuple(sorted(bad))
