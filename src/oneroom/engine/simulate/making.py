"""
From a city's facts to a `World`: crews at their posts, and what a planner changes of them by hand.

Facts name crews and units by their codes and places by degrees, as people do; a world has numbers and junctions.
"""

from __future__ import annotations

from dataclasses import dataclass

from oneroom.engine.simulate.changes import ALL_DAY
from oneroom.engine.simulate.world import Watch


@dataclass(frozen=True, slots=True)
class CrewFacts:
    """
    A crew as a planner knows it: its unit's code, its post (WGS-84 degrees), who rides, and its watches, one after
    the other: a car that three watches share is on duty all day.
    """

    code: str
    unit: str
    lon: float | None
    lat: float | None
    officers: int = 2
    led: bool = True
    skills: tuple[str, ...] = ()
    kit: tuple[str, ...] = ()
    watches: tuple[Watch, ...] = (ALL_DAY,)
    beat: tuple[tuple[float, float], ...] = ()
