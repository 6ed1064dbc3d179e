"""
Who is how far from every cell now, and what a city loses when one of them drives off.

A promise of minutes is kept for a cell when some free crew would be there in time by road. Of each cell the four
nearest crews are known: so it is told at once what is left when up to three leave, or two and another is moved up in
their stead (`moves.py`), without a second search. Where more leave, a cell whose four nearest are all gone counts as
open, which errs on the safe side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.coverage import kernel
from oneroom.engine.coverage.cells import Cells
from oneroom.engine.roads import INF, Metric, Points
from oneroom.engine.roads.kernels import leaving_ms
from oneroom.engine.values import Refused

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

KNOWN = 4  # two that drive off, one that moves up, and who is left
LIMITS_S = (60, 180, 300)  # response circles of one, three and five minutes (glossary: response_circle)


class TooLarge(Refused):
    """More junctions or crews than one search holds."""

    status = 422
    code = "too_large"
    message = "This city has too many junctions or crews for a picture of its coverage."


@dataclass(frozen=True)
class Reach:
    """For each of n cells its nearest crews: ms, crew (n, KNOWN), INF and -1 where there is none within the limit."""

    cells: Cells
    ms: Ints
    crew: Ints
    crews: int

    def in_time(self, limit_s: float, without: Sequence[int] = ()) -> Bools:
        """(n, KNOWN) which of the nearest would be there in time, though some crews were gone."""
        return np.asarray((self.ms <= limit_s * 1000) & (self.crew >= 0) & ~np.isin(self.crew, list(without)))

    def within(self, limit_s: float, without: Sequence[int] = ()) -> Bools:
        """(n,) whether somebody would be there in time, though some crews were gone."""
        return np.asarray(self.in_time(limit_s, without).any(axis=1))


def reach(cells: Cells, metric: Metric, crews: Points, *, limit_s: float = 1800.0) -> Reach:
    """
    The nearest crews of each cell, by road from where they are. Crews off every road reach nothing.

    ``crews`` has at most 8,192 points. Raises TooLarge.
    """
    graph = cells.graph
    if graph.nodes > kernel.MOST_NODES or len(crews) > kernel.MOST_OWNERS:
        raise TooLarge
    node, ms, owner = [], [], []
    for i, (edge, fraction) in enumerate(zip(crews.edge.tolist(), crews.fraction.tolist(), strict=True)):
        if edge >= 0:
            to_tail, to_head = leaving_ms(
                metric.arc_ms, metric.own_ms, graph.edge_ahead[edge], graph.edge_back[edge], fraction
            )
            node += [graph.edge_tail[edge], graph.edge_head[edge]]
            ms += [to_tail, to_head]
            owner += [i, i]
    times, whose = kernel.nearest_few_kernel(
        graph.arc_start, graph.arc_head, metric.arc_ms, np.array(node, np.int32), np.array(ms, np.int32),
        np.array(owner, np.int32), min(int(limit_s * 1000), kernel.MOST_MS), KNOWN,
    )  # fmt: skip
    return Reach(cells, times[cells.node], whose[cells.node], len(crews))


def kept(found: Reach, keep: Bools) -> Reach:
    """
    The same where only these of the crews (mask) are left, numbered anew, without a second search.

    A cell whose nearest four are all gone is reached by nobody then, which errs on the safe side.
    """
    if keep.all():
        return found
    number = np.where(keep, np.cumsum(keep) - 1, -1)
    stays = (found.crew >= 0) & keep[found.crew]
    order = np.argsort(~stays, axis=1, kind="stable")
    crew = np.take_along_axis(np.where(stays, number[found.crew], -1), order, axis=1)
    ms = np.take_along_axis(np.where(stays, found.ms, INF), order, axis=1)
    return Reach(found.cells, ms.astype(np.int32), crew.astype(np.int32), int(keep.sum()))


def share(covered: Bools, weight: Floats) -> float:
    """The part of the whole weight that lies in covered cells, 0 to 1; 0 of nothing."""
    whole = float(weight.sum())
    return float(weight[covered].sum()) / whole if whole else 0.0


def lost(found: Reach, weight: Floats, limit_s: float) -> Floats:
    """(crews,) the part of the weight, 0 to 1, that nobody would reach in time any more if this crew alone left."""
    whole = float(weight.sum())
    alone = (found.ms[:, 0] <= limit_s * 1000) & (found.ms[:, 1] > limit_s * 1000) & (found.crew[:, 0] >= 0)
    held = np.bincount(found.crew[alone, 0], weights=weight[alone], minlength=found.crews)
    return np.asarray(held / whole if whole else np.zeros(found.crews))


@dataclass(frozen=True, slots=True)
class Worst:
    """The cell that somebody reaches last: its index and the seconds, None where nobody comes within the search."""

    cell: int
    seconds: int | None


def worst(found: Reach, among: Bools | None = None) -> Worst | None:
    """The worst cell (of those marked), None where there is none. Equal ones: the one of more calls, then the first."""
    which = np.arange(len(found.cells)) if among is None else np.flatnonzero(among)
    if not which.size:
        return None
    order = np.lexsort((which, -found.cells.calls[which], -found.ms[which, 0].astype(np.int64)))
    cell = int(which[order[0]])
    ms = int(found.ms[cell, 0])
    return Worst(cell, round(ms / 1000) if ms < INF else None)
