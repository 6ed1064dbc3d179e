"""
A list of units against the facts of a day: what each line would do, and the changes that do it (docs/adr/0026).

A list says of some units what they are on one day; units that it does not name stay as they are, and a column that it
has not says nothing. No unit ends by a list: an end needs an heir, which a reform names. Each line has its fate: new,
changed, unchanged or refused, with every field that is wrong, so that nobody mends a list one fault at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from oneroom.engine.organisation.changes import Alter, Change, Create, Delegate, Entrust, New
from oneroom.engine.organisation.facts import Facts, Spell
from oneroom.engine.organisation.lines import Line, Words, read_line
from oneroom.engine.organisation.tree import tree_of
from oneroom.engine.values import BadInput

_DESCRIBES = ("name_zh", "name_en", "kind", "rank", "system", "parent")
_NO_PARENT = "It would answer to nobody: give the code of the unit above it."


class Fate(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """The fate of one line: the code it names, the fields that change, and everything that is wrong with it."""

    line: int
    code: str
    fate: Fate
    changed: tuple[str, ...] = ()
    wrong: tuple[BadInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """Every line answered, in order, and the changes of those that can be made."""

    answers: tuple[Answer, ...]
    changes: tuple[Change, ...]

    def of(self, fate: Fate) -> list[Answer]:
        """The lines with this fate."""
        return [answer for answer in self.answers if answer.fate is fate]


def listed(
    lines: Sequence[tuple[int, Mapping[str, str]]], facts: Facts, day: date, words: Words, *,
    unread: Mapping[int, Mapping[str, str]] | None = None,
) -> Listed:  # fmt: skip
    """
    What these lines (number, text by field) would make of the facts on that day. A field that is no key of a line is
    not in its list; ``unread`` are sentences of cells that could not be read, by line and field. O(lines + units).
    """
    units = {spell.code: spell for spell in facts.on(day)}
    # A kind that only a plan knows is a kind, too: what was exported comes back.
    words = replace(words, kinds={**{unit.kind.casefold(): unit.kind for unit in units.values()}, **words.kinds})
    made = [read_line(number, cells, words, (unread or {}).get(number, {})) for number, cells in lines]
    _codes(made, units, facts, day)
    for line in made:
        if line.code:
            _describe(line, units, day, words)
    _parents(made, units)
    _loops(made, units, day)
    _later(made, units, facts, day)
    functions = _Functions(made, facts, day)
    answers = tuple(_answer(line, functions) for line in made)
    sound = [line for line in made if not line.wrong]
    return Listed(answers, (*_creates(sound), *_alters(sound), *functions.changes(sound)))


def _codes(lines: Sequence[Line], units: Mapping[str, Spell], facts: Facts, day: date) -> None:
    """Each code once in the list, and none that was another unit's."""
    first: dict[str, Line] = {}
    for line in lines:
        code = line.code
        if not code:
            continue
        if code in first:
            line.wrong.append(BadInput("code", "Line %(line)d has this code, too.", line=first[code].number))
            if not any(refused.field == "code" for refused in first[code].wrong):
                first[code].wrong.append(BadInput("code", "Line %(line)d has this code, too.", line=line.number))
            continue
        first[code] = line
        line.now = units.get(code)
        if line.now is None and facts.of(code):
            line.wrong.append(
                BadInput("code", "The code %(unit)s is taken: a code is never given twice.", unit=code)
            )  # fmt: skip


def _describe(line: Line, units: Mapping[str, Spell], day: date, words: Words) -> None:
    """What is needed of a unit that begins, and what no list can say of one that is there."""
    said, now = line.said, line.now
    failed = {refused.field for refused in line.wrong}
    until = said.get("until")
    if until is not None and (now is None or now.until != until) and "until" not in failed:
        line.wrong.append(BadInput("until", "No unit ends by a list: a reform says who has what it had."))
    if said.get("since") is not None and said["since"] > day:
        told = day.isoformat()
        line.wrong.append(BadInput("since", "The list holds for %(day)s; this begins later. Leave it empty.", day=told))
    if now is not None:
        if not said.get("kind", now.kind):
            line.wrong.append(BadInput("kind", "This is needed."))
        if "system" in said and said["system"] is None and now.system is not None:
            line.wrong.append(BadInput("system", "This is needed."))
        return
    for name in ("name_zh", "kind"):
        if not said.get(name) and name not in failed:
            line.wrong.append(BadInput(name, "This is needed."))
    if said.get("system") is None and "system" not in failed:
        usual = words.usual.get(said.get("kind") or "")
        if usual is not None:
            said["system"] = usual
        else:
            line.wrong.append(BadInput("system", "This is needed."))


def _parents(lines: Sequence[Line], units: Mapping[str, Spell]) -> None:
    """Everybody answers to somebody who is there."""
    mine = {line.code: line for line in lines if line.code}
    rooted = any(unit.parent is None for unit in units.values())
    for line in lines:
        if not line.code or (line.now is not None and "parent" not in line.said):
            continue
        parent, was = line.said.get("parent"), line.now.parent if line.now is not None else None
        if any(refused.field == "parent" for refused in line.wrong):
            continue
        if parent is None:
            if was is not None or (line.now is None and rooted):
                line.wrong.append(BadInput("parent", _NO_PARENT))
            rooted = True
        elif parent not in units and parent not in mine:
            line.wrong.append(BadInput("parent", "There is no unit %(unit)s on that day.", unit=parent))


def _loops(lines: Sequence[Line], units: Mapping[str, Spell], day: date) -> None:
    """Nobody answers to himself in the end."""
    mine = {line.code: line for line in lines if line.code}
    after = {**units, **{code: _spell(line, day) for code, line in mine.items()}}
    for code in tree_of(after.values()).loops:
        if code in mine:
            mine[code].wrong.append(BadInput("parent", "In the end it answers to itself."))


def _later(lines: Sequence[Line], units: Mapping[str, Spell], facts: Facts, day: date) -> None:
    """What a signed reform changes on a later day no list changes before it."""
    later = {spell.code: spell.since for spell in facts.spells if spell.since > day and spell.code in units}
    for line in lines:
        if not later or not line.code or (line.now is not None and not _differs(line)):
            continue
        for name, code in (("code", line.code), ("parent", line.said.get("parent") or "")):
            if code in later:
                told = {"unit": code, "day": later[code].isoformat()}
                line.wrong.append(BadInput(name, "Another reform changes unit %(unit)s on %(day)s already.", **told))


def _spell(line: Line, day: date) -> Spell:
    """The unit as the line leaves it, for a look at the tree."""
    now = line.now or Spell(line.code, "", "", day)
    parent = line.said.get("parent") if "parent" in line.said else now.parent
    return Spell(line.code, now.kind, now.name_zh, day, parent=parent)


def _differs(line: Line) -> dict[str, Any]:
    """What the line says otherwise of a unit that is there."""
    assert line.now is not None
    return {n: line.said[n] for n in _DESCRIBES if n in line.said and line.said[n] != getattr(line.now, n)}


class _Functions:
    """Who answers for what after the list: what is taken up and laid down, and by whom it is held then."""

    def __init__(self, lines: Iterable[Line], facts: Facts, day: date) -> None:
        self.has: dict[str, set[str]] = {}
        for duty in facts.duties_on(day):
            self.has.setdefault(duty.unit, set()).add(duty.function)
        mine = [line for line in lines if line.code and "functions" in line.said]
        self.wants = {line.code: set(line.said["functions"]) for line in mine}
        self.owners: dict[str, list[str]] = {}
        for code in sorted({*self.has, *self.wants}):
            for function in self.wants.get(code, self.has.get(code, set())):
                self.owners.setdefault(function, []).append(code)
        for line in mine:
            lost = self.has.get(line.code, set()) - self.wants[line.code] - self.owners.keys()
            for function in sorted(lost):
                line.wrong.append(
                    BadInput("functions", "Nobody would answer for %(function)s any more.", function=function)
                )  # fmt: skip

    def differ(self, code: str) -> bool:
        """Does the list say others of this unit?"""
        return code in self.wants and self.wants[code] != self.has.get(code, set())

    def changes(self, lines: Iterable[Line]) -> list[Change]:
        """First what is taken up, then what is laid down, so that at no moment nobody has it."""
        up: dict[str, list[str]] = {}
        down: list[Change] = []
        for line in lines:
            if not self.differ(line.code):
                continue
            has, wants = self.has.get(line.code, set()), self.wants[line.code]
            for function in sorted(wants - has):
                up.setdefault(function, []).append(line.code)
            down += [Delegate(f, line.code, (self.owners[f][0],)) for f in sorted(has - wants)]
        return [*(Entrust(function, tuple(codes)) for function, codes in sorted(up.items())), *down]


def _answer(line: Line, functions: _Functions) -> Answer:
    if line.wrong:
        return Answer(line.number, line.code, Fate.REFUSED, (), tuple(line.wrong))
    if line.now is None:
        return Answer(line.number, line.code, Fate.NEW)
    changed = [*_differs(line), *(["functions"] if functions.differ(line.code) else [])]
    return Answer(line.number, line.code, Fate.CHANGED if changed else Fate.UNCHANGED, tuple(changed))


def _creates(lines: Iterable[Line]) -> list[Change]:
    """Units that begin, those above before those below."""
    rest = {line.code: line for line in lines if line.now is None}
    made: list[Change] = []
    while rest:
        ready = [line for line in rest.values() if line.said.get("parent") not in rest]
        for line in ready or list(rest.values()):
            said = line.said
            made.append(Create(New(
                line.code, said["kind"], said["name_zh"], said.get("name_en", ""), said.get("rank", ""),
                said.get("system"), said.get("parent"),
            )))  # fmt: skip
            del rest[line.code]
    return made


def _alters(lines: Iterable[Line]) -> list[Change]:
    return [Alter(line.code, to) for line in lines if line.now is not None and (to := _differs(line))]


def rows_of(spells: Iterable[Spell], functions: Mapping[str, Collection[str]]) -> list[dict[str, str]]:
    """The lines that say of these units what they are: read again they change nothing."""
    return [
        {
            "code": s.code, "name_zh": s.name_zh, "name_en": s.name_en, "kind": s.kind, "rank": s.rank,
            "system": str(s.system or ""), "parent": s.parent or "",
            "functions": "; ".join(sorted(functions.get(s.code, ()))), "since": s.since.isoformat(),
            "until": s.until.isoformat() if s.until is not None else "",
        }
        for s in sorted(spells, key=lambda s: s.code)
    ]  # fmt: skip
