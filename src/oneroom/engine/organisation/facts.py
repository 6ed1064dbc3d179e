"""
Units and their functions, each true from a day until another (rows T04, T06; workflow §2.2).

A day counts from its first minute: what begins on the 1st is true on the 1st, what ends on the 1st no longer is. So a
unit that is renamed has two spells that meet on one day, and no day has none or two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from oneroom.engine.values import BadInput


class System(StrEnum):
    """The four systems into which more than twenty departments went (row T09)."""

    COMMAND = "command"  # 决策指挥
    OVERSIGHT = "oversight"  # 管理监督
    OPERATIONS = "operations"  # 警务实战
    SUPPORT = "support"  # 保障支援


@dataclass(frozen=True, slots=True)
class Spell:
    """
    What a unit is from ``since`` until the day ``until`` (None: until somebody says otherwise).

    ``code`` names the unit through all its spells. ``kind`` says what it is (``station``, ``branch_bureau`` …),
    ``rank`` its administrative rank, ``town`` whether a station is a town's (row B16). ``area`` names the drawn area it
    answers for, wherever that is kept; None for a unit without one.
    """

    code: str
    kind: str
    name_zh: str
    since: date
    until: date | None = None
    name_en: str = ""
    rank: str = ""
    system: System | None = None
    parent: str | None = None
    area: str | None = None

    def holds(self, day: date) -> bool:
        """Is this what the unit is on that day?"""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Duty:
    """A unit answers for a function (``exit_entry``, ``traffic`` …) from a day until another (rows T06, B08, T47)."""

    function: str
    unit: str
    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Does the unit answer for it on that day?"""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Facts:
    """All spells of all units and all functions, past and to come."""

    spells: tuple[Spell, ...] = ()
    duties: tuple[Duty, ...] = ()
    _of: dict[str, list[Spell]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for spell in self.spells:
            self._of.setdefault(spell.code, []).append(spell)
        for mine in self._of.values():
            mine.sort(key=lambda spell: spell.since)

    def of(self, code: str) -> list[Spell]:
        """The spells of one unit, oldest first; none where nobody knows the code."""
        return list(self._of.get(code, ()))

    def at(self, code: str, day: date) -> Spell | None:
        """What the unit is on that day; None where it does not exist then."""
        return next((spell for spell in self._of.get(code, ()) if spell.holds(day)), None)

    def on(self, day: date) -> Iterator[Spell]:
        """Every unit there is on that day."""
        return (spell for spell in self.spells if spell.holds(day))

    def as_of(self, day: date) -> Facts:
        """Only what holds on that day, as if nothing were to change after it."""
        spells = tuple(replace(spell, until=None) for spell in self.on(day))
        return Facts(spells, tuple(replace(duty, until=None) for duty in self.duties_on(day)))

    def duties_on(self, day: date) -> Iterator[Duty]:
        """Who answers for what on that day."""
        return (duty for duty in self.duties if duty.holds(day))


def checked(facts: Facts) -> Facts:
    """
    The same, where no unit has two spells on one day and none ends before it begins.

    Raises ``BadInput`` naming the unit: the first fault in order of codes, so that two runs say the same.
    """
    for code in sorted({spell.code for spell in facts.spells}):
        mine = facts.of(code)
        for spell in mine:
            if spell.until is not None and spell.until <= spell.since:
                raise BadInput(code, "It ends before it begins.")
        for earlier, later in pairwise(mine):
            if earlier.until is None or later.since < earlier.until:
                raise BadInput(code, "Two descriptions of one unit are true on the same day.")
    return facts
