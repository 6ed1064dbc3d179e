"""
How units are set up beyond the tree, on the page of the organisation: to whom a unit's matters go, what a station has
of its room and teams (row B16), and the districts of the traffic brigades (row T17).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from oneroom.apps.orgs.ground import outlines_of
from oneroom.apps.personnel.strength import heads_in
from oneroom.engine.organisation.districts import DISTRICT, STATION, Districts, districts
from oneroom.engine.organisation.facts import Duty
from oneroom.engine.organisation.routing import routes
from oneroom.engine.organisation.station import checklist
from oneroom.engine.organisation.tree import Tree
from oneroom.web.pages.office.strength import Strength
from oneroom.web.pages.office.structure import function_name, unit_name
from oneroom.web.pages.room.words import named

POINTS = {
    "room_there": lazy("a command room"), "room_manned": lazy("people in the command room"),
    "room_headed": lazy("a head of the command room"),
    "community_there": lazy("a community team or group"), "community_manned": lazy("people in the community team"),
    "community_headed": lazy("a head of the community team"),
    "case_there": lazy("a case team or group"), "case_manned": lazy("people in the case team"),
    "case_headed": lazy("a head of the case team"),
}  # fmt: skip
_MOST = 50  # flaws that are named at once


@dataclass(frozen=True, slots=True)
class Goes:
    """To whom matters of a function go: owners as (code, name), found at ``level``."""

    function: str
    word: str
    level: str
    owners: tuple[tuple[str, str], ...]


def goes(tree: Tree, duties: list[Duty], code: str) -> list[Goes]:
    """Of each function, who answers for matters from this unit."""
    if code not in tree.units:
        return []
    units = tree.units
    return [
        Goes(
            r.function, function_name(r.function), unit_name(units[r.level]) if r.level else "",
            tuple((u, unit_name(units[u])) for u in r.owners),
        )
        for r in routes(tree, duties, at=code)
    ]  # fmt: skip


def points(tree: Tree, code: str, day: date, strength: Strength) -> list[dict[str, Any]]:
    """The checklist of a station with what it was verified by; nothing for another kind of unit."""
    if code not in tree.units or tree.units[code].kind != STATION:
        return []
    people: dict[str, int] = {}
    for (unit, _kind), n in strength.items():
        people[unit] = people.get(unit, 0) + n
    return [
        {
            "word": named(POINTS, item.code), "done": item.done, "unit": item.unit,
            "name": unit_name(tree.units[item.unit]) if item.unit in tree.units else item.unit, "count": item.count,
            "counts": item.code.endswith("manned") and item.done,
        }
        for item in checklist(tree, code, people, heads_in(tree, day))
    ]  # fmt: skip


def police_districts(tree: Tree, day: date) -> dict[str, Any] | None:
    """The districts with what is wrong with them; None where there are none."""
    shown = [unit for unit in tree.units.values() if unit.kind in (DISTRICT, STATION)]
    if not any(unit.kind == DISTRICT for unit in shown):
        return None
    found: Districts = districts(tree, outlines_of(shown), heads_in(tree, day))
    name = {code: unit_name(unit) for code, unit in tree.units.items()}
    return {
        "count": len(found.districts), "brigades": found.brigades,
        "each": f"{found.each:.1f}" if found.each is not None else "",
        "flawed": [(name[d.code], d) for d in found.flawed[:_MOST]], "flaws": len(found.flawed),
        "rows": [
            (name[d.code], d.code, name.get(d.brigade, ""), [(s, name[s]) for s in d.stations]) for d in found.districts
        ],
        "uncovered": [(code, name[code], size) for code, size in found.uncovered[:_MOST]],
    }  # fmt: skip
