"""
How grave a call is: the usual grade of its category, moved by the reasons the caller's answers give.

The grades are P1 life at risk, P2 urgent, P3 routine, P4 not urgent (workflow §2.1; no public national table was
found, so this one is the house's own). Reasons that raise come from the emergency test of the 110 rules: danger to
life, safety or major property, happening now, evidence or suspect about to be lost. One reason that raises
outweighs every one that calms: who is in danger is not sent to the end of the queue because somebody can wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

GRAVEST, LEAST = 1, 4
ROUTINE = 3

USUAL_GRADE: dict[str, int] = {
    "crime": 2,
    "public_order": 2,
    "traffic": 3,
    "disaster": 1,
    "mass_event": 1,
    "dispute": 3,
    "help": 2,
    "missing": 2,
    "utility": 3,
    "police_complaint": 3,
    "consult": 4,
    "non_police": 4,
    "invalid": 4,
}

# Each of these alone makes the call at least as grave as its number.
RAISES: dict[str, int] = {
    "life_at_risk": 1,
    "weapon": 2,
    "injured": 2,
    "in_progress": 2,
    "suspect_present": 2,
    "vulnerable": 2,
    "property_at_risk": 2,
    "evidence_at_risk": 2,
}
# Two that are grave only together.
RAISES_TOGETHER: dict[frozenset[str], int] = {
    frozenset({"weapon", "injured"}): 1,
    frozenset({"weapon", "in_progress"}): 1,
    frozenset({"weapon", "suspect_present"}): 1,
    frozenset({"injured", "in_progress"}): 1,
    frozenset({"vulnerable", "in_progress"}): 1,
}
# Each of these takes one step off the usual grade; only the last may lead below routine.
CALMS = ("over", "no_danger", "can_wait")
CALMS_BELOW_ROUTINE = "can_wait"


@dataclass(frozen=True, slots=True)
class Graded:
    """
    A proposed grade. ``because`` holds the reasons that made it, in the order they were given; it is empty
    where the category alone did.
    """

    grade: int
    usual: int
    because: tuple[str, ...]


def propose(category: str, reasons: Iterable[str], *, usual: int | None = None) -> Graded:
    """
    The grade a call of this category has for these reasons, and which of them decided it.

    ``usual`` is that of the sub-category, where one is known. Raises KeyError for a category that is not in the table.
    """
    given = tuple(dict.fromkeys(reasons))
    usual = USUAL_GRADE[category] if usual is None else usual
    raised, by = _raised(given)
    if raised is not None:
        return Graded(min(raised, usual), usual, by if raised < usual else ())
    steps = [reason for reason in given if reason in CALMS]
    floor = LEAST if CALMS_BELOW_ROUTINE in given else max(ROUTINE, usual)
    grade = min(usual + len(steps), floor)
    return Graded(grade, usual, tuple(steps) if grade > usual else ())


def _raised(given: tuple[str, ...]) -> tuple[int | None, tuple[str, ...]]:
    """The gravest grade that any reason or pair of reasons demands, and all reasons that demand it."""
    demands = [(grade, {reason}) for reason, grade in RAISES.items() if reason in given]
    demands += [(grade, set(pair)) for pair, grade in RAISES_TOGETHER.items() if pair <= set(given)]
    if not demands:
        return None, ()
    gravest = min(grade for grade, _ in demands)
    named = set().union(*(who for grade, who in demands if grade == gravest))
    return gravest, tuple(reason for reason in given if reason in named)
