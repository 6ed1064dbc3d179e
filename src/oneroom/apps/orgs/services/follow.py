"""
The day has come: what the house points at says what its unit is now, and everybody concerned hears of it.

Who keeps something by unit (grants, crews, open matters) follows in the same transaction (``settings.FOLLOWERS`` of
``unit.ended``), so at no moment does anything belong to a unit that is no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.models import FollowedDay, OrgUnit, UnitFate, UnitSpell
from oneroom.engine.organisation.facts import Spell
from oneroom.engine.values import Actor

_PLAIN = ("kind", "name_zh", "name_en")


@service
def follow(day: date, *, by: Actor, at: datetime) -> int:
    """Let every unit be what it is on that day; how many began, changed or ended. None when all are already."""
    tree = stored.tree_on(day)
    FollowedDay.objects.update_or_create(pk=1, defaults={"day": day})  # the first to come holds this row
    # Without the key: who writes a row that points at a unit looks at it at his commit, when he has the record's head.
    units = {unit.code: unit for unit in OrgUnit.objects.select_for_update(no_key=True).order_by("pk")}
    grounds = stored.areas(spell.area for spell in tree.units.values() if spell.area is not None)
    moved = 0
    gone = _inherited(day)
    for code, spell in tree.units.items():
        if code not in units:
            units[code] = _begin(spell, units, gone.get(code, ()))
            moved += 1
            note("unit.created", f"unit:{units[code].pk}", by=by, at=at, to=("room",), unit=units[code].pk,
                 unit_kind=spell.kind)  # fmt: skip
    for code, spell in tree.units.items():
        changed = _become(units[code], spell, units, grounds)
        if changed:
            moved += 1
            note("unit.changed", f"unit:{units[code].pk}", by=by, at=at, to=("room",), unit=units[code].pk,
                 fields=changed)  # fmt: skip
    told = {*UnitSpell.objects.values_list("code", flat=True), *UnitFate.objects.values_list("code", flat=True)}
    for code, unit in units.items():
        if code in told and code not in tree.units and unit.valid_to is None:
            _end(unit, units, day, by=by, at=at)
            moved += 1
    return moved


def _inherited(day: date) -> dict[str, list[str]]:
    """By heir, the units that ended into it by that day, the last ones first."""
    found: dict[str, list[str]] = {}
    for code, heirs in UnitFate.objects.filter(on__lte=day).order_by("-on", "code").values_list("code", "heirs"):
        for heir in heirs:
            found.setdefault(heir, []).append(code)
    return found


def _begin(spell: Spell, units: dict[str, OrgUnit], gone: Sequence[str]) -> OrgUnit:
    """A unit that begins stands where the first of those stood whom it inherits."""
    stood = next((units[code] for code in gone if code in units and units[code].lon is not None), None)
    placed: dict[str, Any] = {}
    if stood is not None:
        placed = {"lon": stood.lon, "lat": stood.lat, "location_source": stood.location_source}
    return OrgUnit.objects.create(
        code=spell.code, kind=spell.kind, name_zh=spell.name_zh, name_en=spell.name_en, valid_from=spell.since, **placed
    )


def _become(unit: OrgUnit, spell: Spell, units: dict[str, OrgUnit], grounds: dict[str, dict[str, Any]]) -> list[str]:
    """Write what differs; gives the names of what did."""
    wanted: dict[str, Any] = {name: getattr(spell, name) for name in _PLAIN}
    wanted["parent_id"] = units[spell.parent].pk if spell.parent is not None else None
    wanted["area"] = grounds.get(spell.area) if spell.area is not None else None
    changed = [name for name, value in wanted.items() if getattr(unit, name) != value]
    for name in changed:
        setattr(unit, name, wanted[name])
    if changed:
        unit.save(update_fields=changed)
    return [name.removesuffix("_id") for name in changed]


def _end(unit: OrgUnit, units: dict[str, OrgUnit], day: date, *, by: Actor, at: datetime) -> None:
    fate = UnitFate.objects.filter(code=unit.code).first()
    heir = units.get(fate.heirs[0]) if fate is not None and fate.heirs else None
    unit.valid_to, unit.heir = day, heir
    unit.save(update_fields=["valid_to", "heir"])
    note("unit.ended", f"unit:{unit.pk}", by=by, at=at, to=("room",), unit=unit.pk,
         heir=heir.pk if heir is not None else None)  # fmt: skip
