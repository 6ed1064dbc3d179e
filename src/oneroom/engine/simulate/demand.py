"""
Calls of a simulated time: drawn by hour of the week and place, or taken from a record.

All that chance decides about a call is drawn with it, also how each crew sent to it behaves: two plans under one seed
meet the same calls and the same people, and what differs between their results is the plan (common random numbers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine.simulate.world import Unrunnable

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

HOUR_S = 3600.0
HOURS = 168
DRAWN = 4  # crews of a call whose behaviour is drawn with it; of more, when they are sent
ANSWER, MOBILISE, SCENE, PAPER = range(4)  # columns of ``normal``
SILENT, STATION = range(2)  # columns of ``even``


@dataclass(frozen=True)
class Demand:
    """
    How often calls come, and where. ``rate`` (168,) calls an hour, by hour of the week from Monday 0:00 · ``node``,
    ``area`` (p,) junctions where calls come from and whose ground that is · ``weight`` (h, p) how the calls of an hour
    fall on the places, with h = 1 (always alike), 24 (by hour of the day) or 168 · ``share`` (k,) of each kind ·
    ``group`` (p,) by which area its figures are told: that of today, where a plan gives the ground to another.
    """

    rate: Floats
    node: Ints
    area: Ints
    weight: Floats
    share: Floats
    group: Ints | None = None

    def __post_init__(self) -> None:
        if self.rate.shape != (HOURS,) or not np.isfinite(self.rate).all() or (self.rate < 0).any():
            raise Unrunnable("a rate of calls is wanted for each of the 168 hours of a week, none below zero")
        places = len(self.node)
        if len(self.area) != places or self.weight.ndim != 2 or self.weight.shape[1] != places:
            raise Unrunnable("each place of calls needs an area and a weight")
        if self.weight.shape[0] not in (1, 24, HOURS):
            raise Unrunnable("weights of places are wanted for always, for 24 or for 168 hours")
        if (self.weight < 0).any() or (self.rate.any() and not (self.weight.sum(axis=1) > 0).all()):
            raise Unrunnable("in some hour no place has any weight, or one has less than none")
        if (self.share < 0).any() or (self.rate.any() and not self.share.sum() > 0):
            raise Unrunnable("calls need kinds")

    def calls(self, *, days: int, weekday: int, seed: Sequence[int]) -> Calls:
        """Calls of so many days; see `drawn`."""
        return drawn(self, days=days, weekday=weekday, seed=seed)


@dataclass(frozen=True)
class Recorded:
    """Calls that were, in the order in which they came; see `Demand` and `recorded` for the columns."""

    at_s: Floats
    node: Ints
    area: Ints
    kind: Ints
    group: Ints | None = None

    def calls(self, *, days: int, weekday: int, seed: Sequence[int]) -> Calls:
        """The same calls under every seed; what people do is drawn."""
        return recorded(self.at_s, self.node, self.area, self.kind, seed=seed, group=self.group)


@dataclass(frozen=True)
class Calls:
    """
    Calls in the order in which they come, n of them. ``at_s`` seconds from the beginning · ``node`` junction ·
    ``area`` · ``kind`` index of the world's kinds · ``decide`` (n,), ``normal`` (n, 4, 4), ``even`` (n, 4, 2) chance ·
    ``group`` by which area its figures are told, None: ``area``.
    """

    at_s: Floats
    node: Ints
    area: Ints
    kind: Ints
    decide: Floats
    normal: Floats
    even: Floats
    seed: tuple[int, ...]
    group: Ints | None = None

    def __len__(self) -> int:
        return len(self.at_s)

    def behaviour(self, call: int, order: int) -> tuple[list[float], list[float]]:
        """Standard normal numbers and even ones in 0 to 1 for the crew that is the ``order``-th sent to a call."""
        if order < DRAWN:
            return self.normal[call, order].tolist(), self.even[call, order].tolist()
        more = np.random.default_rng([*self.seed, call, order])
        return more.standard_normal(4).tolist(), more.random(2).tolist()


def recorded(
    at_s: ArrayLike, node: ArrayLike, area: ArrayLike, kind: ArrayLike, *, seed: Sequence[int],
    group: ArrayLike | None = None,
) -> Calls:  # fmt: skip
    """Calls that were: the same times, places and kinds; only what people do is drawn. Raises Unrunnable."""
    at = np.asarray(at_s, np.float64)
    if (np.diff(at) < 0).any() or (len(at) and at[0] < 0):
        raise Unrunnable("recorded calls are wanted in the order in which they came")
    where, whose, what = (np.asarray(column, np.int32) for column in (node, area, kind))
    if not len(where) == len(whose) == len(what) == len(at):
        raise Unrunnable("each recorded call needs a place, an area and a kind")
    chance = np.random.default_rng([*seed, 1])
    return Calls(
        at, where, whose, what, chance.standard_normal(len(at)), chance.standard_normal((len(at), DRAWN, 4)),
        chance.random((len(at), DRAWN, 2)), (*seed, 2),
        None if group is None else np.asarray(group, np.int32),
    )  # fmt: skip


def drawn(demand: Demand, *, days: int, weekday: int, seed: Sequence[int]) -> Calls:
    """Calls of so many days, the first of them this weekday (Monday is 0). The same seed gives the same calls."""
    chance = np.random.default_rng([*seed, 0])
    hours = (np.arange(days * 24) + weekday * 24) % HOURS
    count = chance.poisson(demand.rate[hours])
    begins = np.repeat(np.arange(len(hours)) * HOUR_S, count)
    at = begins + chance.random(len(begins)) * HOUR_S
    at.sort()
    row = np.repeat(hours % demand.weight.shape[0], count)
    place = np.zeros(len(at), np.int32)
    where = chance.random(len(at))
    for number in np.unique(row):
        these = np.flatnonzero(row == number)
        along = np.cumsum(demand.weight[number])
        place[these] = np.searchsorted(along, where[these] * along[-1], side="right")
    place = np.minimum(place, len(demand.node) - 1)
    shares = np.cumsum(demand.share)
    kind = np.searchsorted(shares, chance.random(len(at)) * shares[-1], side="right") if len(at) else np.empty(0)
    group = None if demand.group is None else demand.group[place]
    return recorded(at, demand.node[place], demand.area[place], kind, seed=seed, group=group)
