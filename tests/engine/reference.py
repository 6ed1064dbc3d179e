"""A second opinion on road times: a plain Dijkstra in pure Python, on a network with every point made a node."""

import heapq
import math
from collections import defaultdict
from itertools import pairwise

from oneroom.engine.roads import INF, Metric, Points, RoadGraph


class Reference:
    """Cuts each edge at its points; a point at fraction 0 or 1 is the junction itself."""

    def __init__(self, graph: RoadGraph, times: Metric, points: Points) -> None:
        self.first_point = graph.nodes
        self.points = len(points)
        self.ways: list[list[tuple[int, int]]] = [[] for _ in range(graph.nodes + len(points))]
        on_edge = defaultdict(list)
        for place, (edge, fraction) in enumerate(zip(points.edge, points.fraction, strict=True)):
            if edge >= 0:
                on_edge[int(edge)].append((float(fraction), graph.nodes + place))
        for edge in range(graph.edges):
            inner = sorted(on_edge[edge])
            ends = int(graph.edge_tail[edge]), int(graph.edge_head[edge])
            self._cut(int(times.arc_ms[graph.edge_ahead[edge]]), ends, inner, forward=True)
            if graph.edge_back[edge] >= 0:
                self._cut(int(times.arc_ms[graph.edge_back[edge]]), ends, inner, forward=False)
            for fraction, node in inner:
                if fraction in (0.0, 1.0):
                    self._both(node, ends[int(fraction)])
            for (a, node), (b, other) in pairwise(inner):
                if a == b:
                    self._both(node, other)

    def _both(self, a: int, b: int) -> None:
        self.ways[a].append((b, 0))
        self.ways[b].append((a, 0))

    def _cut(self, whole: int, ends: tuple[int, int], inner: list[tuple[float, int]], *, forward: bool) -> None:
        if whole >= INF:
            return
        stops = [(0, ends[0]), *((math.floor(whole * f + 0.5), node) for f, node in inner), (whole, ends[1])]
        for (a, node), (b, other) in pairwise(stops):
            if forward:
                self.ways[node].append((other, b - a))
            else:
                self.ways[other].append((node, b - a))

    def from_point(self, point: int) -> list[int | None]:
        """Milliseconds from one point to every point, None where there is no way."""
        best: dict[int, int] = {self.first_point + point: 0}
        heap = [(0, self.first_point + point)]
        while heap:
            ms, node = heapq.heappop(heap)
            if ms > best[node]:
                continue
            for other, more in self.ways[node]:
                if ms + more < best.get(other, INF):
                    best[other] = ms + more
                    heapq.heappush(heap, (ms + more, other))
        return [best.get(self.first_point + other) for other in range(self.points)]
