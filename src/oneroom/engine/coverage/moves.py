"""
Which crew should move up, and where to, when others are away: the cheapest move that mends most.

A move is worth the weight that is reached in time afterwards less what is left behind; it costs its drive. Exact for
one move, over all crews and places given; several are the best of them in turn, each as if it were the only one. (The
relocation step of DMEXCLP asks the same of an expected cover: Jagtenberg, Bhulai and van der Mei 2015.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oneroom.engine.coverage.cells import Cells
from oneroom.engine.coverage.reach import Bools, Floats, Reach
from oneroom.engine.roads import Metric, Points, nearest, times_from

LEAST_GAIN = 0.005  # half a percent of the calls: less is no reason to send a crew across the city


@dataclass(frozen=True, slots=True)
class Move:
    """One crew to one place: the part of the weight won by it (net), and its drive in seconds."""

    crew: int
    place: int
    gain: float
    drive_s: int


def covers(cells: Cells, metric: Metric, places: Points, limit_s: float) -> Bools:
    """(places, cells) what a crew that stands at each place would reach in time."""
    limit_ms = int(limit_s * 1000)
    near = [times_from(cells.graph, metric, places[i], limit_ms=limit_ms)[cells.node] for i in range(len(places))]
    return np.array(near, np.int32).reshape(len(places), len(cells)) <= limit_ms


def best_moves(
    found: Reach, metric: Metric, crews: Points, places: Points, weight: Floats, *,
    limit_s: float, movable: Bools, leaving: Sequence[int] = (), covered: Bools | None = None, drive_s: float = 900.0,
    count: int = 3,
) -> list[Move]:  # fmt: skip
    """
    The best ``count`` moves of different crews to different places, most gained first, then the shorter drive.

    ``movable`` (crews,) who may be moved; ``leaving`` are those that drive off and move nowhere (exact for two);
    ``covered`` what `covers` said of the places where it is known already. Moves that win less than half a percent of
    the weight, or take longer than ``drive_s``, are no moves.
    """
    whole = float(weight.sum())
    if not whole or not len(places):
        return []
    reaches = covers(found.cells, metric, places, limit_s) if covered is None else covered
    in_time = found.in_time(limit_s, leaving)
    near = in_time.sum(axis=1)
    single = np.flatnonzero(near == 1)  # reached by one crew alone, which would leave it behind
    whose = found.crew[single, in_time[single].argmax(axis=1)]
    left = np.bincount(whose, weights=weight[single], minlength=len(crews))
    gains = np.empty((len(places), len(crews)))
    for place, reached in enumerate(reaches):
        kept = np.bincount(whose, weights=weight[single] * reached[single], minlength=len(crews))
        gains[place] = (float(weight[reached & (near == 0)].sum()) + kept - left) / whole
    gains[:, ~movable] = -np.inf
    gains[:, list(leaving)] = -np.inf
    return _chosen(gains, found, metric, crews, places, drive_s, count)


def _chosen(
    gains: Floats, found: Reach, metric: Metric, crews: Points, places: Points, drive_s: float, count: int
) -> list[Move]:
    """Each crew and each place once; among gains that are the same to a tenth of a percent the shorter drive."""
    moves = []
    for place in np.flatnonzero((gains >= LEAST_GAIN).any(axis=1)).tolist():
        there = nearest(found.cells.graph, metric, crews, places[place], limit_ms=int(drive_s * 1000))
        for crew, ms in zip(there.index.tolist(), there.ms.tolist(), strict=True):
            if gains[place, crew] >= LEAST_GAIN:
                moves.append(Move(crew, place, float(gains[place, crew]), round(ms / 1000)))
    moves.sort(key=lambda m: (-round(m.gain, 3), m.drive_s, m.crew, m.place))
    taken: list[Move] = []
    for move in moves:
        if all(move.crew != t.crew and move.place != t.place for t in taken):
            taken.append(move)
        if len(taken) == count:
            break
    return taken
