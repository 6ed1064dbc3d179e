"""What is bundled of a demo city: its roads, its stations with the areas they serve, and the crews they post."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oneroom.engine.roads import RoadGraph, from_npz_bytes
from oneroom.project.demo.shifts import Watch
from oneroom.project.trouble import Trouble

FOLDER = Path(__file__).parent.parent / "cities"
NAMES = {"shanghai": ("上海中心城区", "Shanghai centre"), "jinan": ("济南", "Jinan")}
SEED = 20211
# Crews on duty in a watch. Nights are quieter: the fitted log has a third of the midday's calls at four in the morning.
STRENGTH = {Watch.DAY: 200, Watch.NIGHT: 120}
CALLSIGN_FROM = {Watch.DAY: 1, Watch.NIGHT: 21}  # both watches are on the air for some minutes of each relief


@dataclass(frozen=True)
class City:
    """A bundled city; ``stations`` are as `cities.make` wrote them."""

    code: str
    name_zh: str
    name_en: str
    roads: bytes
    stations: list[dict[str, Any]]

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
    """Every crew of the city, the day's first; stations get crews by the load of their area, each at least one."""
    found: list[Post] = []
    for watch, strength in STRENGTH.items():
        for station, many in enumerate(_apportioned([s["load_share"] for s in city.stations], strength)):
            for place in range(many):
                found.append(Post(len(found) + 1, station, CALLSIGN_FROM[watch] + place, watch))
    return found


def _apportioned(shares: list[float], seats: int) -> list[int]:
    """Seats by share, each at least one: the next one to whom it is due most (Sainte-Laguë, 1910)."""
    given = [1] * len(shares)
    for _ in range(seats - len(shares)):
        due = max(range(len(shares)), key=lambda i: (shares[i] / (2 * given[i] + 1), -i))
        given[due] += 1
    return given


def bundled(code: str) -> City:
    """A city by its code. Raises Trouble where there is none."""
    if code not in NAMES:
        raise Trouble(f"There is no demo city {code!r}: choose one of {', '.join(NAMES)}.")
    stations = json.loads((FOLDER / f"{code}.stations.json").read_text(encoding="utf-8"))
    return City(code, *NAMES[code], (FOLDER / f"{code}.npz").read_bytes(), stations)
