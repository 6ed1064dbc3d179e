"""
Covering models: how few sites reach everybody, and how much a few sites can reach, within a time.

LSCP: Toregas, Swain, ReVelle & Bergman 1971. MCLP: Church & ReVelle 1974. MEXCLP: Daskin 1983 (a crew is busy a share
of its time, independently of the others; that is an assumption, and its value is no promise of a response time).
Points that the same sites reach are one row (their weights added), which changes nothing and saves most of the work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oneroom.engine.siting.ground import Bools, Floats, Ground, Ints, Sited, Unanswerable, nearest_open
from oneroom.engine.siting.milp import Program, solve

SECONDS = 60.0


@dataclass(frozen=True)
class Rows:
    """Points of demand put together by which sites reach them: one row each."""

    covers: Bools  # (rows, sites)
    weight: Floats  # (rows,)

    @property
    def entries(self) -> tuple[Ints, Ints]:
        """How many sites reach each row, and which, row by row."""
        _, sites = np.nonzero(self.covers)
        return self.covers.sum(axis=1), sites


def rows_of(ground: Ground, limit: int) -> Rows:
    """Put points together that the same sites reach; rows in the order of their first point."""
    covers = ground.covers(limit)
    packed = np.packbits(covers, axis=1)
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, member = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    member = rank[member.ravel()]
    weight = np.zeros(len(order))
    np.add.at(weight, member, ground.weight)
    covers = covers[first[order]]
    reached = covers.any(axis=1)
    return Rows(covers[reached], weight[reached])


def lscp(ground: Ground, limit: int, *, seconds: float = SECONDS) -> Sited:
    """
    The fewest sites so that each point with demand is reached within ``limit``; ``value`` is their number.

    Points that no candidate reaches are named in ``out_of_reach`` and left out. Sites that stand are open anyway and
    count. Raises Unanswerable where no proof of any answer was found in time.
    """
    rows = rows_of(ground, limit)
    asked = rows.weight > 0
    covers = rows.covers[asked]
    program = Program(np.ones(ground.sites), *_bounds(ground, 1), np.ones(ground.sites, bool), maximise=False)
    lengths = covers.sum(axis=1)
    _, columns = np.nonzero(covers)
    floor = np.ones(len(lengths))
    program.rows(lengths, columns, np.ones(len(columns)), floor, np.full(len(lengths), np.inf))
    found = solve(program, seconds=seconds)
    if found is None:
        raise Unanswerable("no set of sites was found in the time given")
    sites = tuple(np.flatnonzero(found.columns > 0.5).tolist())
    bound = float(np.ceil(found.bound - 1e-6))
    return Sited(sites, len(sites), bound, nearest_open(ground, sites, limit), ground.out_of_reach(limit))


def mclp(ground: Ground, limit: int, count: int, *, capacity: Floats | None = None, seconds: float = SECONDS) -> Sited:
    """
    The ``count`` sites that reach the most demand within ``limit``; ``value`` is the demand reached.

    ``capacity``: (sites,), the most demand a site can serve, if that matters; demand of a point may then be shared out.
    Fewer sites than asked are opened where fewer are enough.
    """
    rows = rows_of(ground, limit)
    if capacity is not None:
        return _with_capacity(ground, rows, limit, count, capacity, seconds)
    size = len(rows.weight)
    lower, upper = _bounds(ground, 1)
    program = Program(
        np.concatenate([np.zeros(ground.sites), rows.weight]),
        np.concatenate([lower, np.zeros(size)]), np.concatenate([upper, np.ones(size)]),
        np.concatenate([np.ones(ground.sites, bool), np.zeros(size, bool)]), maximise=True,
    )  # fmt: skip
    columns, values, lengths = _reached(rows, ground.sites)
    program.rows(lengths, columns, values, np.zeros(size), np.full(size, np.inf))
    program.row(np.arange(ground.sites), 1.0, 0.0, ground.wanted(count))
    start = greedy(ground, rows, ground.wanted(count))
    reached = rows.covers[:, list(start)].any(axis=1)
    found = solve(program, seconds=seconds, known=np.concatenate([_opened(ground, start), reached.astype(float)]))
    sites = start if found is None else _sites(found.columns[: ground.sites])
    sites = _needed(ground, rows, sites)
    value = float(rows.weight[rows.covers[:, list(sites)].any(axis=1)].sum())
    bound = float(rows.weight.sum()) if found is None else max(found.bound, value)
    return Sited(sites, value, bound, nearest_open(ground, sites, limit), ground.out_of_reach(limit), asked=count)


def mexclp(
    ground: Ground, limit: int, count: int, *, busy: float, levels: int | None = None, seconds: float = SECONDS
) -> Sited:
    """
    Where ``count`` crews stand so that the most demand is expected to find a free one within ``limit``.

    ``busy``: the share of its time that a crew is not free, 0 to below 1. Several crews may stand at one site (it is
    then named as often). ``levels``: how many crews on one point the solver looks at (all if None); what more are worth
    is in the value and in the bound. With ``busy`` 0 this is the MCLP; with one crew, the best site times (1 - busy).
    """
    if not 0.0 <= busy < 1.0:
        raise Unanswerable("the share of time that a crew is busy lies between 0 and 1")
    rows = rows_of(ground, limit)
    crews = ground.wanted(count) if count <= len(ground.usable) else count
    deep = min(crews, levels or crews)
    size, gains = len(rows.weight), (1.0 - busy) * busy ** np.arange(deep)
    lower, upper = _bounds(ground, crews)
    program = Program(
        np.concatenate([np.zeros(ground.sites), np.outer(gains, rows.weight).ravel()]),
        np.concatenate([lower, np.zeros(deep * size)]), np.concatenate([upper, np.ones(deep * size)]),
        np.concatenate([np.ones(ground.sites, bool), np.zeros(deep * size, bool)]), maximise=True,
    )  # fmt: skip
    heads, sites = rows.entries
    own = ground.sites + np.arange(size)[:, None] + size * np.arange(deep)[None, :]
    at = np.concatenate([[0], np.cumsum(heads)])
    columns = [np.concatenate([sites[at[n] : at[n + 1]], own[n]]) for n in range(size)]
    values = [np.concatenate([np.ones(heads[n]), -np.ones(deep)]) for n in range(size)]
    if size:
        lengths = heads + deep
        program.rows(lengths, np.concatenate(columns), np.concatenate(values), np.zeros(size), np.full(size, np.inf))
    program.row(np.arange(ground.sites), 1.0, crews, crews)
    found = solve(program, seconds=seconds)
    if found is None:
        raise Unanswerable("no placing of the crews was found in the time given")
    standing = np.rint(found.columns[: ground.sites]).astype(np.int64)
    value = expected(rows, standing, busy)
    beyond = float(rows.weight.sum()) * busy**deep if deep < crews else 0.0
    at_sites = tuple(np.repeat(np.arange(ground.sites), standing).tolist())
    near = nearest_open(ground, at_sites, limit)
    return Sited(at_sites, value, max(found.bound + beyond, value), near, ground.out_of_reach(limit), asked=count)


def expected(rows: Rows, standing: Ints, busy: float) -> float:
    """The demand that finds a free crew, where ``standing`` (sites,) counts the crews at each site."""
    near = rows.covers.astype(np.int64) @ standing
    return float((rows.weight * (1.0 - busy**near)).sum())


def greedy(ground: Ground, rows: Rows, count: int) -> tuple[int, ...]:
    """Sites one after the other, each the one that adds most; a start for the solver, and what to compare it with."""
    opened = list(ground.standing)
    reached = rows.covers[:, opened].any(axis=1) if opened else np.zeros(len(rows.weight), bool)
    while len(opened) < count:
        more = (rows.weight * ~reached) @ rows.covers
        best = int(more.argmax())
        if more[best] <= 0:
            break
        opened.append(best)
        reached |= rows.covers[:, best]
    return tuple(sorted(opened))


def _needed(ground: Ground, rows: Rows, sites: tuple[int, ...]) -> tuple[int, ...]:
    """These sites without those, the last first, that reach nothing the others do not reach; who stands stays."""
    times = rows.covers[:, list(sites)].sum(axis=1)
    kept = list(sites)
    for site in reversed(sites):
        if site not in ground.standing and not (rows.covers[:, site] & (times == 1) & (rows.weight > 0)).any():
            kept.remove(site)
            times = times - rows.covers[:, site]
    return tuple(kept)


def _with_capacity(ground: Ground, rows: Rows, limit: int, count: int, capacity: Floats, seconds: float) -> Sited:
    """How much each site serves of each row is a column of its own: a share of the row's demand."""
    capacity = ground.room(capacity)
    heads, sites = rows.entries
    row = np.repeat(np.arange(len(heads)), heads)
    shares, own = len(sites), ground.sites + np.arange(len(sites))
    lower, upper = _bounds(ground, 1)
    program = Program(
        np.concatenate([np.zeros(ground.sites), rows.weight[row]]),
        np.concatenate([lower, np.zeros(shares)]), np.concatenate([upper, np.ones(shares)]),
        np.concatenate([np.ones(ground.sites, bool), np.zeros(shares, bool)]), maximise=True,
    )  # fmt: skip
    nothing = -np.inf
    program.rows(heads, own, np.ones(shares), np.full(len(heads), nothing), np.ones(len(heads)))
    pairs = np.column_stack([own, sites]).ravel()  # a share only of an open site
    program.rows(np.full(shares, 2), pairs, np.tile([1.0, -1.0], shares), np.full(shares, nothing), np.zeros(shares))
    for site in ground.usable:
        mine = np.flatnonzero(sites == site)
        columns, values = np.append(own[mine], site), np.append(rows.weight[row[mine]], -capacity[site])
        program.rows(np.array([len(columns)]), columns, values, np.array([nothing]), np.zeros(1))
    program.row(np.arange(ground.sites), 1.0, 0.0, ground.wanted(count))
    found = solve(program, seconds=seconds)
    if found is None:
        raise Unanswerable("no set of sites was found in the time given")
    opened = _sites(found.columns[: ground.sites])
    near = nearest_open(ground, opened, limit)
    return Sited(opened, found.value, max(found.bound, found.value), near, ground.out_of_reach(limit), asked=count)


def _reached(rows: Rows, sites: int) -> tuple[Ints, Floats, Ints]:
    """Rows that say: the demand of a row counts where one of its sites is open."""
    heads, columns = rows.entries
    ends = np.cumsum(heads)
    own = sites + np.arange(len(heads))
    return np.insert(columns, ends, own), np.insert(np.ones(len(columns)), ends, -1.0), heads + 1


def _bounds(ground: Ground, most: int) -> tuple[Floats, Floats]:
    lower, upper = np.zeros(ground.sites), np.full(ground.sites, float(most))
    lower[list(ground.standing)] = 1.0
    upper[list(ground.shut)] = 0.0
    return lower, upper


def _opened(ground: Ground, sites: tuple[int, ...]) -> Floats:
    columns = np.zeros(ground.sites)
    columns[list(sites)] = 1.0
    return columns


def _sites(columns: Floats) -> tuple[int, ...]:
    return tuple(np.flatnonzero(columns > 0.5).tolist())
