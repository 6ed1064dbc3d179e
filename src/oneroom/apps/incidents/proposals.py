"""Who should go to a matter: facts of this minute as arrays, handed to engine.dispatch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import OnBoard, board
from oneroom.apps.incidents.coverage import picture
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.incidents.protocol import plan_for
from oneroom.apps.incidents.protocol_files import KIT, SKILLS
from oneroom.apps.incidents.recusal import related_crews
from oneroom.apps.incidents.services.dispatch import Advice
from oneroom.apps.incidents.ways import NOWHERE, lengths_to, starts_of, travel_s_to
from oneroom.apps.places.queries import Loaded, find_network
from oneroom.engine import dispatch
from oneroom.engine.coverage import TooLarge
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.roads import Points

_ON_A_CALL = (Crew.State.ASSIGNED, Crew.State.EN_ROUTE, Crew.State.ON_SCENE)
_WORKING = (Crew.State.AVAILABLE, *_ON_A_CALL)


@dataclass(frozen=True, slots=True)
class Proposed:
    """
    A ranked crew with the facts of the board. ``n`` is its rank; ``length_m`` is None where no line was drawn;
    ``leaves`` is the part of past calls (0 to 1) that nobody free would reach within five minutes if it went, None
    where that is not known (yet).
    """

    n: int
    crew: OnBoard
    travel_s: int
    uncertain_s: int
    length_m: int | None
    fix_age_s: int
    score_s: int
    parts: tuple[dispatch.Part, ...]
    reasons: tuple[dispatch.Reason, ...]
    leaves: float | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A crew that is not proposed, and the rule."""

    crew: OnBoard
    rule: str


@dataclass(frozen=True, slots=True)
class OnMatter:
    """The matter a crew is on now, as far as somebody must know who would take the crew from it."""

    assignment: int
    crew_id: int
    state: str
    incident: int
    reference: str
    grade: int
    category: str
    subcategory: str
    place_zh: str
    place_en: str
    drill: bool


@dataclass(frozen=True, slots=True)
class Divertible:
    """A crew on a lesser matter that would be there clearly earlier; ``gain_s`` is None where nobody is free."""

    crew: OnBoard
    leaves: OnMatter
    travel_s: int
    uncertain_s: int
    gain_s: int | None


@dataclass(frozen=True, slots=True)
class PlanSet:
    """
    What the response plan asks for, what has been sent of it, and the best set for the rest.

    ``missing_…`` and ``short`` are what this set leaves open; ``brings`` says which codes each crew of it brings.
    """

    plan: dispatch.Plan
    sent: int
    crew_ids: tuple[int, ...]
    brings: dict[int, tuple[str, ...]]
    missing_skills: tuple[str, ...]
    missing_kit: tuple[str, ...]
    short: int


@dataclass(frozen=True, slots=True)
class Proposals:
    """Best first. ``why_none`` says why nothing could be ranked: no_crews, no_place or no_network."""

    ranked: tuple[Proposed, ...]
    excluded: tuple[LeftOut, ...]
    plan: PlanSet
    divertible: tuple[Divertible, ...] = ()
    total: int = 0
    why_none: str = ""
    recusal: Mapping[int, str] = field(default_factory=dict)  # crew -> by what it is related to the caller (recusal.py)


@lru_cache(maxsize=4096)  # hundreds of crews have the same few sets
def mask(codes: tuple[str, ...], among: tuple[str, ...]) -> int:
    """Codes as bits; what the house does not know counts for nothing."""
    return sum(1 << i for i, code in enumerate(among) if code in codes)


def codes_of(bits: int, among: Sequence[str]) -> tuple[str, ...]:
    """The codes behind the bits."""
    return tuple(code for i, code in enumerate(among) if bits >> i & 1)


def proposals(incident: Incident, *, at: datetime, limit: int = 10, lines: bool = True) -> Proposals:
    """
    Every crew on duty, ranked by road time from its last position or excluded with the rule that says so.

    The first ``limit`` are given with the length of their way (unless not ``lines``), and those of the plan's set.
    Road times are those of this hour of the city's day.
    """
    plan = plan_for(incident.category, incident.subcategory, incident.grade)
    crews = board()
    loaded = find_network()
    why_none = _why_none(incident, crews, loaded)
    if why_none or loaded is None or incident.lon is None or incident.lat is None:
        return Proposals((), (), PlanSet(plan, 0, (), {}, plan.skills, plan.kit, plan.crews), why_none=why_none)
    busy = _on_matters()
    there = {c.id: c for c in crews if c.id in busy and busy[c.id].incident == incident.pk}
    skills = mask(plan.skills, SKILLS) & ~mask(tuple(s for c in there.values() for s in c.skills), SKILLS)
    kit = mask(plan.kit, KIT) & ~mask(tuple(k for c in there.values() for k in c.kit), KIT)
    starts = starts_of(crews, loaded)
    travel_s = travel_s_to(starts, loaded, incident.lon, incident.lat, at)
    facts = _facts(crews, travel_s, at)
    ranking = dispatch.rank(dispatch.Need(incident.grade, skills, kit, incident.unit_id), facts)
    chosen = _plan_set(plan, len(there), skills, kit, ranking, crews)
    wanted = [
        (n, p) for n, p in enumerate(ranking.proposals, 1) if n <= limit or p.crew_id in chosen.crew_ids
    ]  # fmt: skip
    length_m = lengths_to(loaded, starts, [p.index for _n, p in wanted], incident, at) if lines else {}
    leaves = _leaves(crews, starts, loaded, at) if lines else {}
    ranked = tuple(
        Proposed(
            n, crews[p.index], round(p.travel_s), round(p.uncertain_s), length_m.get(p.index),
            round(float(facts.fix_age_s[p.index])), p.score_s, p.parts, p.reasons, leaves.get(p.crew_id),
        )
        for n, p in wanted
    )  # fmt: skip
    return Proposals(
        ranked, tuple(LeftOut(crews[e.index], e.rule) for e in ranking.excluded), chosen,
        _divertible(incident, crews, facts, ranking, busy, limit), len(ranking.proposals),
    )  # fmt: skip


def _leaves(crews: list[OnBoard], starts: Points, loaded: Loaded, at: datetime) -> dict[int, float]:
    """What each crew would leave; nothing of a city too large for it, which is no reason to propose nobody."""
    try:
        return picture(crews, starts, loaded, at=at).leaves()
    except TooLarge:
        return {}


def with_recusal(found: Proposals, incident_id: int) -> Proposals:
    """The same in the same order, with the crews of them that are related to the caller."""
    shown = [p.crew.id for p in found.ranked] + [d.crew.id for d in found.divertible]
    return replace(found, recusal=related_crews(incident_id, shown))


def _why_none(incident: Incident, crews: list[OnBoard], loaded: Loaded | None) -> str:
    if loaded is None:
        return "no_network"
    if incident.lon is None or incident.lat is None:
        return "no_place"
    return "" if crews else "no_crews"


def _facts(crews: list[OnBoard], travel_s: NDArray[np.float64], at: datetime) -> dispatch.Candidates:
    ages = np.array([(at - c.fix_at).total_seconds() if c.fix_at else NOWHERE for c in crews])
    return dispatch.Candidates(
        crew_id=np.array([c.id for c in crews]),
        travel_s=travel_s,
        free=np.array([c.state not in _ON_A_CALL for c in crews]),
        working=np.array([c.state in _WORKING for c in crews]),
        officers=np.array([c.officers for c in crews]),
        led=np.array([c.led for c in crews]),
        skills=np.array([mask(c.skills, SKILLS) for c in crews]),
        kit=np.array([mask(c.kit, KIT) for c in crews]),
        area_id=np.array([c.unit_id for c in crews]),
        runs=np.array([c.runs for c in crews]),
        fix_age_s=np.maximum(ages, 0.0),
        accuracy_m=np.array([c.accuracy_m or 0.0 for c in crews]),
    )


def _plan_set(
    plan: dispatch.Plan, sent: int, skills: int, kit: int, ranking: dispatch.Ranking, crews: list[OnBoard]
) -> PlanSet:
    """The best set for what the plan still asks: kit and skills are bits of one mask, skills below."""
    asked = skills | kit << len(SKILLS)
    members = []
    for p in ranking.proposals:
        c = crews[p.index]
        seconds = sum(part.seconds for part in p.parts if not part.code.startswith("lacks_"))
        brings = (mask(c.skills, SKILLS) | mask(c.kit, KIT) << len(SKILLS)) & asked
        members.append(dispatch.Member(p.crew_id, seconds, p.travel_s, brings))
    found = dispatch.best_set(members, count=max(0, plan.crews - sent), asked=asked)
    names = (*SKILLS, *KIT)
    brings_of = {m.crew_id: tuple(dict.fromkeys(codes_of(m.brings, names))) for m in members}
    return PlanSet(
        plan, sent, found.crew_ids, {c: brings_of[c] for c in found.crew_ids},
        codes_of(found.uncovered & (1 << len(SKILLS)) - 1, SKILLS), codes_of(found.uncovered >> len(SKILLS), KIT),
        found.short,
    )  # fmt: skip


def _on_matters() -> dict[int, OnMatter]:
    """The matter of each crew that is on one; a crew has at most one."""
    rows = Assignment.objects.filter(state__in=LIVE).values_list(
        "pk", "crew_id", "state", "incident_id", "incident__reference", "incident__grade", "incident__category",
        "incident__subcategory", "incident__place_zh", "incident__place_en", "incident__drill",
    )  # fmt: skip
    return {row[1]: OnMatter(*row) for row in rows}


def _divertible(
    incident: Incident,
    crews: list[OnBoard],
    facts: dispatch.Candidates,
    ranking: dispatch.Ranking,
    busy: dict[int, OnMatter],
    limit: int,
) -> tuple[Divertible, ...]:
    best_free_s = min((p.travel_s for p in ranking.proposals), default=NOWHERE)
    found = dispatch.could_be_diverted(
        incident.grade, facts,
        leaves_grade=np.array([busy[c.id].grade if c.id in busy else 0 for c in crews]),
        on_scene=np.array([c.state == Crew.State.ON_SCENE for c in crews]),
        best_free_s=best_free_s, policy=dispatch.DivertPolicy(gain_s=settings.DIVERT_GAIN_S),
    )  # fmt: skip
    return tuple(
        Divertible(
            crews[d.index], busy[d.crew_id], round(d.travel_s),
            round(dispatch.uncertain_s(facts.fix_age_s[d.index], facts.accuracy_m[d.index])),
            round(d.gain_s) if np.isfinite(d.gain_s) else None,
        )
        for d in found[:limit]
    )  # fmt: skip


def advice_for(incident: Incident, *, at: datetime) -> Advice:
    """What stands on the dispatcher's screen at this moment, as an order keeps it: worked out here, not told by it."""
    found = proposals(incident, at=at, lines=False)
    return Advice(
        tuple(p.crew.id for p in found.ranked), {p.crew.id: p.travel_s for p in found.ranked},
        card=found.plan.plan.card, crews_asked=found.plan.plan.crews, best=found.plan.crew_ids,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far a crew is from a matter, by road and by the rules: seconds, or the rule that keeps it from going."""

    travel_s: int | None
    rule: str


def arrivals(incidents: Iterable[Incident], crew: OnBoard, *, at: datetime) -> Iterator[Arrival]:
    """For each matter: whether this crew could go there now, and how long it would take where a way is known."""
    loaded = find_network()
    starts = starts_of([crew], loaded) if loaded is not None else None
    for matter in incidents:
        travel_s = np.full(1, NOWHERE)
        if loaded is not None and starts is not None and matter.lon is not None and matter.lat is not None:
            travel_s = travel_s_to(starts, loaded, matter.lon, matter.lat, at)
        ranking = dispatch.rank(dispatch.Need(matter.grade), _facts([crew], travel_s, at))
        best = ranking.proposals[:1]
        yield Arrival(round(best[0].travel_s), "") if best else Arrival(None, ranking.excluded[0].rule)
