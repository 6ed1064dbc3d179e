"""
People into seats: the cheapest way in which everybody has one, and who stands in the way where there is none.

A flow from people over places to a sink (OR-tools: cost-scaling push-relabel, Goldberg 1997). It is deterministic: the
same arcs in the same order give the same answer. Where a maximum flow leaves somebody without a seat, whoever can be
reached from him by alternating paths is a Hall set: one more person than seats they could have, and minimal, because
each of them could stand back for the others (Dulmage & Mendelsohn 1958).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
NOWHERE = -1
ASKED = 32


@dataclass(frozen=True, slots=True)
class Arcs:
    """
    Who could go where: arc k from ``row[k]`` to ``column[k]`` at ``cost[k]``; rows ascending.

    Costs are whole numbers; with ``rows + columns`` nodes their products stay below 2**62.
    """

    rows: int
    columns: int
    row: Ints
    column: Ints
    cost: Ints


@dataclass(frozen=True, slots=True)
class Hall:
    """These rows have no other columns than these, and those have room for one less."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]


def cheapest(arcs: Arcs, room: Ints, required: Ints) -> tuple[Ints, int] | None:
    """
    Each row's column at the least total cost, with it; None where not everybody can be seated so.

    ``room``: how many a column takes; ``required``: how many it must be given, at most its room.
    """
    from ortools.graph.python import min_cost_flow  # with it comes pandas, which every process would load in vain

    flow = min_cost_flow.SimpleMinCostFlow()
    sink = arcs.rows + arcs.columns
    first = flow.add_arcs_with_capacity_and_unit_cost(
        arcs.row, arcs.rows + arcs.column, np.ones(len(arcs.row), np.int64), arcs.cost
    )
    columns = np.arange(arcs.columns, dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        arcs.rows + columns, np.full(arcs.columns, sink), room - required, np.zeros(arcs.columns, np.int64)
    )
    rest = arcs.rows - int(required.sum())
    if rest < 0:
        return None
    supplies = np.concatenate([np.ones(arcs.rows, np.int64), -required, [-rest]])
    flow.set_nodes_supplies(np.arange(sink + 1), supplies)
    if flow.solve() != flow.OPTIMAL:
        return None
    taken = np.flatnonzero(flow.flows(first))
    where = np.full(arcs.rows, NOWHERE, np.int64)
    where[arcs.row[taken]] = arcs.column[taken]
    return where, int(flow.optimal_cost())


def halls(arcs: Arcs, room: Ints) -> list[Hall]:
    """
    What keeps rows from having a column each: minimal sets, the smallest first, no row in two. None: all can.

    Of rows that are offered the same only the first is asked, and at most ``ASKED`` of those that differ: the others
    are named when these are mended.
    """
    where = most(arcs, room)
    begins = np.searchsorted(arcs.row, np.arange(arcs.rows + 1))
    order = np.argsort(where, kind="stable")
    sits = np.searchsorted(where[order], np.arange(arcs.columns + 1))
    different = {arcs.column[begins[row] : begins[row + 1]].tobytes(): row for row in np.flatnonzero(where < 0)[::-1]}
    found: list[Hall] = []
    for row in sorted(different.values())[:ASKED]:
        rows, columns = np.zeros(arcs.rows, bool), np.zeros(arcs.columns, bool)
        rows[row] = True
        todo = [int(row)]
        while todo:
            mine = todo.pop()
            offered = arcs.column[begins[mine] : begins[mine + 1]]
            new = offered[~columns[offered]]
            columns[new] = True
            for column in new.tolist():  # who sits there could stand up for another: nobody of them is there yet
                sitting = order[sits[column] : sits[column + 1]]
                rows[sitting] = True
                todo.extend(sitting.tolist())
        found.append(Hall(tuple(np.flatnonzero(rows).tolist()), tuple(np.flatnonzero(columns).tolist())))
    found.sort(key=lambda hall: (len(hall.rows), hall.rows))
    seen: set[int] = set()
    kept = []
    for hall in found:
        if seen.isdisjoint(hall.rows):
            kept.append(hall)
            seen.update(hall.rows)
    return kept


def most(arcs: Arcs, room: Ints) -> Ints:
    """As many rows seated as can be: each one's column, or NOWHERE."""
    from ortools.graph.python import max_flow

    flow = max_flow.SimpleMaxFlow()
    source, sink = arcs.rows + arcs.columns, arcs.rows + arcs.columns + 1
    ones = np.ones(arcs.rows, np.int64)
    first = flow.add_arcs_with_capacity(arcs.row, arcs.rows + arcs.column, np.ones(len(arcs.row), np.int64))
    flow.add_arcs_with_capacity(np.full(arcs.rows, source), np.arange(arcs.rows), ones)
    flow.add_arcs_with_capacity(arcs.rows + np.arange(arcs.columns), np.full(arcs.columns, sink), room)
    where = np.full(arcs.rows, NOWHERE, np.int64)
    if len(arcs.row):
        status = flow.solve(source, sink)
        assert status == flow.OPTIMAL, "a flow of at most so many people has no other end"
        taken = np.flatnonzero(flow.flows(first))
        where[arcs.row[taken]] = arcs.column[taken]
    return where
