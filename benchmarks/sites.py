"""Demand and candidate sites on New York's roads, for the benchmarks of siting: clustered points, uneven weights."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from line import skip
from nearest import FOLDER, read_new_york

from oneroom.engine.roads import metric, points_at_nodes, times_from
from oneroom.engine.siting.ground import Ground


def city(claim: str, points: int, sites: int, *, seed: int) -> Ground:
    """``points`` of demand around 60 centres and ``sites`` anywhere; times in tenths of a second, site to point."""
    if not Path(FOLDER).is_dir():
        skip(claim, "../shared/benchmarks/dimacs is not here")
    graph, _ = read_new_york()
    free, chance = metric(graph), np.random.default_rng(seed)
    lon, lat = np.asarray(graph.node_lon), np.asarray(graph.node_lat)
    centres = chance.choice(graph.nodes, 60, replace=False)
    near = [np.argsort((lon - lon[c]) ** 2 + (lat - lat[c]) ** 2)[:4000] for c in centres]
    share = chance.dirichlet(np.full(60, 0.7))
    where = np.array([chance.choice(near[n]) for n in chance.choice(60, points, p=share)])
    weight = np.rint(chance.gamma(1.2, 11.0, points)) + 1
    ms = np.empty((points, sites), np.int32)
    for column, node in enumerate(chance.choice(graph.nodes, sites, replace=False)):
        ms[:, column] = times_from(graph, free, points_at_nodes(graph, [int(node)]))[where]
    print(f"{points} points, {sites} sites", file=sys.stderr)
    return Ground(ms, weight)


def limit(ground: Ground, share: float) -> int:
    """The travel time within which a site reaches this share of all pairs."""
    return int(np.quantile(ground.ms, share))
