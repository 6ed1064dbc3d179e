"""A second opinion on forbidden turns: Dijkstra in pure Python over the streets one is in, not over junctions."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from oneroom.engine.roads import INF, Metric, Points, RoadGraph, metric, points_on
from oneroom.engine.roads.graph import with_turns
from tests.engine.networks import network


@dataclass(frozen=True)
class Place:
    """A place on an edge, or (edge -1) a junction from which every street may be taken."""

    edge: int
    fraction: float
    junction: int = -1

    @property
    def inside(self) -> bool:
        return self.edge >= 0 and 0.0 < self.fraction < 1.0


class ByArc:
    """Reads edges, one-ways and forbidden turns only; nothing of how a network splits its junctions."""

    def __init__(self, graph: RoadGraph, times: Metric) -> None:
        self.ahead, self.back = graph.edge_ahead.tolist(), graph.edge_back.tolist()
        self.tails, self.heads = graph.edge_tail.tolist(), graph.edge_head.tolist()
        self.ms, self.own = times.arc_ms.tolist(), times.own_ms.tolist()
        self.begins: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        for edge in range(graph.edges):
            self.begins[self.ahead[edge]], self.ends[self.ahead[edge]] = self.tails[edge], self.heads[edge]
            if self.back[edge] >= 0:
                self.begins[self.back[edge]], self.ends[self.back[edge]] = self.heads[edge], self.tails[edge]
        self.leaving: dict[int, list[int]] = defaultdict(list)
        for arc, junction in self.begins.items():
            self.leaving[junction].append(arc)
        self.known: dict[Place, dict[int, int]] = {}
        arcs = [(self.back if d % 2 else self.ahead)[d // 2] for d in graph.forbidden.ravel().tolist()]
        self.forbidden = set(zip(arcs[::2], arcs[1::2], strict=True))

    def place(self, points: Points, i: int) -> Place:
        edge, fraction = int(points.edge[i]), float(points.fraction[i])
        if 0.0 < fraction < 1.0:
            return Place(edge, fraction)
        return Place(edge, fraction, (self.heads if fraction else self.tails)[edge])

    def between(self, start: Place, goal: Place) -> int | None:
        """Milliseconds, None where there is no way."""
        best = min([*self._along(start, goal), *self._around(start, goal)], default=INF)
        return best if best < INF else None

    def _along(self, start: Place, goal: Place) -> Iterator[int]:
        if start.edge < 0 or start.edge != goal.edge:
            return
        if start.fraction == goal.fraction:
            yield 0
            return
        arc = (self.ahead if start.fraction < goal.fraction else self.back)[start.edge]
        whole = (self.own if start.inside or goal.inside else self.ms)[arc] if arc >= 0 else INF
        if whole < INF:
            yield abs(_part(whole, goal.fraction) - _part(whole, start.fraction))

    def _around(self, start: Place, goal: Place) -> Iterator[int]:
        last = dict(self._last(goal))
        if not start.inside:
            if start.junction == goal.junction and not goal.inside:
                yield 0
            yield from (more for arc, more in last.items() if self.begins[arc] == start.junction and goal.inside)
        if start not in self.known:
            self.known[start] = self._driven(start)
        for arc, ms in self.known[start].items():
            if not goal.inside and self.ends[arc] == goal.junction:
                yield ms
            for out, more in last.items():
                if goal.inside and self.ends[arc] == self.begins[out] and (arc, out) not in self.forbidden:
                    yield ms + more

    def _last(self, goal: Place) -> Iterator[tuple[int, int]]:
        """The arcs by which a place inside a street is reached, and what is driven of them."""
        if goal.inside:
            ahead, back = self.ahead[goal.edge], self.back[goal.edge]
            if self.own[ahead] < INF:
                yield ahead, _part(self.own[ahead], goal.fraction)
            if back >= 0 and self.own[back] < INF:
                yield back, self.own[back] - _part(self.own[back], goal.fraction)

    def _driven(self, start: Place) -> dict[int, int]:
        """Milliseconds to the end of each arc."""
        best: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        if start.inside:
            ahead, back = self.ahead[start.edge], self.back[start.edge]
            if self.own[ahead] < INF:
                heap.append((self.own[ahead] - _part(self.own[ahead], start.fraction), ahead))
            if back >= 0 and self.own[back] < INF:
                heap.append((_part(self.own[back], start.fraction), back))
        else:
            heap += [(self.ms[arc], arc) for arc in self.leaving[start.junction] if self.ms[arc] < INF]
        heapq.heapify(heap)
        while heap:
            ms, arc = heapq.heappop(heap)
            if arc in best:
                continue
            best[arc] = ms
            for out in self.leaving[self.ends[arc]]:
                if (arc, out) not in self.forbidden and self.ms[out] < INF:
                    heapq.heappush(heap, (ms + self.ms[out], out))
        return best


def _part(whole: int, fraction: float) -> int:
    return math.floor(whole * fraction + 0.5)


def possible_turns(graph: RoadGraph) -> list[tuple[int, int]]:
    """Every turn from a direction of a street into another, back into the same street among them."""
    ends, begins = {}, {}
    for edge in range(graph.edges):
        begins[2 * edge], ends[2 * edge] = int(graph.edge_tail[edge]), int(graph.edge_head[edge])
        if graph.edge_back[edge] >= 0:
            begins[2 * edge + 1], ends[2 * edge + 1] = ends[2 * edge], begins[2 * edge]
    return [(one, other) for one in ends for other in begins if ends[one] == begins[other]]


@st.composite
def turning_towns(draw: st.DrawFn) -> tuple[RoadGraph, Metric, Points, list[int]]:
    """Any small network with any turns forbidden; times with some edges gone; points; and which edges those are."""
    nodes = draw(st.integers(1, 6))
    junction = st.integers(0, nodes - 1)
    street = st.tuples(junction, junction, st.booleans(), st.integers(1, 40))
    plain = network(draw(st.lists(street, min_size=1, max_size=10)), nodes)
    graph = with_turns(plain, some_turns(draw, possible_turns(plain)))
    closed = draw(st.lists(st.integers(0, graph.edges - 1), max_size=2))
    fraction = st.sampled_from([0.0, 1.0, 0.5, 0.25]) | st.floats(0, 1)
    edges = draw(st.lists(st.integers(0, graph.edges - 1), min_size=2, max_size=6))
    fractions = draw(st.lists(fraction, min_size=len(edges), max_size=len(edges)))
    return graph, metric(graph, closed_edges=closed), points_on(edges, fractions), closed


def some_turns(draw: st.DrawFn, turns: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Some single ones ("no"), and of some streets all but one ("only")."""
    if not turns:
        return []
    single = draw(st.lists(st.sampled_from(turns), max_size=8))
    only = draw(st.lists(st.sampled_from(turns), max_size=2))
    return [*single, *(turn for one, out in only for turn in turns if turn[0] == one and turn[1] != out)]
