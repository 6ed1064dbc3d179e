"""A unit begins by itself, outside of any reform: the first of a force, or what an import brings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs.facts import area_key
from oneroom.apps.orgs.models import OrgUnit, UnitSpell
from oneroom.engine.organisation.facts import System
from oneroom.engine.values import Actor

# In which of the four systems a unit of this kind is, unless somebody says otherwise.
_SYSTEM = {
    "city_bureau": System.COMMAND, "branch_bureau": System.COMMAND, "command_room": System.COMMAND,
    "station": System.OPERATIONS,
}  # fmt: skip


@service
def begin_unit(
    *, kind: str, code: str, name_zh: str, name_en: str, rank: str = "", system: System | None = None, by: Actor,
    at: datetime, **rest: Any,
) -> OrgUnit:  # fmt: skip
    """A unit begins today. ``rest`` are the model's other fields (parent, lon, lat, area, location_source)."""
    today = localtime(at).date()
    unit = OrgUnit.objects.create(kind=kind, code=code, name_zh=name_zh, name_en=name_en, valid_from=today, **rest)
    UnitSpell.objects.create(
        code=code, kind=kind, name_zh=name_zh, name_en=name_en, rank=rank, system=system or _SYSTEM.get(kind),
        parent=unit.parent.code if unit.parent is not None else None,
        area_id=area_key(unit.area) if unit.area is not None else None, since=today,
    )  # fmt: skip
    note("unit.created", f"unit:{unit.pk}", by=by, at=at, to=("room",), unit=unit.pk, unit_kind=kind)
    return unit
