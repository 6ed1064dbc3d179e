"""What a plan may change by hand: crews, posts, watches, beats, needs, ladders, policies; a class is a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oneroom.engine.simulate.world import DAY_S, Watch

ALL_DAY = Watch(0, DAY_S)


@dataclass(frozen=True, slots=True)
class Where:
    """A post: a unit's place by its code, or a point (WGS-84 degrees)."""

    unit: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class MoveCrew:
    """A crew stands elsewhere; it is of that unit where one is named."""

    crew: str
    to: Where


@dataclass(frozen=True, slots=True)
class AddCrew:
    """One crew more, of this unit, at its place."""

    code: str
    unit: str
    officers: int = 2
    skills: tuple[str, ...] = ()
    kit: tuple[str, ...] = ()
    watch: Watch = ALL_DAY


@dataclass(frozen=True, slots=True)
class RemoveCrew:
    """One crew less."""

    crew: str


@dataclass(frozen=True, slots=True)
class SetWatch:
    """These crews are on duty at these hours."""

    crews: tuple[str, ...]
    watch: Watch


@dataclass(frozen=True, slots=True)
class SetBeat:
    """A crew goes round these places between calls, (lon, lat) each; none: it stands at its post."""

    crew: str
    places: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SetNeed:
    """Calls of a category and grade ask for so many crews; None stands for all of them."""

    crews: int
    category: str | None = None
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """What considerations are worth, by the names of `dispatch.Policy`."""

    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class SetDivert:
    """Whether crews are taken from lesser matters, and how much earlier (s) they must be."""

    on: bool
    gain_s: float | None = None
    up_to_grade: int | None = None


@dataclass(frozen=True, slots=True)
class SetLadder:
    """When the rungs of the answer ladder of a grade come, seconds after the order; as many as it has."""

    grade: int
    after_s: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetNext:
    """At this rung of the answer ladder the room sends another crew."""

    rung: str


Hand = (
    MoveCrew | AddCrew | RemoveCrew | SetWatch | SetBeat | SetNeed | SetPolicy | SetDivert | SetLadder | SetNext
)  # fmt: skip
