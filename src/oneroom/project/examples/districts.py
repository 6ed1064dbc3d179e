"""
The ground of the example of Tianjin and its police districts (row T17): drawn by rule, on no map.

The texts give the sums alone: 20 traffic brigades, 66 districts that match stations. Here a district is a square, and
the stations it works with are its strips, so that no ground of a station is without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oneroom.apps.orgs.facts import area_digest
from oneroom.engine.organisation.changes import Create, New
from oneroom.engine.organisation.facts import System

BRIGADES, DISTRICTS = 20, 66
_WEST, _SOUTH, _SIDE = 116.9, 38.6, 0.1  # degrees
_COLUMNS = 11


@dataclass(frozen=True, slots=True)
class Drawn:
    """``outlines`` by name; the name of each station's ground by the station's code, of the districts' in order."""

    outlines: dict[str, dict[str, Any]]
    stations: dict[str, str]
    districts: tuple[str, ...]


def draw(stations: Sequence[str]) -> Drawn:
    """The ground of all stations (codes) and of the districts, the stations of each beside each other."""
    outlines: dict[str, dict[str, Any]] = {}
    by_station, by_district = {}, []
    for k in range(DISTRICTS):
        mine = [code for n, code in enumerate(stations) if n * DISTRICTS // len(stations) == k]
        by_district.append(_keep(outlines, k, 0.0, 1.0))
        for n, code in enumerate(mine):
            by_station[code] = _keep(outlines, k, n / len(mine), (n + 1) / len(mine))
    return Drawn(outlines, by_station, tuple(by_district))


def brigades(above: str) -> list[New]:
    """The brigades of the traffic corps."""
    return [
        New(_brigade(n), "brigade", f"交警 {n + 1} 大队", f"Traffic brigade {n + 1}", "", System.OPERATIONS, above)
        for n in range(BRIGADES)
    ]


def districts(drawn: Drawn) -> list[Create]:
    """The districts, three or four to a brigade, each with its ground."""
    return [
        Create(New(district(k), "district", f"交警 {k + 1} 警区", f"Police district {k + 1}", "", System.OPERATIONS,
                   _brigade(k * BRIGADES // DISTRICTS), drawn.districts[k]))
        for k in range(DISTRICTS)
    ]  # fmt: skip


def district(k: int) -> str:
    """Its code."""
    return f"tj-pd{k:02d}"


def _brigade(n: int) -> str:
    return f"tj-tb{n:02d}"


def _keep(outlines: dict[str, dict[str, Any]], k: int, begins: float, ends: float) -> str:
    """A strip of the square of a district, from one part of its width to another; gives the name of the ground."""
    row, column = divmod(k, _COLUMNS)
    west, east = (round(_WEST + _SIDE * (column + x), 6) for x in (begins, ends))
    south, north = (round(_SOUTH + _SIDE * (row + y), 6) for y in (0, 1))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    outline = {"type": "Polygon", "coordinates": [ring]}
    name = area_digest(outline)
    outlines[name] = outline
    return name
