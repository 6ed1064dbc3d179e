"""
100 streets close on New York's 264,346 junctions: the times that follow, against laying all times anew.

Both give the same times on each of ten draws of streets. The peer is our own full customisation in the same run.
"""

import sys

import numpy as np
from line import median_s, report, skip
from nearest import FOLDER, read_new_york

from oneroom.engine.roads import metric
from oneroom.engine.roads.hierarchy import hierarchy

CLAIM = "100 streets closed on 264,346 junctions, every time as if laid anew"
STREETS, DRAWS, BAR = 100, 10, 1 / 20


def main() -> None:
    if not FOLDER.is_dir():
        skip(CLAIM, "../shared/benchmarks/dimacs is not here")
    graph, _arcs = read_new_york()
    over = hierarchy(graph)
    times = over.times(metric(graph))
    chance = np.random.default_rng(22)
    ours, whole, differences = [], [], 0
    for _ in range(DRAWS):
        now = metric(graph, closed_edges=chance.choice(graph.edges, STREETS, replace=False))
        changed, anew = times.changed(now), over.times(now)
        differences += int((changed.up != anew.up).sum() + (changed.down != anew.down).sum())
        ours.append(median_s(lambda now=now: times.changed(now), times=5))
        whole.append(median_s(lambda now=now: over.times(now), times=3))
    ours_ms, whole_ms = float(np.median(ours)) * 1e3, float(np.median(whole)) * 1e3
    ratio = ours_ms / whole_ms
    report(
        CLAIM, value=round(ours_ms, 2), unit="ms", peer=f"all times laid anew {whole_ms:.0f} ms", ratio=round(ratio, 3),
        bar=f"ratio <= {BAR}, 0 differences", ok=ratio <= BAR and differences == 0, differences=differences,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
