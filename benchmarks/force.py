"""A force of 3,000 units and 30,000 people in a house of its own, for the benchmarks of the organisation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY, FOUNDED, CHANGED = date(2026, 11, 22), date(2015, 1, 1), date(2021, 7, 1)
BRANCHES, STATIONS, TEAMS, PEOPLE = 16, 25, 5, 30_000


def codes() -> list[tuple[str, str, str | None]]:
    """Code, kind, parent of each unit: a city, 16 branches, 400 stations of five teams each, sections for the rest."""
    made: list[tuple[str, str, str | None]] = [("city", "city_bureau", None)]
    for b in range(BRANCHES):
        made.append((f"b{b}", "branch_bureau", "city"))
        for s in range(STATIONS):
            made.append((f"b{b}s{s}", "station", f"b{b}"))
            made += [(f"b{b}s{s}t{t}", "team", f"b{b}s{s}") for t in range(TEAMS)]
    return made + [(f"k{n}", "section_office", "city") for n in range(3000 - len(made))]


def found() -> None:
    """Units with two spells each (they were renamed once) and their rows of today; a drawn area for each station."""
    from oneroom.apps.orgs import facts as stored
    from oneroom.apps.orgs.models import FollowedDay, OrgUnit
    from oneroom.engine.organisation.facts import Facts, Spell, System

    spells, place = [], 0
    for code, kind, parent in codes():
        area = None
        if kind == "station":
            west, south = 121 + 0.01 * (place % 20), 31 + 0.01 * (place // 20)
            box = [
                [west, south],
                [west + 0.01, south],
                [west + 0.01, south + 0.01],
                [west, south + 0.01],
                [west, south],
            ]
            area, place = stored.area_key({"type": "Polygon", "coordinates": [box]}), place + 1
        same: dict[str, Any] = {"system": System.OPERATIONS, "parent": parent, "area": area}
        spells += [Spell(code, kind, f"旧{code}", FOUNDED, CHANGED, **same), Spell(code, kind, code, CHANGED, **same)]
    stored.write(Facts(), Facts(tuple(spells)))
    OrgUnit.objects.bulk_create(
        OrgUnit(code=code, kind=kind, name_zh=code, name_en="", valid_from=FOUNDED) for code, kind, _parent in codes()
    )
    by = {unit.code: unit for unit in OrgUnit.objects.all()}
    areas = {spell.code: spell.area for spell in spells if spell.area}
    grounds = stored.areas(areas.values())
    for code, _kind, parent in codes():
        by[code].parent = by[parent] if parent else None
        by[code].area = grounds[areas[code]] if code in areas else None
    OrgUnit.objects.bulk_update(by.values(), ["parent", "area"], batch_size=500)
    FollowedDay.objects.update_or_create(pk=1, defaults={"day": TODAY})


def people() -> None:
    """30,000 accounts, each an officer of a station."""
    from oneroom.apps.orgs.models import OrgUnit
    from oneroom.apps.people.models import Account, Grant

    stations = list(OrgUnit.objects.filter(kind="station").order_by("code").values_list("pk", flat=True))
    rows = Account.objects.bulk_create(
        [Account(username=f"p{n}", name=f"P{n}", password="!") for n in range(PEOPLE)], batch_size=2000
    )
    Grant.objects.bulk_create(
        [Grant(account=row, role="patrol_officer", unit_id=stations[n % len(stations)], begins=NOW)
         for n, row in enumerate(rows)], batch_size=2000,
    )  # fmt: skip


def middle(times: list[float]) -> float:
    """The median, in ms."""
    return 1000 * sorted(times)[len(times) // 2]
