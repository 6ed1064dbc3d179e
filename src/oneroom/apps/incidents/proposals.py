"""Who should go to a matter: facts of this minute as arrays, handed to engine.dispatch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from oneroom.apps.duty.models import Crew, Position
from oneroom.apps.duty.queries import OnBoard, board
from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.services.dispatch import Advice
from oneroom.apps.places.queries import Loaded, find_network
from oneroom.engine import dispatch, roads

_ON_A_CALL = (Crew.State.ASSIGNED, Crew.State.EN_ROUTE, Crew.State.ON_SCENE)
_WORKING = (Crew.State.AVAILABLE, *_ON_A_CALL)
# What a category asks of a crew, as bits of a mask.
SKILLS = ("mediation", "traffic", "shield", "first_aid")
NEEDS = {"dispute": "mediation", "traffic": "traffic", "mass_event": "shield", "disaster": "first_aid"}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A ranked crew with the facts of the board."""

    crew: OnBoard
    travel_s: int
    fix_age_s: int
    reasons: tuple[dispatch.Reason, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A crew that is not proposed, and the rule."""

    crew: OnBoard
    rule: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """Best first; ``no_roads`` when there is no network or the matter has no place yet."""

    ranked: tuple[Proposed, ...]
    excluded: tuple[LeftOut, ...]
    no_roads: bool = False


def skill_mask(skills: tuple[str, ...]) -> int:
    """Skills a crew has, as bits."""
    return sum(1 << i for i, s in enumerate(SKILLS) if s in skills)


def proposals(incident: Incident, *, at: datetime, limit: int = 10) -> Proposals:
    """
    Every crew on duty, ranked by road time from its last position or excluded with the rule that says so.

    Road times are those of this hour of the city's day.
    """
    crews = board()
    loaded = find_network()
    if incident.lon is None or incident.lat is None or loaded is None or not crews:
        return Proposals((), (), no_roads=True)
    travel_s = _travel_s(crews, loaded, incident.lon, incident.lat, at)
    ages = np.array([(at - c.fix_at).total_seconds() if c.fix_at else np.inf for c in crews])
    ages = np.maximum(ages, 0.0)
    need = dispatch.Need(
        incident.grade, skills=skill_mask((NEEDS.get(incident.category, ""),)), area_id=incident.unit_id
    )
    facts = dispatch.Candidates(
        crew_id=np.array([c.id for c in crews]),
        travel_s=travel_s,
        free=np.array([c.state not in _ON_A_CALL for c in crews]),
        working=np.array([c.state in _WORKING for c in crews]),
        officers=np.array([c.officers for c in crews]),
        skills=np.array([skill_mask(c.skills) for c in crews]),
        area_id=np.array([c.unit_id for c in crews]),
        runs=np.array([c.runs for c in crews]),
        fix_age_s=ages,
    )
    ranking = dispatch.rank(need, facts)
    ranked = tuple(
        Proposed(crews[p.index], round(p.travel_s), round(float(ages[p.index])), p.reasons)
        for p in ranking.proposals[:limit]
    )
    return Proposals(ranked, tuple(LeftOut(crews[e.index], e.rule) for e in ranking.excluded))


def advice_for(incident: Incident, *, at: datetime) -> Advice:
    """What stands on the dispatcher's screen at this moment, as an order keeps it: worked out here, not told by it."""
    found = proposals(incident, at=at)
    return Advice(tuple(p.crew.id for p in found.ranked), {p.crew.id: p.travel_s for p in found.ranked})


def _travel_s(crews: list[OnBoard], loaded: Loaded, lon: float, lat: float, at: datetime) -> NDArray[np.float64]:
    """Seconds by road from each crew to the place; inf where there is no position or no way."""
    travel_s = np.full(len(crews), np.inf)
    known = [i for i, c in enumerate(crews) if c.lon is not None]
    if not known:
        return travel_s
    starts = roads.snap(loaded.index, np.array([crews[i].lon for i in known]), np.array([crews[i].lat for i in known]))
    goal = roads.candidates(loaded.index, lon, lat)
    found = roads.nearest(loaded.graph, loaded.metric(_hour(at)), starts, goal)
    travel_s[np.array(known)[found.index]] = found.ms / 1000.0
    return travel_s


def route_for(incident: Incident, crew_id: int, *, at: datetime) -> dict[str, object] | None:
    """The way of one crew to the matter: seconds, metres, and the line as [lon, lat]; None where there is none."""
    loaded = find_network()
    place = Position.objects.filter(crew_id=crew_id).first()
    if loaded is None or place is None or incident.lon is None or incident.lat is None:
        return None
    start = roads.snap(loaded.index, np.array([place.lon]), np.array([place.lat]))
    goal = roads.candidates(loaded.index, incident.lon, incident.lat)
    if start.edge[0] < 0 or len(goal) == 0:
        return None
    found = roads.find_route(loaded.graph, loaded.metric(_hour(at)), start, goal)
    if found is None:
        return None
    line = [[round(float(x), 5), round(float(y), 5)] for x, y in found.line()]
    return {"travel_s": round(found.ms / 1000), "length_m": round(found.length_m), "line": line}


def _hour(at: datetime) -> int:
    """The hour of the city's day: roads are slower at eight than at three."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).hour
