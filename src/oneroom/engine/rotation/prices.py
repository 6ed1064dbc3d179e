"""
The cheapest seating of thousands of people, of whom each could go to thousands of seats.

A flow over all pairs would be millions of arcs. So each person is first offered his nearest seats only; from that
answer follow what each seat is worth to those who did not get it, and whoever would pay more for another than his own
costs him is offered that too, until there is nobody (column generation: Dantzig & Wolfe 1960). The answer is the best
over *all* pairs, which the prices prove.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oneroom.engine.rotation.matching import NOWHERE, Arcs, Ints, cheapest, most

FIRST, MORE, BLOCK = 16, 8, 512
FAR = 2**50
Matrix = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pairs:
    """(rows, columns): who could go where, and what it costs; what a column takes and must be given."""

    can: Matrix
    cost: Ints
    room: Ints
    required: Ints

    def arcs(self, offered: Matrix | None = None) -> Arcs:
        """All of them, or those that are offered."""
        row, column = np.nonzero(self.can if offered is None else offered)
        return Arcs(len(self.can), self.can.shape[1], row, column, self.cost[row, column])


@dataclass(frozen=True, slots=True)
class Best:
    """Each row's column, the total cost, and each column's price: nobody gains by another column at these prices."""

    where: Ints
    total: int
    price: Ints

    def gain(self, pairs: Pairs, rows: slice) -> Ints:
        """(rows, columns) what each pair costs more than the row's own, at the prices; never less than nothing."""
        mine = np.arange(len(self.where))[rows]
        own = pairs.cost[mine, self.where[mine]] + self.price[self.where[mine]]
        return np.asarray(pairs.cost[rows] + self.price - own[:, None])


def nearest(pairs: Pairs) -> Matrix:
    """The first offers: each row's cheapest columns; of equal ones the first."""
    offered = np.zeros(pairs.can.shape, bool)
    columns = pairs.can.shape[1]
    far = int(pairs.cost.max(initial=0)) + 1
    for rows in _blocks(len(offered)):
        ranked = np.where(pairs.can[rows], pairs.cost[rows], far) * columns + np.arange(columns)
        if columns > FIRST:
            bar = np.partition(ranked, FIRST - 1, axis=1)[:, FIRST - 1 : FIRST]
            offered[rows] = (ranked <= bar) & pairs.can[rows]
        else:
            offered[rows] = pairs.can[rows]
    return offered


def best(pairs: Pairs, offered: Matrix) -> Best | None:
    """
    The cheapest way of all; None where nobody can say so of the pairs that are offered.

    ``offered`` grows by what was offered meanwhile: the next call with other costs begins there.
    """
    while True:
        found = cheapest(pairs.arcs(offered), pairs.room, pairs.required)
        if found is None:
            return None
        where, total = found
        answer = Best(where, total, _prices(pairs, offered, where))
        if not _offer(pairs, offered, answer):
            return answer


def seat_all(pairs: Pairs, offered: Matrix) -> None:
    """Offer what it takes to seat everybody, and to fill what must be filled, where that can be done at all."""
    arcs = pairs.arcs()
    where = most(arcs, pairs.room)
    seated = np.flatnonzero(where != NOWHERE)
    offered[seated, where[seated]] = True
    copies = np.repeat(np.arange(arcs.columns), pairs.required)
    if len(copies):
        turned = turn(arcs, copies)
        who = most(turned, np.ones(arcs.rows, np.int64))
        filled = np.flatnonzero(who != NOWHERE)
        offered[who[filled], copies[filled]] = True


def turn(arcs: Arcs, copies: Ints) -> Arcs:
    """The same pairs from the columns' side: each copy of a column is a row that looks for somebody."""
    order = np.lexsort((arcs.row, arcs.column))
    row = arcs.row[order]
    begins = np.searchsorted(arcs.column[order], np.arange(arcs.columns + 1))
    who = [row[begins[c] : begins[c + 1]] for c in copies]
    lengths = [len(w) for w in who]
    return Arcs(
        len(copies), arcs.rows, np.repeat(np.arange(len(copies)), lengths),
        np.concatenate(who) if who else np.zeros(0, np.int64), np.zeros(sum(lengths), np.int64),
    )  # fmt: skip


def _offer(pairs: Pairs, offered: Matrix, answer: Best) -> bool:
    """Offer each row the columns that it would rather have, the best few; False where nobody would."""
    some = False
    for rows in _blocks(len(offered)):
        gain = answer.gain(pairs, rows)
        rather = pairs.can[rows] & ~offered[rows] & (gain < 0)
        if not rather.any():
            continue
        some = True
        ranked = np.where(rather, gain, 0) * gain.shape[1] + np.arange(gain.shape[1])
        if ranked.shape[1] > MORE:
            bar = np.partition(ranked, MORE - 1, axis=1)[:, MORE - 1 : MORE]
            rather &= ranked <= bar
        offered[rows] |= rather
    return some


def detour(pairs: Pairs, offered: Matrix, where: Ints, start: int) -> Ints:
    """
    What it costs to make room in column ``start`` by leaving a hole in each other: people move up on the offered pairs.

    ``FAR`` where that cannot be done.
    """
    tail, head, weight = _residual(pairs, offered, where)
    far = np.full(len(pairs.room) + 1, FAR, np.int64)
    far[start] = 0
    return _relaxed(far, head, tail, weight)[:-1]


def _prices(pairs: Pairs, offered: Matrix, where: Ints) -> Ints:
    """
    What each column is worth: the potentials of the residual graph (Bellman & Ford).

    A column with room to spare is worth nothing; one that is only as full as it must be may be worth less.
    """
    tail, head, weight = _residual(pairs, offered, where)
    price = _relaxed(np.zeros(len(pairs.room) + 1, np.int64), tail, head, weight)
    return np.asarray(price[:-1] - price[-1])


def _residual(pairs: Pairs, offered: Matrix, where: Ints) -> tuple[Ints, Ints, Ints]:
    """Who could move up: from a column to another, at what cost. The last node is where room is to spare."""
    row, column = np.nonzero(offered)
    own = where[row]
    weight = pairs.cost[row, column] - pairs.cost[row, own]
    given = np.bincount(where, minlength=len(pairs.room))
    sink = len(pairs.room)
    spare, owed = np.flatnonzero(given < pairs.room), np.flatnonzero(given > pairs.required)
    tail = np.concatenate([own, spare, np.full(len(owed), sink)])
    head = np.concatenate([column, np.full(len(spare), sink), owed])
    return tail, head, np.concatenate([weight, np.zeros(len(spare) + len(owed), np.int64)])


def _relaxed(value: Ints, at: Ints, by: Ints, weight: Ints) -> Ints:
    """The greatest values below these with value[at] <= value[by] + weight for every arc."""
    order = np.argsort(at, kind="stable")
    by, weight = by[order], weight[order]
    nodes, begins = np.unique(at[order], return_index=True)
    for _ in range(len(value) + 1):
        least = np.minimum(value[nodes], np.minimum.reduceat(value[by] + weight, begins))
        if (least == value[nodes]).all():
            return value
        value[nodes] = least
    raise AssertionError("a cheapest flow leaves no cycle by which it could be cheaper")


def _blocks(rows: int) -> Iterator[slice]:
    return (slice(begin, min(begin + BLOCK, rows)) for begin in range(0, rows, BLOCK))
