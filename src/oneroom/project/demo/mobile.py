"""The mobile force of the simulated city: three units at stations that lie apart, each as ready as it has to be."""

from __future__ import annotations

from datetime import datetime
from math import cos, hypot, radians
from typing import Any

from oneroom.apps.duty.services import enter_force, say_readiness
from oneroom.apps.people.queries import actor_of, find_account

# level, strength, least; the first sits beside its vehicles
UNITS = ((1, 24, 16), (2, 40, 24), (2, 40, 24))


def lay(stations: list[dict[str, Any]], unit_id: int, *, commander: str, at: datetime) -> None:
    """Enter them as units of ``unit_id`` and have them ready, as this commander does it; part of making the city."""
    account = find_account(commander)
    assert account is not None
    by = actor_of(account)
    for n, (station, (level, strength, least)) in enumerate(zip(bases(stations), UNITS, strict=False), start=1):
        made = enter_force(
            code=f"sim-mobile-{n}", name_zh=f"机动{n}大队", name_en=f"Mobile unit {n}", unit_id=unit_id,
            base=f"{station['name_zh']} / {station['name_en']}", strength=strength, least=least, required=level,
            skills=("shield", "first_aid"), kit=("shield", "first_aid", "radio"), lon=station["lon"],
            lat=station["lat"], by=by, at=at,
        )  # fmt: skip
        say_readiness(made.pk, level=level, present=strength - 2 * n, by=by, at=at)


def bases(stations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The station with most work, then in turn the one with most work times way from those chosen already."""
    chosen: list[dict[str, Any]] = []
    while len(chosen) < min(len(UNITS), len(stations)):
        chosen.append(max(stations, key=lambda s: (_due(s, chosen), s["code"])))
    return chosen


def _due(station: dict[str, Any], chosen: list[dict[str, Any]]) -> float:
    return float(station["load_share"]) * min((_apart(station, other) for other in chosen), default=1.0)


def _apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    return hypot((one["lon"] - other["lon"]) * cos(radians(one["lat"])), one["lat"] - other["lat"])
