"""What a planner sees of today before he changes it: crews at their posts, stations, and how crews are chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from oneroom.apps.duty.models import Crew
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.facts import areas, tree_on
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.plans.crews import crews_on
from oneroom.engine.dispatch import DivertPolicy, Policy
from oneroom.engine.escalation import answer_ladder
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
    """
    The day as it is: crews with their watches, (Chinese, English) callsigns by code, stations, the policies in force
    and, by grade, after how many seconds each rung of the answer ladder comes; and what of it had to be assumed.
    """

    crews: tuple[CrewFacts, ...]
    callsigns: dict[str, tuple[str, str]]
    stations: tuple[Station, ...]
    policy: dict[str, Any]
    divert: dict[str, Any]
    ladders: dict[int, tuple[int, ...]]
    assumed: list[dict[str, Any]]


def today(day: date, *, at: datetime | None = None) -> Today:
    """What there is on that day to be changed."""
    crews, assumed = crews_on(day, at=at or now())
    return Today(
        crews, {code: (zh, en) for code, zh, en in Crew.objects.values_list("code", "callsign_zh", "callsign_en")},
        stations_on(day), asdict(Policy()), asdict(DivertPolicy(gain_s=settings.DIVERT_GAIN_S)),
        {grade: tuple(rung.after_s for rung in answer_ladder(grade)) for grade in (1, 2, 3, 4)}, assumed,
    )  # fmt: skip


def stations_on(day: date) -> tuple[Station, ...]:
    """The stations of that day, by code."""
    tree = tree_on(day)
    codes = sorted(code for code, spell in tree.units.items() if spell.kind == "station")
    rows = OrgUnit.objects.filter(code__in=codes).values_list("code", "lon", "lat")
    places = {code: (lon, lat) for code, lon, lat in rows}
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
