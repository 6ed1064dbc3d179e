"""The roads of a simulated city, made ready: speeds by hour, the ways back to each post, and every crew's beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroom.engine import roads
from oneroom.engine.roads import kernels
from oneroom.engine.simulate.moving import first_to_reach, way_between
from oneroom.engine.simulate.world import Undrivable, World

Ints = NDArray[np.int32]
MS = 1000


@dataclass(frozen=True)
class Ground:
    """
    ``by_hour`` 24 metrics · ``home`` (posts, n) the arc by which one comes nearer to a post, -1 at it · ``home_row``
    (crews,) which row is a crew's · ``beat_start``, ``beat_node``, ``beat_ms``: CSR of each crew's round, from its post
    to its post, with the milliseconds at which it comes to each junction, and once more when it leaves a stop.
    """

    graph: roads.RoadGraph
    by_hour: tuple[roads.Metric, ...]
    home: Ints
    home_row: Ints
    beat_start: Ints
    beat_node: Ints
    beat_ms: Ints

    def way(self, hour: int, start: int, goal: int) -> tuple[Ints, NDArray[np.int64]]:
        """The junctions of the quickest way after ``start``, and the milliseconds at which each is reached."""
        graph, metric = self.graph, self.by_hour[hour]
        return way_between(graph.arc_start, graph.arc_head, graph.arc_tail, metric.arc_ms, start, goal)


class Searcher:
    """Asks who reaches a junction first; keeps the room that the search works in."""

    def __init__(self, ground: Ground, crews: int):
        self._ground = ground
        self._dist = np.full(ground.graph.nodes, kernels.INF, np.int32)
        self._first_exit = np.full(ground.graph.nodes, -1, np.int32)
        self._next_exit = np.empty(crews, np.int32)
        self._touched = np.empty(ground.graph.nodes, np.int32)
        self._heap = np.empty(len(ground.graph.arc_head) + crews + 1, np.int64)

    def first(
        self, hour: int, goal: int, node: Ints, lead: Ints, count: int, *, limit_ms: int = kernels.INF
    ) -> tuple[Ints, Ints]:
        """Crews and their milliseconds, first come first; see `moving.first_to_reach`."""
        graph = self._ground.graph
        return first_to_reach(
            graph.rev_start, graph.rev_tail, self._ground.by_hour[hour].rev_ms, goal, node, lead, count, limit_ms,
            self._dist, self._first_exit, self._next_exit, self._touched, self._heap,
        )  # fmt: skip


def made_ready(world: World) -> Ground:
    """
    All that follows from the roads and the plan alone, for any number of runs.

    Raises Undrivable for a beat that cannot be driven.
    """
    graph = world.graph
    free = roads.metric(graph)
    seen: dict[bytes, roads.Metric] = {}
    by_hour = []
    for hour in range(24):  # quiet hours share one metric
        key = graph.hour_factors[hour].tobytes()
        by_hour.append(seen.setdefault(key, roads.metric(graph, hour=hour)))
    posts = sorted({crew.post for crew in world.crews})
    home = np.full((len(posts), graph.nodes), -1, np.int32)
    for row, post in enumerate(posts):
        to_post = roads.times_to(graph, free, roads.points_at_nodes(graph, [post]))
        nearer = (to_post[graph.arc_tail] < roads.INF) & (free.arc_ms < roads.INF)
        nearer &= to_post[graph.arc_tail] == free.arc_ms + to_post[graph.arc_head]
        arcs = np.flatnonzero(nearer)
        home[row, graph.arc_tail[arcs]] = arcs
        home[row, post] = -1
    rows = {post: row for row, post in enumerate(posts)}
    ground = Ground(
        graph, tuple(by_hour), home, np.array([rows[crew.post] for crew in world.crews], np.int32),
        np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int32),
    )  # fmt: skip
    return _with_beats(ground, world)


def unreachable(world: World, node: Ints) -> Ints:
    """Which of these junctions no post can reach, each once."""
    posts = roads.points_at_nodes(world.graph, sorted({crew.post for crew in world.crews}))
    times = roads.times_from(world.graph, roads.metric(world.graph), posts)
    return np.unique(node[times[node] >= roads.INF]) if len(node) else np.empty(0, np.int32)


def without_a_crew(world: World, area: Ints) -> tuple[int, ...]:
    """Which of these areas no crew is of: crews of others go there, and whoever shows a result says so."""
    return tuple(sorted(set(area.tolist()) - {crew.area for crew in world.crews}))


def _with_beats(ground: Ground, world: World) -> Ground:
    slow, stop = 1.0 / world.habits.beat_speed, round(world.habits.beat_stop_s * MS)
    start, nodes, times = [0], [], []
    legs: dict[tuple[int, int], tuple[Ints, NDArray[np.int64]]] = {}
    for crew in world.crews:
        here, clock = crew.post, 0
        if crew.beat:
            nodes.append(here)
            times.append(0)
        for goal in (*crew.beat, crew.post) if crew.beat else ():
            if goal == here:
                continue
            if (here, goal) not in legs:
                legs[here, goal] = ground.way(3, here, goal)  # a quiet hour: a beat has its own speed
            passed, ms = legs[here, goal]
            if len(passed) == 0 or passed[-1] != goal:
                raise Undrivable(crew, f"cannot be driven: no way from {here} to {goal}")
            nodes += [*passed.tolist(), goal]
            times += [*(clock + np.rint(ms * slow).astype(np.int64)).tolist(), 0]
            clock = times[-2] + stop
            times[-1] = clock
            here = goal
        if clock >= 1 << 31:
            raise Undrivable(crew, "takes more than three weeks")
        start.append(len(nodes))
    return Ground(
        ground.graph, ground.by_hour, ground.home, ground.home_row, np.array(start, np.int32),
        np.array(nodes, np.int32), np.array(times, np.int32),
    )  # fmt: skip
