"""T26: what is reached within a time, against the time to each place of each street asked one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroom.engine.roads import find_route, metric, points_on, times_from
from oneroom.engine.roads.isochrone import isochrone
from tests.engine.networks import network, one_way_road, towns


def is_in(found, edge: int, fraction: float) -> bool:
    mine = found.edge == edge
    return bool(((found.begin[mine] <= fraction) & (fraction <= found.end[mine])).any())


def test_t26_of_a_two_way_street_both_ends_may_be_reached_and_the_middle_not():
    ring = network([(0, 1, False, 1000), (1, 2, False, 10_000), (2, 0, False, 1000)], 3)
    found = isochrone(ring, metric(ring), points_on([0], [0.5]), limit_ms=3000)
    assert [is_in(found, 1, at) for at in (0.2, 0.24, 0.5, 0.86, 0.9)] == [True, True, False, True, True]
    assert not is_in(found, 1, 0.26)


def test_t26_nobody_drives_into_a_one_way_street_from_behind():
    road = one_way_road()
    found = isochrone(road, metric(road), points_on([0], [0.5]), limit_ms=600)
    assert [is_in(found, 0, at) for at in (0.4, 0.5, 0.9)] == [False, True, True]
    assert is_in(found, 1, 0.02)  # 100 ms are left at its end
    assert not is_in(found, 1, 0.03)


@given(towns(), st.integers(0, 90), st.data())
@settings(deadline=None, max_examples=200)
def test_a_place_is_in_exactly_when_it_is_reached_in_time(town, limit_ms, data):
    graph, times, points = town
    start = points[0]
    found = isochrone(graph, times, start, limit_ms=limit_ms)
    edge, fraction = data.draw(st.integers(0, graph.edges - 1)), data.draw(st.floats(0.01, 0.99))
    way = find_route(graph, times, start, points_on([edge], [fraction]))
    took = None if way is None else way.ms
    if is_in(found, edge, fraction):
        assert took is not None
        assert took <= limit_ms + 1  # parts of streets are rounded to milliseconds
    elif took is not None:
        assert took >= limit_ms - 1


@given(towns(), st.integers(0, 90))
@settings(deadline=None)
def test_a_limit_leaves_out_what_is_farther_and_changes_nothing_else(town, limit_ms):
    graph, times, points = town
    whole, within = times_from(graph, times, points[0]), times_from(graph, times, points[0], limit_ms=limit_ms)
    near = whole <= limit_ms
    assert (within[near] == whole[near]).all()
    assert (within[~near] > limit_ms).all()


def test_its_lines_end_where_the_time_is_over():
    road = one_way_road()
    found = isochrone(road, metric(road), points_on([1], [0.0]), limit_ms=2000)
    [line] = [line for line, edge in zip(found.lines(road), found.edge, strict=True) if edge == 1][:1]
    whole = road.edge_line(1)
    assert line[0] == pytest.approx(whole[0])
    assert line[-1] == pytest.approx(np.mean(whole, axis=0))
