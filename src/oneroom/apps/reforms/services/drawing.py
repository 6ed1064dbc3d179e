"""Drawn ground becomes a plan: each outline answered, gaps and overlaps named; drafted whole or not at all (ADR 26)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from oneroom.apps.ledger.services import service
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.ground import COVERING, read_outline
from oneroom.apps.reforms.services.plans import draft_plan
from oneroom.engine.organisation.changes import Alter
from oneroom.engine.organisation.facts import Facts, Spell
from oneroom.engine.organisation.ground import Flaw, flaws, km2
from oneroom.engine.organisation.listing import Fate
from oneroom.engine.values import Actor, BadInput


@dataclass(frozen=True, slots=True)
class Outline:
    """The fate of one outline: its number in the file, its unit, its size in km², and what is wrong with it."""

    number: int
    code: str
    fate: Fate
    km2: float = 0.0
    wrong: BadInput | None = None
    geometry: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Every outline answered, what would not fit, and the ground of all covering units as it would be, by code."""

    outlines: tuple[Outline, ...]
    flaws: tuple[Flaw, ...]
    ground: Mapping[str, BaseGeometry]

    def of(self, fate: Fate) -> list[Outline]:
        """The outlines with this fate."""
        return [outline for outline in self.outlines if outline.fate is fate]


def look_at_ground(features: Iterable[tuple[int, str, dict[str, Any] | None]], *, day: date) -> Drawn:
    """What drawing these (number, code, GeoJSON) on that day would make of the ground; writes nothing."""
    facts = stored.facts()
    units = {spell.code: spell for spell in facts.on(day)}
    later = {spell.code for spell in facts.spells if spell.since > day}
    seen: dict[str, int] = {}
    outlines = []
    for number, code, geometry in features:
        outlines.append(_answer(number, code, geometry, units, later, seen))
        seen.setdefault(code, number)
    before = ground_of(units.values())
    after = dict(before)
    for outline in outlines:
        if outline.fate in (Fate.NEW, Fate.CHANGED) and units[outline.code].kind in COVERING:
            after[outline.code] = shape(outline.geometry)
    return Drawn(tuple(outlines), tuple(flaws(before, after)), after)


@service
def draft_ground(found: Drawn, *, name: str, day: date, by: Actor, at: datetime) -> int:
    """A draft that draws these outlines from that day on; gives the plan. Raises BadInput while any is refused."""
    refused = len(found.of(Fate.REFUSED))
    if refused:
        raise BadInput("file", "Areas that cannot be taken over: %(count)d. Nothing was taken.", count=refused)
    drawn = [*found.of(Fate.NEW), *found.of(Fate.CHANGED)]
    if not drawn:
        raise BadInput("file", "This file changes nothing: all of it is drawn so already.")
    changes = [Alter(o.code, {"area": stored.area_key(o.geometry)}) for o in drawn if o.geometry is not None]
    return draft_plan(name, day, changes, by=by, at=at)


def ground_of(units: Iterable[Spell]) -> dict[str, BaseGeometry]:
    """The outlines of those of these units whose ground together is the city, by code."""
    mine = {unit.code: unit.area for unit in units if unit.kind in COVERING and unit.area is not None}
    shapes = {digest: shape(geometry) for digest, geometry in stored.areas(mine.values()).items()}
    return {code: shapes[digest] for code, digest in mine.items() if digest in shapes}


def drawn_on(day: date) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Chinese name, English name and ground of every unit that has some on that day, by code."""
    units = stored.tree_on(day).units
    grounds = stored.areas(unit.area for unit in units.values() if unit.area is not None)
    return {c: (u.name_zh, u.name_en, grounds[u.area]) for c, u in units.items() if u.area is not None}


def flaws_of(before: Facts, after: Facts, day: date) -> tuple[list[Flaw], dict[str, BaseGeometry]]:
    """
    What would not fit once a plan is in force, and the ground then; nothing of a plan that draws nothing, or of one
    whose mergers join outlines that are not kept before it is signed.
    """
    was, is_ = ({u.code: u for u in facts.on(day) if u.kind in COVERING and u.area} for facts in (before, after))
    if {(u.code, u.area) for u in was.values()} == {(u.code, u.area) for u in is_.values()}:
        return [], {}
    ground = ground_of(is_.values())
    return (flaws(ground_of(was.values()), ground), ground) if ground.keys() == is_.keys() else ([], {})


def _answer(
    number: int, code: str, geometry: dict[str, Any] | None, units: Mapping[str, Spell], later: set[str],
    seen: Mapping[str, int],
) -> Outline:  # fmt: skip
    try:
        if not code:
            raise BadInput("unit", "The area names no unit: give its code as the property “code”.")
        if code not in units:
            raise BadInput("unit", "There is no unit %(unit)s on that day.", unit=code)
        if code in seen:
            raise BadInput("unit", "Area %(number)d is of this unit, too.", number=seen[code])
        if code in later:
            raise BadInput("unit", "Another reform changes unit %(unit)s after that day already.", unit=code)
        drawn = read_outline(geometry, where="area")
    except BadInput as refused:
        return Outline(number, code, Fate.REFUSED, wrong=refused)
    size = round(km2(shape(drawn)), 4)
    has = units[code].area
    if has == stored.area_digest(drawn):
        return Outline(number, code, Fate.UNCHANGED, size)
    return Outline(number, code, Fate.CHANGED if has is not None else Fate.NEW, size, None, drawn)
