"""
A tiny named town: three streets by three, two stations, three crews, one room.

    North St   ──┬────┬────┬──      crew-1 (zhang, wang) and crew-2 (chen, sun) belong to the west station,
    Market St  ──┼────┼────┼──      crew-3 (qian, aux-he) to the east station.
    South St   ──┴────┴────┴──
              Elm  Oak  Pine
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.services import Fix, begin_spell, come_on_duty, form_crew, record_positions
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.orgs.services import begin_unit
from oneroom.apps.people.models import Account
from oneroom.apps.people.services import create_account, give_role
from oneroom.apps.places.services import load_network
from oneroom.engine.roads import assemble, to_npz_bytes
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM

WEST, SOUTH, STEP = 121.46, 31.22, 0.004
PASSWORD = "a town without secrets"
STREETS = ("North Street", "Market Street", "South Street")
LANES = ("Elm Road", "Oak Road", "Pine Road")
CORNERS = {  # name -> (lane, street)
    "market": (1, 1),
    "north": (1, 2),
    "south": (1, 0),
    "west": (0, 1),
    "east": (2, 1),
    "harbour": (6, 1),  # in no station's area, and no street leads there: tests that want it found one
}


def corner(name: str) -> tuple[float, float]:
    """(lon, lat) of a named corner."""
    x, y = CORNERS[name]
    return WEST + x * STEP, SOUTH + y * STEP


def streets() -> bytes:
    """The town's network as a file: nine junctions, twelve two-way streets."""
    lon = [WEST + x * STEP for y in range(3) for x in range(3)]
    lat = [SOUTH + y * STEP for y in range(3) for x in range(3)]
    pairs, names = [], []
    for y in range(3):
        for x in range(3):
            if x < 2:
                pairs.append((y * 3 + x, y * 3 + x + 1))
                names.append(y)
            if y < 2:
                pairs.append((y * 3 + x, (y + 1) * 3 + x))
                names.append(3 + x)
    both = [*reversed(STREETS), *LANES]
    graph = assemble(
        node_lon=lon,
        node_lat=lat,
        edge_tail=[a for a, _ in pairs],
        edge_head=[b for _, b in pairs],
        edge_oneway=[False] * len(pairs),
        edge_kmh=[36.0] * len(pairs),
        edge_name=names,
        names={"default": both, "en": both, "zh": ["南街", "集市街", "北街", "榆路", "橡路", "松路"]},
    )
    return to_npz_bytes(graph)


@dataclass
class Town:
    """Who and what there is, by name."""

    at: datetime
    people: dict[str, Account] = field(default_factory=dict)
    crews: dict[str, Crew] = field(default_factory=dict)
    units: dict[str, OrgUnit] = field(default_factory=dict)


def found_town(at: datetime) -> Town:
    """Build the town through the same services as a real force."""
    town = Town(at)
    load_network(streets(), name="town", by=SYSTEM, at=at)
    for name, (west, east) in {"west": (-2, 0.5), "east": (0.5, 4)}.items():
        box = [
            (WEST + x * STEP, SOUTH + y * STEP) for x, y in [(west, -2), (east, -2), (east, 4), (west, 4), (west, -2)]
        ]
        lon, lat = corner(name)
        town.units[name] = begin_unit(
            kind="station", code=name, name_zh=f"{name}所", name_en=f"{name.title()} station", lon=lon, lat=lat,
            area={"type": "Polygon", "coordinates": [box]}, by=SYSTEM, at=at,
        )  # fmt: skip
    west, east = town.units["west"].pk, town.units["east"].pk
    for name, role, unit in [
        ("dora", Role.DISPATCHER, None),
        ("dan", Role.DISPATCHER, None),
        ("zhou", Role.SHIFT_COMMANDER, None),
        ("carl", Role.CALL_TAKER, None),
        ("ina", Role.INSPECTOR, None),
        ("ada", Role.ADMINISTRATOR, None),
        ("leader-li", Role.DUTY_CHIEF, west),
        ("leader-lu", Role.DUTY_CHIEF, east),
        ("zhang", Role.PATROL_OFFICER, west),
        ("wang", Role.PATROL_OFFICER, west),
        ("chen", Role.PATROL_OFFICER, west),
        ("sun", Role.PATROL_OFFICER, west),
        ("qian", Role.PATROL_OFFICER, east),
        ("aux-he", Role.AUXILIARY, east),
        ("abe", Role.ADMINISTRATOR, east),  # the second signature under what ada asks for
    ]:
        town.people[name] = create_account(
            username=name, name=name.title(), password=PASSWORD, language="en", by=SYSTEM, at=at,
            mobile=f"139000000{len(town.people):02d}", email=f"{name}@town.invalid",
        )  # fmt: skip
        give_role(town.people[name].pk, role, unit_id=unit, by=SYSTEM, at=at)
    until = at + timedelta(days=30)
    who = town.people
    begin_spell(role=Role.SHIFT_COMMANDER, account_id=who["zhou"].pk, until=until, by=SYSTEM, at=at)
    begin_spell(role=Role.DUTY_CHIEF, account_id=who["leader-li"].pk, unit_id=west, until=until, by=SYSTEM, at=at)
    begin_spell(role=Role.DUTY_CHIEF, account_id=who["leader-lu"].pk, unit_id=east, until=until, by=SYSTEM, at=at)
    for name, unit, members, place in [
        ("crew-1", west, [("zhang", "lead"), ("wang", "second")], "west"),
        ("crew-2", west, [("chen", "lead"), ("sun", "second")], "north"),
        ("crew-3", east, [("qian", "lead"), ("aux-he", "auxiliary")], "east"),
    ]:
        crew = form_crew(
            code=name, callsign_zh=f"{name}组", callsign_en=name.title(), unit_id=unit,
            members=[(who[m].pk, role) for m, role in members], by=SYSTEM, at=at,
        )  # fmt: skip
        come_on_duty(crew, by=SYSTEM, at=at)
        lon, lat = corner(place)
        record_positions([Fix(crew.pk, lon, lat, at, 5.0)], at)
        town.crews[name] = crew
    for name in town.people:
        town.people[name].refresh_from_db()
    return town
