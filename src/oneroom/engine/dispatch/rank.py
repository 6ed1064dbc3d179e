"""
Rank crews for one incident: arrays in, arrays out, reasons as facts that a screen can word.

The score is in whole seconds: travel time plus what a missing skill, missing kit, a heavy night, another station's
area or an old position is worth in seconds of delay. Each part is kept, so a dispatcher can check a score by adding
up. Travel time alone drains quiet districts and ignores legality (workflow §2.1 "Recommendation": travel, skill, load,
area, crew legality); a person confirms, always.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

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


class Reason(NamedTuple):
    """One fact for (+1) or against (-1): a code for the screen to word, with a ``quantity`` or the bits ``what``."""

    code: str
    sign: int
    quantity: float | None = None
    what: int = 0


class Part(NamedTuple):
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


def broken_rules(crews: Candidates) -> tuple[NDArray[np.bool_], ...]:
    """Which crews break each rule, (n,), in the order of ``RULES``."""
    return (
        crews.officers < 1,
        ~crews.led,
        ~crews.working,
        ~crews.free,
        ~np.isfinite(crews.fix_age_s),
        ~np.isfinite(crews.travel_s),
    )


def any_of(rules: Iterable[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Which crews break one of these rules at least."""
    return reduce(np.bitwise_or, rules)


def rank(need: Need, crews: Candidates, policy: Policy | None = None, *, first: int | None = None) -> Ranking:
    """
    Order the crews that may go by score, ties by travel time, then crew id; name the rule that excludes each other one.

    ``need.grade`` is 1 to 4. Only the ``first`` proposals are made out, all if None: who needs one of a thousand does
    not wait for the reasons of the others. Nothing is mutated; the same input gives the same answer.
    """
    p = policy or _USUAL
    rules = broken_rules(crews)
    out = any_of(rules)
    excluded: tuple[Exclusion, ...] = ()
    index = np.arange(len(out))
    if out.any():
        broken = np.argmax(rules, axis=0)
        excluded = tuple(
            Exclusion(int(i), int(crews.crew_id[i]), RULES[int(broken[i])]) for i in np.flatnonzero(out)
        )  # fmt: skip
        index = np.flatnonzero(~out)
        crews = Candidates(*(getattr(crews, column)[index] for column in Candidates.__slots__))
    if not len(index):
        return Ranking((), excluded)
    weighed = _weigh(need, crews, p)
    score = reduce(np.add, weighed.parts.values())
    order = np.lexsort((crews.crew_id, crews.travel_s, score))[:first]
    return Ranking(_made_out(need, crews, p, weighed, order, index), excluded)


class _Weighed(NamedTuple):
    """What counts for and against crews, over arrays: whole seconds by part; parts that are nobody's are left out."""

    parts: dict[str, NDArray[np.float64]]
    no_skill: NDArray[np.int64]
    no_kit: NDArray[np.int64]
    elsewhere: NDArray[np.bool_]
    extra_runs: NDArray[np.float64]
    stale_s: NDArray[np.float64]


def _weigh(need: Need, crews: Candidates, p: Policy) -> _Weighed:
    g = need.grade - 1
    nothing = np.zeros(len(crews.crew_id), np.int64)
    parts = {"travel": np.rint(crews.travel_s)}
    no_skill, no_kit, elsewhere = nothing, nothing, nothing.astype(np.bool_)
    if need.skills:
        no_skill = np.bitwise_and(need.skills, ~crews.skills)
        parts["lacks_skill"] = np.rint(_share(no_skill, need.skills) * p.skill_missing_s)
    if need.kit:
        no_kit = np.bitwise_and(need.kit, ~crews.kit)
        parts["lacks_kit"] = np.rint(_share(no_kit, need.kit) * p.kit_missing_s)
    if need.area_id is not None:
        elsewhere = crews.area_id != need.area_id
        parts["other_area"] = np.rint(elsewhere * p.other_area_s[g])
    extra_runs = np.maximum(crews.runs - _median(crews.runs), 0.0)
    stale_s = np.maximum(crews.fix_age_s - p.old_fix_after_s, 0.0)
    parts["many_runs"] = np.rint(extra_runs * p.run_s[g])
    parts["old_fix"] = np.rint(stale_s * p.old_fix_share)
    return _Weighed(parts, no_skill, no_kit, elsewhere, extra_runs, stale_s)


def _made_out(
    need: Need, crews: Candidates, p: Policy, weighed: _Weighed, order: NDArray[np.int64], index: NDArray[np.int64]
) -> tuple[Proposal, ...]:
    """The proposals in this order, with their reasons. ``index``: where each crew stood among all."""
    columns = (
        order, index[order], crews.crew_id[order], crews.travel_s[order],
        uncertain_s(crews.fix_age_s[order], crews.accuracy_m[order], p), weighed.no_skill[order],
        crews.skills[order], weighed.no_kit[order], crews.kit[order], weighed.elsewhere[order], crews.runs[order],
        weighed.extra_runs[order], weighed.stale_s[order], crews.fix_age_s[order],
    )  # fmt: skip
    seconds = {code: part[order].tolist() for code, part in weighed.parts.items()}
    fastest = int(crews.travel_s.argmin())
    proposals = []
    for n, (
        here, place, crew_id, travel_s, unsure_s, no_skill, skills, no_kit, kit, elsewhere, runs, extra_runs, stale_s,
        age_s,
    ) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):  # fmt: skip
        reasons = []
        if here == fastest:
            reasons.append(_FASTEST)
        for has, lacks, asked, missing, held in (
            ("has_skill", "lacks_skill", need.skills, no_skill, skills),
            ("has_kit", "lacks_kit", need.kit, no_kit, kit),
        ):
            if asked & held:
                reasons.append(Reason(has, +1, what=asked & held))
            if missing:
                reasons.append(Reason(lacks, -1, what=missing))
        if need.area_id is not None:
            reasons.append(_OTHER_AREA if elsewhere else _OWN_AREA)
        if runs == 0:
            reasons.append(_FIRST_RUN)
        elif extra_runs > 0:
            reasons.append(Reason("many_runs", -1, float(runs)))
        if stale_s > 0:
            reasons.append(Reason("old_fix", -1, age_s))
        parts = [Part(code, int(part[n])) for code, part in seconds.items() if code == "travel" or part[n]]
        proposals.append(
            Proposal(
                place, crew_id, travel_s, unsure_s, sum(part.seconds for part in parts), tuple(parts), tuple(reasons)
            )
        )
    return tuple(proposals)


_USUAL = Policy()
_FASTEST, _FIRST_RUN = Reason("fastest", +1), Reason("first_run", +1)
_OWN_AREA, _OTHER_AREA = Reason("own_area", +1), Reason("other_area", -1)


def _median(runs: NDArray[np.int64]) -> float:
    """`numpy.median` of whole numbers, for the few crews of most calls at a fifth of its cost."""
    in_order = np.sort(runs)
    return float(in_order[(len(runs) - 1) // 2] + in_order[len(runs) // 2]) / 2


def uncertain_s(age_s: Any, accuracy_m: Any, policy: Policy | None = None) -> Any:
    """By how much an arrival may be off for a position so old and so inaccurate; numbers or arrays, in seconds."""
    p = policy or _USUAL
    return age_s * p.old_fix_share + accuracy_m / p.metres_per_s


def _share(missing: NDArray[np.int64], asked: int) -> NDArray[np.float64]:
    """Which part of what is asked each crew lacks, 0 to 1."""
    return np.bitwise_count(missing).astype(np.float64) / asked.bit_count()
