"""
p-medians of the OR-Library's graphs: how many come out at their known optimum, and how far the worst is from it.

The peer is the known optimum itself; ``bound_gap`` is what we would have to say of the worst without knowing it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from line import report, skip

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from oneroom.engine.siting.median import p_median
from tests.engine.test_siting import INSTANCES, pmed

CLAIM = "p-median on the OR-Library graphs at hand: share at the optimum"
SHARE, WORST = 0.8, 0.003


def main() -> None:
    if not INSTANCES.is_dir():
        skip(CLAIM, "../shared/benchmarks is not here")
    optima = json.loads((INSTANCES / "expected.json").read_text())["pmedian"]
    best, worst, below, bound_gap, took = 0, 0.0, 0, 0.0, 0.0
    for name, optimum in optima.items():
        town, count = pmed(name)
        begin = time.perf_counter()
        answer = p_median(town, count, seed=1)
        took += time.perf_counter() - begin
        best += answer.value == optimum
        below += answer.value < optimum or answer.bound > optimum
        worst = max(worst, (answer.value - optimum) / optimum)
        bound_gap = max(bound_gap, answer.gap)
    share = best / len(optima)
    report(
        CLAIM, value=round(share, 3), unit="share", peer=1.0, ratio=round(share, 3),
        bar=f">= {SHARE}, worst gap <= {WORST}, none below", ok=share >= SHARE and worst <= WORST and not below,
        graphs=len(optima), worst_gap=round(worst, 5), bound_gap=round(bound_gap, 5), below=below,
        seconds=round(took, 1),
    )  # fmt: skip


if __name__ == "__main__":
    main()
