"""
Which free crew could stand where meanwhile, when others are away.

Whoever was told to stand by counts at the place where it will stand, and is sent nowhere else: otherwise the same gap
would be mended twice while the first crew still drives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oneroom.apps.duty.queries import OnBoard
from oneroom.apps.incidents.coverage import PROMISE_S, Picture
from oneroom.apps.incidents.models import StandBy
from oneroom.apps.incidents.ways import hour_of
from oneroom.apps.orgs.queries import units
from oneroom.apps.places.queries import Loaded, find_network
from oneroom.engine import coverage, roads
from oneroom.engine.lifecycle.standby import LIVE


@dataclass(frozen=True, slots=True)
class MoveUp:
    """A free crew that could stand at a station meanwhile: the part of the calls won (0 to 1), and its drive."""

    crew: OnBoard
    station_id: int
    station_zh: str
    station_en: str
    gain: float
    drive_s: int


def move_ups(now: Picture, gone: Sequence[int], *, count: int = 2) -> list[MoveUp]:
    """The moves that mend most of what is open when these crews go, best first; a person decides about any of them."""
    loaded = find_network()
    stations = [unit for unit in units("station") if unit.lon is not None]
    if loaded is None or loaded.graph is not now.reach.cells.graph or not stations:
        return []
    lon, lat = np.array([(unit.lon, unit.lat) for unit in stations], dtype=np.float64).T
    then, movable = at_their_posts(now, loaded)
    found = coverage.best_moves(
        then.reach, loaded.metric(hour_of(now.at)), then.starts, roads.snap(loaded.index, lon, lat), then.weight,
        limit_s=PROMISE_S, movable=movable & (then.starts.edge >= 0), leaving=then.index_of(gone), count=count,
    )  # fmt: skip
    return [
        MoveUp(
            then.crews[move.crew], stations[move.place].pk, stations[move.place].name_zh, stations[move.place].name_en,
            move.gain, move.drive_s,
        )
        for move in found
    ]  # fmt: skip


def at_their_posts(now: Picture, loaded: Loaded) -> tuple[Picture, NDArray[np.bool_]]:
    """The picture as it will be when everybody told to stand by is there, and which of its crews may be moved."""
    told = StandBy.objects.filter(state__in=LIVE).values_list("crew_id", "lon", "lat")
    posts = {crew: (lon, lat) for crew, lon, lat in told}
    movable = np.array([crew.id not in posts for crew in now.crews], bool)
    if movable.all():
        return now, movable
    which = np.flatnonzero(~movable)
    lon, lat = np.array([posts[now.crews[i].id] for i in which], dtype=np.float64).T
    places = roads.snap(loaded.index, lon, lat)
    edge, fraction, off_m = now.starts.edge.copy(), now.starts.fraction.copy(), now.starts.off_m.copy()
    edge[which], fraction[which], off_m[which] = places.edge, places.fraction, places.off_m
    starts = roads.Points(edge, fraction, off_m)
    reached = coverage.reach(now.reach.cells, loaded.metric(hour_of(now.at)), starts)
    return replace(now, starts=starts, reach=reached), movable
