"""What a siting question rests on, and what its answer looks like; the same for every model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NOBODY = -1


class Unanswerable(ValueError):
    """The question has no answer; the sentence says why."""


@dataclass(frozen=True)
class Ground:
    """
    Travel times from every candidate site to every point of demand, and how much demand stands there.

    ``ms``: (points, sites), whole milliseconds by road in the direction site to point, or any other whole distance;
    what is ``far`` or more is out of reach. ``weight``: (points,), calls or people, none negative. ``standing``: sites
    that exist and stay; ``shut``: candidates that may not be used. Raises Unanswerable where they do not fit together.
    """

    ms: NDArray[np.int32]
    weight: Floats
    standing: tuple[int, ...] = ()
    shut: tuple[int, ...] = ()
    far: int = 1 << 30

    def __post_init__(self) -> None:
        if self.ms.ndim != 2 or self.weight.shape != (self.ms.shape[0],):
            raise Unanswerable("there must be one weight for each point of demand")
        if self.ms.size == 0:
            raise Unanswerable("there is no demand, or no candidate site")
        if not (np.isfinite(self.weight).all() and (self.weight >= 0).all() and (self.ms >= 0).all()):
            raise Unanswerable("weights and times may not be negative")
        if not self.weight.any():
            raise Unanswerable("there is no demand: nobody calls from any of these points")
        if set(self.standing) & set(self.shut):
            raise Unanswerable("a site that stands cannot be shut at the same time")
        if not all(0 <= site < self.sites for site in (*self.standing, *self.shut)):
            raise Unanswerable("a site is named that is not among the candidates")

    @property
    def points(self) -> int:
        return int(self.ms.shape[0])

    @property
    def sites(self) -> int:
        return int(self.ms.shape[1])

    @property
    def usable(self) -> Ints:
        """The candidates that may be used, ascending."""
        allowed = np.ones(self.sites, bool)
        allowed[list(self.shut)] = False
        return np.flatnonzero(allowed)

    def covers(self, limit: int) -> Bools:
        """(points, sites): whether a usable site reaches a point within the limit."""
        within = self.ms <= min(limit, self.far - 1)
        within[:, list(self.shut)] = False
        return within

    def out_of_reach(self, limit: int) -> tuple[int, ...]:
        """The points with demand that no usable candidate reaches within the limit: to be said before anything else."""
        nobody = ~self.covers(limit).any(axis=1) & (self.weight > 0)
        return tuple(np.flatnonzero(nobody).tolist())

    def room(self, capacity: Floats) -> Floats:
        """Capacities that fit these sites. Raises Unanswerable."""
        if capacity.shape != (self.sites,) or not (np.isfinite(capacity).all() and (capacity >= 0).all()):
            raise Unanswerable("there must be one capacity for each site, none negative")
        return capacity

    def wanted(self, count: int) -> int:
        """How many sites will be open when ``count`` are asked for. Raises Unanswerable."""
        if count < max(1, len(self.standing)):
            raise Unanswerable(f"{count} sites are asked for, and {len(self.standing)} stand and stay")
        return min(count, len(self.usable))


@dataclass(frozen=True)
class Sited:
    """
    An answer: the open sites, ascending (twice where two crews stand at one), their worth, and how sure that is.

    ``bound``: no answer can be better than this (above ``value`` where more is better, below it where less is).
    ``nearest``: (points,), the open site that serves a point, NOBODY where none does; of `mclp` with capacities the
    nearest one, whether or not it has room. ``asked``: as many sites were allowed.
    """

    sites: tuple[int, ...]
    value: float
    bound: float
    nearest: Ints
    out_of_reach: tuple[int, ...] = ()
    asked: int = 0

    @property
    def spare(self) -> int:
        """So many of the sites that were allowed win nothing more, or have no candidate left."""
        return max(0, self.asked - len(self.sites))

    @property
    def gap(self) -> float:
        """How far the answer may be from the best one, as a share of its value; 0 where it is the best."""
        away = abs(self.value - self.bound)
        return 0.0 if away <= 1e-6 * max(1.0, abs(self.value)) else away / max(abs(self.value), 1e-12)

    @property
    def proven(self) -> bool:
        """Whether no better answer exists."""
        return self.gap == 0.0


def nearest_open(ground: Ground, sites: tuple[int, ...], limit: int | None = None) -> Ints:
    """Which open site is nearest to each point (the lower number where two are equal), NOBODY beyond the limit."""
    if not sites:
        return np.full(ground.points, NOBODY, np.int64)
    opened = np.array(sorted(set(sites)), np.int64)
    times = ground.ms[:, opened]
    found = opened[times.argmin(axis=1)]
    reach = ground.far - 1 if limit is None else min(limit, ground.far - 1)
    return np.where(times.min(axis=1) <= reach, found, NOBODY)
