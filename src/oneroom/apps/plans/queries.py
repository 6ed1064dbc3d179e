"""What a planner sees of today before he changes it: crews at their posts, stations, and how crews are chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.conf import settings

from oneroom.apps.duty.queries import board
from oneroom.apps.orgs.facts import areas, tree_on
from oneroom.apps.orgs.models import OrgUnit
from oneroom.engine.dispatch import DivertPolicy, Policy
from oneroom.engine.simulate.making import CrewFacts


@dataclass(frozen=True, slots=True)
class Station:
    """A station of that day, and where it is: None where nobody entered its place."""

    code: str
    zh: str
    en: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class Today:
    """The day as it is: crews with (Chinese, English) callsigns by code, stations, the policies in force."""

    crews: tuple[CrewFacts, ...]
    callsigns: dict[str, tuple[str, str]]
    stations: tuple[Station, ...]
    policy: dict[str, Any]
    divert: dict[str, Any]


def today(day: date) -> Today:
    """What there is on that day to be changed."""
    crews = board(on_duty=False)
    units = {unit.pk: unit for unit in OrgUnit.objects.filter(pk__in={crew.unit_id for crew in crews})}
    found = tuple(
        CrewFacts(crew.code, units[crew.unit_id].code, units[crew.unit_id].lon, units[crew.unit_id].lat,
                  crew.officers, crew.led, crew.skills, crew.kit)
        for crew in crews
    )  # fmt: skip
    return Today(
        found, {crew.code: (crew.callsign_zh, crew.callsign_en) for crew in crews}, stations_on(day),
        asdict(Policy()), asdict(DivertPolicy(gain_s=settings.DIVERT_GAIN_S)),
    )  # fmt: skip


def stations_on(day: date) -> tuple[Station, ...]:
    """The stations of that day, by code."""
    tree = tree_on(day)
    codes = sorted(code for code, spell in tree.units.items() if spell.kind == "station")
    places = {
        code: (lon, lat) for code, lon, lat in OrgUnit.objects.filter(code__in=codes).values_list("code", "lon", "lat")
    }
    return tuple(
        Station(code, tree.units[code].name_zh, tree.units[code].name_en, *places.get(code, (None, None)))
        for code in codes
    )


def grounds_on(day: date, codes: Iterable[str]) -> dict[str, Any]:
    """The ground of these units on that day as GeoJSON; one that has none is not there."""
    units = tree_on(day).units
    named = {code: units[code].area for code in codes if code in units and units[code].area is not None}
    found = areas(name for name in named.values() if name is not None)
    return {code: found[name] for code, name in named.items() if name in found}
