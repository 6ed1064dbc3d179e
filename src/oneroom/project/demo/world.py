"""
Makes the simulated city, through the services that a real force is set up with: nothing is written beside the record.

Everything happens in one outer service: a start that is broken off leaves nothing, and the next one begins anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from oneroom.apps.duty import queries as duty_queries
from oneroom.apps.duty import services as duty
from oneroom.apps.ledger.services import service
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs import queries as orgs_queries
from oneroom.apps.orgs import services as orgs
from oneroom.apps.people import services as people
from oneroom.apps.places import services as places
from oneroom.apps.places.services.gazetteer import NewPlace, add_places
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.project.clock import RealClock
from oneroom.project.demo import city as cities
from oneroom.project.demo.credentials import password_of
from oneroom.project.demo.names import invented

BEGINS_HOUR = 18  # an evening: the city is awake, and grows quieter while somebody watches
DUTY_FOR = timedelta(days=366)
# 100-0001-xxxx is in no numbering plan; .example belongs to nobody (RFC 2606).
STAFF_PHONES = "1000001"
STAFF_MAIL = "oneroom.example"

# Whom a visitor may be; they have no password, and only the demo's first page lets one in.
VISITORS = (
    ("demo-dispatcher", Role.DISPATCHER),
    ("demo-dispatcher-2", Role.DISPATCHER),
    ("demo-calltaker", Role.CALL_TAKER),
    ("demo-commander", Role.SHIFT_COMMANDER),
    ("demo-inspector", Role.INSPECTOR),
)
# Who works in the room by himself; duty chiefs of the stations do too.
SIMULATED = (
    ("sim-dispatcher", Role.DISPATCHER),
    ("sim-calltaker", Role.CALL_TAKER),
    ("sim-commander", Role.SHIFT_COMMANDER),
)
COMMANDER = "demo-commander"

SKILLS = ("mediation", "traffic", "shield", "first_aid")
KITS = (("first_aid", "radio", "vest"), ("radio", "traffic"), ("radio", "shield", "vest"))


@dataclass(frozen=True)
class _Making:
    """What every step of making the city needs."""

    city: cities.City
    at: datetime
    chance: Random
    names: Iterator[str]
    numbers: Iterator[int]


def needed() -> bool:
    """Nothing was made yet in this database."""
    return not orgs_queries.units()


def begins_at() -> datetime:
    """When the first start of the demo begins, in project time: this evening."""
    local = RealClock().now().astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.replace(hour=BEGINS_HOUR, minute=0, second=0, microsecond=0)


def load(city: str = "shanghai", *, at: datetime | None = None) -> None:
    """
    Make a bundled city, with everybody on duty at the stations.

    The demo's command gives the time: it sets the city's clock itself, and its own process still goes by the real one.
    """
    found = cities.bundled(city)
    at = at or now()
    crews = _make(_Making(found, at, Random(f"oneroom world {city}"), invented(cities.SEED), iter(range(10000))))
    duty.record_positions([duty.Fix(crew, lon, lat, at, 10.0, 0.0, None) for crew, lon, lat in crews], at)


@service
def _make(of: _Making) -> list[tuple[int, float, float]]:
    """All of it; gives (crew, longitude, latitude) for the first positions."""
    places.load_network(of.city.roads, name=of.city.name_zh, by=SYSTEM, at=of.at)
    bureau = _unit(of, "city_bureau", of.city.code, f"{of.city.name_zh}公安局", f"{of.city.name_en} Police")
    room = _unit(of, "command_room", f"{of.city.code}-room", "综合指挥室", "Command room", parent=bureau)
    branches: dict[str, Any] = {}
    crews = []
    for n, station in enumerate(of.city.stations, 1):
        name = station["branch_zh"]
        if name not in branches:
            code = f"{of.city.code}-branch-{len(branches) + 1}"
            branches[name] = _unit(of, "branch_bureau", code, name, station["branch_en"], parent=bureau)
        unit = _unit(
            of, "station", station["code"], station["name_zh"], station["name_en"], parent=branches[name],
            lon=station["lon"], lat=station["lat"], area=station["area"], location_source="synthetic",
        )  # fmt: skip
        _chief(of, n, unit.pk)
        for place in range(cities.CREWS_PER_STATION):
            crew = _crew(of, (n - 1) * cities.CREWS_PER_STATION + place + 1, place, station, unit.pk)
            crews.append((crew, *_near(of, station)))
    add_places(
        (NewPlace("station", s["name_zh"], s["name_en"], s["lon"], s["lat"]) for s in of.city.stations),
        by=SYSTEM, at=of.at,
    )  # fmt: skip
    for username, role in VISITORS:
        account = _account(of, username, role, room.pk, signs_in=False)
        if username == COMMANDER:
            duty.begin_spell(role=role, account_id=account, until=of.at + DUTY_FOR, by=SYSTEM, at=of.at)
    for username, role in SIMULATED:
        _account(of, username, role, room.pk, signs_in=True)
    return crews


def _unit(of: _Making, kind: str, code: str, name_zh: str, name_en: str, **rest: Any) -> Any:
    return orgs.begin_unit(kind=kind, code=code, name_zh=name_zh, name_en=name_en, by=SYSTEM, at=of.at, **rest)


def _account(of: _Making, username: str, role: Role, unit_id: int | None, *, signs_in: bool) -> int:
    account = people.create_account(
        username=username, name=next(of.names), password=password_of(username) if signs_in else None,
        mobile=f"{STAFF_PHONES}{next(of.numbers):04d}", email=f"{username}@{STAFF_MAIL}", by=SYSTEM, at=of.at,
    )  # fmt: skip
    people.give_role(account.pk, role, unit_id=unit_id, by=SYSTEM, at=of.at)
    return account.pk


def _chief(of: _Making, n: int, unit_id: int) -> None:
    account = _account(of, f"chief-{n:02d}", Role.DUTY_CHIEF, unit_id, signs_in=True)
    duty.begin_spell(
        role=Role.DUTY_CHIEF, account_id=account, unit_id=unit_id, until=of.at + DUTY_FOR, by=SYSTEM, at=of.at
    )


def _crew(of: _Making, n: int, place: int, station: dict[str, Any], unit_id: int) -> int:
    """Two officers, and an auxiliary in every other crew (1 + 2 + N); only the lead's account signs in by password."""
    code = f"sim-{n:02d}"
    members = [
        (_account(of, f"{code}a", Role.PATROL_OFFICER, unit_id, signs_in=True), "lead"),
        (_account(of, f"{code}b", Role.PATROL_OFFICER, unit_id, signs_in=False), "second"),
    ]
    if n % 2 == 0:
        members.append((_account(of, f"{code}c", Role.AUXILIARY, unit_id, signs_in=False), "auxiliary"))
    short_zh = station["name_zh"].removesuffix("派出所")
    short_en = station["name_en"].removesuffix(" Police Station")
    duty.form_crew(
        code=code, callsign_zh=f"{short_zh}{place + 1:02d}", callsign_en=f"{short_en} {place + 1:02d}",
        unit_id=unit_id, members=members, skills=of.chance.sample(SKILLS, 2), kit=KITS[place % len(KITS)],
        by=SYSTEM, at=of.at,
    )  # fmt: skip
    crew = duty_queries.find_crew(code)
    assert crew is not None
    duty.come_on_duty(crew, by=SYSTEM, at=of.at)
    return crew.pk


def _near(of: _Making, station: dict[str, Any]) -> tuple[float, float]:
    """In the yard of the station or in the street before it; the crew drives off from the nearest road."""
    return station["lon"] + of.chance.uniform(-3e-4, 3e-4), station["lat"] + of.chance.uniform(-3e-4, 3e-4)
