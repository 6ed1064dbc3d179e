"""Forbidden turns: every answer is that of a search over streets, and a network without them is what it was."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oneroom.project.cities
from oneroom.engine.coverage import cells_of, covers, reach
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
    to_npz_bytes,
)
from oneroom.engine.roads.closing import closed, closing
from oneroom.engine.roads.graph import with_turns
from oneroom.engine.roads.hierarchy import hierarchy, pin, ranked, times_between
from oneroom.engine.roads.isochrone import isochrone
from tests.engine.by_arc import ByArc, Place, turning_towns

Town = tuple[RoadGraph, Metric, Points, list[int]]
CITIES = Path(oneroom.project.cities.__file__).parent


def table_of(other: ByArc, points: Points) -> list[list[int | None]]:
    places = [other.place(points, i) for i in range(len(points))]
    return [[other.between(start, goal) for goal in places] for start in places]


def check_everything(graph: RoadGraph, times: Metric, points: Points) -> None:
    other = ByArc(graph, times)
    table = table_of(other, points)
    over = hierarchy(graph)
    laid = over.times(times)
    matrix = times_between(laid, pin(over, points), [points[goal] for goal in range(len(points))])
    for goal in range(len(points)):
        order = sorted((table[start][goal], start) for start in range(len(points)) if table[start][goal] is not None)
        for found in (nearest(graph, times, points, points[goal]), ranked(laid, pin(over, points), points[goal])):
            assert list(zip(found.ms.tolist(), found.index.tolist(), strict=True)) == order
        first = nearest(graph, times, points, points[goal], count=2)
        assert list(zip(first.ms.tolist(), first.index.tolist(), strict=True)) == order[:2]
        for start in range(len(points)):
            took = table[start][goal]
            assert matrix[start, goal] == (INF if took is None else took)
            check_route(graph, times, other, points, start, goal, took)


def check_route(
    graph: RoadGraph, times: Metric, other: ByArc, points: Points, start: int, goal: int, took: int | None
) -> None:
    route = find_route(graph, times, points[start], points[goal])
    assert (route.ms if route else None) == took
    if route is None:
        return
    arcs = route.arcs.tolist()
    assert all(graph.arc_edge[arc] >= 0 for arc in arcs)
    assert all(other.ends[one] == other.begins[out] for one, out in itertools.pairwise(arcs))
    assert not other.forbidden & set(itertools.pairwise(arcs))
    assert (np.diff(route.passed_ms) >= -1e-6).all()
    lon, lat = positions(graph, points)
    assert route.line()[0] == pytest.approx((lon[start], lat[start]), abs=1e-9)
    assert route.line()[-1] == pytest.approx((lon[goal], lat[goal]), abs=1e-9)
    assert sum(int(times.own_ms[arc]) for arc in arcs[1:-1]) <= route.ms


@settings(max_examples=250, deadline=None)
@given(turning_towns())
def test_every_answer_is_that_of_a_search_over_streets(town: Town):
    graph, times, points, _closed = town
    check_everything(graph, times, points)


@settings(max_examples=150, deadline=None)
@given(turning_towns())
def test_times_at_junctions_are_those_of_who_arrives_there_and_of_who_stands_there(town: Town):
    graph, times, points, _closed = town
    other = ByArc(graph, times)
    for i in range(len(points)):
        place = other.place(points, i)
        out, into = times_from(graph, times, points[i]), times_to(graph, times, points[i])
        for junction in range(graph.junctions):
            at = Place(-1, 0.0, junction)
            there, back = other.between(place, at), other.between(at, place)
            assert out[junction] == (INF if there is None else there)
            assert into[junction] == (INF if back is None else back)
    each = np.array([times_from(graph, times, points[i]) for i in range(len(points))])
    ms, owner = nearest_of_all(graph, times, points)
    assert (ms == each.min(axis=0)).all()
    assert (owner == np.where(ms < INF, each.argmin(axis=0), -1)).all()


@settings(max_examples=100, deadline=None)
@given(turning_towns())
def test_t26_cells_are_reached_as_turns_permit(town: Town):
    graph, times, points, _closed = town
    cells = cells_of(graph, size_m=50.0)
    assert (cells.node < graph.junctions).all()
    found, other = reach(cells, times, points, limit_s=10_000), ByArc(graph, times)
    within = covers(cells, times, points, 0.05)
    for cell, node in enumerate(cells.node.tolist()):
        alone = [other.between(other.place(points, i), Place(-1, 0.0, node)) for i in range(len(points))]
        order = sorted((ms, i) for i, ms in enumerate(alone) if ms is not None)[:4]
        order += [(INF, -1)] * (4 - len(order))
        assert list(zip(found.ms[cell].tolist(), found.crew[cell].tolist(), strict=True)) == order
        assert within[:, cell].tolist() == [ms is not None and ms <= 50 for ms in alone]


@settings(max_examples=150, deadline=None)
@given(turning_towns(), st.data())
def test_t26_closures_and_forbidden_turns_hold_together(town: Town, data: st.DataObject):
    graph, _times, points, _closed = town
    free = metric(graph)
    shut = data.draw(st.lists(st.integers(0, graph.edges - 1), min_size=1, max_size=3))
    arcs = np.concatenate([graph.edge_ahead[shut], graph.edge_back[shut]])
    by = closing(graph, arcs[arcs >= 0])
    assert (graph.arc_edge[by.out] >= 0).all()
    now, gone = closed(graph, free, by), metric(graph, closed_edges=shut)
    check_everything(graph, now, points)
    check_everything(graph, closed(graph, free, by, to=points[0]), points)
    by_times = [ByArc(graph, times) for times in (now, free, gone)]
    goal = by_times[0].place(points, 0)
    for i in range(len(points)):
        took, before, without = (
            ByArc(graph, m).between(ByArc(graph, m).place(points, i), goal) for m in (now, free, gone)
        )
        if took is not None:
            assert before is not None
            assert before <= took <= (INF if without is None else without)
        else:
            assert without is None
        if not len(by.out) and goal.edge not in shut and int(points.edge[i]) not in shut:
            assert took == without
    times = hierarchy(graph).times(free)
    assert times.changed(now).up.tolist() == hierarchy(graph).times(now).up.tolist()


@settings(max_examples=100, deadline=None)
@given(turning_towns())
def test_what_a_network_is_besides_its_turns_stays(town: Town):
    graph, _times, _points, _closed = town
    plain = with_turns(graph, [])
    assert plain.nodes == plain.junctions == graph.junctions
    assert graph.directions == plain.arcs == plain.directions
    assert (graph.arc_edge >= 0).sum() == graph.directions
    for node in range(graph.junctions):
        there, was = points_at_nodes(graph, [node]), points_at_nodes(plain, [node])
        assert (there.edge[0] < 0) == (was.edge[0] < 0)
        if there.edge[0] >= 0:
            lon, lat = positions(graph, there)
            assert (lon[0], lat[0]) == pytest.approx((plain.node_lon[node], plain.node_lat[node]))
    again = from_npz_bytes(to_npz_bytes(graph))
    for name in ("arc_tail", "arc_head", "arc_edge", "edge_ahead", "edge_back", "goal_of", "junction_of", "forbidden"):
        assert getattr(again, name).tolist() == getattr(graph, name).tolist()


@settings(max_examples=100, deadline=None)
@given(turning_towns(), st.integers(0, 90), st.data())
def test_t26_a_place_is_within_a_time_exactly_when_it_is_reached_in_it(town: Town, limit_ms: int, data: st.DataObject):
    graph, times, points, _closed = town
    found = isochrone(graph, times, points[0], limit_ms=limit_ms)
    edge, fraction = data.draw(st.integers(0, graph.edges - 1)), data.draw(st.floats(0.01, 0.99))
    other = ByArc(graph, times)
    took = other.between(other.place(points, 0), Place(edge, fraction))
    mine = found.edge == edge
    if ((found.begin[mine] <= fraction) & (fraction <= found.end[mine])).any():
        assert took is not None
        assert took <= limit_ms + 1  # parts of streets are rounded to milliseconds
    elif took is not None:
        assert took >= limit_ms - 1


@pytest.mark.parametrize("city", sorted(path.stem for path in CITIES.glob("*.npz")))
def test_the_cities_that_come_with_it_have_no_forbidden_turn_and_are_not_split(city: str):
    content = (CITIES / f"{city}.npz").read_bytes()
    graph = from_npz_bytes(content)
    assert graph.nodes == graph.junctions
    assert graph.arcs == graph.directions
    assert graph.goal_of.tolist() == list(range(graph.nodes))


def test_a_real_city_with_three_hundred_forbidden_turns():
    plain = from_npz_bytes((CITIES / "jinan.npz").read_bytes())
    chance = np.random.default_rng(4)
    turns = turns_of_a_city(plain)
    graph = with_turns(plain, [turns[i] for i in chance.choice(len(turns), 300, replace=False)])
    edge, fraction = chance.integers(0, graph.edges, 12), chance.random(12)
    fraction[::5] = 0.0
    assert graph.nodes > plain.nodes + 600
    check_everything(graph, metric(graph, hour=8), points_on(edge, fraction))


def turns_of_a_city(graph: RoadGraph) -> list[tuple[int, int]]:
    """Every turn from a street into another."""
    comes: dict[int, list[int]] = {}
    goes: dict[int, list[int]] = {}
    for edge, (tail, head) in enumerate(zip(graph.edge_tail.tolist(), graph.edge_head.tolist(), strict=True)):
        goes.setdefault(tail, []).append(2 * edge)
        comes.setdefault(head, []).append(2 * edge)
        if graph.edge_back[edge] >= 0:
            goes.setdefault(head, []).append(2 * edge + 1)
            comes.setdefault(tail, []).append(2 * edge + 1)
    return [(a, b) for node in sorted(comes) for a in comes[node] for b in goes.get(node, ()) if a // 2 != b // 2]
