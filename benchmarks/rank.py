"""
All 5,000 crews in order of arrival on New York's 264,346 junctions, sorted, against SciPy's Dijkstra and its sort.

What crews stand on is pinned once, as it is while they stand; `pin_ms` says what pinning them all anew costs. The
answer is compared with SciPy's on 20 incidents, 100,000 pairs, and must be the same to the millisecond.
"""

import sys
from time import perf_counter

import numpy as np
from line import median_s, report, skip
from nearest import FOLDER, read_new_york, reversed_matrix
from scipy.sparse.csgraph import dijkstra

from oneroom.engine.roads import metric, points_at_nodes
from oneroom.engine.roads.hierarchy import hierarchy, pin, ranked

CLAIM = "all 5,000 crews ranked by road time on 264,346 junctions, same answer as SciPy's Dijkstra"
CREWS, INCIDENTS, BAR, LIMIT_MS = 5_000, 20, 15.0, 5.0


def main() -> None:
    if not FOLDER.is_dir():
        skip(CLAIM, "../shared/benchmarks/dimacs is not here")
    graph, arcs = read_new_york()
    began = perf_counter()
    over = hierarchy(graph)
    built_s = perf_counter() - began
    times = over.times(metric(graph))
    peer = reversed_matrix(arcs, graph.nodes)
    chance = np.random.default_rng(20)
    crew_nodes = chance.choice(graph.nodes, CREWS, replace=False).astype(np.int32)
    crews = points_at_nodes(graph, crew_nodes)
    there = pin(over, crews)
    incidents = chance.choice(graph.nodes, INCIDENTS, replace=False)
    goals = [points_at_nodes(graph, [node]) for node in incidents]

    differences = 0
    ours, theirs = [], []
    for node, goal in zip(incidents, goals, strict=True):
        found = ranked(times, there, goal)  # the very first call compiles; not timed
        by_node = dijkstra(peer, indices=int(node))[crew_nodes]
        first = np.lexsort((np.arange(CREWS), by_node))
        differences += int((found.index != first).sum() + (found.ms != by_node[first]).sum())
        ours.append(median_s(lambda goal=goal: ranked(times, there, goal), times=15))
        theirs.append(median_s(lambda node=node: np.argsort(dijkstra(peer, indices=int(node))[crew_nodes]), times=3))
    ours_ms, theirs_ms = float(np.median(ours)) * 1e3, float(np.median(theirs)) * 1e3
    ratio = theirs_ms / ours_ms
    report(
        CLAIM, value=round(ours_ms, 2), unit="ms", peer=f"SciPy dijkstra and sort {theirs_ms:.1f} ms",
        ratio=round(ratio, 1), bar=f"ratio >= {BAR:.0f}, <= {LIMIT_MS:.0f} ms, 0 differences",
        ok=ratio >= BAR and ours_ms <= LIMIT_MS and differences == 0, differences=differences,
        pin_ms=round(median_s(lambda: pin(over, crews), times=9) * 1e3, 2), order_and_hierarchy_s=round(built_s, 1),
        arcs=len(over.head),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
