"""
500 crews to 500 places on New York's 264,346 junctions, against RoutingKit's hierarchy called for each place.

The peer is `routingkit-cch` (wanted beside OneRoom, and no part of it). Both have their hierarchy and their times ready
and the crews pinned; all 250,000 entries are compared.
"""

import sys

import numpy as np
from line import median_s, report, skip
from nearest import FOLDER, read_new_york

from oneroom.engine.roads import metric, points_at_nodes
from oneroom.engine.roads.hierarchy import contraction_order, hierarchy, pin, times_between

CLAIM = "times from 500 crews to 500 places on 264,346 junctions"
SIDE, BAR = 500, 6.0


def main() -> None:
    if not FOLDER.is_dir():
        skip(CLAIM, "../shared/benchmarks/dimacs is not here")
    try:
        import routingkit_cch as peer
    except ImportError:
        skip(CLAIM, "routingkit-cch is not installed")
    graph, arcs = read_new_york()
    order = contraction_order(graph)
    over = hierarchy(graph, order)
    times = over.times(metric(graph))
    chance = np.random.default_rng(21)
    crew_nodes, goal_nodes = (chance.choice(graph.nodes, SIDE, replace=False) for _ in range(2))
    there = pin(over, points_at_nodes(graph, crew_nodes))
    goals = [points_at_nodes(graph, [node]) for node in goal_nodes]
    found = times_between(times, there, goals)

    tails, heads, weights = (arcs[:, 0] - 1).tolist(), (arcs[:, 1] - 1).tolist(), arcs[:, 2].tolist()
    places = graph.node_lat.tolist(), graph.node_lon.tolist()
    their_order = peer.compute_order_inertial(graph.nodes, tails, heads, *places)
    theirs = peer.CCHMetric(peer.CCH(their_order, tails, heads, False), weights)
    pinned = peer.CCHManyToOne(theirs, [int(node) for node in crew_nodes])

    def by_the_peer() -> np.ndarray:
        return np.array([pinned.distances_to(int(node)) for node in goal_nodes]).T

    differences = int((by_the_peer() != found).sum())
    ours_s, theirs_s = median_s(lambda: times_between(times, there, goals), times=5), median_s(by_the_peer, times=3)
    ratio = theirs_s / ours_s
    report(
        CLAIM, value=round(ours_s * 1e3, 1), unit="ms", peer=f"routingkit-cch for each place {theirs_s * 1e3:.0f} ms",
        ratio=round(ratio, 1), bar=f"ratio >= {BAR:.0f}, 0 differences", ok=ratio >= BAR and differences == 0,
        differences=differences,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
