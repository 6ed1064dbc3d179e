"""What is bundled of a demo city: its roads and its twenty stations with the areas they serve."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oneroom.engine.roads import RoadGraph, from_npz_bytes
from oneroom.project.trouble import Trouble

FOLDER = Path(__file__).parent.parent / "cities"
NAMES = {"shanghai": ("上海中心城区", "Shanghai centre"), "jinan": ("济南", "Jinan")}
CREWS_PER_STATION = 3
SEED = 20211


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


def bundled(code: str) -> City:
    """A city by its code. Raises Trouble where there is none."""
    if code not in NAMES:
        raise Trouble(f"There is no demo city {code!r}: choose one of {', '.join(NAMES)}.")
    stations = json.loads((FOLDER / f"{code}.stations.json").read_text(encoding="utf-8"))
    return City(code, *NAMES[code], (FOLDER / f"{code}.npz").read_bytes(), stations)
