"""Units begin; ending, merging and splitting come with reform plans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs.models import OrgUnit
from oneroom.engine.values import Actor


@service
def begin_unit(*, kind: str, code: str, name_zh: str, name_en: str, by: Actor, at: datetime, **rest: Any) -> OrgUnit:
    """A unit begins today. ``rest`` are the model's other fields (parent, lon, lat, area, location_source)."""
    unit = OrgUnit.objects.create(kind=kind, code=code, name_zh=name_zh, name_en=name_en, valid_from=at.date(), **rest)
    note("unit.created", f"unit:{unit.pk}", by=by, at=at, to=("room",), unit=unit.pk, unit_kind=kind)
    return unit
