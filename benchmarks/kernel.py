"""
The simulation kernel against SimPy: 20 crews at four fifths of what they can do, two legs of work, one random stream.

Both are given the very same arrays of arrivals and legs, and must say the same start and end of every call: so what is
compared is the machinery alone. Each call is three events (it comes, the crew is there, the crew is free).
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from line import median_s, report

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from oneroom.engine.simulate.kernel import serve
from tests.engine.simpy_peer import simpy_queue

CLAIM = "simulation kernel: calls, crews and a line of waiting, in events per second"
CALLS, SERVERS, LOAD, BAR = 100_000, 20, 0.8, 50.0


def main() -> None:
    chance = np.random.default_rng(4)
    at = np.cumsum(chance.exponential(1 / (LOAD * SERVERS), CALLS))
    first, second = chance.exponential(0.5, CALLS), chance.exponential(0.5, CALLS)
    prefer = np.arange(SERVERS)[None, :]
    ours = serve(at, first, second, prefer)  # the very first call compiles; not timed
    ours_s = median_s(lambda: serve(at, first, second, prefer), times=9)
    as_lists = at.tolist(), first.tolist(), second.tolist()
    began = perf_counter()
    start, there, _done = simpy_queue(*as_lists, SERVERS)
    theirs_s = perf_counter() - began
    apart = max(float(np.abs(ours.start_s - start).max()), float(np.abs(ours.there_s - there).max()))
    mean_wait, their_wait = float(ours.wait_s.mean()), float((np.array(start) - at).mean())
    ratio = theirs_s / ours_s
    report(
        CLAIM, value=round(3 * CALLS / ours_s), unit="events/s", peer=f"SimPy {3 * CALLS / theirs_s:.0f} events/s",
        ratio=round(ratio, 1), bar=f"ratio >= {BAR:.0f}, the same times of every call",
        ok=ratio >= BAR and apart < 1e-7 and abs(mean_wait - their_wait) < 1e-9, apart=apart,
        mean_wait=round(mean_wait, 6), their_mean_wait=round(their_wait, 6),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
