"""What is bundled of a demo city: its roads, its stations with the areas they serve, and the crews they post."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oneroom.engine.roads import RoadGraph, from_npz_bytes
from oneroom.project.demo.shifts import CREWS, NIGHT_SHARE, Watch
from oneroom.project.trouble import Trouble

FOLDER = Path(__file__).parent.parent / "cities"
NAMES = {"shanghai": ("上海中心城区", "Shanghai centre"), "jinan": ("济南", "Jinan")}
SEED = 20211
MOST_CREWS = 300
CALLSIGN_FROM = {Watch.DAY: 1, Watch.NIGHT: 21}  # both watches are on the air for some minutes of each relief


@dataclass(frozen=True)
class City:
    """A bundled city with so many crews by day; ``stations`` are as `cities.make` wrote them."""

    code: str
    name_zh: str
    name_en: str
    roads: bytes
    stations: list[dict[str, Any]]
    crews: int = CREWS

    @property
    def strength(self) -> dict[Watch, int]:
        """Crews on duty in each watch."""
        return {Watch.DAY: self.crews, Watch.NIGHT: max(1, round(self.crews * NIGHT_SHARE))}

    def graph(self) -> RoadGraph:
        """The network as arrays, read anew."""
        return from_npz_bytes(self.roads)


@dataclass(frozen=True, slots=True)
class Post:
    """One crew's place: ``number`` counts through the city, ``station`` is an index, ``callsign`` the number on air."""

    number: int
    station: int
    callsign: int
    watch: Watch

    @property
    def code(self) -> str:
        return f"sim-{self.number:03d}"


def posts(city: City) -> list[Post]:
    """Every crew, the day's first; stations get crews by the load of their area, each at least one if possible."""
    found: list[Post] = []
    for watch, strength in city.strength.items():
        for station, many in enumerate(_apportioned([s["load_share"] for s in city.stations], strength)):
            for place in range(many):
                found.append(Post(len(found) + 1, station, CALLSIGN_FROM[watch] + place, watch))
    return found


def _apportioned(shares: list[float], seats: int) -> list[int]:
    """Seats by share, each one if they suffice: the next one to whom it is due most (Sainte-Laguë, 1910)."""
    given = [int(seats >= len(shares))] * len(shares)
    for _ in range(seats - sum(given)):
        due = max(range(len(shares)), key=lambda i: (shares[i] / (2 * given[i] + 1), -i))
        given[due] += 1
    return given


def bundled(code: str, crews: int = CREWS) -> City:
    """A city by its code. Raises Trouble where there is none."""
    if code not in NAMES:
        raise Trouble(f"There is no demo city {code!r}: choose one of {', '.join(NAMES)}.")
    if not 1 <= crews <= MOST_CREWS:
        raise Trouble(f"--crews is between 1 and {MOST_CREWS}.")
    stations = json.loads((FOLDER / f"{code}.stations.json").read_text(encoding="utf-8"))
    return City(code, *NAMES[code], (FOLDER / f"{code}.npz").read_bytes(), stations, crews)
