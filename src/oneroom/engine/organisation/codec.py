"""
A reform as a document: what one house exports, another imports and a simulator runs (issue: a plan is data).

    {"schema": "oneroom.reform/1", "name": "…", "day": "2026-12-01",
     "changes": [{"do": "merge", "units": ["a", "b"], "into": "ab", "unit": {"code": "ab", "kind": "station", …}}, …],
     "areas": {"<name of ground>": <GeoJSON>}}

What is read is what was written, to the last field. A document of a later schema is refused, not guessed at. Refusals
name the change by its place and its field: ``changes.3.units``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from oneroom.engine.organisation.changes import (
    ALTERABLE,
    Abolish,
    Alter,
    Change,
    Create,
    Delegate,
    Entrust,
    Merge,
    New,
    Split,
)
from oneroom.engine.organisation.facts import Duty, Spell, System
from oneroom.engine.values import BadInput

SCHEMA = "oneroom.reform/1"
MOST = 5000  # changes of one reform
CODE = re.compile(r"^[a-z0-9][a-z0-9_.\-]{0,23}$")
LONGEST = {"code": 24, "kind": 24, "name_zh": 60, "name_en": 80, "rank": 24, "parent": 24, "area": 64}


@dataclass(frozen=True, slots=True)
class Document:
    """A whole plan: ``areas`` are the outlines that its changes name, as GeoJSON."""

    name: str
    day: date
    changes: tuple[Change, ...]
    areas: Mapping[str, Any] = field(default_factory=dict)


def write_document(plan: Document) -> dict[str, Any]:
    """The plan as JSON values."""
    return {
        "schema": SCHEMA, "name": plan.name, "day": plan.day.isoformat(), "changes": write_changes(plan.changes),
        "areas": dict(plan.areas),
    }  # fmt: skip


def read_document(said: Any) -> Document:
    """The plan of a document. Raises ``BadInput`` naming the field."""
    if not isinstance(said, dict) or said.get("schema") != SCHEMA:
        raise BadInput("schema", "This is no reform plan that this version reads (%(schema)s).", schema=SCHEMA)
    name = _text(said, "name", longest=80)
    try:
        day = date.fromisoformat(said.get("day", ""))
    except (TypeError, ValueError):
        raise BadInput("day", "A day looks like 2026-12-01.") from None
    areas = said.get("areas") or {}
    if not isinstance(areas, dict) or not all(isinstance(shape, dict) for shape in areas.values()):
        raise BadInput("areas", "Areas are GeoJSON by their names.")
    return Document(name, day, read_changes(said.get("changes")), areas)


def write_changes(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The changes as JSON values."""
    return [_write(change) for change in changes]


def read_changes(said: Any) -> tuple[Change, ...]:
    """The changes of JSON values. Raises ``BadInput`` naming the change by its place and its field."""
    if not isinstance(said, list):
        raise BadInput("changes", "The changes are a list.")
    if len(said) > MOST:
        raise BadInput("changes", "A reform has at most %(most)d changes.", most=MOST)
    found = []
    for n, row in enumerate(said):
        try:
            found.append(_read(row))
        except BadInput as refused:
            raise BadInput(f"changes.{n}.{refused.field}", refused.message, **refused.params) from None
    return tuple(found)


def areas_named(changes: Sequence[Change]) -> set[str]:
    """The names of the outlines that the changes draw."""
    news = [new for change in changes for new in _news(change)]
    drawn = {new.area for new in news} | {c.to.get("area") for c in changes if isinstance(c, Alter)}
    return {name for name in drawn if name is not None}


def write_spell(spell: Spell) -> list[Any]:
    """A spell as a row of JSON values."""
    until = spell.until.isoformat() if spell.until is not None else None
    return [spell.code, spell.kind, spell.name_zh, spell.since.isoformat(), until, spell.name_en, spell.rank,
            spell.system, spell.parent, spell.area]  # fmt: skip


def read_spell(row: Sequence[Any]) -> Spell:
    """The spell of such a row."""
    code, kind, zh, since, until, en, rank, system, parent, area = row
    return Spell(
        code, kind, zh, date.fromisoformat(since), date.fromisoformat(until) if until else None, en, rank,
        System(system) if system else None, parent, area,
    )  # fmt: skip


def write_duty(duty: Duty) -> list[Any]:
    """A function of a unit as a row of JSON values."""
    return [duty.function, duty.unit, duty.since.isoformat(), duty.until.isoformat() if duty.until else None]


def read_duty(row: Sequence[Any]) -> Duty:
    """The function of such a row."""
    function, unit, since, until = row
    return Duty(function, unit, date.fromisoformat(since), date.fromisoformat(until) if until else None)


def _news(change: Change) -> tuple[New, ...]:
    match change:
        case Create(unit):
            return (unit,)
        case Merge(unit=unit) if unit is not None:
            return (unit,)
        case Split(into=into):
            return into
    return ()


def _write(change: Change) -> dict[str, Any]:
    match change:
        case Create(unit):
            return {"do": "create", "unit": _write_new(unit)}
        case Merge(units, into, unit):
            said: dict[str, Any] = {"do": "merge", "units": list(units), "into": into}
            return said if unit is None else {**said, "unit": _write_new(unit)}
        case Split(code, parts, main):
            return {"do": "split", "unit": code, "into": [_write_new(part) for part in parts], "main": main}
        case Abolish(code, heir):
            return {"do": "abolish", "unit": code} if heir is None else {"do": "abolish", "unit": code, "heir": heir}
        case Alter(code, to):
            return {"do": "alter", "unit": code, "to": {k: str(v) if k == "system" and v else v for k, v in to.items()}}
        case Entrust(function, units):
            return {"do": "entrust", "function": function, "units": list(units)}
        case Delegate(function, code, heirs):
            return {"do": "delegate", "function": function, "unit": code, "to": list(heirs)}


def _write_new(unit: New) -> dict[str, Any]:
    said = {"code": unit.code, "kind": unit.kind, "name_zh": unit.name_zh, "name_en": unit.name_en, "rank": unit.rank,
            "system": str(unit.system) if unit.system else None, "parent": unit.parent, "area": unit.area}  # fmt: skip
    return {name: value for name, value in said.items() if value not in ("", None) or name in ("kind", "name_zh")}


def _read(row: Any) -> Change:
    if not isinstance(row, dict) or not isinstance(row.get("do"), str) or row["do"] not in _READERS:
        raise BadInput("do", "A change is one of %(kinds)s.", kinds=", ".join(sorted(_READERS)))
    reader, names = _READERS[row["do"]]
    for name in row:
        if name not in names and name != "do":
            raise BadInput(str(name)[:24], "There is no field of this name.")
    return reader(row)


def _read_merge(row: dict[str, Any]) -> Change:
    unit = _read_new(row["unit"], "unit") if row.get("unit") is not None else None
    return Merge(_codes(row, "units"), _text(row, "into", longest=24), unit)


def _read_split(row: dict[str, Any]) -> Change:
    parts = row.get("into")
    if not isinstance(parts, list):
        raise BadInput("into", "A split makes at least two units.")
    into = tuple(_read_new(part, f"into.{n}") for n, part in enumerate(parts))
    return Split(_text(row, "unit", longest=24), into, _text(row, "main", longest=24))


def _read_abolish(row: dict[str, Any]) -> Change:
    heir = _text(row, "heir", longest=24) if row.get("heir") is not None else None
    return Abolish(_text(row, "unit", longest=24), heir)


def _read_alter(row: dict[str, Any]) -> Change:
    to = row.get("to")
    if not isinstance(to, dict) or not to:
        raise BadInput("to", "Say what is to be changed of the unit.")
    read: dict[str, Any] = {}
    for name, value in to.items():
        if name not in ALTERABLE:
            raise BadInput("to", "That cannot be changed of a unit.")
        if name == "system":
            read[name] = _system(to)
        elif name in ("parent", "area") and value is None:
            read[name] = None
        else:
            read[name] = _text(to, name, longest=LONGEST[name], empty=name in ("rank", "name_en"))
    return Alter(_text(row, "unit", longest=24), read)


def _read_delegate(row: dict[str, Any]) -> Change:
    return Delegate(_text(row, "function", longest=32), _text(row, "unit", longest=24), _codes(row, "to"))


def _read_entrust(row: dict[str, Any]) -> Change:
    return Entrust(_text(row, "function", longest=32), _codes(row, "units"))


def _read_new(said: Any, where: str) -> New:
    if not isinstance(said, dict):
        raise BadInput(where, "Say what the unit is.")
    for name in said:
        if name not in _NEW:
            raise BadInput(f"{where}.{str(name)[:24]}", "There is no field of this name.")
    try:
        code = _text(said, "code", longest=24)
        if not CODE.match(code):
            raise BadInput("code", "A code is of small letters, digits, points and hyphens, at most 24.")
        kind, name_zh = (_text(said, name, longest=LONGEST[name]) for name in ("kind", "name_zh"))
        name_en, rank = (_text(said, name, longest=LONGEST[name], empty=True) for name in ("name_en", "rank"))
        parent, area = (_text(said, n, longest=LONGEST[n]) if said.get(n) is not None else None for n in _REFS)
        return New(code, kind, name_zh, name_en, rank, _system(said), parent, area)
    except BadInput as refused:
        raise BadInput(f"{where}.{refused.field}", refused.message, **refused.params) from None


_NEW = frozenset({"code", "kind", "name_zh", "name_en", "rank", "system", "parent", "area"})
_REFS = ("parent", "area")
_READERS: dict[str, tuple[Callable[[dict[str, Any]], Change], frozenset[str]]] = {
    "create": (lambda row: Create(_read_new(row.get("unit"), "unit")), frozenset({"unit"})),
    "merge": (_read_merge, frozenset({"units", "into", "unit"})),
    "split": (_read_split, frozenset({"unit", "into", "main"})),
    "abolish": (_read_abolish, frozenset({"unit", "heir"})),
    "alter": (_read_alter, frozenset({"unit", "to"})),
    "entrust": (_read_entrust, frozenset({"function", "units"})),
    "delegate": (_read_delegate, frozenset({"function", "unit", "to"})),
}


def _system(said: dict[str, Any]) -> System | None:
    value = said.get("system")
    if value in (None, ""):
        return None
    if not isinstance(value, str) or value not in set(System):
        raise BadInput("system", "A system is one of %(systems)s.", systems=", ".join(System))
    return System(value)


def _text(said: dict[str, Any], name: str, *, longest: int, empty: bool = False) -> str:
    value = said.get(name, "" if empty else None)
    if not isinstance(value, str) or "\x00" in value or len(value) > longest or not (value.strip() or empty):
        raise BadInput(name, "This is a text of at most %(longest)d characters.", longest=longest)
    return value


def _codes(row: dict[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(v, str) and 0 < len(v) <= 24 for v in value):
        raise BadInput(name, "This is a list of codes of units.")
    return tuple(value)
