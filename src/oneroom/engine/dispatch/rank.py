"""
Rank crews for one incident: arrays in, arrays out, reasons as facts that a screen can word.

The score is in seconds: travel time plus what a missing skill, a heavy night, another station's area or an
old position is worth in seconds of delay. So a dispatcher can check it by adding up. Travel time alone
drains quiet districts and ignores legality (workflow §2.1 "Recommendation": travel, skill, load, area,
crew legality); a person confirms, always.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNREACHABLE_S = np.float64(np.inf)


@dataclass(frozen=True, slots=True)
class Need:
    """What the incident asks for. ``skills`` and ``kit`` are bit masks."""

    grade: int
    skills: int = 0
    area_id: int | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """
    Crews on duty, one position per array index (all arrays have length n).

    crew_id int64 · travel_s float64 (inf = no way there) · free bool (nothing live) · working bool (neither
    meal, nor out of service) · officers int64 sworn members · skills int64 mask · area_id int64 station ·
    runs int64 orders in this shift · fix_age_s float64 (inf = no position known).
    """

    crew_id: NDArray[np.int64]
    travel_s: NDArray[np.float64]
    free: NDArray[np.bool_]
    working: NDArray[np.bool_]
    officers: NDArray[np.int64]
    skills: NDArray[np.int64]
    area_id: NDArray[np.int64]
    runs: NDArray[np.int64]
    fix_age_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Policy:
    """What each consideration is worth, in seconds of travel."""

    skill_missing_s: float = 240.0
    other_area_s: tuple[float, float, float, float] = (0.0, 15.0, 60.0, 90.0)  # by grade P1..P4
    run_s: tuple[float, float, float, float] = (0.0, 5.0, 20.0, 30.0)  # per order above the median
    old_fix_after_s: float = 60.0
    old_fix_share: float = 0.25  # a crew may have driven away: a quarter of the age above the limit


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact for (+1) or against (-1); ``code`` is worded by the screen, ``quantity`` fills it."""

    code: str
    sign: int
    quantity: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One crew, where it stands in the ranking and why."""

    index: int
    crew_id: int
    travel_s: float
    score_s: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A crew that must not or cannot go, and the rule that says so."""

    index: int
    crew_id: int
    rule: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best first, and all that were left out."""

    proposals: tuple[Proposal, ...]
    excluded: tuple[Exclusion, ...]


# First rule that applies is the one that is shown: legality before convenience.
_RULES = ("no_officer", "not_working", "on_a_call", "no_position", "no_way")


def rank(need: Need, crews: Candidates, policy: Policy | None = None) -> Ranking:
    """
    Order the crews that may go by score, ties by crew id; name the rule that excludes each other one.

    ``need.grade`` is 1 to 4. Nothing is mutated; the same input gives the same answer.
    """
    p = policy or Policy()
    g = need.grade - 1
    rules = np.stack(
        [
            crews.officers < 1,
            ~crews.working,
            ~crews.free,
            ~np.isfinite(crews.fix_age_s),
            ~np.isfinite(crews.travel_s),
        ]
    )
    out = rules.any(axis=0)
    first_rule = rules.argmax(axis=0)

    lacks = np.bitwise_and(crews.skills, need.skills) != need.skills
    elsewhere = np.zeros_like(lacks) if need.area_id is None else crews.area_id != need.area_id
    may_go = ~out
    median_runs = float(np.median(crews.runs[may_go])) if may_go.any() else 0.0
    extra_runs = np.maximum(crews.runs - median_runs, 0.0)
    stale_s = np.where(np.isfinite(crews.fix_age_s), np.maximum(crews.fix_age_s - p.old_fix_after_s, 0.0), 0.0)

    score = (
        crews.travel_s
        + lacks * p.skill_missing_s
        + elsewhere * p.other_area_s[g]
        + extra_runs * p.run_s[g]
        + stale_s * p.old_fix_share
    )
    chosen = np.flatnonzero(may_go)
    order = chosen[np.lexsort((crews.crew_id[chosen], score[chosen]))]
    fastest = chosen[np.argmin(crews.travel_s[chosen])] if chosen.size else -1

    proposals = []
    for i in order:
        reasons = []
        if i == fastest:
            reasons.append(Reason("fastest", +1))
        if need.skills:
            reasons.append(Reason("lacks_skill", -1) if lacks[i] else Reason("has_skill", +1))
        if need.area_id is not None:
            reasons.append(Reason("other_area", -1) if elsewhere[i] else Reason("own_area", +1))
        if crews.runs[i] == 0:
            reasons.append(Reason("first_run", +1))
        elif extra_runs[i] > 0:
            reasons.append(Reason("many_runs", -1, float(crews.runs[i])))
        if stale_s[i] > 0:
            reasons.append(Reason("old_fix", -1, float(crews.fix_age_s[i])))
        proposals.append(
            Proposal(int(i), int(crews.crew_id[i]), float(crews.travel_s[i]), float(score[i]), tuple(reasons))
        )
    excluded = tuple(Exclusion(int(i), int(crews.crew_id[i]), _RULES[int(first_rule[i])]) for i in np.flatnonzero(out))
    return Ranking(tuple(proposals), excluded)
