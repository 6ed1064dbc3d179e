"""
The rules of a roster as a CP-SAT model (OR-tools): one yes or no for each person, day and shift he may work.

Each family of rules may hang on a literal of its own, so that the same model that finds a roster also says which rules
together allow none (`why.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from oneroom.engine.roster.values import Question, Shift

Var = Any  # a literal of CP-SAT, or 0 or 1 where it is settled


@dataclass(slots=True)
class Model:
    """``x[person, day, shift]``; ``switches`` are the literals of the rules, by name, where rules can be let go."""

    question: Question
    cp: cp_model.CpModel
    x: dict[tuple[int, int, str], Var] = field(default_factory=dict)
    switches: dict[tuple[Any, ...], Var] = field(default_factory=dict)
    by_day: dict[tuple[int, int], list[tuple[Shift, Var]]] = field(default_factory=lambda: defaultdict(list))
    by_shift: dict[tuple[int, str], list[tuple[Any, Var]]] = field(default_factory=lambda: defaultdict(list))

    def on(self, person: int, day: int, which: Callable[[Shift], bool] = lambda _s: True) -> list[Var]:
        """His literals of a day, of the shifts that count; 1 for what he worked before the roster."""
        if day < 0:
            code = self.question.worked.get((person, day))
            return [1 for s in self.question.shifts if s.code == code and which(s)]
        return [v for shift, v in self.by_day[person, day] if which(shift)]


def build(question: Question, *, switched: bool = False) -> Model:
    """All rules of the question; ``switched`` hangs each family on a literal."""
    model = Model(question, cp_model.CpModel())
    _variables(model)
    rule = _Rule(model, switched)
    _needs(model, rule)
    _rest(model, rule)
    for person in question.people:
        _rows(model, rule, person.id)
        _hours(model, rule, person.id)
        _weekends(model, rule, person.id)
    return model


class _Rule:
    """Adds a row to the model, under the literal of its family where there are such."""

    def __init__(self, model: Model, switched: bool):
        self.model, self.switched = model, switched

    def __call__(self, row: Any, *name: Any) -> None:
        if isinstance(row, bool | int):  # nothing in it can vary
            row = self.model.cp.new_constant(int(row)) == 1
        added = self.model.cp.add(row)
        if self.switched:
            if name not in self.model.switches:
                self.model.switches[name] = self.model.cp.new_bool_var("|".join(map(str, name)))
            added.only_enforce_if(self.model.switches[name])


def _variables(model: Model) -> None:
    question = model.question
    for person in question.people:
        for day in range(question.days):
            fixed = question.fixed.get((person.id, day))
            for shift in question.shifts:
                if fixed is None and (day in person.away or shift.minutes > question.rules.duty_min):
                    continue
                if fixed is not None and fixed != shift.code:
                    continue
                var = model.cp.new_bool_var(f"{person.id}:{day}:{shift.code}")
                if fixed is not None:
                    model.cp.add(var == 1)
                model.x[person.id, day, shift.code] = var
                model.by_day[person.id, day].append((shift, var))
                model.by_shift[day, shift.code].append((person, var))
            if len(model.by_day[person.id, day]) > 1:
                model.cp.add_at_most_one(v for _s, v in model.by_day[person.id, day])


def _needs(model: Model, rule: _Rule) -> None:
    """As many as are needed, and no more than that takes: who is not needed is at home."""
    question = model.question
    for day in range(question.days):
        for shift in question.shifts:
            need, there = question.needs.get((day, shift.code)), model.by_shift[day, shift.code]
            everybody = sum(v for _p, v in there)
            leads = sum(v for p, v in there if p.lead and p.sworn)
            helpers = sum(v for p, v in there if not p.sworn)
            rule(helpers <= question.rules.per_lead * leads, "per_lead", day, shift.code)
            settled = sum(question.fixed.get((p.id, day)) == shift.code for p, _v in there)
            if need is None:
                model.cp.add(everybody <= settled)
                continue
            rule(everybody >= need.people, "too_few", day, shift.code)
            most = max(need.people, need.leads + sum(need.skills.values()), settled)
            model.cp.add(everybody <= most)
            rule(leads >= need.leads, "no_lead", day, shift.code)
            for skill, wanted in need.skills.items():
                rule(sum(v for p, v in there if skill in p.skills) >= wanted, "skill", day, shift.code, skill)


def _rest(model: Model, rule: _Rule) -> None:
    question = model.question
    for first in question.shifts:
        for apart in (1, 2):
            tight = {s.code for s in question.shifts if s.span(apart)[0] - first.span(0)[1] < question.rules.rest_min}
            if not tight:
                continue
            for person in question.people:
                for day in range(-apart, question.days - apart):
                    before = model.on(person.id, day, lambda s, code=first.code: s.code == code)  # type: ignore[misc]
                    after = model.on(person.id, day + apart, lambda s, tight=tight: s.code in tight)  # type: ignore[misc]
                    if before and after:
                        rule(sum(before) + sum(after) <= 1, "rest")


def _rows(model: Model, rule: _Rule, person: int) -> None:
    question = model.question
    for name, most, which in (
        ("nights", question.rules.nights_in_row, lambda s: s.night),
        ("days", question.rules.days_in_row, lambda _s: True),
    ):
        for end in range(question.days):
            row = [v for day in range(end - most, end + 1) for v in model.on(person, day, which)]
            if len(row) > most and not all(isinstance(v, int) for v in row):
                rule(sum(row) <= most, name)


def _hours(model: Model, rule: _Rule, person: int) -> None:
    question, rules = model.question, model.question.rules

    def minutes(day: int) -> list[Any]:
        return [v * s.minutes for s in question.shifts for v in model.on(person, day, lambda t, s=s: t == s)]  # type: ignore[misc]

    by_day = {day: minutes(day) for day in range(-27, question.days)}
    for week in question.weeks():
        rule(sum(v for day in week for v in by_day.get(day, [])) <= rules.week_min, "week")
    looked_back = any(p == person for p, _d in question.worked)
    for end in range(question.days) if looked_back or question.days > 28 else [min(question.days, 28) - 1]:
        rule(sum(v for day in range(end - 27, end + 1) for v in by_day.get(day, [])) <= rules.month_min, "month")


def _weekends(model: Model, rule: _Rule, person: int) -> None:
    question = model.question
    free = []
    for saturday, sunday in question.weekends():
        touched = [*model.on(person, saturday), *model.on(person, sunday)]
        touched += model.on(person, saturday - 1, lambda s: s.begins + s.minutes > 1440)
        is_free = model.cp.new_bool_var(f"free:{person}:{saturday}")
        for v in touched:
            if isinstance(v, int):
                model.cp.add(is_free == 0)
            else:
                model.cp.add_implication(is_free, v.negated())
        free.append(is_free)
    if question.weekends_to_keep():
        rule(sum(free) >= question.weekends_to_keep(), "weekends")
