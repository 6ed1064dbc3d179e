"""
Turn restrictions: where one may not turn from a street into another, as nodes of their own.

Searches ask for nodes, not for turns, so a junction with a restriction is split. Its number stays: who stands there
leaves it by any street. Every street out of it begins at a *mouth* of its own; every restricted street into it ends at
a *throat*, from which lead only the permitted mouths; and whoever arrives does so at its *goal*, which nothing leaves:
else one could arrive, forget where one came from, and drive on. What joins them takes no time and is no street
(``arc_edge`` is -1). Where nothing is forbidden nothing is split, and a network without restrictions is what it was.

A *direction* of a street is ``2 * edge`` as it is drawn and ``2 * edge + 1`` against that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Split:
    """
    A network's arcs after its junctions are split; those that join nodes of one junction come last.

    Lengths: n nodes, the junctions first; k arcs.
    """

    tail: Ints  # (k,)
    head: Ints  # (k,)
    junction_of: Ints  # (n,) where a node lies
    goal_of: Ints  # (n,) the node at which one arrives who drives to this one; of most nodes itself


def pairs(forbidden: ArrayLike | None) -> Ints:
    """(r, 2) the forbidden turns, from direction into direction, each once and in order."""
    if forbidden is None or not len(given := np.asarray(forbidden, np.int32).reshape(-1, 2)):
        return np.empty((0, 2), np.int32)
    return np.unique(given, axis=0).astype(np.int32)


def split(junctions: int, tail: Ints, head: Ints, direction: Ints, forbidden: Ints) -> Split:
    """
    Split every junction at which something is forbidden; ``direction`` (m,) is that of each arc.

    Raises ValueError for a turn between streets of which one does not begin where the other ends.
    """
    if not len(forbidden):
        every = np.arange(junctions, dtype=np.int32)
        return Split(tail, head, every, every)
    came, goes = _arcs_of(direction, forbidden[:, 0]), _arcs_of(direction, forbidden[:, 1])
    if (head[came] != tail[goes]).any():
        raise ValueError("a turn leads from a street into one that begins where it ends")
    banned: dict[int, dict[int, set[int]]] = {}  # junction, arc in, arcs out
    for into, out in zip(came.tolist(), goes.tolist(), strict=True):
        banned.setdefault(int(head[into]), {}).setdefault(into, set()).add(out)
    by_tail = np.argsort(tail, kind="stable")
    sorted_tail = tail[by_tail]
    new_tail, new_head = tail.copy(), head.copy()
    nodes, goal_of, joins = list(range(junctions)), list(range(junctions)), list[tuple[int, int]]()

    def another(junction: int) -> int:
        nodes.append(junction)
        goal_of.append(len(nodes) - 1)
        return len(nodes) - 1

    for junction in sorted(banned):
        first, last = np.searchsorted(sorted_tail, [junction, junction + 1])
        mouth = {out: another(junction) for out in by_tail[first:last].tolist()}
        goal_of[junction] = goal = another(junction)
        for out, node in mouth.items():
            new_tail[out] = node
            joins.append((junction, node))
        joins.append((junction, goal))
        for into, outs in sorted(banned[junction].items()):
            new_head[into] = throat = another(junction)
            joins += [(throat, node) for out, node in mouth.items() if out not in outs]
            joins.append((throat, goal))
    more = np.array(joins, np.int32)
    return Split(
        np.concatenate([new_tail, more[:, 0]]), np.concatenate([new_head, more[:, 1]]),
        np.array(nodes, np.int32), np.array(goal_of, np.int32),
    )  # fmt: skip


def _arcs_of(direction: Ints, wanted: Ints) -> NDArray[np.int64]:
    """The arc of each direction. Raises ValueError for one that nobody may drive."""
    order = np.argsort(direction, kind="stable")
    found = order[np.minimum(np.searchsorted(direction, wanted, sorter=order), len(order) - 1)]
    if (direction[found] != wanted).any():
        raise ValueError("a turn is from and into directions that may be driven")
    return found
