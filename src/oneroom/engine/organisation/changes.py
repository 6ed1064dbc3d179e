"""
What a reform does, as data: a list of changes that make tomorrow's facts of today's (rows T04–T09, B02–B08, B13).

Each change says what becomes of every unit that it ends, so that "where did it land?" has an answer for each. They are
made one after another on one day; a change sees what the ones before it made. ``BadInput`` names the change by its
place in the list and its field: ``3.parent``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from oneroom.engine.organisation.facts import Duty, Facts, Spell, System
from oneroom.engine.values import BadInput


@dataclass(frozen=True, slots=True)
class New:
    """A unit that begins with the reform."""

    code: str
    kind: str
    name_zh: str
    name_en: str = ""
    rank: str = ""
    system: System | None = None
    parent: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Create:
    """A unit begins, out of nothing that was there."""

    unit: New


@dataclass(frozen=True, slots=True)
class Merge:
    """Units end and go into one: a new one, or one of those that stay (``into``). Many to one (row T05)."""

    units: tuple[str, ...]
    into: str
    unit: New | None = None  # where ``into`` begins with the merger


@dataclass(frozen=True, slots=True)
class Split:
    """A unit ends and several begin in its place; ``units`` under ``heirs`` go where they are said to (row T17)."""

    unit: str
    into: tuple[New, ...]
    main: str  # the code of the one that inherits what nobody else is given


@dataclass(frozen=True, slots=True)
class Abolish:
    """A unit ends. ``heir`` takes what it had: units below it, functions, open matters."""

    unit: str
    heir: str | None = None


@dataclass(frozen=True, slots=True)
class Alter:
    """A unit stays and is something else from the day on: parent, name, rank, system, kind or area."""

    unit: str
    to: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delegate:
    """From the day on others answer for a function, in place of ``unit`` (rows T06, B08)."""

    function: str
    unit: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entrust:
    """From the day on these units answer for a function, besides whoever does already: a new one, or a founding."""

    function: str
    units: tuple[str, ...]


Join = Callable[[str, str], str]
Change = Create | Merge | Split | Abolish | Alter | Delegate | Entrust
ALTERABLE = frozenset({"kind", "name_zh", "name_en", "rank", "system", "parent", "area"})


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a unit: ``merged``, ``split`` or ``abolished``, and who has what it had."""

    how: str
    heirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    The facts after all changes, and what became of each unit that ended. ``touched`` says of units and functions which
    change, by its place in the list, was the last to make something else of them.
    """

    facts: Facts
    fates: dict[str, Fate]
    touched: dict[str, int] = field(default_factory=dict)

    def heir_of(self, code: str) -> str | None:
        """Who has what this unit had, at the end of a chain of reforms; itself where it did not end."""
        seen = set()
        while code in self.fates:
            if code in seen or not self.fates[code].heirs:
                return None
            seen.add(code)
            code = self.fates[code].heirs[0]
        return code


def apply(facts: Facts, changes: Sequence[Change], day: date, *, joined: Join | None = None) -> Outcome:
    """
    What the facts are when these changes are made on that day. What is true before it stays as it is.

    Ground goes with what inherits it, unless the reform draws the heir's: ``joined`` names two areas as one. Without it
    heirs keep the ground they have.

    Raises ``BadInput`` for a change that cannot be made: a unit that is not there, a code that is taken.
    """
    draft = _Draft(facts, day, joined)
    for n, change in enumerate(changes):
        draft.at = n
        try:
            draft.make(change)
        except BadInput as refused:
            raise BadInput(f"{n}.{refused.field}", refused.message, **refused.params) from None
    return Outcome(draft.facts(), draft.fates, draft.touched)


class _Draft:
    """Facts that are being changed: what has been, what is on the day, and what of it is below what."""

    def __init__(self, facts: Facts, day: date, joined: Join | None):
        self.day, self.joined = day, joined
        self.drawn: set[str] = set()  # whose ground the reform itself says
        self.past: dict[str, list[Spell]] = {}
        self.now: dict[str, Spell] = {}
        self.below: dict[str | None, set[str]] = {}
        self.later: dict[str, date] = {}
        self.duties: dict[str, dict[str, Duty]] = {}
        self.other_duties: list[Duty] = []
        self.fates: dict[str, Fate] = {}
        self.at = 0
        self.touched: dict[str, int] = {}
        for spell in facts.spells:
            self.past.setdefault(spell.code, [])
            if spell.holds(day):
                self._put(spell)
            elif spell.since > day:
                self.later[spell.code] = min(spell.since, self.later.get(spell.code, spell.since))
                self.past[spell.code].append(spell)
            else:
                self.past[spell.code].append(spell)
        for duty in facts.duties:
            if duty.holds(day):
                self.duties.setdefault(duty.unit, {})[duty.function] = duty
            else:
                self.other_duties.append(duty)

    def facts(self) -> Facts:
        spells = (*(s for mine in self.past.values() for s in mine), *self.now.values())
        duties = (*self.other_duties, *(d for mine in self.duties.values() for d in mine.values()))
        return Facts(spells, duties)

    def make(self, change: Change) -> None:
        match change:
            case Create(unit):
                self._begin(unit)
            case Merge(units, into, unit):
                self._merge(units, into, unit)
            case Split(unit, into, main):
                self._split(unit, into, main)
            case Abolish(unit, heir):
                if heir is not None:
                    self._get("heir", heir)
                self._end("unit", unit, Fate("abolished", (heir,) if heir else ()))
            case Alter(unit, to):
                self._alter(unit, to)
            case Delegate(function, unit, to):
                self._delegate(function, unit, to)
            case Entrust(function, units):
                for code in units:
                    self._get("units", code)
                    self._take_up(code, function)

    # ---- the changes ----

    def _merge(self, units: tuple[str, ...], into: str, unit: New | None) -> None:
        if len({*units} - {into}) < (2 if unit else 1):
            raise BadInput("units", "A merger takes at least two units.")
        for code in units:
            self._get("units", code)
        if unit is not None:
            if unit.code != into:
                raise BadInput("into", "The unit that begins is another than the one they go into.")
            self._begin(unit)
        self._get("into", into)
        for code in units:
            if code != into:
                self._end("units", code, Fate("merged", (into,)))

    def _split(self, code: str, into: tuple[New, ...], main: str) -> None:
        self._get("unit", code)
        if len(into) < 2:
            raise BadInput("into", "A split makes at least two units.")
        if main not in {unit.code for unit in into}:
            raise BadInput("main", "The main heir is one of the units that begin.")
        for unit in into:
            self._begin(unit)
        others = tuple(unit.code for unit in into if unit.code != main)
        self._end("unit", code, Fate("split", (main, *others)))

    def _alter(self, code: str, to: dict[str, Any]) -> None:
        now = self._get("unit", code)
        for name in to:
            if name not in ALTERABLE:
                raise BadInput(name, "That cannot be changed of a unit.")
        if to.get("parent") is not None:
            self._get("parent", to["parent"])
        if "area" in to:
            self.drawn.add(code)
        self._become(replace(now, **to))

    def _delegate(self, function: str, code: str, to: tuple[str, ...]) -> None:
        self._get("unit", code)
        if function not in self.duties.get(code, {}):
            raise BadInput("function", "The unit does not answer for this function on that day.")
        for heir in to:
            self._get("to", heir)
        if code not in to:
            self._lay_down(code, function)
        for heir in to:
            self._take_up(heir, function)

    # ---- what they are made of ----

    def _get(self, name: str, code: str) -> Spell:
        """What the unit is on the day; it must be there, and no later reform may have been signed for it."""
        if code not in self.now:
            raise BadInput(name, "There is no unit %(unit)s on that day.", unit=code)
        if code in self.later:
            day = self.later[code].isoformat()
            raise BadInput(name, "Another reform changes unit %(unit)s on %(day)s already.", unit=code, day=day)
        return self.now[code]

    def _put(self, spell: Spell) -> None:
        self.now[spell.code] = spell
        self.below.setdefault(spell.parent, set()).add(spell.code)

    def _begin(self, unit: New) -> None:
        if not unit.code:
            raise BadInput("code", "A unit needs a code.")
        if unit.code in self.past or unit.code in self.now:
            raise BadInput("code", "The code %(unit)s is taken: a code is never given twice.", unit=unit.code)
        if unit.parent is not None:
            self._get("parent", unit.parent)
        self.past[unit.code] = []
        self.touched[unit.code] = self.at
        if unit.area is not None:
            self.drawn.add(unit.code)
        self._put(
            Spell(
                unit.code, unit.kind, unit.name_zh, self.day, None, unit.name_en, unit.rank, unit.system, unit.parent,
                unit.area,
            )
        )  # fmt: skip

    def _become(self, spell: Spell) -> None:
        """The unit is this from the day on."""
        before = self.now[spell.code]
        self.touched[spell.code] = self.at
        self.below[before.parent].discard(spell.code)
        if before.since < self.day:
            self.past[spell.code].append(replace(before, until=self.day))
        self._put(replace(spell, since=self.day, until=None))

    def _end(self, name: str, code: str, fate: Fate) -> None:
        """The unit ends; what is below it, and its functions, go to its first heir."""
        gone = self._get(name, code)
        heir = fate.heirs[0] if fate.heirs else None
        if heir == code:
            raise BadInput(name, "A unit cannot be its own heir.")
        self.fates[code] = fate
        self.touched[code] = self.at
        if heir is not None:  # without one, the check names what is left behind
            for below in sorted(self.below.get(code, set()) - {code}):  # in a loop it may stand below itself
                self._become(replace(self._get(name, below), parent=gone.parent if below == heir else heir))
            for function in sorted(self.duties.get(code, ())):
                self._lay_down(code, function)
                self._take_up(heir, function)
            self._hand_ground(gone, heir)
        del self.now[code]
        self.below[gone.parent].discard(code)
        if gone.since < self.day:
            self.past[code].append(replace(gone, until=self.day))

    def _hand_ground(self, gone: Spell, heir: str) -> None:
        its = self.now[heir]
        if self.joined is None or gone.area is None or heir in self.drawn:
            return
        self._become(replace(its, area=gone.area if its.area is None else self.joined(its.area, gone.area)))

    def _lay_down(self, code: str, function: str) -> None:
        duty = self.duties[code].pop(function)
        self.touched[function] = self.at
        if duty.since < self.day:
            self.other_duties.append(replace(duty, until=self.day))

    def _take_up(self, code: str, function: str) -> None:
        self.duties.setdefault(code, {}).setdefault(function, Duty(function, code, self.day))
