"""
Jinan in some 2,000 cells into 66 connected districts of even work around 66 stations, against gerrychain's seed.

gerrychain (3-clause BSD, no part of the project: `pip install gerrychain` beside it to run the peer) parts the same
cells by a recursive tree at 20 %: at 12 % it had no answer in 100 s here. It knows no stations, and its time
is for a seed alone, which it would go on to better move by move.
The bar is the deviation, which is what a planner signs.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import numpy as np
from line import report

from oneroom.engine import coverage, roads
from oneroom.engine.siting.districting.blocks import Blocks, blocks_of
from oneroom.engine.siting.districting.divide import divide
from oneroom.engine.siting.districting.seats import divide_anew

JINAN = Path(roads.__file__).parents[2] / "project" / "cities" / "jinan.npz"
CLAIM = "2,000 cells into 66 districts around stations: connected, even"
DISTRICTS, BAR, PEER_TOLERANCE, PEER_SEED = 66, 0.05, 0.2, 3
CELL_M = 380.0


def ground() -> Blocks:
    """Jinan's blocks, with calls drawn unevenly."""
    graph = roads.from_npz_bytes(JINAN.read_bytes())
    cells = coverage.cells_of(graph, size_m=CELL_M)
    work = np.random.default_rng(7).gamma(2.0, 4.0, len(cells))
    return blocks_of(graph, roads.metric(graph, hour=8), cells.node, work)


def main() -> None:
    blocks = ground()
    seats = divide_anew(blocks, DISTRICTS).seats  # also compiles
    begin = time.perf_counter()
    found = divide(blocks, seats)
    value = time.perf_counter() - begin
    pieces = [int(blocks.within(np.flatnonzero(found.of == d)).parts().max()) for d in range(DISTRICTS)]
    connected = not any(pieces)
    peer, off = _peer(blocks)
    report(
        CLAIM, value=round(value, 2), unit="s", bar=f"worst deviation <= {BAR}, connected",
        ok=found.worst <= BAR and connected, cells=len(blocks), worst_deviation=round(found.worst, 4),
        connected=connected, mean_drive_s=round(float(found.drive_s.mean()), 1), peer=peer and round(peer, 2),
        ratio=peer and round(value / peer, 2), peer_worst_deviation=off,
    )  # fmt: skip


def _peer(blocks: Blocks) -> tuple[float | None, float | None]:
    """Seconds and the worst deviation of gerrychain's seed; None where it is not installed."""
    try:
        import networkx as nx
        from gerrychain.partition import recursive_tree_part
        from gerrychain.tree import bipartition_tree
    except ImportError:
        return None, None
    import random

    random.seed(PEER_SEED)
    graph = nx.Graph()
    graph.add_nodes_from((b, {"work": float(blocks.work[b])}) for b in range(len(blocks)))
    graph.add_edges_from((b, int(other)) for b in range(len(blocks)) for other in blocks.joined(b))
    try:
        from gerrychain import Graph

        graph = Graph.from_networkx(graph)
    except (ImportError, AttributeError):
        pass
    begin = time.perf_counter()
    cut = partial(bipartition_tree, max_attempts=100_000, allow_pair_reselection=True)
    each = float(blocks.work.sum()) / DISTRICTS
    parts = recursive_tree_part(graph, range(DISTRICTS), each, "work", PEER_TOLERANCE, bipartition_tree_fn=cut)
    taken = time.perf_counter() - begin
    load = np.zeros(DISTRICTS)
    for block, part in parts.items():
        load[part] += blocks.work[block]
    return taken, round(float(np.abs(load / each - 1).max()), 4)


if __name__ == "__main__":
    main()
