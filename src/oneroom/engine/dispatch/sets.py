"""
Which crews together: the set that a response plan asks for, exact, in seconds that can be added up.

A set costs the seconds of its crews (travel, load, area, old position) and, for each skill or piece of kit that the
plan asks for and none of them brings, ``uncovered_s``: so much later a crew may arrive for bringing it. What is left
uncovered is said. The least sum wins, then the earlier last arrival, then the lower crew ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

UNCOVERED_S = 600  # ten minutes: in a city worth a crew from the other end, but not worth waiting without end


@dataclass(frozen=True, slots=True)
class Member:
    """A crew that may go: its seconds without those for skill and kit, and the bits it brings of what is asked."""

    crew_id: int
    seconds: int
    travel_s: float
    brings: int


@dataclass(frozen=True, slots=True)
class ChosenSet:
    """The best set in the order of arrival. ``uncovered`` are the bits nobody brings, ``short`` the crews that lack."""

    crew_ids: tuple[int, ...]
    cost_s: int
    latest_s: float
    uncovered: int
    short: int


def best_set(crews: Sequence[Member], *, count: int, asked: int, uncovered_s: int = UNCOVERED_S) -> ChosenSet:
    """
    The cheapest ``count`` of these crews (all, if they are fewer) with the bits ``asked``.

    Exact: of crews that bring the same only the first ``count`` can be in a best set; what is left is few enough to
    keep, for each number of crews and each union of what they bring, the best way there (a knapsack over unions).
    """
    size = min(count, len(crews))
    alike: dict[int, list[Member]] = defaultdict(list)
    for crew in sorted(crews, key=lambda c: (c.seconds, c.travel_s, c.crew_id)):
        same = alike[crew.brings & asked]
        if len(same) < size:
            same.append(crew)
    # (crews so far, bits so far) -> (seconds, last arrival, ids): a tuple that compares as sets are compared
    best: dict[tuple[int, int], tuple[int, float, tuple[int, ...]]] = {(0, 0): (0, 0.0, ())}
    for crew in sorted((c for same in alike.values() for c in same), key=lambda c: c.crew_id):
        for (n, bits), (seconds, latest, ids) in list(best.items()):
            if n == size:
                continue
            key = (n + 1, bits | (crew.brings & asked))
            found = (seconds + crew.seconds, max(latest, crew.travel_s), (*ids, crew.crew_id))
            if key not in best or found < best[key]:
                best[key] = found
    whole = {
        (seconds + uncovered_s * (asked & ~bits).bit_count(), latest, ids): bits
        for (n, bits), (seconds, latest, ids) in best.items()
        if n == size
    }
    cost_s, latest, ids = min(whole)
    by_id = {c.crew_id: c for c in crews}
    in_order = tuple(sorted(ids, key=lambda c: (by_id[c].travel_s, c)))
    return ChosenSet(in_order, cost_s, latest, asked & ~whole[cost_s, latest, ids], max(0, count - size))
