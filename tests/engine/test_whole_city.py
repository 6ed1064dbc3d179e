"""The whole city within two hours (row T26) against plain counting: what goes with a base, what the best one brings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.coverage import cells_of
from oneroom.engine.coverage.whole import (
    ASSUMED_FACTOR,
    LEAST_DRIVES,
    best_to_add,
    drive_s,
    late_factor,
    slowest_hours,
    whole,
)
from oneroom.engine.roads import Points, assemble, metric, points_at_nodes
from tests.engine.networks import one_way_road

H = 3600.0


def a_case(chance):
    times = chance.choice([0.5 * H, 1 * H, 1.9 * H, 2.1 * H, np.inf], (2, int(chance.integers(1, 5)), 12))
    return times, chance.choice([0.5 * H, 1.5 * H, 3 * H, np.inf], (2, 4, 12)), chance.integers(0, 5, 12).astype(float)


@given(seed=st.integers(0, 10_000))
def test_t26_what_turns_red_is_what_is_red_when_the_base_is_gone(seed):
    times, _candidates, _weight = a_case(np.random.default_rng(seed))
    found = whole(times, 2 * H)
    plain = times.min(axis=1).max(axis=0)
    assert found.holds == bool((plain <= 2 * H).all())
    assert found.cut_off.tolist() == [not np.isfinite(s) for s in plain]
    for base, cells in enumerate(found.turns_red):
        without = whole(np.delete(times, base, axis=1), 2 * H)
        assert cells.tolist() == np.flatnonzero(without.red & ~found.red).tolist()


@given(seed=st.integers(0, 10_000))
def test_t26_no_other_candidate_leaves_less_red_or_as_little_with_a_shorter_worst_time(seed):
    times, candidates, weight = a_case(np.random.default_rng(seed))
    best = best_to_add(times, candidates, weight, 2 * H)
    tried = []
    for n in range(candidates.shape[1]):
        found = whole(np.concatenate([times, candidates[:, [n]]], axis=1), 2 * H)
        tried.append((float(weight[found.red].sum()), float(found.seconds.max()), n))
    assert (best.red_weight, best.worst_s, best.candidate) == min(tried)


def test_t26_a_cell_must_be_reached_in_both_halves_of_the_day():
    times = np.array([[[1 * H, 1 * H]], [[1 * H, 3 * H]]])  # the second cell not in the evening
    assert whole(times, 2 * H).red.tolist() == [False, True]
    assert not whole(times, 2 * H).holds
    assert whole(times, 3 * H).holds


def test_t26_without_any_base_nothing_is_covered_and_no_cell_is_the_worst():
    found = whole(np.empty((2, 0, 5)), 2 * H)
    assert (found.holds, found.worst, found.red.sum(), found.cut_off.sum()) == (False, -1, 5, 0)
    assert best_to_add(np.empty((2, 0, 5)), np.empty((2, 0, 5)), np.ones(5), 2 * H) is None


def test_t26_times_are_those_from_the_base_to_the_cell_not_back():
    graph = one_way_road()  # 1 s from 0 to 1, 9 s back
    cells = cells_of(graph, size_m=10.0)
    at = {int(node): cell for cell, node in enumerate(cells.node)}
    seconds = drive_s(cells, [metric(graph)], points_at_nodes(graph, [0, 1]), 1.5)[0]
    assert seconds[0, at[1]] == pytest.approx(1.5)
    assert seconds[1, at[0]] == pytest.approx(13.5)
    off = Points(np.array([-1], np.int32), np.zeros(1), np.array([np.inf]))
    assert np.isinf(drive_s(cells, [metric(graph)], off, 1.5)).all()


def test_t26_the_slowest_hour_of_each_half_of_the_day_is_found_by_the_streets_there_are():
    hours = np.ones((24, 14))
    hours[7, 0], hours[9, 1], hours[18, 1] = 0.3, 0.5, 0.5
    streets = {"node_lon": [0, 0.01, 0.02], "node_lat": [0, 0, 0], "edge_tail": [0, 1], "edge_head": [1, 2],
               "edge_oneway": [False, False], "edge_kmh": [30, 30], "hour_factors": hours}  # fmt: skip
    assert slowest_hours(assemble(**streets, edge_class=[1, 1])) == (9, 18)
    assert slowest_hours(assemble(**streets, edge_class=[0, 0]))[0] == 7


def test_t26_the_factor_is_fitted_from_enough_drives_and_an_assumption_before():
    foreseen = np.full(LEAST_DRIVES, 600.0)
    taken = foreseen * np.linspace(0.5, 2.5, LEAST_DRIVES)
    fitted = late_factor(foreseen, taken)
    assert fitted.fitted
    assert (taken <= foreseen * fitted.factor + 1).mean() == pytest.approx(0.9, abs=0.01)
    few = late_factor(foreseen[1:], taken[1:])
    assert (few.factor, few.drives, few.fitted) == (ASSUMED_FACTOR, LEAST_DRIVES - 1, False)
    assert late_factor(foreseen, foreseen * 0.5).factor == 1.0, "who is early does not make the city smaller"
