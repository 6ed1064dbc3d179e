"""
The first 20 of 5,000 crews by road time on New York's 264,346 junctions, against SciPy's Dijkstra.

Same backward question for both (crews to incident, so reversed arcs), same answer down to the millisecond
and the order of ties. SciPy gets its matrix ready-made, with parallel arcs reduced to the quickest: its
constructors would add them up. Our time includes entering all 5,000 crews anew, because crews move.
"""

import gzip
import sys
from pathlib import Path

import numpy as np
from line import median_s, report, skip
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from oneroom.engine.roads import RoadGraph, assemble, metric, nearest, points_at_nodes

CLAIM = "first 20 of 5,000 crews by road time on 264,346 junctions, same answer as SciPy's Dijkstra"
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "benchmarks" / "dimacs"
CREWS, FIRST, INCIDENTS, BAR = 5_000, 20, 20, 100.0


def read_new_york() -> tuple[RoadGraph, np.ndarray]:
    """The DIMACS files as a network of one-way edges (each street is listed once per direction)."""
    with gzip.open(FOLDER / "USA-road-t.NY.gr.gz", "rt") as lines:
        arcs = np.loadtxt((line[2:] for line in lines if line.startswith("a ")), dtype=np.int64)
    with gzip.open(FOLDER / "USA-road-d.NY.co.gz", "rt") as lines:
        nodes = np.loadtxt((line[2:] for line in lines if line.startswith("v ")), dtype=np.int64)
    place = np.argsort(nodes[:, 0])
    graph = assemble(
        node_lon=nodes[place, 1] / 1e6, node_lat=nodes[place, 2] / 1e6,
        edge_tail=arcs[:, 0] - 1, edge_head=arcs[:, 1] - 1, edge_oneway=np.ones(len(arcs), bool),
        edge_kmh=np.full(len(arcs), 40.0), edge_ms=arcs[:, 2],
    )  # fmt: skip
    return graph, arcs


def reversed_matrix(arcs: np.ndarray, count: int) -> csr_matrix:
    """SciPy's matrix of the reversed arcs, each pair of nodes once with its least weight."""
    order = np.lexsort((arcs[:, 2], arcs[:, 0], arcs[:, 1]))
    kept = arcs[order]
    first = np.ones(len(kept), bool)
    first[1:] = (kept[1:, :2] != kept[:-1, :2]).any(axis=1)
    kept = kept[first]
    return csr_matrix((kept[:, 2].astype(float), (kept[:, 1] - 1, kept[:, 0] - 1)), shape=(count, count))


def main() -> None:
    if not FOLDER.is_dir():
        skip(CLAIM, "../shared/benchmarks/dimacs is not here")
    graph, arcs = read_new_york()
    free = metric(graph)
    peer = reversed_matrix(arcs, graph.nodes)
    chance = np.random.default_rng(20)
    crew_nodes = chance.choice(graph.nodes, CREWS, replace=False).astype(np.int32)
    crews = points_at_nodes(graph, crew_nodes)
    incidents = chance.choice(graph.nodes, INCIDENTS, replace=False)
    goals = [points_at_nodes(graph, [node]) for node in incidents]

    differences = 0
    ours, theirs = [], []
    for node, goal in zip(incidents, goals, strict=True):
        found = nearest(graph, free, crews, goal, count=FIRST)  # the very first call compiles; not timed
        times = dijkstra(peer, indices=int(node))[crew_nodes]
        first = np.lexsort((np.arange(CREWS), times))[:FIRST]
        differences += int((found.index != first).sum() + (found.ms != times[first]).sum())
        ours.append(median_s(lambda goal=goal: nearest(graph, free, crews, goal, count=FIRST), times=15))
        theirs.append(median_s(lambda node=node: dijkstra(peer, indices=int(node)), times=3))
    ours_ms, theirs_ms = float(np.median(ours)) * 1e3, float(np.median(theirs)) * 1e3
    ratio = theirs_ms / ours_ms
    report(
        CLAIM, value=round(ours_ms, 3), unit="ms", peer=f"SciPy dijkstra {theirs_ms:.1f} ms", ratio=round(ratio, 1),
        bar=f"ratio >= {BAR:.0f}, 0 differences", ok=ratio >= BAR and differences == 0, differences=differences,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
