"""
What a planner types becomes a change (engine.organisation.codec): one form for each kind of change.

Units are typed by code or by name. What a new unit does not say it has of the first that goes into it, so that a merger
of two stations is three words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from oneroom.engine.organisation.changes import Create
from oneroom.engine.organisation.codec import LONGEST, read_changes, write_changes
from oneroom.engine.organisation.facts import Spell
from oneroom.engine.organisation.station import has_parts, template
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.text import plain
from oneroom.engine.values import BadInput

_BREAKS = re.compile(r"[\n,;，；、]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form, the units there are on the day of the plan, and who serves there."""

    fields: Mapping[str, str]
    tree: Tree
    officers: Mapping[str, int]  # sworn strength by unit, on the day of the plan

    def text(self, name: str, *, longest: int = 80, required: bool = False) -> str:
        """What stands in a field."""
        return plain(name, self.fields.get(name), longest=longest, required=required)

    def unit(self, name: str) -> Spell:
        """The unit that a field names."""
        return self._find(name, self.text(name, required=True))

    def maybe_unit(self, name: str) -> Spell | None:
        """The same, where one is named."""
        return self._find(name, self.text(name)) if self.text(name) else None

    def units(self, name: str) -> list[Spell]:
        """The units that a field names, one a line or by commas."""
        said = [part.strip() for part in _BREAKS.split(self.text(name, longest=20_000, required=True)) if part.strip()]
        return [self._find(name, part) for part in said]

    def new(self, like: Spell | None) -> dict[str, Any]:
        """A unit that begins; what is not said of it is as with ``like``."""
        kind = self.text("kind", longest=24) or (like.kind if like is not None else "")
        said = {
            "code": self.text("code", longest=24, required=True), "kind": kind,
            "name_zh": self.text("name_zh", longest=60, required=True), "name_en": self.text("name_en"),
            "rank": self.text("rank", longest=24) or (like.rank if like is not None else ""),
            "system": self.text("system") or (like.system if like is not None else None),
        }  # fmt: skip
        parent = self.maybe_unit("parent")
        above = parent.code if parent is not None else like.parent if like is not None else None
        return {**said, "parent": above}

    def _find(self, name: str, said: str) -> Spell:
        if said in self.tree.units:
            return self.tree.units[said]
        hits = [u for u in self.tree.units.values() if said in (u.name_zh, u.name_en)]
        if len(hits) > 1:
            raise BadInput(name, "Several units are called %(name)s: give the code.", name=said)
        if not hits:
            raise BadInput(name, "There is no unit %(unit)s on that day.", unit=said)
        return hits[0]


def changes_of(fields: Mapping[str, str], tree: Tree, officers: Mapping[str, int]) -> list[dict[str, Any]]:
    """The changes that a form makes, as JSON values. Raises ``BadInput`` naming the field of the form."""
    if fields.get("do") == STATION:
        return _station(Typed(fields, tree, officers))
    make = FORMS.get(fields.get("do", ""))
    if make is None:
        raise BadInput("do", "There is no such choice here. Pick one of the list.")
    change = make(Typed(fields, tree, officers))
    try:
        read_changes([change])
    except BadInput as refused:
        raise BadInput((refused.field or "").rpartition(".")[2], refused.message, **refused.params) from None
    return [change]


def _station(typed: Typed) -> list[dict[str, Any]]:
    """A room with two teams, or two groups where few serve: three units below each station that is named (row T14)."""
    made: list[Create] = []
    for unit in typed.units("units"):
        if unit.kind != "station":
            raise BadInput("units", "%(unit)s is no police station.", unit=unit.code)
        if has_parts(typed.tree, unit.code):
            raise BadInput("units", "%(unit)s has a room and two teams already.", unit=unit.code)
        serving = sum(typed.officers.get(code, 0) for code in (unit.code, *typed.tree.under(unit.code)))
        made += template(unit, strength=serving, small=settings.SMALL_STATION)
    long = next((c.unit.code for c in made if len(c.unit.code) > LONGEST["code"]), None)
    if long is not None:
        raise BadInput("units", "The code %(unit)s would be too long: begin the units one by one.", unit=long)
    return write_changes(made)


def _merge(typed: Typed) -> dict[str, Any]:
    units = typed.units("units")
    into = typed.maybe_unit("into")
    said = {"do": "merge", "units": [unit.code for unit in units]}
    if into is not None:
        return {**said, "into": into.code}
    new = typed.new(units[0])
    return {**said, "into": new["code"], "unit": new}


def _split(typed: Typed) -> dict[str, Any]:
    unit = typed.unit("unit")
    lines = [
        line.split(None, 1) for line in typed.text("into", longest=4000, required=True).splitlines() if line.strip()
    ]
    if any(len(line) < 2 for line in lines):
        raise BadInput("into", "One unit a line: its code, a blank, its name.")
    like = {"kind": unit.kind, "rank": unit.rank, "system": unit.system, "parent": unit.parent}
    into = [{"code": code, "name_zh": name.strip(), **like} for code, name in lines]
    return {"do": "split", "unit": unit.code, "into": into, "main": into[0]["code"] if into else ""}


def _abolish(typed: Typed) -> dict[str, Any]:
    heir = typed.maybe_unit("heir")
    return {"do": "abolish", "unit": typed.unit("unit").code, **({"heir": heir.code} if heir is not None else {})}


def _alter(typed: Typed) -> dict[str, Any]:
    to: dict[str, Any] = {}
    for name in ("name_zh", "name_en", "kind", "rank", "system"):
        if typed.text(name):
            to[name] = typed.text(name)
    parent = typed.maybe_unit("parent")
    if parent is not None:
        to["parent"] = parent.code
    return {"do": "alter", "unit": typed.unit("unit").code, "to": to}


def _delegate(typed: Typed) -> dict[str, Any]:
    to = [unit.code for unit in typed.units("to")]
    function = typed.text("function", longest=32, required=True)
    owner = typed.maybe_unit("unit")
    if owner is None:  # nobody has it yet, or others are to have it, too
        return {"do": "entrust", "function": function, "units": to}
    return {"do": "delegate", "function": function, "unit": owner.code, "to": to}


STATION = "station"  # one form, three changes
FORMS: dict[str, Callable[[Typed], dict[str, Any]]] = {
    "merge": _merge, "split": _split, "abolish": _abolish, "alter": _alter, "delegate": _delegate,
    "create": lambda typed: {"do": "create", "unit": typed.new(None)},
}  # fmt: skip
