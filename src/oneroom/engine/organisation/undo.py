"""What a signed reform wrote, kept so that it can be taken back before its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oneroom.engine.organisation.codec import read_duty, read_spell, write_duty, write_spell
from oneroom.engine.organisation.facts import Duty, Facts, Spell, checked
from oneroom.engine.organisation.tree import tree_on
from oneroom.engine.values import BadInput, Conflict


@dataclass(frozen=True, slots=True)
class Written:
    """The spells and functions that went, and those that came instead."""

    gone: frozenset[Spell]
    new: frozenset[Spell]
    lost: frozenset[Duty]
    given: frozenset[Duty]


def written(before: Facts, after: Facts) -> Written:
    """What makes ``after`` of ``before``."""
    old, new = frozenset(before.spells), frozenset(after.spells)
    had, has = frozenset(before.duties), frozenset(after.duties)
    return Written(old - new, new - old, had - has, has - had)


def taken_back(facts: Facts, what: Written) -> Facts:
    """
    The facts without what was written. Raises ``Conflict`` naming a unit where something was built on it meanwhile.
    """
    spells, duties = set(facts.spells), set(facts.duties)
    missing = [spell.code for spell in what.new - spells] + [duty.unit for duty in what.given - duties]
    if missing:
        raise _stands_on_it(min(missing))
    left = (*((spells - what.new) | what.gone),)
    found = Facts(left, (*((duties - what.given) | what.lost),))
    try:
        checked(found)
    except BadInput as two:
        raise _stands_on_it(str(two.field)) from two
    first = min((spell.since for spell in what.new), default=None)
    for day in sorted({spell.since for spell in left if first is not None and spell.since >= first}):
        orphaned = set(tree_on(found, day).lost) - set(tree_on(facts, day).lost)
        if orphaned:
            raise _stands_on_it(min(orphaned))
    return found


def _stands_on_it(unit: str) -> Conflict:
    return Conflict("A later reform stands on this one (%(unit)s). Take that one back first.", unit=unit)


def write_written(what: Written) -> dict[str, Any]:
    """As JSON values, in one order."""
    return {
        "gone": sorted((write_spell(s) for s in what.gone), key=str),
        "new": sorted((write_spell(s) for s in what.new), key=str),
        "lost": sorted((write_duty(d) for d in what.lost), key=str),
        "given": sorted((write_duty(d) for d in what.given), key=str),
    }


def read_written(said: Mapping[str, Any]) -> Written:
    """Of such JSON values."""
    return Written(
        frozenset(map(read_spell, said["gone"])), frozenset(map(read_spell, said["new"])),
        frozenset(map(read_duty, said["lost"])), frozenset(map(read_duty, said["given"])),
    )  # fmt: skip
