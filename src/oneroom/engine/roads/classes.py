"""
Road classes, the speeds cars really reach on them, and how the hour of the day slows them.

Limits are the usual ones of Chinese cities (GB 50220 design speeds: expressways 60 to 100, main
roads 40 to 60, side roads 30 to 40 km/h). A car averages less than the limit because it stops at
junctions; routers' free-flow defaults (71 km/h mean on Jinan) would promise arrivals nobody keeps.
The hourly shares are a plain two-peak working-day profile, an assumption a force replaces by its own.
"""

import re

import numpy as np
from numpy.typing import NDArray

# class: (limit km/h, share of the limit that a car averages)
_CLASSES: dict[str, tuple[float, float]] = {
    "motorway": (100, 0.85),
    "trunk": (70, 0.75),
    "primary": (60, 0.65),
    "secondary": (50, 0.65),
    "tertiary": (40, 0.65),
    "unclassified": (40, 0.6),
    "residential": (30, 0.65),
    "living_street": (20, 0.6),
    "service": (20, 0.6),
    "motorway_link": (50, 0.8),
    "trunk_link": (45, 0.7),
    "primary_link": (40, 0.65),
    "secondary_link": (40, 0.65),
    "tertiary_link": (30, 0.65),
}
CLASS_NAMES = tuple(_CLASSES)
_INDEX = {name: index for index, name in enumerate(CLASS_NAMES)}
_ALIASES = {"road": "unclassified", "residential_link": "residential", "minor": "unclassified"}
ARTERIAL = tuple(
    index
    for name, index in _INDEX.items()
    if name.removesuffix("_link") in ("motorway", "trunk", "primary", "secondary")
)

_HOURS_ARTERIAL = (
    1.0, 1.0, 1.0, 1.0, 1.0, 0.97, 0.9, 0.65, 0.6, 0.7, 0.78, 0.8,
    0.82, 0.8, 0.78, 0.75, 0.7, 0.58, 0.58, 0.7, 0.8, 0.88, 0.95, 1.0,
)  # fmt: skip
_HOURS_LOCAL = (
    1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.8, 0.75, 0.82, 0.88, 0.88,
    0.88, 0.88, 0.88, 0.86, 0.82, 0.74, 0.74, 0.82, 0.9, 0.94, 0.98, 1.0,
)  # fmt: skip
HOUR_FACTORS: NDArray[np.float64] = np.array(
    [
        [_HOURS_ARTERIAL[hour] if index in ARTERIAL else _HOURS_LOCAL[hour] for index in range(len(_CLASSES))]
        for hour in range(24)
    ]
)

_KMH_PER_UNIT = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_SPEED = re.compile(r"^\s*(\d{1,3}(?:\.\d+)?)\s*([a-z/]*)\s*$")
_SLOWEST_KMH, _FASTEST_KMH = 5.0, 130.0


def find_class(highway: str) -> int | None:
    """The class of a `highway` value, None for anything that is not a road for cars."""
    return _INDEX.get(_ALIASES.get(highway, highway))


def find_maxspeed_kmh(text: str) -> float | None:
    """
    The limit a `maxspeed` tag states: "40", "30 mph", "60; 40" (the lowest counts).

    None for what states no number ("signals", "CN:urban", "walk") or a senseless one.
    """
    found = []
    for part in re.split(r"[;|,]", text.lower()):
        match = _SPEED.match(part)
        if match is None or match[2] not in _KMH_PER_UNIT:
            continue
        kmh = float(match[1]) * _KMH_PER_UNIT[match[2]]
        if _SLOWEST_KMH <= kmh <= _FASTEST_KMH:
            found.append(kmh)
    return min(found, default=None)


def free_flow_kmh(road_class: int, maxspeed: str = "") -> float:
    """The speed a car averages on an empty road of this class, under its own limit where one is posted."""
    limit, share = _CLASSES[CLASS_NAMES[road_class]]
    return max(_SLOWEST_KMH, (find_maxspeed_kmh(maxspeed) or limit) * share)
