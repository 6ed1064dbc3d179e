"""
The one place that talks to the solver of mixed-integer programs (HiGHS).

Deterministic for the same program, seed and number of threads, unless a time limit ends it; then the answer is the best
one found and the bound says how good it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]

THREADS = 2  # the same in the whole process: the solver refuses to run with another number than it began with


@dataclass
class Program:
    """Maximise or minimise ``cost`` over columns between bounds; rows are added one after the other or in blocks."""

    cost: Floats
    lower: Floats
    upper: Floats
    whole: NDArray[np.bool_]
    maximise: bool
    _start: list[Ints] = field(default_factory=list)
    _column: list[Ints] = field(default_factory=list)
    _value: list[Floats] = field(default_factory=list)
    _low: list[Floats] = field(default_factory=list)
    _high: list[Floats] = field(default_factory=list)
    _filled: int = 0

    def rows(self, lengths: Ints, columns: Ints, values: Floats, low: Floats, high: Floats) -> None:
        """Add rows: ``lengths`` entries each, one after the other in ``columns`` and ``values``."""
        self._start.append((self._filled + np.cumsum(lengths) - lengths).astype(np.int32))
        self._column.append(columns.astype(np.int32))
        self._value.append(values)
        self._low.append(low)
        self._high.append(high)
        self._filled += len(columns)

    def row(self, columns: Ints, value: float, low: float, high: float) -> None:
        """Add one row in which every named column counts the same."""
        lengths = np.array([len(columns)], np.int32)
        self.rows(lengths, columns, np.full(len(columns), value), np.array([low]), np.array([high]))

    def highs(self) -> highspy.HighsLp:
        """The program as the solver wants it."""
        model = highspy.HighsLp()
        model.num_col_ = len(self.cost)
        model.num_row_ = sum(len(low) for low in self._low)
        model.sense_ = highspy.ObjSense.kMaximize if self.maximise else highspy.ObjSense.kMinimize
        model.col_cost_, model.col_lower_, model.col_upper_ = self.cost, self.lower, self.upper
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in self.whole.tolist()]
        model.row_lower_, model.row_upper_ = _joined(self._low), _joined(self._high)
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.num_col_, matrix.num_row_ = model.num_col_, model.num_row_
        matrix.start_ = np.append(_joined(self._start), self._filled).astype(np.int32)
        matrix.index_, matrix.value_ = _joined(self._column).astype(np.int32), _joined(self._value)
        return model


@dataclass(frozen=True)
class Solved:
    columns: Floats
    value: float
    bound: float


def solve(program: Program, *, seconds: float, known: Floats | None = None) -> Solved | None:
    """
    The best columns; None where there are none at all, or none were found in time.

    ``known``: columns that satisfy every row, to start from.
    """
    return solve_model(program.highs(), seconds=seconds, known=known)


def solve_model(model: highspy.HighsLp, *, seconds: float, known: Floats | None = None) -> Solved | None:
    """The bare call: what `solve` does with a program that is laid out already."""
    solver = highspy.Highs()
    options = {"output_flag": False, "threads": THREADS, "random_seed": 7, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6}
    for name, value in (options | {"time_limit": seconds}).items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    if known is not None:
        start = highspy.HighsSolution()
        start.col_value, start.value_valid = known.tolist(), True
        solver.setSolution(start)
    if solver.run() != highspy.HighsStatus.kOk:
        raise RuntimeError("the solver did not run")
    status, info = solver.getModelStatus(), solver.getInfo()
    finished = status == highspy.HighsModelStatus.kOptimal
    if not finished and info.primal_solution_status != 2:  # 2: feasible
        return None
    columns = np.array(solver.getSolution().col_value)
    value = float(info.objective_function_value)
    mixed = any(kind == highspy.HighsVarType.kInteger for kind in model.integrality_)
    return Solved(columns, value, float(info.mip_dual_bound) if mixed else value)


def _joined(parts: list[Any]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0)
