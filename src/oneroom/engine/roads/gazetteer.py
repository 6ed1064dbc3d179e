"""
The places a network itself knows: its streets, and the crossings of two streets.

A caller says "Nanjing East Road, at Henan Middle Road"; both are read off the network, so that any city is
searchable the moment its roads are loaded. A crossing of divided roads is four junctions on the
map and one place to people: junctions of the same two streets within 120 m count as one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from oneroom.engine.roads.classes import CLASS_NAMES
from oneroom.engine.roads.graph import NO_NAME, RoadGraph
from oneroom.engine.roads.snap import points_on, positions
from oneroom.engine.roads.spelling import initials, romanised, search_text

_ONE_PLACE_M = 120.0
# how much a class weighs when two streets share a label: main roads are said first
_RANK = {name: len(CLASS_NAMES) - index for index, name in enumerate(CLASS_NAMES)}


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A street or a crossing with everything a search needs; `weight` orders equally good hits."""

    kind: str
    name_zh: str
    name_en: str
    initials: str
    search: str
    lon: float
    lat: float
    weight: float


def street_names(graph: RoadGraph, index: int) -> tuple[str, str]:
    """(Chinese, English) of a street; each falls back on the map's own spelling, English on a transcription."""
    local = graph.name(index)
    return graph.name(index, "zh"), _given(graph, index, "en") or romanised(local)


def _given(graph: RoadGraph, index: int, language: str) -> str:
    table = graph.names.get(language)
    return table[index] if table else ""


def other_names(graph: RoadGraph, index: int) -> list[str]:
    """The names in all further languages, which are searched too."""
    return [table[index] for language, table in graph.names.items() if language not in ("zh", "en") and table[index]]


def streets(graph: RoadGraph) -> Iterator[NamedPlace]:
    """One place per street name, in the middle of its longest connected stretch."""
    by_name: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(graph.edge_name != NO_NAME):
        by_name[int(graph.edge_name[edge])].append(int(edge))
    for index, edges in sorted(by_name.items()):
        stretch = max(_stretches(graph, edges), key=lambda part: float(graph.edge_length_m[part].sum()))
        lon, lat = positions(graph, points_on(stretch, 0.5))
        x, y = graph.plane.to_xy(lon, lat)
        share = graph.edge_length_m[stretch] + 0.001
        middle = int(np.argmin(np.hypot(x - np.average(x, weights=share), y - np.average(y, weights=share))))
        zh, en = street_names(graph, index)
        more = other_names(graph, index)
        yield NamedPlace(
            "road", zh, en, initials(zh), search_text(zh, en, more),
            float(lon[middle]), float(lat[middle]), float(graph.edge_length_m[edges].sum()),
        )  # fmt: skip


def _stretches(graph: RoadGraph, edges: Sequence[int]) -> list[list[int]]:
    """Edges grouped into connected stretches (the two carriageways of one street may be two)."""
    leader: dict[int, int] = {}

    def find(node: int) -> int:
        leader.setdefault(node, node)
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for edge in edges:
        leader[find(int(graph.edge_tail[edge]))] = find(int(graph.edge_head[edge]))
    groups: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        groups[find(int(graph.edge_tail[edge]))].append(edge)
    return list(groups.values())


def crossings(graph: RoadGraph) -> Iterator[NamedPlace]:
    """Every crossing of two named streets, labelled "A路/B路" with the greater street first."""
    at_node: dict[int, set[int]] = defaultdict(set)
    rank: dict[int, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for edge in np.flatnonzero(graph.edge_name != NO_NAME):
        index = int(graph.edge_name[edge])
        at_node[int(graph.edge_tail[edge])].add(index)
        at_node[int(graph.edge_head[edge])].add(index)
        top, length = rank[index]
        rank[index] = (max(top, _RANK[graph.class_name(int(edge))]), length + float(graph.edge_length_m[edge]))
    meeting: dict[tuple[int, int], list[int]] = defaultdict(list)
    for node, indexes in at_node.items():
        for pair in combinations(sorted(indexes), 2):
            meeting[pair].append(node)
    x, y = graph.plane.to_xy(graph.node_lon, graph.node_lat)
    spelled = {index: search_text(*street_names(graph, index), other_names(graph, index)) for index in rank}
    for pair, nodes in sorted(meeting.items()):
        first, second = sorted(pair, key=lambda index: (-rank[index][0], -rank[index][1], index))
        names = [street_names(graph, first), street_names(graph, second)]
        zh, en = "/".join(name[0] for name in names), " / ".join(name[1] for name in names)
        short = initials(names[0][0]) + initials(names[1][0])
        search = spelled[first] + (short + " " if short else "") + spelled[second].lstrip()
        for node in _middles(np.array(nodes), x, y):
            weight = rank[first][0] + rank[second][0]
            lon, lat = float(graph.node_lon[node]), float(graph.node_lat[node])
            yield NamedPlace("crossing", zh, en, short, search, lon, lat, float(weight))


def _middles(nodes: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64]) -> Iterator[int]:
    """The most central junction of each group of junctions that belong to one crossing."""
    left = list(nodes)
    while left:
        group = [left.pop(0)]
        for member in group:  # grows while it is walked: everything within reach of anything in it
            near = [other for other in left if np.hypot(x[other] - x[member], y[other] - y[member]) <= _ONE_PLACE_M]
            group += near
            left = [other for other in left if other not in near]
        gx, gy = x[group], y[group]
        yield int(group[int(np.argmin(np.hypot(gx - gx.mean(), gy - gy.mean())))])
