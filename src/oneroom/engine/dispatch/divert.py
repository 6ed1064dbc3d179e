"""Which crew on a lesser matter would be at a grave one clearly earlier than the best that is free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.dispatch.rank import RULES, Candidates, any_of, broken_rules


@dataclass(frozen=True, slots=True)
class DivertPolicy:
    """For which grades, how much earlier it must be, and what leaving a matter costs, in seconds."""

    up_to_grade: int = 1
    gain_s: float = 60.0
    leaving_s: tuple[float, float, float, float] = (0.0, 60.0, 15.0, 0.0)  # by the grade that is left
    on_scene_s: float = 60.0  # somebody there would be left alone


@dataclass(frozen=True, slots=True)
class Diversion:
    """A crew that could be taken from its matter, and how much earlier it would be than the best free one (or inf)."""

    index: int
    crew_id: int
    travel_s: float
    gain_s: float


def could_be_diverted(
    grade: int,
    crews: Candidates,
    *,
    leaves_grade: NDArray[np.int64],
    on_scene: NDArray[np.bool_],
    best_free_s: float,
    policy: DivertPolicy | None = None,
) -> tuple[Diversion, ...]:
    """
    The crews on a matter of lesser grade that may go and would arrive at least ``gain_s`` before the best free one.

    ``leaves_grade`` is the grade of each crew's matter, 0 for none. First those whose arrival, with what leaving costs
    added, is earliest. The rules of legality hold for them as for everybody.
    """
    p = policy or DivertPolicy()
    if grade > p.up_to_grade:
        return ()
    rules = broken_rules(crews)
    but_busy = any_of(broken for rule, broken in zip(RULES, rules, strict=True) if rule != "on_a_call")
    may_go = ~but_busy & (leaves_grade > grade)
    with np.errstate(invalid="ignore"):  # nobody is free, and there is no way either: no gain
        gain = best_free_s - crews.travel_s
    chosen = np.flatnonzero(may_go & (gain >= p.gain_s))
    cost = crews.travel_s + np.take((0.0, *p.leaving_s), leaves_grade) + on_scene * p.on_scene_s
    order = chosen[np.lexsort((crews.crew_id[chosen], cost[chosen]))]
    return tuple(Diversion(int(i), int(crews.crew_id[i]), float(crews.travel_s[i]), float(gain[i])) for i in order)
