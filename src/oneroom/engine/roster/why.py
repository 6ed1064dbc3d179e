"""
Why no roster keeps the rules: the smallest thing that stands in the way, in numbers that a chief can check.

First by counting, which is exact and at once: who at all may work a shift, a day, the nights of the whole time. Only
where each of these would do and they do not go together, CP-SAT is asked which families of rules exclude each other
(assumption literals), and the core is thinned until each that is left is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ortools.sat.python import cp_model

from oneroom.engine.roster.model import build
from oneroom.engine.roster.values import Fault, Person, Question, Shift


def why(question: Question, *, work: float) -> tuple[Fault, ...]:
    """
    Faults that no roster avoids. ``have`` is how many may, ``need`` how many must; a fault without a day is a rule.

    Empty if the question could not be settled within ``work``.
    """
    return tuple(_counted(question) or _core(question, work))


def _may(question: Question, person: Person, day: int, shift: Shift) -> bool:
    fixed = question.fixed.get((person.id, day))
    if fixed is not None:
        return fixed == shift.code
    return day not in person.away and shift.minutes <= question.rules.duty_min and _rested(question, person, day, shift)


def _rested(question: Question, person: Person, day: int, shift: Shift) -> bool:
    """Whether what was worked before, or is settled beside, leaves him the rest."""
    spans = {s.code: s for s in question.shifts}
    for other in (-2, -1, 1, 2):
        key = (person.id, day + other)
        code = question.worked.get(key) if day + other < 0 else question.fixed.get(key)
        if not code or code not in spans:
            continue
        first, second = sorted([shift.span(day), spans[code].span(day + other)])
        if second[0] - first[1] < question.rules.rest_min:
            return False
    return True


def _counted(question: Question) -> list[Fault]:
    """Needs that cannot be met even one by one, then those of a day together, then those of nights altogether."""
    found = []
    for day in range(question.days):
        for shift in question.shifts:
            need = question.needs.get((day, shift.code))
            if need is None:
                continue
            able = [p for p in question.people if _may(question, p, day, shift)]
            counts: list[tuple[str, str, Iterable[Person], int]] = [
                ("no_lead", "", (p for p in able if p.lead and p.sworn), need.leads),
                *(("skill", s, (p for p in able if s in p.skills), n) for s, n in sorted(need.skills.items())),
                ("too_few", "", able, need.people),
            ]
            for code, skill, group, wanted in counts:
                have = sum(1 for _p in group)
                if have < wanted:
                    found.append(Fault(code, day, shift.code, None, have, wanted, skill))
                    break
    return found or _by_day(question) or _by_capacity(question)


def _by_day(question: Question) -> list[Fault]:
    """One person works one shift of a day: all its needs together."""
    found = []
    for day in range(question.days):
        needs = [(s, question.needs[day, s.code]) for s in question.shifts if (day, s.code) in question.needs]
        for code, wanted, group in (
            ("no_lead", sum(n.leads for _s, n in needs), [p for p in question.people if p.lead and p.sworn]),
            ("too_few", sum(n.people for _s, n in needs), list(question.people)),
        ):
            have = sum(any(_may(question, p, day, s) for s, _n in needs) for p in group)
            if have < wanted:
                found.append(Fault(code, day, "", None, have, wanted))
                break
    return found


def _by_capacity(question: Question) -> list[Fault]:
    """Nights that so many people can work without too many in a row, and hours within their limit."""
    most, n = question.rules.nights_in_row, question.days
    nights_each = n // (most + 1) * most + min(n % (most + 1), most)
    found = []
    for leads in (True, False):
        people = [p for p in question.people if not leads or (p.lead and p.sworn)]
        wanted = {key: (need.leads if leads else need.people) for key, need in question.needs.items()}
        nights = sum(wanted.get((d, s.code), 0) for d in range(n) for s in question.shifts if s.night)
        able = sum(
            min(nights_each, sum(any(_may(question, p, d, s) for s in question.shifts if s.night) for d in range(n)))
            for p in people
        )
        if able < nights:
            found.append(Fault("nights", None, "", None, able, nights, "lead" if leads else ""))
        hours = sum(wanted.get((d, s.code), 0) * s.minutes for d in range(min(n, 28)) for s in question.shifts)
        room = len(people) * question.rules.month_min
        if hours > room:
            found.append(Fault("month", None, "", None, room, hours, "lead" if leads else ""))
    return found[:1]


def _core(question: Question, work: float) -> list[Fault]:
    """Families of rules that exclude each other, thinned: letting go of any one of them would do."""
    model = build(question, switched=True)
    names = {var.index: name for name, var in model.switches.items()}
    core = _sufficient(model.cp, list(model.switches.values()), work)
    for literal in sorted(core, key=lambda v: names[v.index][0] in ("too_few", "no_lead", "skill"), reverse=True):
        fewer = _sufficient(model.cp, [v for v in core if v.index != literal.index], work / 10)
        if fewer:
            core = fewer
    return [_named(names[var.index]) for var in sorted(core, key=lambda v: v.index)]


def _sufficient(cp: cp_model.CpModel, literals: list[Any], work: float) -> list[Any]:
    """Those of the literals that cannot all hold; empty if they can, or if it is not known."""
    cp.clear_assumptions()
    cp.add_assumptions(literals)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = work
    if solver.solve(cp) != cp_model.INFEASIBLE:
        return []
    named = set(solver.sufficient_assumptions_for_infeasibility())
    return [v for v in literals if v.index in named]


def _named(name: tuple[Any, ...]) -> Fault:
    code, *where = name
    return Fault(code, where[0], where[1], skill=where[2] if len(where) > 2 else "") if where else Fault(code)
