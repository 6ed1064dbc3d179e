"""
Which part of the calls of the last weeks a free crew would reach in time now, and what a crew that goes leaves open.

Past calls are those of the public: what crews found themselves would send crews to where crews already are (scope.md
§2). They are counted per cell of the city and counted anew every ten minutes; where nobody ever called from, each cell
weighs the same. A picture may be two seconds old, for positions are estimates; who is gone never counts, nor who was
not heard for as long as the board marks. Where a picture takes long to make (thousands of crews in a large city) it is
made beside, and nobody waits: until then it is the last one without those who are not free any more. Of who is free and
not in it (``unknown``) it says nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.db import connection
from numpy.typing import NDArray

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import OnBoard, board
from oneroom.apps.incidents.pastcalls import calls_of_the_public, newest_batch
from oneroom.apps.incidents.ways import hour_of, starts_of
from oneroom.apps.places.queries import Loaded, find_network
from oneroom.engine import coverage, roads

log = logging.getLogger(__name__)

PROMISE_S = 300  # the circle that a gap is asked of
# A free crew that was silent for longer may be anywhere. Shorter gaps are a tunnel: most of those who wait, stand.
HEARD_WITHIN = timedelta(minutes=10)
_COUNTED_ANEW = timedelta(minutes=10)
_FRESH = timedelta(seconds=2)
_LARGE = 25_000  # junctions: of a larger city it takes a tenth of a second and more, and is made beside
_SPARED = 3  # times as long as it takes it rests, so that it never fills a processor
_OLDEST_S = 60.0  # a picture made beside that is older than this is waited for
_ENOUGH = 8  # calls: one square with fewer is one person's, and no worst place of a city


@dataclass(frozen=True, slots=True)
class Picture:
    """
    Free crews and how far they are from every cell; ``calls`` were counted (0: each cell weighs the same).

    ``unknown`` are free and not in it, ``unplaced`` of them have no position, or an old one.
    """

    at: datetime
    crews: tuple[OnBoard, ...]
    starts: roads.Points
    reach: coverage.Reach
    weight: NDArray[np.float64]
    calls: int
    unknown: frozenset[int] = frozenset()
    unplaced: int = 0

    def within(self) -> dict[int, float]:
        """The part of the calls that lies within each circle (seconds) of a free crew, 0 to 1."""
        return {s: coverage.share(self.reach.within(s), self.weight) for s in coverage.LIMITS_S}

    def of_the_city(self) -> dict[int, float]:
        """The part of the city's cells that have a street within each circle, 0 to 1: its area, not its calls."""
        return {s: coverage.share(self.reach.within(s), np.ones(len(self.weight))) for s in coverage.LIMITS_S}

    def circles(self) -> NDArray[np.int8]:
        """Of each cell the smallest circle that it lies in, as its place in LIMITS_S; one more where it is in none."""
        return np.asarray(np.sum([~self.reach.within(s) for s in coverage.LIMITS_S], axis=0), np.int8)

    def worst(self) -> coverage.Worst | None:
        """The cell that waits longest of those with eight calls lately; where none has so many, of all."""
        often = self.reach.cells.calls >= _ENOUGH
        return coverage.worst(self.reach, often if often.any() else None)

    def leaves(self) -> dict[int, float]:
        """What each free crew would leave beyond five minutes of anybody if it went: part of the calls, 0 to 1."""
        lost = coverage.lost(self.reach, self.weight, PROMISE_S)
        return {crew.id: float(lost[i]) for i, crew in enumerate(self.crews)}

    def gap(self, gone: Sequence[int]) -> NDArray[np.int64]:
        """The cells that are reached within five minutes now and would not be if these crews went."""
        left = self.reach.within(PROMISE_S, self.index_of(gone))
        return np.flatnonzero(self.reach.within(PROMISE_S) & ~left)

    def lost(self, gone: Sequence[int]) -> float | None:
        """The part of the calls in that gap, 0 to 1; None where one of these crews is free and not in the picture."""
        if self.unknown & set(gone):
            return None
        whole = float(self.weight.sum())
        return float(self.weight[self.gap(gone)].sum()) / whole if whole else 0.0

    def index_of(self, crew_ids: Sequence[int]) -> list[int]:
        """Where these crews stand among the free ones; those that are not free stand nowhere."""
        return [i for i, crew in enumerate(self.crews) if crew.id in crew_ids]


@dataclass(frozen=True, slots=True)
class _Held:
    """A picture with what it follows from, how long it took to make, and when that was, by this machine's clock."""

    key: tuple[str, tuple[int, ...], int]
    ids: tuple[int, ...]
    picture: Picture
    took_s: float
    made_s: float


@dataclass(frozen=True, slots=True)
class _Counted:
    network: str
    batch: int
    at: datetime
    cells: coverage.Cells


_lock = threading.Lock()
_counted: _Counted | None = None
_held: _Held | None = None
_making = threading.Lock()
_look = threading.Lock()
_looked: tuple[float, Picture | None] | None = None


def picture(
    crews: Sequence[OnBoard], starts: roads.Points, loaded: Loaded, *, at: datetime, anew: bool = False
) -> Picture:  # fmt: skip
    """Who is free of these crews, with ``starts`` their places on the roads in the same order. Raises TooLarge."""
    able = [i for i, c in enumerate(crews) if c.state == Crew.State.AVAILABLE and c.led and c.officers]
    free = [i for i in able if _is_heard(crews[i], at)]
    found = (_made if anew else _of_these)(crews, starts, free, loaded, at)
    unknown = frozenset(crews[i].id for i in able) - {crew.id for crew in found.crews}
    return replace(found, unknown=unknown, unplaced=len(able) - len(free))


def _is_heard(crew: OnBoard, at: datetime) -> bool:
    return crew.lon is not None and crew.fix_at is not None and at - crew.fix_at <= HEARD_WITHIN


def _of_these(
    crews: Sequence[OnBoard], starts: roads.Points, free: list[int], loaded: Loaded, at: datetime
) -> Picture:  # fmt: skip
    key, ids = (loaded.sha256, loaded.closures, hour_of(at)), tuple(crews[i].id for i in free)
    held = _held
    if held is None or held.key != key:
        return _made(crews, starts, free, loaded, at)
    if held.ids == ids and abs(at - held.picture.at) <= _FRESH:
        return held.picture
    rests_s = time.monotonic() - held.made_s
    if loaded.graph.nodes <= _LARGE or rests_s > _OLDEST_S:
        return _made(crews, starts, free, loaded, at)
    if rests_s >= _SPARED * held.took_s and _making.acquire(blocking=False):
        threading.Thread(target=_make_beside, args=(crews, starts, free, loaded, at), daemon=True).start()
    left = np.isin(held.ids, ids)
    still = np.flatnonzero(left)
    before = held.picture
    return Picture(
        before.at, tuple(before.crews[i] for i in still), _of(before.starts, still), coverage.kept(before.reach, left),
        before.weight, before.calls,
    )  # fmt: skip


def _make_beside(
    crews: Sequence[OnBoard], starts: roads.Points, free: list[int], loaded: Loaded, at: datetime
) -> None:  # fmt: skip
    """In a thread of its own; it lets go of its connection."""
    try:
        _made(crews, starts, free, loaded, at)
    except Exception:
        log.exception("the picture of coverage was not made")
    finally:
        _making.release()
        connection.close()


def _made(
    crews: Sequence[OnBoard], starts: roads.Points, free: list[int], loaded: Loaded, at: datetime
) -> Picture:  # fmt: skip
    global _held
    cells, hour = counted_cells(loaded, at), hour_of(at)
    began_s, places = time.monotonic(), _of(starts, np.array(free, np.int64))
    calls = int(cells.calls.sum())
    made = Picture(
        at, tuple(crews[i] for i in free), places, coverage.reach(cells, loaded.metric(hour), places),
        cells.calls if calls else np.ones(len(cells)), calls,
    )  # fmt: skip
    key, ids = (loaded.sha256, loaded.closures, hour), tuple(crew.id for crew in made.crews)
    now_s = time.monotonic()
    _held = _Held(key, ids, made, now_s - began_s, now_s)
    return made


def _of(points: roads.Points, which: NDArray[np.int64]) -> roads.Points:
    return roads.Points(points.edge[which], points.fraction[which], points.off_m[which])


def live_picture(*, at: datetime) -> Picture | None:
    """The picture of all crews on duty; None without roads."""
    loaded = find_network()
    if loaded is None:
        return None
    crews = board()
    return picture(crews, starts_of(crews, loaded), loaded, at=at)


def new_picture(*, at: datetime) -> Picture | None:
    """The same, made now and waited for: for an order to a crew that is free and not in the one made beside."""
    loaded = find_network()
    if loaded is None:
        return None
    crews = board()
    return picture(crews, starts_of(crews, loaded), loaded, at=at, anew=True)


def shared_picture(*, at: datetime) -> Picture | None:
    """
    The picture that every console shows, made at most once in two seconds by a process, whatever changed meanwhile.

    Raises TooLarge. Whoever is about to send somebody asks ``picture``, where who is free is never old.
    """
    global _looked
    with _look:
        held = _looked
        if held is None or time.monotonic() - held[0] > _FRESH.total_seconds():
            held = _looked = (time.monotonic(), live_picture(at=at))
        return held[1]


def forget() -> None:
    """Count the calls anew, for a test or another database."""
    global _counted, _held, _looked
    _counted = _held = _looked = None


def counted_cells(loaded: Loaded, at: datetime) -> coverage.Cells:
    """Counted by one request at a time, while the others go on with what was counted before."""
    global _counted
    batch, held = newest_batch(), _counted
    if held is not None and held.network == loaded.sha256 and (_is_fresh(held, batch, at) or _lock.locked()):
        return held.cells
    with _lock:
        held = _counted
        if held is None or held.network != loaded.sha256 or not _is_fresh(held, batch, at):
            calls = calls_of_the_public(at - timedelta(days=settings.COVERAGE_DAYS), at)
            cells = coverage.cells_of(loaded.graph, calls.lon, calls.lat)
            held = _counted = _Counted(loaded.sha256, batch, at, cells)
        return held.cells


def _is_fresh(counted: _Counted, batch: int, at: datetime) -> bool:
    return counted.batch == batch and timedelta(0) <= at - counted.at < _COUNTED_ANEW
