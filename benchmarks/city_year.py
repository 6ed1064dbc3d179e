"""
One year of a city with full rules: 165,000 calls, 500 crews in two watches, the roads of Jinan.

Four grades with diversion for the gravest, sets of two crews, skills, silent crews and their ladders, beats, watches
with handover, paperwork at the station. What stands in for a peer is the bare kernel of this run: the same number of
events through Python's heap and nothing else. ``RUNS=30`` runs so many years on all cores after the one; without it two
show what one core of several costs. Growth: the same thirty days with a quarter of the crews, and half the days.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from heapq import heappop, heappush
from math import log
from pathlib import Path
from time import perf_counter, process_time

import joblib
import numpy as np
from line import report

from oneroom.engine import roads
from oneroom.engine.dispatch import DivertPolicy
from oneroom.engine.measures.loop import Loop
from oneroom.engine.simulate.city import run
from oneroom.engine.simulate.demand import Demand, drawn
from oneroom.engine.simulate.ground import made_ready
from oneroom.engine.simulate.runs import Days, replications
from oneroom.engine.simulate.score import Figures
from oneroom.engine.simulate.world import Crew, Kind, Span, Watch, World

CLAIM = "one year of Jinan: 165,000 calls, 500 crews, full rules, counted by the live boards' measures"
CITY = Path(roads.__file__).resolve().parents[2] / "project" / "cities"
CALLS, CREWS, LIMIT_S, LIMIT_GB, RUNS_LIMIT_S = 165_000, 500, 60.0, 2.0, 15 * 60.0
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
KINDS = (
    Kind("crime", 1, crews=2, scene=Span(2400, 0.7), paper=Span(1800, 0.6), station_share=0.4),
    Kind("traffic", 2, skills=0b1, scene=Span(1800, 0.6)),
    Kind("dispute", 2, skills=0b10, scene=Span(1500, 0.6), station_share=0.1),
    Kind("noise", 3, scene=Span(1000, 0.6)),
    Kind("help", 4, scene=Span(900, 0.6)),
)
SHARES = np.array([0.07, 0.13, 0.15, 0.45, 0.2])


def jinan(crews: int) -> tuple[World, Demand]:
    """Crews at the stations by their share of the load; calls along the streets of each station's ground."""
    graph = roads.from_npz_bytes((CITY / "jinan.npz").read_bytes())
    stations = json.loads((CITY / "jinan.stations.json").read_text(encoding="utf-8"))
    free = roads.metric(graph)
    middle = roads.points_at_nodes(graph, [graph.nodes // 2])
    joined = np.flatnonzero(
        (roads.times_from(graph, free, middle) < roads.INF) & (roads.times_to(graph, free, middle) < roads.INF)
    ).astype(np.int32)
    x, y = graph.plane.to_xy(graph.node_lon[joined], graph.node_lat[joined])
    sx, sy = graph.plane.to_xy(np.array([s["lon"] for s in stations]), np.array([s["lat"] for s in stations]))
    away = np.hypot(x[:, None] - sx, y[:, None] - sy)
    area, post = away.argmin(axis=1).astype(np.int32), joined[away.argmin(axis=0)]
    load = np.array([s["load_share"] for s in stations])
    load = load / load.sum()
    weight = (load / np.maximum(np.bincount(area, minlength=len(stations)), 1))[area]
    chance = np.random.default_rng(1)
    home = chance.choice(len(stations), crews, p=load)
    made = []
    for n, station in enumerate(home.tolist()):
        near = joined[np.argsort(away[:, station])[:60]]
        beat = tuple(int(node) for node in chance.choice(near, 3, replace=False))
        made.append(Crew(n + 1, station, int(post[station]), n % 2, beat, skills=1 << int(chance.integers(0, 3))))
    by_hour = np.tile(1 + 0.6 * np.sin((np.arange(24) - 9) / 24 * 2 * np.pi), 7)
    world = World(
        graph, tuple(made), KINDS, MONDAY, divert=DivertPolicy(),
        watches=(Watch(8 * 3600, 12 * 3600), Watch(20 * 3600, 12 * 3600)),
    )  # fmt: skip
    rate = by_hour / by_hour.mean() * CALLS / (365 * 24)
    return world, Demand(rate, joined, area, weight[None, :], SHARES)


def days_s(world: World, demand: Demand, days: int) -> float:
    """
    Seconds of processor of a run of so many days, roads made ready before: the least of three.

    A run is one thread, and what is asked of these figures is how they grow, also beside other work.
    """
    ground = made_ready(world)
    calls = drawn(demand, days=days, weekday=0, seed=[3])
    took = []
    for _ in range(3):
        began = process_time()
        run(world, calls, Loop().take, days=days, ground=ground)
        took.append(process_time() - began)
    return min(took)


def heap_s(events: int) -> float:
    """Seconds for Python's heap alone to take and give so many events, a thousand at a time under way."""
    times = np.random.default_rng(2).exponential(1.0, events).tolist()
    heap: list[tuple[float, int]] = []
    began = perf_counter()
    now = 0.0
    for n, wait in enumerate(times):
        heappush(heap, (now + wait, n))
        if len(heap) > 1000:
            now, _ = heappop(heap)
    return perf_counter() - began


def on_all_cores(run: Callable[[int], Figures], seeds: Sequence[int]) -> Iterable[Figures]:
    """The runs in processes of their own, their figures in the order of the seeds."""
    work = joblib.Parallel(n_jobs=-1, backend="loky", return_as="generator")
    return work(joblib.delayed(run)(seed) for seed in seeds)


def main() -> None:
    world, demand = jinan(CREWS)
    days_s(world, demand, 1)  # compiles; not timed
    ground = made_ready(world)
    calls = drawn(demand, days=365, weekday=0, seed=[1])
    made, loop = len(calls), Loop()
    began, worked = perf_counter(), process_time()
    outcome = run(world, calls, loop.take, days=365, ground=ground)
    year_s, processor_s = perf_counter() - began, process_time() - worked
    orders = len(loop.orders(loop.counted()))
    alone_s = heap_s(outcome.events)
    month, half = days_s(world, demand, 30), days_s(world, demand, 15)
    few = days_s(*jinan(CREWS // 4), 30)
    by_crews, may_grow = month / few, log(CREWS) / log(CREWS / 4)
    runs = int(os.environ.get("RUNS", "2"))
    del loop, calls
    began = perf_counter()
    list(replications(world, demand, Days(364), range(runs), spread=on_all_cores))
    runs_s = perf_counter() - began
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    thirty_s = runs_s / runs * 30
    report(
        CLAIM, value=round(year_s, 1), unit="s", peer=f"its events through a bare heap {alone_s:.1f} s",
        ratio=round(year_s / alone_s, 1),
        bar=f"<= {LIMIT_S:.0f} s, 30 runs <= 15 min, <= {LIMIT_GB:.0f} GB, grows no faster than calls x log crews",
        ok=year_s <= LIMIT_S and thirty_s <= RUNS_LIMIT_S and memory_gb <= LIMIT_GB
        and by_crews <= may_grow and month / half <= 2.2,
        processor_s=round(processor_s, 1), calls=made, orders=orders, events=outcome.events,
        lapsed=outcome.lapsed, diverted=outcome.diverted, waited=outcome.waited, left_over=outcome.left_over,
        memory_gb=round(memory_gb, 2), runs=runs, runs_s=round(runs_s, 1), thirty_runs_s=round(thirty_s),
        four_times_the_crews=round(by_crews, 2), may_grow=round(may_grow, 2), twice_the_days=round(month / half, 2),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
