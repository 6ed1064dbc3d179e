"""
Makes the simulated city, through the services that a real force is set up with: nothing is written beside the record.

Everything happens in one outer service: a start that is broken off leaves nothing, and the next one begins anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from oneroom.apps.duty import services as duty
from oneroom.apps.ledger.services import service
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs import queries as orgs_queries
from oneroom.apps.orgs import services as orgs
from oneroom.apps.people import services as people
from oneroom.apps.people.services import Newcomer
from oneroom.apps.places import services as places
from oneroom.apps.places.services.gazetteer import NewPlace, add_places
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from oneroom.project.clock import RealClock
from oneroom.project.demo import city as cities
from oneroom.project.demo import force, mobile, paper, shifts
from oneroom.project.demo.credentials import password_of
from oneroom.project.demo.force import Member
from oneroom.project.demo.names import chief_of, commander_of, invented, overseer_of
from oneroom.project.demo.shifts import Watch

BEGINS_HOUR = (
    17  # with the first hour (past.py) an evening: the city is awake, and grows quieter while somebody watches
)
SPARE = timedelta(minutes=30)  # a duty role is held until the relief, and a little longer should that be late
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
    ("demo-personnel", Role.HR),
    ("demo-administrator", Role.ADMINISTRATOR),
)
# Two administrators of two units: what one asks for, the other signs.
SECOND_ADMINISTRATOR = "demo-administrator-2"
STATION_CHIEF = "demo-chief"  # a visitor's too, at the first station
# Who works in the room by himself; duty chiefs of the stations do too.
SIMULATED = (
    ("sim-dispatcher", Role.DISPATCHER),
    ("sim-calltaker", Role.CALL_TAKER),
    ("sim-commander-day", Role.SHIFT_COMMANDER),
    ("sim-commander-night", Role.SHIFT_COMMANDER),
)

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
    watch: Watch
    relieved_at: datetime  # when those on duty now are relieved, and a little more


def needed() -> bool:
    """Nothing was made yet in this database."""
    return not orgs_queries.units()


def begins_at() -> datetime:
    """When the first start of the demo begins, in project time: this evening, and an hour that passes in seconds."""
    local = RealClock().now().astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.replace(hour=BEGINS_HOUR, minute=0, second=0, microsecond=0)


def load(city: cities.City, *, at: datetime | None = None) -> None:
    """
    Make a city, with everybody on duty at the stations.

    The demo's command gives the time: it sets the city's clock itself, and its own process still goes by the real one.
    """
    at = at or now()
    zone = ZoneInfo(settings.TIME_ZONE)
    names, numbers = invented(cities.SEED), iter(range(10000))
    watch, relieved_at = shifts.watch_at(at, zone), shifts.ends(at, zone) + SPARE
    crews = _make(_Making(city, at, Random(f"oneroom world {city.code}"), names, numbers, watch, relieved_at))
    duty.record_positions([duty.Fix(crew, lon, lat, at, 10.0, 0.0, None) for crew, lon, lat in crews], at)


@service
def _make(of: _Making) -> list[tuple[int, float, float]]:
    """All of it; gives (crew, longitude, latitude) for the first positions."""
    places.load_network(of.city.roads, name=of.city.name_zh, by=SYSTEM, at=of.at)
    bureau = _unit(of, "city_bureau", of.city.code, f"{of.city.name_zh}公安局", f"{of.city.name_en} Police")
    room = _unit(of, "command_room", f"{of.city.code}-room", "综合指挥室", "Command room", parent=bureau)
    branches: dict[str, Any] = {}
    stations, below = [], dict[str, list[int]]()
    for station in of.city.stations:
        name = station["branch_zh"]
        if name not in branches:
            code = f"{of.city.code}-branch-{len(branches) + 1}"
            branches[name] = _unit(of, "branch_bureau", code, name, station["branch_en"], parent=bureau)
        unit = _unit(
            of, "station", station["code"], station["name_zh"], station["name_en"], parent=branches[name],
            lon=station["lon"], lat=station["lat"], area=station["area"], location_source="synthetic",
        )  # fmt: skip
        stations.append(unit.pk)
        below.setdefault(name, []).append(unit.pk)
    newcomers = [*_everybody(of, room.pk, stations), *_overseers(of, list(below.values()))]
    accounts = people.enrol(newcomers, by=SYSTEM, at=of.at)
    force.enter(list(_members(of, newcomers)), accounts, chance=of.chance, at=of.at)
    commander = accounts[commander_of(of.watch)]
    duty.begin_spell(role=Role.SHIFT_COMMANDER, account_id=commander, until=of.relieved_at, by=SYSTEM, at=of.at)
    mobile.lay(of.city.stations, bureau.pk, commander=commander_of(of.watch), at=of.at)
    for n, unit_id in enumerate(stations, 1):
        chief = accounts[chief_of(n, of.watch)]
        duty.begin_spell(
            role=Role.DUTY_CHIEF, account_id=chief, unit_id=unit_id, until=of.relieved_at, by=SYSTEM, at=of.at
        )
    add_places(
        (NewPlace("station", s["name_zh"], s["name_en"], s["lon"], s["lat"]) for s in of.city.stations),
        by=SYSTEM, at=of.at,
    )  # fmt: skip
    crews = [_crew(of, post, stations[post.station], accounts) for post in cities.posts(of.city)]
    paper.lay(of.city, stations[0], at=of.at)
    paper.lay_words([post.code + "a" for post in cities.posts(of.city)], at=of.at)
    return [crew for crew in crews if crew]


def _everybody(of: _Making, room_id: int, stations: list[int]) -> Iterator[Newcomer]:
    """The room, the chiefs and the crews; only those who work by themselves have a password."""
    for username, role in VISITORS:
        yield _person(of, username, role, room_id, signs_in=False)
    yield _person(of, STATION_CHIEF, Role.STATION_CHIEF, stations[0], signs_in=False)
    for username, role in SIMULATED:
        yield _person(of, username, role, room_id, signs_in=True)
    for n, unit_id in enumerate(stations, 1):
        for watch in Watch:
            yield _person(of, chief_of(n, watch), Role.DUTY_CHIEF, unit_id, signs_in=True)
    for post in cities.posts(of.city):
        for letter, rides_as in _riders(post):
            role = Role.AUXILIARY if rides_as == "auxiliary" else Role.PATROL_OFFICER
            yield _person(of, post.code + letter, role, stations[post.station], signs_in=rides_as == "lead")
    yield _person(of, SECOND_ADMINISTRATOR, Role.ADMINISTRATOR, stations[0], signs_in=False)
    yield _person(of, paper.PLANNER, Role.ORG_PLANNER, room_id, signs_in=False)
    yield _person(of, paper.WELFARE, Role.WELFARE_OFFICER, room_id, signs_in=False)


def _overseers(of: _Making, branches: list[list[int]]) -> Iterator[Newcomer]:
    """One for the stations of each branch; the last station of all has nobody yet, as the matrix shows (row T45)."""
    for n, units in enumerate(branches, 1):
        first, *more = units if n < len(branches) else units[:-1] or units
        one = _person(of, overseer_of(n), Role.INSPECTOR, first, signs_in=False)
        yield replace(one, also_at=tuple(more))


def _members(of: _Making, newcomers: list[Newcomer]) -> Iterator[Member]:
    """Chiefs and crews, as the personnel office has them; what a crew can is what its lead has shown."""
    names = {person.username: person.name for person in newcomers}
    for n, station in enumerate(of.city.stations, 1):
        for watch in Watch:
            chief = chief_of(n, watch)
            yield Member(chief, names[chief], station["code"], heads=True)
    for post in cities.posts(of.city):
        unit = of.city.stations[post.station]["code"]
        for letter, role in _riders(post):
            skills = tuple(of.chance.sample(SKILLS, 2)) if role == "lead" else ()
            name = post.code + letter
            yield Member(name, names[name], unit, auxiliary=role == "auxiliary", skills=skills)


def _riders(post: cities.Post) -> list[tuple[str, str]]:
    """A lead, two more officers and up to two auxiliaries: 1 + 2 + N."""
    auxiliaries = [(letter, "auxiliary") for letter in "de"[: post.number % 3]]
    return [("a", "lead"), ("b", "second"), ("c", "second"), *auxiliaries]


def _unit(of: _Making, kind: str, code: str, name_zh: str, name_en: str, **rest: Any) -> Any:
    return orgs.begin_unit(kind=kind, code=code, name_zh=name_zh, name_en=name_en, by=SYSTEM, at=of.at, **rest)


def _person(of: _Making, username: str, role: Role, unit_id: int, *, signs_in: bool) -> Newcomer:
    return Newcomer(
        username, next(of.names), role, unit_id, password_of(username) if signs_in else None,
        f"{STAFF_PHONES}{next(of.numbers):04d}", f"{username}@{STAFF_MAIL}",
    )  # fmt: skip


def _crew(of: _Making, post: cities.Post, unit_id: int, accounts: dict[str, int]) -> tuple[int, float, float] | None:
    """A crew, on duty if its watch is: then gives (crew, longitude, latitude)."""
    station = of.city.stations[post.station]
    short_zh = station["name_zh"].removesuffix("派出所")
    short_en = station["name_en"].removesuffix(" Police Station")
    crew = duty.form_crew(
        code=post.code, callsign_zh=f"{short_zh}{post.callsign:02d}", callsign_en=f"{short_en} {post.callsign:02d}",
        unit_id=unit_id, members=[(accounts[post.code + letter], role) for letter, role in _riders(post)],
        kit=KITS[post.number % len(KITS)], by=SYSTEM, at=of.at,
    )  # fmt: skip
    place = _near(of, station)
    if post.watch is not of.watch:
        return None
    duty.come_on_duty(crew, by=SYSTEM, at=of.at)
    return crew.pk, *place


def _near(of: _Making, station: dict[str, Any]) -> tuple[float, float]:
    """In the yard of the station or in the street before it; the crew drives off from the nearest road."""
    return station["lon"] + of.chance.uniform(-3e-4, 3e-4), station["lat"] + of.chance.uniform(-3e-4, 3e-4)
