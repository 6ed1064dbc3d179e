"""
A ground divided into districts around seats: connected, of even work, near their seats by road.

Areas grow from their seats, the least laden first; then pairs of neighbours are cut anew and single blocks cross
borders, until work is even and drives are short. The price of a block is its drive from the seat weighed by its work
(minutes, not metres: a long thin town far away belongs to whoever reaches it), and what a change of district costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.siting.districting import kernels
from oneroom.engine.siting.districting.blocks import Blocks
from oneroom.engine.values import BadInput

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

TOLERANCE = 0.05
ROUNDS = 12
_NEAR, _STAY = 0.6, 1.0  # for each district: drives half as long again cost 0.3; to change must win a long drive


@dataclass(frozen=True)
class Terms:
    """
    How to divide. ``pins``: block to district, for what stays where it is whatever happens. ``was`` (n,): the district
    that each block belongs to today, -1 for none; the fewer change, the better. ``handling_s``: how long a call takes
    on the spot; with it the drive from the seat counts as work, too, and far blocks weigh more.
    """

    pins: Mapping[int, int] = field(default_factory=dict)
    was: Ints | None = None
    handling_s: float | None = None
    tolerance: float = TOLERANCE
    seed: int = 1
    rounds: int = ROUNDS


@dataclass(frozen=True)
class Divided:
    """
    ``of`` (n,): the district of each block; ``load`` (k,) its work; ``off`` (k,) by how much it is above (or below) an
    equal share, as a part of it. ``least_off``: no division at all can be evener than this. ``why``: codes of what
    stands against an even one: ``parts`` (ground without roads between), ``block`` (one block alone has too much),
    ``walled`` (other stations stand on every way out of one's own), ``pins``, ``roads`` (none evener was found); empty
    where it is within the tolerance.
    """

    of: Ints
    seats: tuple[int, ...]
    load: Floats
    off: Floats
    drive_s: Floats  # (k,) mean drive from the seat, by work
    least_off: float
    why: tuple[str, ...]

    @property
    def worst(self) -> float:
        """The largest deviation from an equal share, 0 to …"""
        return float(np.abs(self.off).max())


def divide(blocks: Blocks, seats: Sequence[int], terms: Terms | None = None) -> Divided:
    """
    One district for each seat (a block each, all different). The same for the same seed. Raises BadInput, in a
    sentence, for ground that cannot be divided so: no work, ground that no road joins to a seat, pins that break one.
    """
    terms = terms or Terms()
    seats = tuple(int(seat) for seat in seats)
    _possible(blocks, seats)
    far = blocks.times_from(seats)
    part = blocks.parts()
    _all_reached(blocks, part, seats)
    reach = np.where(np.isfinite(far), far, np.nanmax(np.where(np.isfinite(far), far, np.nan)) * 10 + 1)
    longer = 1.0 if terms.handling_s is None else 1.0 + reach / 1000 / max(terms.handling_s, 1.0)
    cost = np.ascontiguousarray(blocks.work[None, :] * longer * np.ones((len(seats), 1)))
    fixed, of = _pinned(blocks, seats, terms)
    price = _prices(blocks, reach, terms, len(seats))
    found = _searched(blocks, seats, terms, of, fixed, cost, price, reach)
    return _told(blocks, seats, terms, found, cost, far, part)


def _possible(blocks: Blocks, seats: tuple[int, ...]) -> None:
    if not seats:
        raise BadInput("count", "There must be at least one district.")
    if len(seats) > len(blocks):
        raise BadInput("count", "%(count)d districts are more than the %(blocks)d pieces of ground that there are.",
                       count=len(seats), blocks=len(blocks))  # fmt: skip
    if len(set(seats)) < len(seats):
        raise BadInput("seats", "Two stations stand in one piece of ground: each district needs one of its own.")
    if not all(0 <= seat < len(blocks) for seat in seats):
        raise BadInput("seats", "A station stands outside the ground that is divided.")
    if blocks.work.sum() <= 0:
        raise BadInput("work", "There is no work in this ground, so that none can be shared out evenly.")


def _all_reached(blocks: Blocks, part: Ints, seats: tuple[int, ...]) -> None:
    bare = ~np.isin(part, part[list(seats)])
    if bare.any():
        share = float(blocks.work[bare].sum()) / float(blocks.work.sum()) * 100
        raise BadInput(
            "seats", "No road leads from any station to %(blocks)d pieces of ground with %(share).1f %% of the work."
            " Give them a station, or leave them out.", blocks=int(bare.sum()), share=share,
        )  # fmt: skip


def _pinned(blocks: Blocks, seats: tuple[int, ...], terms: Terms) -> tuple[NDArray[np.bool_], Ints]:
    """What is fixed, and the districts to begin with: seats, pins, and the ways that join them."""
    of = np.full(len(blocks), -1, np.int32)
    fixed = np.zeros(len(blocks), np.bool_)
    for block, district in (*terms.pins.items(), *((seat, d) for d, seat in enumerate(seats))):
        if not (0 <= block < len(blocks) and 0 <= district < len(seats)):
            raise BadInput("pins", "A pin names ground or a district that is not there.")
        if of[block] >= 0 and of[block] != district:
            raise BadInput("pins", "A pin gives the station of one district to another.")
        of[block], fixed[block] = district, True
    for district, seat in enumerate(seats):
        mine = sorted(block for block, d in terms.pins.items() if d == district)
        for block in mine:
            for step in _way(blocks, of, terms.was, district, seat, block):
                of[step] = district
    return fixed, of


def _way(blocks: Blocks, of: Ints, was: Ints | None, district: int, start: int, goal: int) -> list[int]:
    """Blocks from a seat to a pin through its own and free ground, its own of today first. Raises BadInput."""
    before = {start: -1}
    best = {start: 0}
    heap = [(0, start)]
    while heap:
        length, at = heappop(heap)
        if at == goal:
            way = []
            while at >= 0:
                way.append(at)
                at = before[at]
            return way
        if length > best[at]:
            continue
        for near, ms in zip(blocks.joined(at).tolist(), blocks.ms[blocks.start[at] : blocks.start[at + 1]].tolist(),
                            strict=True):  # fmt: skip
            if of[near] not in (-1, district):
                continue
            todays = was is not None and was[near] == district
            further = length + (1 if of[near] == district else ms * (1 if todays else 20))
            if further < best.get(near, 1 << 60):
                best[near], before[near] = further, at
                heappush(heap, (further, near))
    raise BadInput("pins", "Pinned ground cannot be joined to its station without ground that is pinned to another.")


def _prices(blocks: Blocks, reach: Floats, terms: Terms, count: int) -> Floats:
    """(k, n) what each block costs in each district besides its load."""
    nearest = float((blocks.work * reach.min(axis=0)).sum())
    longest = float(blocks.work.sum()) * 60_000 * 0.1  # where every block is a seat, a tenth of a minute is nothing
    price = _NEAR * count * blocks.work[None, :] * reach / max(nearest, longest)
    price = price + 1e-9 * reach  # ground without work goes to whoever is near
    if terms.was is not None:
        here = (terms.was[None, :] != np.arange(count)[:, None]) & (terms.was >= 0)[None, :]
        price = price + _STAY * count * here * (blocks.work / blocks.work.sum() + 0.2 / len(blocks))[None, :]
    return np.ascontiguousarray(price)


def _searched(
    blocks: Blocks, seats: tuple[int, ...], terms: Terms, begun: Ints, fixed: NDArray[np.bool_], cost: Floats,
    price: Floats, reach: Floats,
) -> Ints:  # fmt: skip
    """The best of the rounds: within the tolerance first, then the cheapest."""
    count, n = len(seats), len(blocks)
    chair = np.array(seats, np.int32)
    state = np.array([terms.seed & 0xFFFFFFFF], np.uint64)
    of = _todays(blocks, begun, terms.was)
    load = _loads(of, cost, count)
    kernels.grow(blocks.start, blocks.other, of, load, cost, reach)
    best, best_key = of.copy(), _key(of, cost, price, count, terms.tolerance)
    nothing = np.zeros_like(price)
    for turn in range(terms.rounds):
        target = float(load.mean())
        uneven = best_key[0] > 0
        now = nothing if uneven and turn % 2 == 1 else price
        state[0] += np.uint64(turn)
        kernels.recut(blocks.start, blocks.other, of, load, cost, now, fixed, chair, target, terms.tolerance,
                      min(60 * n, 200_000) if count > 1 else 0, state)  # fmt: skip
        heat = 0.02 * max(0.0, 1.0 - turn / (terms.rounds - 1)) if terms.rounds > 1 else 0.0
        kernels.flip(
            blocks.start, blocks.other, of, load, cost, now, fixed, target, terms.tolerance, 400 * n, heat, state
        )
        key = _key(of, cost, price, count, terms.tolerance)
        if key < best_key:
            best, best_key = of.copy(), key
    return best


def _todays(blocks: Blocks, begun: Ints, was: Ints | None) -> Ints:
    """Where to begin: today's districts as far as each hangs together with its seat; else only seats and pins."""
    if was is None:
        return begun.copy()
    of = begun.copy()
    queue = [int(b) for b in np.flatnonzero(of >= 0)]
    while queue:
        at = queue.pop()
        for near in blocks.joined(at).tolist():
            if of[near] < 0 and was[near] == of[at]:
                of[near] = of[at]
                queue.append(near)
    return of


def _loads(of: Ints, cost: Floats, count: int) -> Floats:
    has = np.flatnonzero(of >= 0)
    return np.bincount(of[has], weights=cost[of[has], has], minlength=count).astype(np.float64)


def _key(of: Ints, cost: Floats, price: Floats, count: int, tolerance: float) -> tuple[float, float]:
    """How good: what is beyond the tolerance, then what it costs and how uneven it is."""
    load = _loads(of, cost, count)
    off = np.abs(load / load.mean() - 1.0)
    beyond = max(0.0, float(off.max()) - tolerance)
    return round(beyond, 6), float(price[of, np.arange(len(of))].sum() + kernels.EVEN * (off**2).sum())


def _told(
    blocks: Blocks, seats: tuple[int, ...], terms: Terms, of: Ints, cost: Floats, far: Floats, part: Ints
) -> Divided:
    count = len(seats)
    load = _loads(of, cost, count)
    off = load / float(load.mean()) - 1.0
    work = np.bincount(of, weights=blocks.work, minlength=count)
    drive = np.bincount(of, weights=blocks.work * far[of, np.arange(len(of))], minlength=count)
    drive_s = np.divide(drive, work, out=np.zeros(count), where=work > 0) / 1000
    bounds = {} if terms.handling_s is not None else _bounds(blocks, seats, part)
    why = tuple(code for code, size in bounds.items() if size > terms.tolerance)
    if float(np.abs(off).max()) <= terms.tolerance:
        why = ()
    elif not why:
        why = ("pins",) if terms.pins else ("roads",)
    return Divided(of, seats, load, off, drive_s, max(0.0, *bounds.values(), 0.0), why)


def _bounds(blocks: Blocks, seats: tuple[int, ...], part: Ints) -> dict[str, float]:
    """What no division can be evener than, by what stands against it."""
    target = float(blocks.work.sum()) / len(seats)
    many = np.bincount(part[list(seats)], minlength=int(part.max()) + 1)
    each = np.bincount(part, weights=blocks.work) / many
    rest = np.setdiff1d(np.arange(len(blocks)), seats)
    label = blocks.within(rest).parts() if len(rest) else np.empty(0, np.int32)
    where = np.full(len(blocks), -1, np.int64)
    where[rest] = label
    open_work = np.bincount(label, weights=blocks.work[rest]) if len(rest) else np.zeros(0)
    most = []
    for seat in seats:
        near = np.unique(where[blocks.joined(seat)])
        most.append(float(blocks.work[seat]) + float(open_work[near[near >= 0]].sum()))
    return {
        "parts": float(np.abs(each / target - 1).max()), "block": float(blocks.work.max()) / target - 1,
        "walled": 1 - min(most) / target,
    }  # fmt: skip
