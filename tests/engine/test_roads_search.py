from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

import oneroom.project.cities
from oneroom.engine.roads import (
    INF,
    Metric,
    Points,
    RoadGraph,
    find_route,
    from_npz_bytes,
    metric,
    nearest,
    nearest_of_all,
    points_at_nodes,
    points_on,
    positions,
    times_from,
    times_to,
)
from tests.engine.networks import network, one_way_road, roundabout, towns
from tests.engine.reference import Reference

CITIES = Path(oneroom.project.cities.__file__).parent


def test_a_crew_against_the_traffic_has_to_drive_around():
    graph = one_way_road()
    crews = points_on([0, 0], [0.75, 0.25])

    found = nearest(graph, metric(graph), crews, points_on(0, 0.5))

    assert found.index.tolist() == [1, 0]
    assert found.ms.tolist() == [250, 250 + 4000 + 5000 + 500]


def test_on_a_two_way_street_both_neighbours_come_straight():
    graph = network([(0, 1, False, 1000)], 2)

    found = nearest(graph, metric(graph), points_on([0, 0], [0.9, 0.2]), points_on(0, 0.5))

    assert found.index.tolist() == [1, 0]
    assert found.ms.tolist() == [300, 400]


def test_in_a_roundabout_the_next_exit_is_near_and_the_last_one_is_far():
    graph = roundabout()
    crews = points_at_nodes(graph, [5, 7])

    found = nearest(graph, metric(graph), crews, points_at_nodes(graph, [4]))

    assert found.index.tolist() == [1, 0]
    assert found.ms.tolist() == [3000 + 1000 + 3000, 3000 + 3000 + 3000]


def test_equal_times_are_ordered_by_index():
    graph = network([(0, 1, False, 1000), (1, 2, False, 1000)], 3)
    crews = points_on([1, 0, 1, 0], [1.0, 0.0, 1.0, 0.0])

    found = nearest(graph, metric(graph), crews, points_at_nodes(graph, [1]), count=3)

    assert found.index.tolist() == [0, 1, 2]
    assert set(found.ms.tolist()) == {1000}


def test_a_crew_off_every_road_is_not_in_the_list():
    graph = one_way_road()

    found = nearest(graph, metric(graph), points_on([-1, 0], [0.5, 0.5]), points_on(0, 0.5))

    assert found.index.tolist() == [1]


def test_a_closed_street_is_driven_around_and_the_open_metric_is_untouched():
    graph = network([(0, 1, False, 1000), (0, 2, False, 2000), (2, 1, False, 2000)], 3)
    free = metric(graph)
    crews, goal = points_at_nodes(graph, [0]), points_at_nodes(graph, [1])

    around = nearest(graph, metric(graph, closed_edges=[0]), crews, goal)

    assert around.ms.tolist() == [4000]
    assert nearest(graph, free, crews, goal).ms.tolist() == [1000]


def test_the_morning_peak_is_slower_than_the_night():
    graph = one_way_road()

    assert (metric(graph, hour=8).arc_ms > metric(graph, hour=3).arc_ms).all()


def test_any_of_several_goals_counts():
    graph = one_way_road()
    crews = points_on([1], [0.5])

    found = nearest(graph, metric(graph), crews, points_on([0, 1], [0.5, 0.75]))

    assert found.ms.tolist() == [1000]


def test_a_far_town_belongs_to_the_station_it_is_driven_to_from_not_to_the_nearest_on_the_map():
    # 0 and 1 are neighbours on the map with no road between them; the road from 0 leads to 2
    graph = network([(0, 2, False, 3000), (2, 3, False, 9000), (3, 1, False, 9000)], 5)

    _, owner = nearest_of_all(graph, metric(graph), points_at_nodes(graph, [1, 2]))

    assert owner[0] == 1


@settings(max_examples=300, deadline=None)
@given(towns())
def test_every_answer_equals_plain_dijkstra(town: tuple[RoadGraph, Metric, Points]):
    graph, times, points = town
    reference = Reference(graph, times, points)
    table = [reference.from_point(start) for start in range(len(points))]
    for goal in range(len(points)):
        ranked = sorted((table[start][goal], start) for start in range(len(points)) if table[start][goal] is not None)

        found = nearest(graph, times, points, points[goal])

        assert list(zip(found.ms.tolist(), found.index.tolist(), strict=True)) == ranked
        first = nearest(graph, times, points, points[goal], count=2)
        assert list(zip(first.ms.tolist(), first.index.tolist(), strict=True)) == ranked[:2]
        for start in range(len(points)):
            route = find_route(graph, times, points[start], points[goal])
            assert (route.ms if route else None) == table[start][goal]


@settings(max_examples=150, deadline=None)
@given(towns())
def test_a_route_is_one_unbroken_lawful_line(town: tuple[RoadGraph, Metric, Points]):
    graph, times, points = town
    route = find_route(graph, times, points[0], points[1])
    if route is None:
        return

    assert (graph.arc_head[route.arcs[:-1]] == graph.arc_tail[route.arcs[1:]]).all()
    assert (times.arc_ms[route.arcs] < INF).all() or route.ms == 0
    assert np.isfinite(route.passed_ms).all()
    assert (np.diff(route.passed_ms) >= -1e-6).all()
    lon, lat = positions(graph, points)
    assert route.line()[0] == pytest.approx((lon[0], lat[0]), abs=1e-9)
    assert route.at(route.ms + 1)[:2] == pytest.approx((lon[1], lat[1]), abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(towns())
def test_the_nearest_of_all_sources_is_the_least_of_each_alone(town: tuple[RoadGraph, Metric, Points]):
    graph, times, points = town
    for inward, alone in ((False, times_from), (True, times_to)):
        each = np.array([alone(graph, times, points[i]) for i in range(len(points))])

        ms, owner = nearest_of_all(graph, times, points, inward=inward)

        assert (ms == each.min(axis=0)).all()
        assert (owner == np.where(ms < INF, each.argmin(axis=0), -1)).all()


@pytest.mark.parametrize(("city", "size"), [("shanghai", 80), ("jinan", 40)])
def test_sixteen_thousand_pairs_of_real_cities_equal_plain_dijkstra(city: str, size: int):
    """Each pair both as the nearest of all and as a route."""
    graph = from_npz_bytes((CITIES / f"{city}.npz").read_bytes())
    times = metric(graph, hour=8)
    chance = np.random.default_rng(7)
    edge = chance.integers(0, graph.edges, size)
    edge[size // 2 :] = chance.choice(edge[: size // 2], size // 2)  # many on the same edge
    fraction = chance.random(size)
    fraction[::9], fraction[4::11] = 0.0, 1.0
    points = points_on(edge, fraction)
    reference = Reference(graph, times, points)
    table = [reference.from_point(start) for start in range(size)]

    for goal in range(size):
        ranked = sorted((table[start][goal], start) for start in range(size))
        found = nearest(graph, times, points, points[goal])
        assert list(zip(found.ms.tolist(), found.index.tolist(), strict=True)) == ranked
        routes = [find_route(graph, times, points[goal], points[end]) for end in range(size)]
        assert [route and route.ms for route in routes] == table[goal]


def test_a_drive_too_short_to_measure_still_has_an_end():
    graph = network([(0, 1, False, 1000)], 2)

    route = find_route(graph, metric(graph), points_on(0, 0.0), points_on(0, 5e-324))

    assert route is not None
    assert np.isfinite(route.at(0)).all()
    assert np.isfinite(route.passed_ms).all()


def test_a_place_at_a_time_on_the_way_lies_between_the_ends():
    graph = network([(0, 1, False, 10_000)], 2)
    route = find_route(graph, metric(graph), points_on(0, 0.0), points_on(0, 1.0))
    assert route is not None

    lon, lat, heading = route.at(5_000)

    assert lon == pytest.approx((graph.node_lon[0] + graph.node_lon[1]) / 2, abs=1e-9)
    assert lat == pytest.approx(0, abs=1e-9)
    assert heading == pytest.approx(270, abs=0.1)  # from the east end of the circle to the west one
