"""
p-median where a site serves only so much: the capacitated p-median, demand of a point shared out where it must be.

One program over sites and pairs of point and site (the strong formulation: a share only of an open site), begun from
the sites of the p-median without limits where those have room for all. Exact where the solver ends in time; else the
best answer found, with its bound. For some hundred points and sites; more are put together first.
"""

from __future__ import annotations

import numpy as np

from oneroom.engine.siting.ground import NOBODY, Floats, Ground, Ints, Sited, Unanswerable
from oneroom.engine.siting.milp import Program, Solved, solve

MOST_PAIRS = 400_000


def with_capacity(ground: Ground, count: int, capacity: Floats, start: tuple[int, ...], seconds: float) -> Sited:
    """
    At most ``count`` sites that serve all demand within their ``capacity`` (sites,) at the least travel.

    ``start``: sites to begin from. ``nearest`` is the site that serves most of a point. Points that no site reaches are
    named in ``out_of_reach`` and count nothing. Raises Unanswerable where there is too little room, with how much.
    """
    unreached = ground.out_of_reach(ground.far - 1)
    asked = np.setdiff1d(np.flatnonzero(ground.weight > 0), unreached)
    weight, wanted = ground.weight[asked], ground.wanted(count)
    room = np.sort(capacity[np.setdiff1d(ground.usable, ground.standing)])[::-1][: wanted - len(ground.standing)]
    most = float(room.sum() + capacity[list(ground.standing)].sum())
    if most < weight.sum():
        raise Unanswerable(f"{wanted} sites have room for {most:g} at most, and the demand is {weight.sum():g}")
    point, site = np.nonzero(ground.covers(ground.far - 1)[asked])
    if len(point) > MOST_PAIRS:
        raise Unanswerable(
            f"{len(point)} pairs of point and site are too many to share demand out: put points together"
        )
    pairs = (point, site, weight[point] * ground.ms[asked[point], site])
    known = _solved(ground, weight, capacity, pairs, wanted, seconds, sites=start)
    found = _solved(
        ground, weight, capacity, pairs, wanted, seconds, known=None if known is None else known.columns
    )  # fmt: skip
    if found is None:
        raise Unanswerable(
            "no sites were found that serve all demand: too little room within reach, or too little time"
        )
    shares = found.columns[ground.sites :]
    nearest = np.full(ground.points, NOBODY, np.int64)
    for n in np.argsort(shares * weight[point], kind="stable"):  # the largest share comes last and stays
        if shares[n] > 1e-9:
            nearest[asked[point[n]]] = site[n]
    sites = tuple(np.flatnonzero(found.columns[: ground.sites] > 0.5).tolist())
    return Sited(sites, found.value, min(found.bound, found.value), nearest, unreached, asked=count)


def _solved(
    ground: Ground, weight: Floats, capacity: Floats, pairs: tuple[Ints, Ints, Floats], wanted: int, seconds: float, *,
    sites: tuple[int, ...] | None = None, known: Floats | None = None,
) -> Solved | None:  # fmt: skip
    """The program over all sites, or with just these open; columns are sites, then pairs."""
    point, site, cost = pairs
    own = ground.sites + np.arange(len(point))
    lower, upper = np.zeros(ground.sites), np.zeros(ground.sites)
    upper[ground.usable if sites is None else list(sites)] = 1.0
    lower[list(ground.standing) if sites is None else list(sites)] = 1.0
    whole = np.concatenate([np.full(ground.sites, sites is None), np.zeros(len(point), bool)])
    program = Program(
        np.concatenate([np.zeros(ground.sites), cost]), np.concatenate([lower, np.zeros(len(point))]),
        np.concatenate([upper, np.ones(len(point))]), whole, maximise=False,
    )  # fmt: skip
    points, none = len(weight), -np.inf
    program.rows(np.bincount(point, minlength=points), own, np.ones(len(own)), np.ones(points), np.ones(points))
    both = np.column_stack([own, site]).ravel()  # a share only of an open site
    program.rows(
        np.full(len(own), 2), both, np.tile([1.0, -1.0], len(own)), np.full(len(own), none), np.zeros(len(own))
    )  # fmt: skip
    for n in ground.usable:
        mine = np.flatnonzero(site == n)
        columns, values = np.append(own[mine], n), np.append(weight[point[mine]], -capacity[n])
        program.rows(np.array([len(columns)]), columns, values, np.array([none]), np.zeros(1))
    program.row(np.arange(ground.sites), 1.0, 0.0, float(wanted))
    return solve(program, seconds=seconds, known=known)
