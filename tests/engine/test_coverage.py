"""Coverage against plain counting: who is near each cell, what a crew takes along, which move mends most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.coverage import TooLarge, best_moves, cells_of, covers, kept, kernel, lost, reach, share, worst
from oneroom.engine.roads import INF, Points, metric, points_at_nodes, points_on, times_from
from tests.engine.networks import one_way_road
from tests.engine.test_hierarchy import a_city, a_grid, some_points


def each_crew_alone(cells, times, crews):
    """(crews, cells) milliseconds, each by a search of its own."""
    return np.array([times_from(cells.graph, times, crews[i])[cells.node] for i in range(len(crews))])


@given(seed=st.integers(0, 10_000))
def test_the_four_nearest_crews_of_each_cell_are_those_of_a_search_for_each_crew(seed):
    chance = np.random.default_rng(seed)
    graph = a_city(chance, 12, 30)
    cells, crews = cells_of(graph, size_m=50.0), some_points(chance, graph, 7)
    times = metric(graph)
    found, alone = reach(cells, times, crews, limit_s=10_000), each_crew_alone(cells, times, crews)
    for cell in range(len(cells)):
        order = sorted((int(alone[c, cell]), c) for c in range(7) if alone[c, cell] < INF)[:4]
        order += [(INF, -1)] * (4 - len(order))
        assert list(zip(found.ms[cell].tolist(), found.crew[cell].tolist(), strict=True)) == order


@given(seed=st.integers(0, 10_000), limit_s=st.sampled_from([20, 60, 120]))
def test_t26_what_a_crew_takes_along_is_what_is_missing_when_it_is_gone(seed, limit_s):
    chance = np.random.default_rng(seed)
    graph, times = a_grid(12), metric(a_grid(12))
    cells = cells_of(graph, chance.uniform(121, 121.02, 60), chance.uniform(31, 31.02, 60), size_m=300.0)
    crews = points_at_nodes(graph, chance.integers(0, graph.nodes, 5))
    whole = share(reach(cells, times, crews).within(limit_s), cells.calls)
    told = lost(reach(cells, times, crews), cells.calls, limit_s)
    for gone in range(5):
        rest = Points(np.delete(crews.edge, gone), np.delete(crews.fraction, gone), np.delete(crews.off_m, gone))
        left = share(reach(cells, times, rest).within(limit_s), cells.calls)
        assert told[gone] == pytest.approx(whole - left)
        assert share(reach(cells, times, crews).within(limit_s, [gone]), cells.calls) == pytest.approx(left)


@given(seed=st.integers(0, 10_000), size_m=st.sampled_from([40.0, 90.0, 300.0]))
def test_t26_every_square_with_a_junction_is_a_cell(seed, size_m):
    graph = a_city(np.random.default_rng(seed), 12, 30)
    x, y = graph.plane.to_xy(graph.node_lon, graph.node_lat)
    squares = set(zip(np.floor(x / size_m).astype(int), np.floor(y / size_m).astype(int), strict=True))
    cells = cells_of(graph, size_m=size_m)
    assert sorted(zip(cells.column.tolist(), cells.row.tolist(), strict=True)) == sorted(squares)


@given(seed=st.integers(0, 10_000))
def test_the_best_move_up_is_the_best_of_all_moves_tried_one_by_one(seed):
    chance = np.random.default_rng(seed)
    graph, times, limit_s = a_grid(12), metric(a_grid(12)), 90
    cells = cells_of(graph, chance.uniform(121, 121.02, 80), chance.uniform(31, 31.02, 80), size_m=300.0)
    at = chance.integers(0, graph.nodes, 4)
    crews, places = points_at_nodes(graph, at), points_at_nodes(graph, chance.integers(0, graph.nodes, 40))
    found = reach(cells, times, crews)
    offered = best_moves(
        found, times, crews, places, cells.calls, limit_s=limit_s, movable=np.array([True, True, True, False]),
        leaving=[0], drive_s=100_000, count=2,
    )  # fmt: skip
    alone, reaches = each_crew_alone(cells, times, crews) <= limit_s * 1000, covers(cells, times, places, limit_s)
    stays = share(alone[[1, 2, 3]].any(axis=0), cells.calls)
    others = {crew: alone[[c for c in (1, 2, 3) if c != crew]].any(axis=0) for crew in (1, 2)}
    tried = {(c, p): share(others[c] | reaches[p], cells.calls) - stays for c in (1, 2) for p in range(40)}
    best = max(tried.values())
    assert bool(offered) == (best >= 0.005)
    for move in offered:
        assert move.gain == pytest.approx(tried[move.crew, move.place])
    if offered:
        assert offered[0].gain == pytest.approx(best, abs=0.001)
        assert len({m.crew for m in offered}) == len({m.place for m in offered}) == len(offered)


def test_crews_reach_by_the_way_they_may_drive_and_the_one_way_street_counts():
    graph = one_way_road()
    cells = cells_of(graph, size_m=1.0)
    found = reach(cells, metric(graph), points_at_nodes(graph, [1]))
    by_node = dict(zip(cells.node.tolist(), found.ms[:, 0].tolist(), strict=True))
    assert by_node == {1: 0, 2: 4000, 0: 9000}


def test_calls_count_for_their_cell_and_those_beside_every_street_for_the_nearest():
    graph = a_grid(6)
    lon, lat = graph.node_lon[0], graph.node_lat[0]
    cells = cells_of(graph, [lon, lon, lon - 0.5, np.nan], [lat, lat, lat - 0.5, lat], size_m=200.0)
    assert cells.calls.sum() == 3
    assert cells.calls.max() == 3
    assert int(cells.node[cells.calls.argmax()]) == 0


def test_nobody_on_duty_and_nobody_on_a_road_cover_nothing():
    graph = a_grid(6)
    cells = cells_of(graph, [121.0], [31.0])
    for crews in (points_on([], []), points_on([-1, -1], [0.0, 0.0])):
        found = reach(cells, metric(graph), crews)
        assert share(found.within(300), cells.calls) == 0
        assert worst(found).seconds is None
        assert lost(found, cells.calls, 300).sum() == 0
        moves = best_moves(
            found, metric(graph), crews, points_at_nodes(graph, [0]), cells.calls, limit_s=300,
            movable=np.ones(len(crews), bool),
        )  # fmt: skip
        assert moves == []
    assert share(found.within(300), np.zeros(len(cells))) == 0


def test_the_worst_place_is_the_one_that_waits_longest():
    graph = one_way_road()
    cells = cells_of(graph, size_m=1.0)
    found = reach(cells, metric(graph), points_at_nodes(graph, [1]))
    last = worst(found)
    assert (int(cells.node[last.cell]), last.seconds) == (0, 9)
    assert worst(found, np.zeros(len(cells), bool)) is None


def test_a_city_too_large_for_the_search_is_refused_in_words(monkeypatch):
    graph = a_grid(6)
    many = points_on(np.zeros(kernel.MOST_OWNERS + 1, np.int32), np.zeros(kernel.MOST_OWNERS + 1))
    with pytest.raises(TooLarge):
        reach(cells_of(graph), metric(graph), many)
    monkeypatch.setattr(kernel, "MOST_NODES", 10)
    with pytest.raises(TooLarge):
        reach(cells_of(graph), metric(graph), points_on([0], [0.0]))


@given(seed=st.integers(0, 10_000))
def test_without_some_crews_it_is_what_a_new_search_says_as_far_as_it_is_known(seed):
    chance = np.random.default_rng(seed)
    graph = a_city(chance, 12, 30)
    cells, crews, times = cells_of(graph, size_m=50.0), some_points(chance, graph, 9), metric(graph)
    keep = chance.random(9) < 0.7
    before = reach(cells, times, crews, limit_s=10_000)
    after = kept(before, keep)
    anew = reach(cells, times, Points(crews.edge[keep], crews.fraction[keep], crews.off_m[keep]), limit_s=10_000)
    assert after.crews == keep.sum()
    for n, known in enumerate((after.crew >= 0).sum(axis=1)):
        assert known >= (before.crew[n] >= 0).sum() - (~keep).sum()
        assert after.ms[n, :known].tolist() == anew.ms[n, :known].tolist()
        assert after.crew[n, :known].tolist() == anew.crew[n, :known].tolist()
        assert (after.ms[n, known:] == INF).all()
