"""
A road network as flat arrays: what every search, every map and every moving crew reads.

An *edge* is a piece of street between two junctions, with its drawn shape. An *arc* is one allowed
direction of travel along it: two-way streets have two, one-way streets one. Arcs stand in order
of their tail (forward CSR); a second index lists them by head, because "which crew is nearest?"
searches backwards from the incident. Junctions at which a turn is forbidden are split into several nodes, joined by
arcs that are no street (`turns`); the nodes of junctions come first, and most networks have no others.

Travel times are whole milliseconds (int32): exact sums, so that two engines agree to the last bit.
INF stays under 2**30, so that INF plus any weight cannot wrap around.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oneroom.engine.geo import Box, Plane, distance_m
from oneroom.engine.roads import kernels
from oneroom.engine.roads.classes import CLASS_NAMES, HOUR_FACTORS
from oneroom.engine.roads.turns import pairs, split

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

INF = kernels.INF
NO_NAME = -1


@dataclass(frozen=True)
class RoadGraph:
    """
    An immutable network; make one with `assemble`, `build.build` or `store.from_npz_bytes`.

    Lengths: n nodes, e edges, m arcs, s shape points, h hours (24), c road classes, r forbidden turns.
    """

    node_lon: Floats  # (n,) WGS-84 degrees
    node_lat: Floats
    edge_tail: Ints  # (e,) junction at the start of the shape
    edge_head: Ints  # (e,) node at its end
    edge_oneway: NDArray[np.bool_]  # (e,) only from tail to head
    edge_class: NDArray[np.uint8]  # (e,) index into classes.CLASS_NAMES
    edge_kmh: NDArray[np.float32]  # (e,) free-flow speed
    edge_name: Ints  # (e,) index into names, NO_NAME for none
    edge_length_m: Floats  # (e,)
    edge_ms: Ints  # (e,) free-flow travel time
    shape_start: Ints  # (e + 1,) points shape_start[i]:shape_start[i + 1] draw edge i, ends included
    shape_lon: Floats  # (s,)
    shape_lat: Floats
    shape_m: Floats  # (s,) metres from the start of its edge
    arc_start: Ints  # (n + 1,) arcs arc_start[v]:arc_start[v + 1] leave node v
    arc_tail: Ints  # (m,)
    arc_head: Ints  # (m,)
    arc_edge: Ints  # (m,) -1 for what joins the nodes of one junction: no street, no time
    rev_start: Ints  # (n + 1,) rev_arc[rev_start[v]:rev_start[v + 1]] are the arcs that enter node v
    rev_arc: Ints  # (m,)
    rev_tail: Ints  # (m,) their tails, side by side for the backward search
    edge_ahead: Ints  # (e,) arc from tail to head
    edge_back: Ints  # (e,) arc from head to tail, -1 on a one-way street
    forbidden: Ints  # (r, 2) from which direction of a street one may not turn into which (`turns`)
    junction_of: Ints  # (n,) the junction at which a node lies, itself for most
    goal_of: Ints  # (n,) the node at which a drive to this one ends, itself for most
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)  # language -> names, "" if unknown
    hour_factors: Floats = field(default_factory=lambda: HOUR_FACTORS)  # (h, c) share of free-flow speed
    order: Ints | None = None  # (n,) of contraction (`hierarchy.contraction_order`), where the file brings it

    @property
    def nodes(self) -> int:
        return len(self.node_lon)

    @cached_property
    def junctions(self) -> int:
        """How many nodes are junctions of their own: the first ones."""
        return int(self.junction_of.max(initial=-1)) + 1

    @property
    def directions(self) -> int:
        """How many arcs are streets."""
        return 2 * self.edges - int(np.count_nonzero(self.edge_oneway))

    @property
    def edges(self) -> int:
        return len(self.edge_tail)

    @property
    def arcs(self) -> int:
        return len(self.arc_head)

    @property
    def name_count(self) -> int:
        return max((len(table) for table in self.names.values()), default=0)

    @cached_property
    def box(self) -> Box:
        lon, lat = self.shape_lon, self.shape_lat
        return Box(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))

    @cached_property
    def plane(self) -> Plane:
        """Metres around the middle of the network."""
        return Plane((self.box.west + self.box.east) / 2, (self.box.south + self.box.north) / 2)

    def name(self, index: int, language: str = "default") -> str:
        """A street's name in a language, else as the map has it, else in any; "" for a street without one."""
        if index < 0:
            return ""
        for wanted in (language, "default", *self.names):
            table = self.names.get(wanted)
            if table and table[index]:
                return table[index]
        return ""

    def edge_line(self, edge: int) -> Floats:
        """The drawn shape of an edge, (points, 2) longitude and latitude."""
        part = slice(int(self.shape_start[edge]), int(self.shape_start[edge + 1]))
        return np.column_stack([self.shape_lon[part], self.shape_lat[part]])

    def class_name(self, edge: int) -> str:
        return CLASS_NAMES[int(self.edge_class[edge])]


@dataclass(frozen=True)
class Metric:
    """Travel time of every arc, in both orders; INF for a closed one. Closures and hours are metrics,
    not other networks: a new one is made beside the old and swapped, never changed under a reader."""

    arc_ms: Ints  # (m,)
    rev_ms: Ints  # (m,) the same, in the order of rev_arc
    own_ms: Ints  # (m,) of the street where a drive begins or ends: a closure lets out who stands in it (`closing`)


def metric(graph: RoadGraph, *, hour: int | None = None, closed_edges: ArrayLike = ()) -> Metric:
    """
    Travel times at an hour of the local day (0 to 23; None is free flow) with some edges closed.

    An edge that is gone shuts both directions and whoever stands in it; standing exactly at its end one still is at
    the junction. Streets that are closed for a time, whose crews can leave, are `closing.closed`.
    """
    edge_ms = graph.edge_ms.astype(np.float64)
    if hour is not None:
        edge_ms = edge_ms / graph.hour_factors[hour][graph.edge_class]
    whole = np.clip(np.rint(edge_ms), 1, INF - 1).astype(np.int32)
    whole[np.asarray(closed_edges, dtype=np.int64)] = INF
    arc_ms = np.append(whole, np.int32(0))[graph.arc_edge]  # the last, of -1: what is no street takes no time
    return Metric(arc_ms, arc_ms[graph.rev_arc], arc_ms)


def assemble(
    *,
    node_lon: ArrayLike,
    node_lat: ArrayLike,
    edge_tail: ArrayLike,
    edge_head: ArrayLike,
    edge_oneway: ArrayLike,
    edge_kmh: ArrayLike,
    edge_class: ArrayLike | None = None,
    edge_name: ArrayLike | None = None,
    shapes: Sequence[ArrayLike] | None = None,
    edge_ms: ArrayLike | None = None,
    names: Mapping[str, Sequence[str]] | None = None,
    hour_factors: ArrayLike | None = None,
    order: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
) -> RoadGraph:
    """
    Complete a network from its nodes and edges: lengths, times and both arc indexes.

    `shapes` holds one (points, 2) line per edge from tail to head; without it edges are straight.
    `edge_ms` overrides the time that length and speed give (for networks that come with times).
    `forbidden` are turns, (r, 2) directions of streets (`turns`). Raises ValueError for one that nobody could make.
    """
    lon, lat = np.asarray(node_lon, dtype=np.float64), np.asarray(node_lat, dtype=np.float64)
    tail, head = np.asarray(edge_tail, dtype=np.int32), np.asarray(edge_head, dtype=np.int32)
    count = len(tail)
    if shapes is None:
        shape_start = np.arange(0, 2 * count + 1, 2, dtype=np.int32)
        ends = np.column_stack([tail, head]).ravel()
        shape_lon, shape_lat = lon[ends], lat[ends]
    else:
        lines = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in shapes]
        shape_start = np.cumsum([0, *(len(line) for line in lines)]).astype(np.int32)
        points = np.concatenate(lines) if lines else np.empty((0, 2))
        shape_lon, shape_lat = points[:, 0].copy(), points[:, 1].copy()
    shape_m = _metres_along(shape_start, shape_lon, shape_lat)
    length_m = shape_m[shape_start[1:] - 1] if count else np.empty(0)
    kmh = np.asarray(edge_kmh, dtype=np.float32)
    if edge_ms is None:
        edge_ms = np.clip(np.rint(length_m / kmh.astype(np.float64) * 3600), 1, INF - 1)
    oneway = np.asarray(edge_oneway, dtype=np.bool_)
    arcs = _arcs(len(lon), tail, head, oneway, pairs(forbidden))
    return RoadGraph(
        node_lon=lon[arcs["junction_of"]],
        node_lat=lat[arcs["junction_of"]],
        edge_tail=tail,
        edge_head=head,
        edge_oneway=oneway,
        edge_class=np.zeros(count, np.uint8) if edge_class is None else np.asarray(edge_class, np.uint8),
        edge_kmh=kmh,
        edge_name=np.full(count, NO_NAME, np.int32) if edge_name is None else np.asarray(edge_name, np.int32),
        edge_length_m=length_m,
        edge_ms=np.asarray(edge_ms).astype(np.int32),
        shape_start=shape_start,
        shape_lon=shape_lon,
        shape_lat=shape_lat,
        shape_m=shape_m,
        names={language: tuple(table) for language, table in (names or {}).items()},
        hour_factors=HOUR_FACTORS if hour_factors is None else np.asarray(hour_factors, dtype=np.float64),
        order=None if order is None else np.asarray(order, dtype=np.int32),
        **arcs,
    )


def with_turns(graph: RoadGraph, forbidden: ArrayLike) -> RoadGraph:
    """The same streets with these turns forbidden, and no others; without an order, which is of other nodes."""
    junctions = slice(graph.junctions)
    arcs = _arcs(graph.junctions, graph.edge_tail, graph.edge_head, graph.edge_oneway, pairs(forbidden))
    lon, lat = graph.node_lon[junctions][arcs["junction_of"]], graph.node_lat[junctions][arcs["junction_of"]]
    return replace(graph, node_lon=lon, node_lat=lat, order=None, **arcs)


def _metres_along(start: Ints, lon: Floats, lat: Floats) -> Floats:
    """Metres of each shape point from the start of its own edge."""
    if len(lon) == 0:
        return np.empty(0)
    steps = np.concatenate([[0.0], distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:])])
    total = np.cumsum(steps)
    return np.asarray(total - np.repeat(total[start[:-1]], np.diff(start)))


def _arcs(junctions: int, tail: Ints, head: Ints, oneway: NDArray[np.bool_], forbidden: Ints) -> dict[str, Any]:
    """Both directions of every edge, in order of tail, and their index by head; junctions split where need be."""
    edge = np.arange(len(tail), dtype=np.int32)
    back = edge[~oneway]
    arc_tail, arc_head = np.concatenate([tail, head[back]]), np.concatenate([head, tail[back]])
    arc_edge = np.concatenate([edge, back])
    parts = split(junctions, arc_tail, arc_head, np.concatenate([2 * edge, 2 * back + 1]), forbidden)
    arc_tail, arc_head, nodes = parts.tail, parts.head, len(parts.junction_of)
    arc_edge = np.concatenate([arc_edge, np.full(len(arc_tail) - len(arc_edge), -1, np.int32)])
    order = np.argsort(arc_tail, kind="stable")
    position = np.empty(len(order), dtype=np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    edge_back = np.full(len(tail), -1, dtype=np.int32)
    edge_back[back] = position[len(tail) : len(tail) + len(back)]
    arc_tail, arc_head, arc_edge = arc_tail[order], arc_head[order], arc_edge[order]
    rev_arc = np.argsort(arc_head, kind="stable").astype(np.int32)
    return {
        "arc_start": _starts(nodes, arc_tail),
        "arc_tail": arc_tail,
        "arc_head": arc_head,
        "arc_edge": arc_edge,
        "rev_start": _starts(nodes, arc_head),
        "rev_arc": rev_arc,
        "rev_tail": arc_tail[rev_arc],
        "edge_ahead": position[: len(tail)],
        "edge_back": edge_back,
        "forbidden": forbidden,
        "junction_of": parts.junction_of,
        "goal_of": parts.goal_of,
    }


def _starts(nodes: int, owner: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=nodes))]).astype(np.int32)
