"""
What a simulated city is made of: crews, watches, kinds of calls, habits of people; a plan changes these values.

Times of people (how long they take to answer, to set out, to deal with a scene) are log-normal: a median, and how far
they scatter. All of them are assumptions until somebody fits them on his own record; a report must say which they were.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import exp

from oneroom.engine.dispatch import DivertPolicy, Policy
from oneroom.engine.escalation import Rung
from oneroom.engine.roads import RoadGraph

DAY_S = 86_400
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


class Unrunnable(ValueError):
    """These facts make no city that could be run; the sentence says why, to whoever made the world."""


class Undrivable(Unrunnable):
    """A crew, by its code, has a beat that cannot be driven."""

    def __init__(self, crew: Crew, why: str):
        super().__init__(f"the beat of crew {crew.code or crew.id} {why}")
        self.crew = crew.code


@dataclass(frozen=True, slots=True)
class Span:
    """A time that scatters: half of all are below the median, about two in three within exp(±sigma) of it."""

    median_s: float
    sigma: float = 0.0

    def at(self, normal: float) -> float:
        """The time for a standard normal number."""
        return self.median_s * exp(self.sigma * normal)


@dataclass(frozen=True, slots=True)
class Watch:
    """On duty from ``on_s`` (seconds after midnight) for ``lasts_s``, on these weekdays (Monday is 0)."""

    on_s: int
    lasts_s: int
    days: tuple[int, ...] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Crew:
    """
    A crew of one watch. ``post`` is the junction where it begins and to which it comes back; ``beat`` are those that it
    visits in turn between calls, none for a crew that stands at its post. ``code``: what people know it by, if they do.
    The rest is what `dispatch.rank` asks about.
    """

    id: int
    area: int
    post: int
    watch: int = 0
    beat: tuple[int, ...] = ()
    officers: int = 2
    led: bool = True
    skills: int = 0
    kit: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """
    A kind of calls: grade 1 to 4, what its plan asks for, and how long a crew is at work on it. ``decide`` and
    ``mobilise``: where the room or crews are quicker or slower with it than `Habits` says.
    """

    category: str
    grade: int
    crews: int = 1
    skills: int = 0
    kit: int = 0
    scene: Span = Span(1200.0, 0.7)
    paper: Span = Span(300.0, 0.5)
    station_share: float = 0.0  # in so many the paperwork is done at the station: somebody is brought there
    decide: Span | None = None
    mobilise: Span | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """How people and cars behave."""

    decide: Span = Span(45.0, 0.4)  # from the call to the first order
    answer: Span = Span(12.0, 0.6)
    mobilise: Span = Span(50.0, 0.5)
    silent: float = 0.02  # so many orders are not noticed at first
    wakes: float = 0.5  # of those, so many at each rung that rings the crew once more
    next_at: str = "second"  # at this rung of the answer ladder the room sends another crew
    mute_s: float = 1800.0  # who did not answer is not asked again for so long
    handover_s: float = 600.0  # the new watch is ready so much later, and the old one stays until then
    speed: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)  # of a car on a call, by grade, to that of traffic
    beat_speed: float = 0.5
    beat_stop_s: float = 300.0  # at each stop of a beat


@dataclass(frozen=True)
class World:
    """A city under one plan. ``begins`` is a midnight where the city is; its offset holds for the whole run."""

    graph: RoadGraph
    crews: tuple[Crew, ...]
    kinds: tuple[Kind, ...]
    begins: datetime
    watches: tuple[Watch, ...] = (Watch(0, DAY_S),)
    habits: Habits = field(default_factory=Habits)
    policy: Policy | None = None
    divert: DivertPolicy | None = None
    ladders: tuple[tuple[Rung, ...], ...] | None = None  # of orders, by grade; None: those of the live room

    def __post_init__(self) -> None:
        if not self.crews:
            raise Unrunnable("a city without a crew cannot be run")
        if len({crew.id for crew in self.crews}) != len(self.crews):
            raise Unrunnable("two crews have the same number")
        if self.begins.tzinfo is None or (self.begins.hour, self.begins.minute, self.begins.second) != (0, 0, 0):
            raise Unrunnable("a run begins at midnight of a known time zone")
        for watch in self.watches:
            if not (0 <= watch.on_s < DAY_S and 0 < watch.lasts_s <= DAY_S):
                raise Unrunnable("a watch begins within the day and lasts at most one")
        for crew in self.crews:
            if not 0 <= crew.watch < len(self.watches):
                raise Unrunnable(f"crew {crew.id} is of a watch that does not exist")
            if not all(0 <= node < self.graph.nodes for node in (crew.post, *crew.beat)):
                raise Unrunnable(f"crew {crew.id} stands off the road network")
        if self.ladders is not None and (len(self.ladders) != 4 or not all(self.ladders)):
            raise Unrunnable("a ladder with rungs is wanted for each of the four grades")
        for kind in self.kinds:
            if not 1 <= kind.grade <= 4 or kind.crews < 1:
                raise Unrunnable(f"calls of kind {kind.category} have no grade from 1 to 4, or ask for no crew")
