"""
Which crew should move up, and where to, when others are away: the cheapest move that mends most.

A move is worth the weight that is reached in time afterwards less what is left behind; it costs its drive. Exact for
one move at a time, over all crews and places given (the relocation step of DMEXCLP asks the same of an expected cover:
Jagtenberg, Bhulai and van der Mei 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    here = in_time.any(axis=1)
    open_weight = np.where(here, 0.0, weight)
    wins: Floats = np.dot(reaches.astype(np.float64), open_weight)  # what each place adds alone
    hopeful = np.argsort(wins, kind="stable")[::-1][: 4 * count]
    moves = []
    for crew in np.setdiff1d(np.flatnonzero(movable), list(leaving)):
        only = here & ~(in_time & (found.crew != crew)).any(axis=1)  # reached by this crew alone
        left = float(weight[only].sum())
        for place in hopeful:
            gain = (wins[place] + float(weight[only & reaches[place]].sum()) - left) / whole
            if gain >= LEAST_GAIN:
                moves.append((gain, int(place), int(crew)))
    return _chosen(sorted(moves, key=lambda m: (-m[0], m[1], m[2])), found, metric, crews, places, drive_s, count)


def _chosen(
    moves: list[tuple[float, int, int]], found: Reach, metric: Metric, crews: Points, places: Points, drive_s: float,
    count: int,
) -> list[Move]:  # fmt: skip
    """Each crew and each place once; among equal gains the nearest crew."""
    drives: dict[int, NDArray[np.int32]] = {}
    timed = []
    for gain, place, crew in moves:
        if place not in drives:
            times = np.full(len(crews), np.iinfo(np.int32).max, np.int32)
            there = nearest(found.cells.graph, metric, crews, places[place], limit_ms=int(drive_s * 1000))
            times[there.index] = there.ms
            drives[place] = times
        if drives[place][crew] <= drive_s * 1000:
            timed.append(Move(crew, place, gain, round(int(drives[place][crew]) / 1000)))
    timed.sort(key=lambda m: (-round(m.gain, 3), m.drive_s, m.crew, m.place))
    taken: list[Move] = []
    for move in timed:
        if all(move.crew != t.crew and move.place != t.place for t in taken):
            taken.append(move)
        if len(taken) == count:
            break
    return taken
