"""
The best roster: what is asked first comes first, and nothing after it may cost it anything.

In this order: as few changes as can be against a roster that people have read (after somebody fell away), as many
wishes as can be, then nights, weekends and hours shared so that whoever has most of them has the least that can be.
Each is proved best before the next is asked; below that the rest is evened out as far as exchanges go. The same
question gives the same roster: fixed seed, fixed workers, a limit counted in work and not in time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import gcd
from typing import Any

from ortools.sat.python import cp_model

from oneroom.engine.roster.check import faults
from oneroom.engine.roster.even import AIMS, lower_bounds, share_evenly
from oneroom.engine.roster.model import Model, build
from oneroom.engine.roster.values import Fault, Question, Shift
from oneroom.engine.roster.why import why

WORK = 30.0  # what one step may cost, in CP-SAT's deterministic seconds; a month of sixty people takes one or two


@dataclass(frozen=True, slots=True)
class Answer:
    """
    ``cells`` are empty where no roster keeps the rules; ``blocked`` then says why, as the smallest faults.

    ``proved``: nothing better exists. ``costs`` are what each aim came to: changes, wishes not met, and what whoever
    has most has of nights, of days at weekends, and of minutes.
    """

    cells: dict[tuple[int, int], str]
    proved: bool
    costs: dict[str, int]
    blocked: tuple[Fault, ...] = ()


def solve(question: Question, *, work: float = WORK, workers: int = 1, seed: int = 1) -> Answer:
    """Make the roster. Checked by counting it again (``check``) before anybody sees it."""
    run = _Run(question, build(question), _solver(work, workers, seed))
    for name, cost in _asked(run.model):
        if not run.step(name, cost):
            return Answer({}, run.impossible, {}, why(question, work=work))
    unit = gcd(*(s.minutes for s in question.shifts)) or 1
    bounds = lower_bounds(question, unit)
    run.best, got = share_evenly(question, run.best, unit=unit, seed=seed)
    if any(got[name] > bounds[name] for name in AIMS):
        run.hint()
        for name in AIMS:
            run.step(name, _most(run.model, name, unit, bounds[name]))
        run.best, got = share_evenly(question, run.best, unit=unit, seed=seed)
    costs = run.costs | got | {"hours": got["hours"] * unit}
    wrong = [f for f in faults(question, run.best) if f.stops]
    settled = {key for key, code in question.fixed.items() if code}
    if any((f.person, f.day) not in settled for f in wrong):
        raise AssertionError(f"the solver's roster breaks its own rules: {wrong[:3]}")
    return Answer(run.best, run.proved, costs)


def _solver(work: float, workers: int, seed: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.interleave_search = workers > 1  # else two runs of the same question could differ
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    solver.parameters.linearization_level = 2
    return solver


@dataclass(slots=True)
class _Run:
    """One aim after the other on one model, each kept for those that follow."""

    question: Question
    model: Model
    solver: cp_model.CpSolver
    best: dict[tuple[int, int], str] = field(default_factory=dict)
    costs: dict[str, int] = field(default_factory=dict)
    proved: bool = True
    impossible: bool = False

    def step(self, name: str, cost: Any) -> bool:
        """Whether there is a roster at all; the first step alone can say that there is none."""
        cp = self.model.cp
        if cost is not None:
            cp.minimize(cost)
        status = self.solver.solve(cp)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.impossible, self.proved = status == cp_model.INFEASIBLE, False
            return False
        self.best = {(p, d): code for (p, d, code), var in self.model.x.items() if self.solver.boolean_value(var)}
        if cost is not None:
            self.proved = self.proved and status == cp_model.OPTIMAL
            self.costs[name] = round(self.solver.objective_value)
            cp.add(cost <= self.costs[name])
        self.hint()
        return True

    def hint(self) -> None:
        """The next step begins with what there is."""
        self.model.cp.clear_hints()  # type: ignore[no-untyped-call]
        for (p, d, code), var in self.model.x.items():
            self.model.cp.add_hint(var, self.best.get((p, d)) == code)


def _asked(model: Model) -> list[tuple[str, Any]]:
    """What comes before the even share; without any, a roster at all."""
    question, aims = model.question, []
    if question.kept is not None:
        for (p, d, code), var in model.x.items():
            model.cp.add_hint(var, question.kept.get((p, d)) == code)
        aims.append(("changes", _changes(model)))
    if question.wishes:
        aims.append(("wishes", _wishes(model)))
    return aims or [("", None)]


def _changes(model: Model) -> Any:
    """Cells that differ from what people have read, those of days on which somebody is away left out."""
    kept = model.question.kept or {}
    changed = []
    for (person, day), pairs in model.by_day.items():
        for shift, var in pairs:
            changed.append(1 - var if kept.get((person, day)) == shift.code else var)
    return sum(changed)


def _wishes(model: Model) -> Any:
    """How many wishes are not met."""
    missed: list[Any] = []
    for wish in model.question.wishes:
        if wish.shift:
            var = model.x.get((wish.person, wish.day, wish.shift))
            missed.append(1 if var is None else 1 - var)
        else:
            missed += [var for _s, var in model.by_day.get((wish.person, wish.day), [])]
    return sum(missed)


def _most(model: Model, name: str, unit: int, least: int) -> Any:
    """What whoever has most has. The bound is stated, though it follows: without it nothing is proved (measured)."""
    question = model.question
    weekend = {day for pair in question.weekends() for day in pair}

    def weight(shift: Shift, day: int) -> int:
        return {"nights": int(shift.night), "weekends": int(day in weekend), "hours": shift.minutes // unit}[name]

    top = sum(max((weight(s, day) for s in question.shifts), default=0) for day in range(question.days))
    most = model.cp.new_int_var(min(least, top), top, f"most {name}")
    for p in question.people:
        model.cp.add(
            sum(var * weight(s, day) for day in range(question.days) for s, var in model.by_day[p.id, day]) <= most
        )
    return most
