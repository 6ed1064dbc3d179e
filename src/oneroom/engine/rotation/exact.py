"""
A round with rules about several people at once, as CP-SAT solves it, on those pairs that still matter.

Deterministic: one worker, a fixed seed, a limit in the solver's own deterministic time and none of the clock's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from oneroom.engine.rotation.matching import Ints
from oneroom.engine.rotation.rounds import Ready
from oneroom.engine.rotation.sides import Count, Side, apart, kin_side

PATIENCE = 3.0  # deterministic time, about seconds of an idle core


@dataclass(frozen=True, slots=True)
class Found:
    """``closed``: the search came to its end: this is the cheapest, or there is none."""

    where: Ints | None
    total: int
    closed: bool


class Exact:
    """The round on some of its pairs: (row, column) arrays, rows ascending."""

    def __init__(self, round_: Ready, row: Ints, column: Ints, rules: tuple[list[Count], list[tuple[int, int]]]):
        from ortools.sat.python import cp_model  # a second of start-up, which few rounds need

        self.cp, self.round, self.rules = cp_model, round_, rules
        self.offered: dict[int, list[int]] = defaultdict(list)
        for i, c in zip(row.tolist(), column.tolist(), strict=True):
            self.offered[i].append(c)

    def cheapest(self, hint: Ints | None) -> Found:
        """The cheapest way with all rules; ``hint`` is one that is known."""
        model, x = self._seated()
        for _side, parts, least in self._sides(x):
            model.add(self._sum(parts) >= least)
        names = list(x)
        model.minimize(self._sum([(int(self.round.pairs.cost[i, c]), x[i, c]) for i, c in names]))
        if hint is not None:
            for i, c in names:
                model.add_hint(x[i, c], int(hint[i] == c))
        status, solver = self._run(model)
        if status not in ("OPTIMAL", "FEASIBLE"):
            return Found(None, 0, status == "INFEASIBLE")
        where = np.full(len(self.round.people), -1, np.int64)
        for (i, c), var in x.items():
            if solver.value(var):
                where[i] = c
        return Found(where, round(solver.objective_value), status == "OPTIMAL")

    def giving_way(self) -> tuple[Side, ...]:
        """The fewest rules without which there is a way; none where that is not known."""
        model, x = self._seated()
        gives: dict[Side, Any] = {}
        for side, parts, least in self._sides(x):
            gives.setdefault(side, model.new_bool_var(""))
            model.add(self._sum(parts) >= least).only_enforce_if(~gives[side])
        model.minimize(self._sum([(1, var) for var in gives.values()]))
        status, solver = self._run(model)
        if status not in ("OPTIMAL", "FEASIBLE"):
            return ()
        return tuple(sorted((s for s, v in gives.items() if solver.value(v)), key=lambda s: (s.rule, s.about)))

    def _seated(self) -> tuple[Any, dict[tuple[int, int], Any]]:
        model = self.cp.CpModel()
        x = {(i, c): model.new_bool_var("") for i, columns in self.offered.items() for c in columns}
        takes = defaultdict(list)
        for i, columns in self.offered.items():
            model.add_exactly_one([x[i, c] for c in columns])
            for c in columns:
                takes[c].append((1, x[i, c]))
        room, required = self.round.pairs.room, self.round.pairs.required
        for c in range(len(room)):
            if required[c]:
                model.add(self._sum(takes[c]) >= int(required[c]))
            if room[c] < len(takes[c]):
                model.add(self._sum(takes[c]) <= int(room[c]))
        return model, x

    def _sides(self, x: dict[tuple[int, int], Any]) -> list[tuple[Side, list[tuple[int, Any]], int]]:
        """(rule, [(times, variable)], the least that their sum must be)"""
        counts, pairs = self.rules
        stay = self.round.stay
        found = []
        for count in counts:
            inside = None if count.columns is None else set(count.columns.tolist())
            parts = [
                (1, x[i, c])
                for i in count.rows.tolist()
                for c in self.offered[i]
                if (c == stay[i] if inside is None else c in inside)
            ]
            found.append((count.side, parts, count.least))
        for i, j in pairs:
            side = kin_side(self.round, i, j)
            for c in self.offered[i]:
                near = set(apart(self.round, c).tolist())
                bad = [d for d in self.offered[j] if d in near and not self._both_stay(i, c, j, d)]
                if bad:
                    found.append((side, [(-1, x[i, c]), *((-1, x[j, d]) for d in bad)], -1))
        return found

    def _both_stay(self, i: int, c: int, j: int, d: int) -> bool:
        """What was so before the round is not the round's."""
        r = self.round
        return not r.must[i] and not r.must[j] and c == r.stay[i] and d == r.stay[j]

    def _sum(self, parts: list[tuple[int, Any]]) -> Any:
        return self.cp.LinearExpr.weighted_sum([var for _n, var in parts], [n for n, _var in parts])

    def _run(self, model: Any) -> tuple[str, Any]:
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = PATIENCE
        return solver.status_name(solver.solve(model)), solver
