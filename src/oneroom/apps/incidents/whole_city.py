"""
The mobile force over the whole city: which bases count, what they reach on a bad day, and what if (row T26).

Only units that hold what is required of them count, at the place of their base; the others are shown beside them, so
that nobody reads a promise off a unit that sleeps. How late drives come is fitted from the record once
it holds enough of them.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from oneroom.apps.duty.force import forces_for, short_of
from oneroom.apps.incidents.counting import assignments
from oneroom.apps.orgs.queries import units
from oneroom.apps.places.queries import Loaded, network
from oneroom.engine import coverage, roads
from oneroom.engine.coverage.whole import (
    Added,
    LateFactor,
    Whole,
    best_to_add,
    drive_s,
    late_factor,
    slowest_hours,
    whole,
)
from oneroom.engine.values import Actor

LATEST_DRIVES = 20_000  # as many of the latest as the factor is fitted from


@dataclass(frozen=True, slots=True)
class Spot:
    """A place by name: a base, a station that could be one, or a place that somebody typed."""

    name_zh: str
    name_en: str
    lon: float | None
    lat: float | None
    force: int | None = None
    base: str = ""
    typed: str = ""  # by which it is found again: a station's code, or what somebody typed
    why_not: tuple[str, ...] = ()  # codes: level, strength, no_place, off_road, left_out


@dataclass(frozen=True)
class Cover:
    """
    ``bases`` count, ``aside`` do not; ``answer.turns_red`` is in the order of ``bases``. ``hours`` are those of the
    morning and the evening. ``best`` is one of ``candidates``; None where there is none.
    """

    cells: coverage.Cells
    hours: tuple[int, int]
    late: LateFactor
    bases: tuple[Spot, ...]
    aside: tuple[Spot, ...]
    answer: Whole
    candidates: tuple[Spot, ...]
    best: Added | None


def cover(
    *, limit_s: float, left_out: Collection[int] = (), added: Sequence[tuple[Spot, bool]] = (), by: Actor
) -> Cover:
    """
    The answer with some units left out (their ids) and some places added: True counts as a base, False is only looked
    at as a candidate beside the stations. Raises NoNetwork.
    """
    city = network()
    hours = slowest_hours(city.graph)
    late = _late()
    cells = _cells(city)
    bases, aside = _sorted_out(city, left_out, by)
    bases += [spot for spot, counts in added if counts]
    given = [spot for spot, counts in added if not counts]
    stations = [Spot(u.name_zh, u.name_en, u.lon, u.lat, typed=u.code) for u in units("station") if u.lon is not None]
    times = _times(city, cells, hours, bases) * late.factor
    candidates = (*given, *stations)
    near = _times(city, cells, hours, candidates) * late.factor
    best = best_to_add(times, near, np.ones(len(cells)), limit_s)
    return Cover(cells, hours, late, tuple(bases), tuple(aside), whole(times, limit_s), candidates, best)


def _sorted_out(city: Loaded, left_out: Collection[int], by: Actor) -> tuple[list[Spot], list[Spot]]:
    """The units that count, and those that do not, each saying why."""
    bases: list[Spot] = []
    aside: list[Spot] = []
    for row in forces_for(by=by).order_by("code"):
        why = list(short_of(row))
        if row.lon is None or row.lat is None:
            why.append("no_place")
        elif roads.snap(city.index, [row.lon], [row.lat]).edge[0] < 0:
            why.append("off_road")
        if row.pk in left_out:
            why.append("left_out")
        spot = Spot(row.name_zh, row.name_en, row.lon, row.lat, row.pk, row.base, why_not=tuple(why))
        (aside if why else bases).append(spot)
    return bases, aside


def _late() -> LateFactor:
    """How late drives came, of the latest that ended at the scene."""
    driven = assignments().filter(travel_s__isnull=False, en_route_at__isnull=False, on_scene_at__gt=F("en_route_at"))
    rows = driven.order_by("-pk").values_list("travel_s", "en_route_at", "on_scene_at")[:LATEST_DRIVES]
    pairs = [(foreseen, (there - out).total_seconds()) for foreseen, out, there in rows if out and there]
    foreseen, taken = np.array(pairs, np.float64).reshape(-1, 2).T
    return late_factor(foreseen, taken)


# What one place reaches at one hour is asked again with each "what if"; a few thousand of them are some 50 MB at most.
_MOST_KEPT = 4000
_lock = threading.Lock()
_kept: dict[tuple[str, int, float, float], NDArray[np.float64]] = {}
_held_cells: tuple[str, coverage.Cells] | None = None


def _times(city: Loaded, cells: coverage.Cells, hours: tuple[int, int], spots: Sequence[Spot]) -> NDArray[np.float64]:
    """
    (hours, spots, cells) seconds as the map has them, before the factor.

    Streets closed today count as open: a promise that stands is not judged by today's road works. So what was
    searched holds as long as the network does; one request searches what is missing, the others wait for it.
    """
    keys = [[(city.sha256, hour, float(s.lon or 0), float(s.lat or 0)) for s in spots] for hour in hours]
    found = {key: _kept.get(key) for row in keys for key in row}
    if any(times is None for times in found.values()):
        with _lock:
            for key in found:
                found[key] = _kept.get(key)
            for hour in hours:
                _search(city, cells, hour, [key for key, times in found.items() if times is None and key[1] == hour])
            found = {key: _kept[key] for key in found}
            while len(_kept) > _MOST_KEPT:
                del _kept[next(iter(_kept))]
    rows = [found[key] for row in keys for key in row]
    return np.array(rows, np.float64).reshape(len(hours), len(spots), len(cells))


def _search(
    city: Loaded, cells: coverage.Cells, hour: int, keys: Sequence[tuple[str, int, float, float]]
) -> None:  # fmt: skip
    lon, lat = np.array([key[2:] for key in keys], np.float64).reshape(-1, 2).T
    [times] = drive_s(cells, [city.free_metric(hour)], roads.snap(city.index, lon, lat), 1.0)
    _kept.update(zip(keys, times, strict=True))


def _cells(city: Loaded) -> coverage.Cells:
    global _held_cells
    held = _held_cells
    if held is None or held[0] != city.sha256:
        held = _held_cells = (city.sha256, coverage.cells_of(city.graph))
    return held[1]
