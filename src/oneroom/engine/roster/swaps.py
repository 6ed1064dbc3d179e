"""
Whether two people may exchange a duty: what a roster breaks afterwards that it did not break before.

A roster that already wears people out is no reason against a swap; one that wears somebody out more is. Unlike a whole
roster, where a chief may publish what is only warned of, a swap that breaks a rule of rest is refused: the rule guards
people against their own wish as well (row B37).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from oneroom.engine.roster.check import faults
from oneroom.engine.roster.values import STOPS, Cells, Fault, Person, Question

# Besides what stops any roster. A lost free weekend is only named: whoever swaps for it has chosen it.
WEARS_OUT = frozenset({"rest", "duty", "week", "month", "nights", "days"})

Place = tuple[int, str]  # day and code of a shift


def exchanged(cells: Cells, asker: int, given: Place, partner: int, taken: Place | None) -> dict[tuple[int, int], str]:
    """The cells after it: the partner works what was given, the asker what was taken for it, if anything was."""
    after = dict(cells)
    after.pop((asker, given[0]), None)
    if taken is not None:
        after.pop((partner, taken[0]), None)
        after[asker, taken[0]] = taken[1]
    after[partner, given[0]] = given[1]
    return after


def works_twice(cells: Cells, asker: int, given: Place, partner: int, taken: Place | None) -> list[Fault]:
    """Whoever has another duty on the day that he would get: a day holds one cell, so it is asked before."""
    found = []
    if (partner, given[0]) in cells and not (taken and taken[0] == given[0]):
        found.append(Fault("double", given[0], given[1], partner))
    if taken and (asker, taken[0]) in cells and taken[0] != given[0]:
        found.append(Fault("double", taken[0], taken[1], asker))
    return found


def may_sit(person: Person, seat: str, *, commands: bool, skill: str = "command") -> Fault | None:
    """What this person lacks for a place: a crew is led by a sworn lead, commanded by who may command (T15, T16)."""
    if commands and skill not in person.skills:
        return Fault("skill", None, "", person.id, 0, 1, skill)
    if (seat == "lead" and not (person.lead and person.sworn)) or (seat == "second" and not person.sworn):
        return Fault("no_lead", None, "", person.id, 0, 1)
    return None


def worse(question: Question, before: Cells, after: Cells) -> tuple[list[Fault], list[Fault]]:
    """(what forbids the change, what is only named): each fault that is new, or larger than it was."""
    was = _excess(faults(question, before))
    now = faults(question, after)
    more = {key for key, much in _excess(now).items() if much > was.get(key, 0)}
    found = [f for f in now if _key(f) in more]
    forbids = [f for f in found if f.code in STOPS | WEARS_OUT]
    return forbids, [f for f in found if f.code not in STOPS | WEARS_OUT]


def _key(fault: Fault) -> tuple[object, ...]:
    if fault.person is not None:
        return fault.code, fault.person
    return fault.code, fault.day, fault.shift, fault.skill


def _excess(found: Iterable[Fault]) -> dict[tuple[object, ...], int]:
    much: dict[tuple[object, ...], int] = defaultdict(int)
    for fault in found:
        much[_key(fault)] += max(abs(fault.have - fault.need), 1)
    return much
