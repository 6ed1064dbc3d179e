"""
Rank crews for one incident: arrays in, arrays out, reasons as facts that a screen can word.

The score is in whole seconds: travel time plus what a missing skill, missing kit, a heavy night, another station's
area or an old position is worth in seconds of delay. Each part is kept, so a dispatcher can check a score by adding
up. Travel time alone drains quiet districts and ignores legality (workflow §2.1 "Recommendation": travel, skill, load,
area, crew legality); a person confirms, always.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Need:
    """What the incident asks for. ``skills`` and ``kit`` are bit masks."""

    grade: int
    skills: int = 0
    kit: int = 0
    area_id: int | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """
    Crews on duty, one position per array index (all arrays have length n).

    crew_id int64 · travel_s float64 (inf = no way there) · free bool (nothing live) · working bool (neither
    meal, nor out of service) · officers int64 sworn members · led bool (the lead is a sworn officer and there) ·
    skills, kit int64 masks · area_id int64 station · runs int64 orders in this shift · fix_age_s float64 (inf = no
    position known) · accuracy_m float64 of the position.
    """

    crew_id: NDArray[np.int64]
    travel_s: NDArray[np.float64]
    free: NDArray[np.bool_]
    working: NDArray[np.bool_]
    officers: NDArray[np.int64]
    led: NDArray[np.bool_]
    skills: NDArray[np.int64]
    kit: NDArray[np.int64]
    area_id: NDArray[np.int64]
    runs: NDArray[np.int64]
    fix_age_s: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Policy:
    """What each consideration is worth, in seconds of travel."""

    skill_missing_s: float = 240.0  # for all that is asked; lacking a part costs that part
    kit_missing_s: float = 120.0
    other_area_s: tuple[float, float, float, float] = (0.0, 15.0, 60.0, 90.0)  # by grade P1..P4
    run_s: tuple[float, float, float, float] = (0.0, 5.0, 20.0, 30.0)  # per order above the median
    old_fix_after_s: float = 60.0
    old_fix_share: float = 0.25  # a crew may have driven away: a quarter of the age above the limit
    metres_per_s: float = 8.0  # how an inaccurate position becomes seconds: city driving, 29 km/h


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact for (+1) or against (-1): a code for the screen to word, with a ``quantity`` or the bits ``what``."""

    code: str
    sign: int
    quantity: float | None = None
    what: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One summand of a score, in whole seconds."""

    code: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    One crew, where it stands in the ranking and why. ``score_s`` is the sum of ``parts``.

    ``uncertain_s``: the arrival may be so much earlier or later, since the position is so old and so inaccurate.
    """

    index: int
    crew_id: int
    travel_s: float
    uncertain_s: float
    score_s: int
    parts: tuple[Part, ...]
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
RULES = ("no_officer", "no_lead", "not_working", "on_a_call", "no_position", "no_way")


def broken_rules(crews: Candidates) -> NDArray[np.bool_]:
    """Which rule each crew breaks: (rules, n), in the order of ``RULES``."""
    return np.stack(
        [
            crews.officers < 1,
            ~crews.led,
            ~crews.working,
            ~crews.free,
            ~np.isfinite(crews.fix_age_s),
            ~np.isfinite(crews.travel_s),
        ]
    )


def rank(need: Need, crews: Candidates, policy: Policy | None = None, *, first: int | None = None) -> Ranking:
    """
    Order the crews that may go by score, ties by travel time, then crew id; name the rule that excludes each other one.

    ``need.grade`` is 1 to 4. Only the ``first`` proposals are made out, all if None: who needs one of a thousand does
    not wait for the reasons of the others. Nothing is mutated; the same input gives the same answer.
    """
    p = policy or Policy()
    g = need.grade - 1
    rules = broken_rules(crews)
    out = rules.any(axis=0)
    first_rule = rules.argmax(axis=0)
    chosen = np.flatnonzero(~out)

    no_skill = np.bitwise_and(need.skills, ~crews.skills)
    no_kit = np.bitwise_and(need.kit, ~crews.kit)
    elsewhere = np.zeros_like(out) if need.area_id is None else crews.area_id != need.area_id
    median_runs = float(np.median(crews.runs[chosen])) if chosen.size else 0.0
    extra_runs = np.maximum(crews.runs - median_runs, 0.0)
    age_s = np.where(np.isfinite(crews.fix_age_s), crews.fix_age_s, 0.0)
    stale_s = np.maximum(age_s - p.old_fix_after_s, 0.0)
    unsure_s = uncertain_s(age_s, crews.accuracy_m, p)

    parts = {
        "travel": np.where(out, 0.0, crews.travel_s),
        "lacks_skill": _share(no_skill, need.skills) * p.skill_missing_s,
        "lacks_kit": _share(no_kit, need.kit) * p.kit_missing_s,
        "other_area": elsewhere * p.other_area_s[g],
        "many_runs": extra_runs * p.run_s[g],
        "old_fix": stale_s * p.old_fix_share,
    }
    whole = {code: np.rint(seconds).astype(np.int64) for code, seconds in parts.items()}
    score = np.sum(list(whole.values()), axis=0)
    order = chosen[np.lexsort((crews.crew_id[chosen], crews.travel_s[chosen], score[chosen]))]
    fastest = chosen[np.argmin(crews.travel_s[chosen])] if chosen.size else -1

    proposals = []
    for i in order[:first].tolist():
        reasons = []
        if i == fastest:
            reasons.append(Reason("fastest", +1))
        for has, lacks, asked, missing, held in (
            ("has_skill", "lacks_skill", need.skills, int(no_skill[i]), int(crews.skills[i])),
            ("has_kit", "lacks_kit", need.kit, int(no_kit[i]), int(crews.kit[i])),
        ):
            if asked & held:
                reasons.append(Reason(has, +1, what=asked & held))
            if missing:
                reasons.append(Reason(lacks, -1, what=missing))
        if need.area_id is not None:
            reasons.append(Reason("other_area", -1) if elsewhere[i] else Reason("own_area", +1))
        if crews.runs[i] == 0:
            reasons.append(Reason("first_run", +1))
        elif extra_runs[i] > 0:
            reasons.append(Reason("many_runs", -1, float(crews.runs[i])))
        if stale_s[i] > 0:
            reasons.append(Reason("old_fix", -1, float(crews.fix_age_s[i])))
        summands = tuple(
            Part(code, int(s[i])) for code, s in whole.items() if code == "travel" or s[i]
        )  # fmt: skip
        proposals.append(
            Proposal(
                i, int(crews.crew_id[i]), float(crews.travel_s[i]), float(unsure_s[i]), int(score[i]), summands,
                tuple(reasons),
            )
        )  # fmt: skip
    excluded = tuple(Exclusion(int(i), int(crews.crew_id[i]), RULES[int(first_rule[i])]) for i in np.flatnonzero(out))
    return Ranking(tuple(proposals), excluded)


def uncertain_s(age_s: Any, accuracy_m: Any, policy: Policy | None = None) -> Any:
    """By how much an arrival may be off for a position so old and so inaccurate; numbers or arrays, in seconds."""
    p = policy or Policy()
    return age_s * p.old_fix_share + accuracy_m / p.metres_per_s


def _share(missing: NDArray[np.int64], asked: int) -> NDArray[np.float64]:
    """Which part of what is asked each crew lacks, 0 to 1."""
    if not asked:
        return np.zeros(len(missing))
    return np.bitwise_count(missing).astype(np.float64) / asked.bit_count()
