"""A plan before and after, side by side: two trees of what it touches; each change in words with what it orphans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from oneroom.apps.orgs.codes import KINDS, SYSTEMS
from oneroom.apps.orgs.words import fault_words
from oneroom.apps.reforms.checks import Checked
from oneroom.engine.organisation.changes import Abolish, Alter, Change, Create, Delegate, Entrust, Merge, Split
from oneroom.engine.organisation.facts import System
from oneroom.engine.organisation.faults import Fault
from oneroom.engine.organisation.proposal import Proposal, in_order
from oneroom.engine.organisation.tree import Tree
from oneroom.web.pages.office.structure import function_name, letter, unit_name

MOST = 400  # units on each side; the rest is counted


@dataclass(slots=True)
class Branch:
    """A unit of one side: ``mark`` is new, up, moved, gone or empty, ``went`` where it went or what came into it."""

    code: str
    name: str
    letter: str
    mark: str = ""
    went: str = ""
    nodes: list[Branch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two trees; ``more`` units are touched, too, and not shown."""

    roots: list[Branch]
    more: int


@dataclass(frozen=True, slots=True)
class Step:
    """A change in words, and the orphans that it makes."""

    n: int
    words: str
    orphans: list[str]
    refused: str = ""


def sides(proposal: Proposal) -> tuple[Side, Side]:
    """Before and after."""
    was, is_ = proposal.was, proposal.will_be
    came: dict[str, int] = {}
    for heir in proposal.ended.values():
        if heir is not None:
            came[heir] = came.get(heir, 0) + 1

    def before(code: str) -> tuple[str, str]:
        if code in is_.units:
            return "", ""
        heir = proposal.ended.get(code)
        return "gone", _("to %(units)s") % {"units": unit_name(is_.units[heir])} if heir is not None else _("to nobody")

    def after(code: str) -> tuple[str, str]:
        into = f"←{came[code]}" if code in came else ""
        if code not in was.units:
            return "new", into
        if is_.units[code].parent != was.units[code].parent:
            return ("up" if len(is_.path(code)) < len(was.path(code)) else "moved"), into
        return "", into

    changed = {c for c in {*was.units, *is_.units} if was.units.get(c) != is_.units.get(c)}
    return _side(was, changed, before), _side(is_, changed | came.keys(), after)


def _side(tree: Tree, wanted: set[str], mark: Any) -> Side:
    """The tree with nothing in it but the wanted units and whom they answer to."""
    mine = [code for code in tree.units if code in wanted]
    shown = sorted(mine, key=lambda code: (len(tree.path(code)), code))[:MOST]
    made: dict[str, Branch] = {}
    roots: list[Branch] = []
    for code in shown:
        for at in reversed(tree.path(code)):
            if at in made:
                continue
            unit = tree.units[at]
            made[at] = Branch(at, unit_name(unit), letter(unit), *mark(at))
            above = made.get(unit.parent or "")
            (above.nodes if above is not None else roots).append(made[at])
    return Side(roots, len(mine) - len(shown))


def steps(changes: tuple[Change, ...], found: Checked) -> tuple[list[Step], list[str]]:
    """Each change with its orphans beside it; what is the fault of no single one comes apart."""
    names = _Names(found.proposal)
    by: dict[int | None, list[Fault]] = {}
    if found.proposal is not None:
        by = dict(in_order(found.proposal, found.faults))
    bad, sentence = _refused(found)
    made = [
        Step(n, names.change(change), [names.fault(f) for f in by.get(n, ())], sentence if n == bad else "")
        for n, change in enumerate(changes)
    ]
    return made, [names.fault(fault) for fault in by.get(None, ())]


def _refused(found: Checked) -> tuple[int | None, str]:
    if found.refused is None:
        return None, ""
    place = (found.refused.field or "").removeprefix("changes.").partition(".")[0]
    text = _(str(found.refused.message))
    return int(place) if place.isdecimal() else None, text % found.refused.params if found.refused.params else text


class _Names:
    """Units by name, from whichever side knows them."""

    def __init__(self, proposal: Proposal | None) -> None:
        self.trees = [proposal.was, proposal.will_be] if proposal is not None else []

    def unit(self, code: str | None) -> str:
        for tree in self.trees:
            if code is not None and code in tree.units:
                return unit_name(tree.units[code])
        return code or _("nobody")

    def many(self, codes: tuple[str, ...]) -> str:
        shown = ", ".join(self.unit(code) for code in codes[:4])
        return shown if len(codes) <= 4 else _("%(units)s and %(n)d more") % {"units": shown, "n": len(codes) - 4}

    def fault(self, fault: Fault) -> str:
        return f"{self.unit(fault.subject)}: {fault_words(fault)}"

    def change(self, change: Change) -> str:
        match change:
            case Create(unit):
                return _("Create %(unit)s under %(parent)s") % {
                    "unit": self.unit(unit.code), "parent": self.unit(unit.parent),
                }  # fmt: skip
            case Merge(units, into, _unit):
                gone = tuple(code for code in units if code != into)
                return _("Merge %(units)s into %(into)s") % {"units": self.many(gone), "into": self.unit(into)}
            case Split(unit, into, _main):
                codes = tuple(new.code for new in into)
                return _("Split %(unit)s into %(into)s") % {"unit": self.unit(unit), "into": self.many(codes)}
            case Abolish(unit, heir):
                return _("End %(unit)s; %(heir)s has what it had") % {"unit": self.unit(unit), "heir": self.unit(heir)}
            case Alter(unit, to):
                said = "; ".join(f"{_WHAT[name]()}: {self._value(name, value)}" for name, value in sorted(to.items()))
                return _("Change %(unit)s – %(what)s") % {"unit": self.unit(unit), "what": said}
            case Entrust(function, units):
                return _("%(units)s answers for %(function)s") % {
                    "units": self.many(units),
                    "function": function_name(function),
                }
            case Delegate(function, unit, to):
                return _("Hand %(function)s from %(unit)s to %(to)s") % {
                    "function": function_name(function), "unit": self.unit(unit), "to": self.many(to),
                }  # fmt: skip

    def _value(self, name: str, value: Any) -> str:
        if name == "parent":
            return self.unit(value)
        if name == "kind":
            return str(KINDS.get(value, value))
        if name == "system":
            return str(SYSTEMS[System(value)]) if value else "–"
        return _("drawn anew") if name == "area" else str(value)


_WHAT: dict[str, Any] = {
    "parent": lambda: _("under"), "kind": lambda: _("Kind"), "name_zh": lambda: _("Name in Chinese"),
    "name_en": lambda: _("Name in English"), "rank": lambda: _("Rank"), "system": lambda: pgettext("unit", "System"),
    "area": lambda: _("Area"),
}  # fmt: skip
