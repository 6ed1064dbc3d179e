"""Small named road networks, a few streets each, and a way to make random ones."""

import numpy as np
from hypothesis import strategies as st

from oneroom.engine.roads import Metric, Points, RoadGraph, assemble, metric, points_on

EAST_M = 0.001  # degrees of longitude at the equator, 111 m


def network(streets: list[tuple[int, int, bool, int]], nodes: int) -> RoadGraph:
    """Streets as (tail, head, one-way, milliseconds) between junctions on a circle."""
    angle = 2 * np.pi * np.arange(nodes) / nodes
    tail, head, oneway, ms = zip(*streets, strict=True)
    return assemble(
        node_lon=0.01 * np.cos(angle), node_lat=0.01 * np.sin(angle),
        edge_tail=tail, edge_head=head, edge_oneway=oneway, edge_kmh=[30.0] * len(streets), edge_ms=ms,
    )  # fmt: skip


def one_way_road() -> RoadGraph:
    """A one-way street from 0 to 1 and a slow two-way detour back over 2."""
    return network([(0, 1, True, 1000), (1, 2, False, 4000), (2, 0, False, 5000)], 3)


def roundabout() -> RoadGraph:
    """Four one-way quarters, and a two-way approach at each of the four junctions."""
    quarters = [(i, (i + 1) % 4, True, 1000) for i in range(4)]
    return network([*quarters, *((i, 4 + i, False, 3000) for i in range(4))], 8)


@st.composite
def towns(draw: st.DrawFn) -> tuple[RoadGraph, Metric, Points]:
    """Any small network: one-ways, loops, parallel streets, dead ends, closures; and points, some on junctions."""
    nodes = draw(st.integers(1, 7))
    junction = st.integers(0, nodes - 1)
    street = st.tuples(junction, junction, st.booleans(), st.integers(1, 40))
    streets = draw(st.lists(street, min_size=1, max_size=14))
    graph = network(streets, nodes)
    closed = draw(st.lists(st.integers(0, len(streets) - 1), max_size=2))
    fraction = st.sampled_from([0.0, 1.0, 0.5, 0.25]) | st.floats(0, 1)
    edges = draw(st.lists(st.integers(0, len(streets) - 1), min_size=2, max_size=10))
    fractions = draw(st.lists(fraction, min_size=len(edges), max_size=len(edges)))
    return graph, metric(graph, closed_edges=closed), points_on(edges, fractions)
