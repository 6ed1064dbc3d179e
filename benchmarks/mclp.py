"""
The 20 of 300 sites that reach the most of 2,000 points of demand, against spopt building and solving the same.

Both with HiGHS, on New York's roads. spopt is no part of the project: `pip install spopt` beside it to run this.
"""

from __future__ import annotations

import time

from line import median_s, report, skip
from sites import city, limit

from oneroom.engine.siting.covering import mclp

CLAIM = "best 20 of 300 sites for 2,000 points, build and solve, optimum proved"
COUNT, BAR = 20, 0.25


def main() -> None:
    try:
        import pulp
        from spopt.locate import MCLP
    except ImportError:
        skip(CLAIM, "spopt is not installed")
    ground = city(CLAIM, 2_000, 300, seed=31)
    within = limit(ground, 0.02)
    ours = mclp(ground, within, COUNT)
    value = median_s(lambda: mclp(ground, within, COUNT), times=5)

    begin = time.perf_counter()
    theirs = MCLP.from_cost_matrix(ground.ms.astype(float), ground.weight, within, p_facilities=COUNT)
    theirs.solve(pulp.HiGHS(msg=False))
    peer = time.perf_counter() - begin
    same = abs(theirs.problem.objective.value() - ours.value) < 1e-6
    ratio = value / peer
    report(
        CLAIM, value=round(value, 3), unit="s", peer=round(peer, 3), ratio=round(ratio, 4),
        bar=f"ratio <= {BAR}, gap 0",
        ok=ratio <= BAR and same and ours.proven, same_optimum=same, gap=ours.gap, reached=ours.value,
    )  # fmt: skip


if __name__ == "__main__":
    main()
