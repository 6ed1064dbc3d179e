"""The hierarchy gives what the search gives, to the millisecond and in order; closing streets, what a new one gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.roads import INF, RoadGraph, assemble, metric, nearest, points_on, times_to
from oneroom.engine.roads.hierarchy import contraction_order, hierarchy, pin, ranked, times_between
from oneroom.engine.roads.hierarchy.dissect import SMALL
from oneroom.engine.roads.snap import Points


def a_city(chance: np.random.Generator, nodes: int, edges: int) -> RoadGraph:
    """Streets anyhow: one-way ones, loops, several side by side, parts that hang together with nothing."""
    return assemble(
        node_lon=121 + chance.random(nodes) / 10, node_lat=31 + chance.random(nodes) / 10,
        edge_tail=chance.integers(0, nodes, edges), edge_head=chance.integers(0, nodes, edges),
        edge_oneway=chance.random(edges) < 0.4, edge_kmh=np.full(edges, 36.0),
        edge_ms=chance.integers(1, 30, edges),  # few numbers, so many ties
    )  # fmt: skip


def a_grid(side: int) -> RoadGraph:
    """A town of blocks, large enough that it is cut several times."""
    at = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    head = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    chance = np.random.default_rng(5)
    return assemble(
        node_lon=121 + np.tile(np.arange(side), side) / 500, node_lat=31 + np.repeat(np.arange(side), side) / 500,
        edge_tail=tail, edge_head=head, edge_oneway=chance.random(len(tail)) < 0.2, edge_kmh=np.full(len(tail), 36.0),
        edge_ms=chance.integers(1_000, 60_000, len(tail)),
    )  # fmt: skip


def some_points(chance: np.random.Generator, graph: RoadGraph, count: int) -> Points:
    """Points on streets, at their ends among them, and some that are on none."""
    edge = np.where(chance.random(count) < 0.05, -1, chance.integers(0, graph.edges, count))
    return points_on(edge, np.round(chance.random(count) * 4) / 4)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 120))
def test_everybodys_time_and_the_order_of_arrival_are_those_of_the_search(seed, nodes, edges):
    chance = np.random.default_rng(seed)
    graph = a_city(chance, nodes, edges)
    over = hierarchy(graph)
    crews = some_points(chance, graph, 25)
    there = pin(over, crews)
    goals = [some_points(chance, graph, int(chance.integers(1, 4))) for _ in range(18)]  # more than go down together
    for closed in ([], chance.choice(graph.edges, graph.edges // 3, replace=False)):
        times = over.times(now := metric(graph, closed_edges=closed))
        table = times_between(times, there, goals)
        for column, goal in enumerate(goals):
            by_search, by_hierarchy = nearest(graph, now, crews, goal), ranked(times, there, goal)
            assert by_hierarchy.index.tolist() == by_search.index.tolist()
            assert by_hierarchy.ms.tolist() == by_search.ms.tolist()
            expected = np.full(len(crews), INF)
            expected[by_search.index] = by_search.ms
            assert table[:, column].tolist() == expected.tolist()


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 120))
def test_closing_and_opening_streets_gives_what_a_new_customisation_gives(seed, nodes, edges):
    chance = np.random.default_rng(seed)
    graph = a_city(chance, nodes, edges)
    over = hierarchy(graph)
    times = before = over.times(metric(graph))
    kept = before.up.copy(), before.down.copy()
    for hour in (None, 8, 8, None):
        closed = chance.choice(graph.edges, int(chance.integers(0, graph.edges + 1)), replace=False)
        now = metric(graph, hour=hour, closed_edges=closed)
        times, anew = times.changed(now), over.times(now)
        assert times.up.tolist() == anew.up.tolist()
        assert times.down.tolist() == anew.down.tolist()
    assert (kept[0] == before.up).all(), "what a reader holds was changed under him"
    assert (kept[1] == before.down).all()


def test_a_town_of_blocks_is_cut_small_and_every_junction_has_its_time():
    graph = a_grid(40)
    order = contraction_order(graph)
    over = hierarchy(graph, order)
    assert sorted(order.tolist()) == list(range(graph.nodes))
    assert contraction_order(graph).tolist() == order.tolist()
    anyhow = hierarchy(graph, np.random.default_rng(1).permutation(graph.nodes))
    assert len(over.head) * 4 < len(anyhow.head)
    assert len(over.head) < 2 * graph.nodes * np.log2(graph.nodes)  # a line of blocks parts it
    goal = points_on([17], [0.3])
    now = metric(graph)
    everywhere = pin(over, points_on(graph.arc_edge[graph.arc_start[:-1]], 0.5))
    found = times_between(over.times(now), everywhere, [goal])[:, 0]
    at_ends = times_to(graph, now, goal)
    assert (found < INF).sum() > graph.nodes * 0.9
    ends = np.minimum(at_ends[graph.edge_tail], at_ends[graph.edge_head])[everywhere.points.edge]
    apart = everywhere.points.edge != 17
    assert (found[apart] > ends[apart]).all()
    assert graph.nodes > SMALL * 8


def test_an_order_that_forgets_a_junction_is_refused():
    graph = a_grid(3)
    for wrong in ([0] * 9, range(8), range(10)):
        with pytest.raises(ValueError, match="every junction once"):
            hierarchy(graph, np.array(wrong))
