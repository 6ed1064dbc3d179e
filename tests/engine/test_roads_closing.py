"""T26: streets closed to who drives through: nobody passes, who stands in one leaves it, who is sent there arrives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroom.engine.roads import (
    INF,
    assemble,
    find_route,
    metric,
    nearest,
    points_at_nodes,
    points_on,
    snap_index,
    warm,
)
from oneroom.engine.roads.closing import _meets, closed, closing
from oneroom.engine.roads.hierarchy import hierarchy, pin, ranked
from oneroom.engine.roads.shutting import How, NothingThere, shut_arcs
from tests.engine.networks import network, towns

STEP = 0.004


def grid(side: int = 5):
    """A grid of two-way streets, 1 second to a block: streets (west to east) named 0 to side-1, then lanes."""
    at = [(x, y) for y in range(side) for x in range(side)]
    east = [(y * side + x, y * side + x + 1, y) for y in range(side) for x in range(side - 1)]
    north = [(y * side + x, (y + 1) * side + x, side + x) for y in range(side - 1) for x in range(side)]
    tail, head, name = zip(*[*east, *north], strict=True)
    return assemble(
        node_lon=[x * STEP for x, _ in at], node_lat=[y * STEP for _, y in at], edge_tail=tail, edge_head=head,
        edge_oneway=[False] * len(tail), edge_kmh=[36.0] * len(tail), edge_ms=[1000] * len(tail), edge_name=name,
        names={"default": [f"S{y}" for y in range(side)] + [f"L{x}" for x in range(side)]},
    )  # fmt: skip


def edge(graph, a: int, b: int) -> int:
    return next(
        e for e in range(graph.edges) if {int(graph.edge_tail[e]), int(graph.edge_head[e])} == {a, b}
    )  # fmt: skip


def both(graph, edges):
    back = graph.edge_back[edges]
    return np.concatenate([graph.edge_ahead[edges], back[back >= 0]])


def ms(graph, times, start, goal):
    found = nearest(graph, times, start, goal)
    return int(found.ms[0]) if len(found) else None


def test_t26_nobody_drives_through_and_the_way_round_is_taken():
    graph, free = grid(), metric(grid())
    shut = closed(graph, free, closing(graph, both(graph, np.array([edge(graph, 11, 12)]))))
    start, goal = points_at_nodes(graph, [11]), points_at_nodes(graph, [12])
    assert (ms(graph, free, start, goal), ms(graph, shut, start, goal)) == (1000, 3000)
    assert find_route(graph, shut, start, goal).ms == 3000


def test_t26_who_stands_in_a_closed_street_leaves_it_and_who_is_sent_into_one_arrives():
    graph, free = grid(), metric(grid())
    here = edge(graph, 11, 12)
    shut = closed(graph, free, closing(graph, both(graph, np.array([here]))))
    inside = points_on([here], [0.25])
    assert ms(graph, shut, inside, points_at_nodes(graph, [11])) == 250
    assert ms(graph, shut, points_at_nodes(graph, [12]), inside) == 750
    assert ms(graph, shut, points_on([here], [0.9]), inside) == 650  # in the same closed street
    assert find_route(graph, shut, points_on([here], [0.9]), inside).ms == 650


def test_t26_a_street_closed_in_one_direction_is_driven_in_the_other():
    graph, free = grid(), metric(grid())
    here = edge(graph, 11, 12)
    shut = closed(graph, free, closing(graph, graph.edge_ahead[[here]]))
    assert ms(graph, shut, points_at_nodes(graph, [11]), points_at_nodes(graph, [12])) == 3000
    assert ms(graph, shut, points_at_nodes(graph, [12]), points_at_nodes(graph, [11])) == 1000


def test_t26_one_leaves_an_area_that_is_closed_all_around_and_only_who_must_drives_into_it():
    graph, free = grid(7), metric(grid(7))
    index = snap_index(graph)
    arcs = shut_arcs(index, free, How.AREA, [(1.5 * STEP, 1.5 * STEP), (4.5 * STEP, 4.5 * STEP)])
    by = closing(graph, arcs)
    middle = points_at_nodes(graph, [3 * 7 + 3])
    rim, far = points_at_nodes(graph, [3 * 7 + 1]), points_at_nodes(graph, [3 * 7 + 5])
    around = points_at_nodes(graph, [22, 26, 10, 38])
    leaving = [ms(graph, closed(graph, free, by), middle, around[i]) for i in range(4)]
    assert min(leaving) == 2000  # by the quickest way out,
    assert sorted(leaving) == [2000, 6000, 6000, 10000]  # and from there around
    assert ms(graph, closed(graph, free, by, to=far), rim, far) == 8000  # around it, and not through
    assert ms(graph, closed(graph, free, by), rim, middle) is None
    assert ms(graph, closed(graph, free, by, to=middle), rim, middle) == 2000
    assert ms(graph, closed(graph, free, by, to=middle), far, middle) == 2000
    assert ms(graph, closed(graph, free, by, to=middle), rim, far) == 4000  # only who is sent there is asked about
    assert by.pockets_of(graph, middle)
    assert not by.pockets_of(graph, far)


def test_t26_a_one_way_street_before_a_closure_opens_it_for_nobody():
    # 0 → 1 → 2, and 2 back to 0 over 3: between 1 and 2 it is closed, so 1 has no way out
    graph = network([(0, 1, True, 1000), (1, 2, True, 1000), (2, 3, False, 1000), (3, 0, False, 1000)], 4)
    shut = closed(graph, metric(graph), closing(graph, graph.edge_ahead[[1]]))
    assert ms(graph, shut, points_at_nodes(graph, [0]), points_at_nodes(graph, [2])) == 2000


@pytest.mark.parametrize(
    ("how", "points", "wanted"),
    [
        (How.ALONG, [(1.5, 2)], {(11, 12)}),
        (How.ALONG, [(1.5, 2), (3.5, 2)], {(11, 12), (12, 13), (13, 14)}),
        (How.ALONG, [(1.02, 2), (3.02, 2)], {(11, 12), (12, 13)}),  # the corner that a line touches is not meant
        (How.STREET, [(1.5, 2)], {(10, 11), (11, 12), (12, 13), (13, 14)}),
        (How.CROSSING, [(2, 2)], {(11, 12), (12, 13), (7, 12), (12, 17)}),
        (How.AREA, [(1.9, 1.9), (2.1, 2.1)], {(11, 12), (12, 13), (7, 12), (12, 17)}),
        (How.AREA, [(1.4, 1.9), (1.6, 1.9), (1.6, 2.1), (1.4, 2.1)], {(11, 12)}),
    ],
)
def test_t26_what_is_drawn_shuts_the_streets_that_are_meant(how, points, wanted):
    graph = grid()
    arcs = shut_arcs(snap_index(graph), metric(graph), how, [(x * STEP, y * STEP) for x, y in points])
    found = {tuple(sorted((int(graph.arc_tail[a]), int(graph.arc_head[a])))) for a in arcs}
    assert found == wanted
    assert len(arcs) == 2 * len(wanted)


def test_t26_one_direction_is_the_one_in_which_it_was_drawn():
    graph = grid()
    arcs = shut_arcs(
        snap_index(graph), metric(graph), How.ALONG, [(2.5 * STEP, 2 * STEP), (1.5 * STEP, 2 * STEP)], one_way=True
    )
    assert [(int(graph.arc_tail[a]), int(graph.arc_head[a])) for a in arcs] == [(12, 11), (13, 12)]


def test_t26_a_point_off_every_street_closes_nothing():
    graph = grid()
    with pytest.raises(NothingThere, match="off_road"):
        shut_arcs(snap_index(graph), metric(graph), How.ALONG, [(1.5 * STEP, 2.5 * STEP)])


@given(towns(), st.data())
@settings(deadline=None, max_examples=150)
def test_closed_streets_are_gone_for_all_who_neither_stand_in_one_nor_must_leave_a_pocket(town, data):
    graph, free, points = town
    free = metric(graph)
    shut = data.draw(st.lists(st.integers(0, graph.edges - 1), max_size=4))
    by = closing(graph, both(graph, np.array(shut, dtype=np.int64)) if shut else np.empty(0, np.int32))
    now, gone = closed(graph, free, by), metric(graph, closed_edges=shut)
    goal = points[0]
    there = dict(zip(*[a.tolist() for a in _pair(nearest(graph, now, points, goal))], strict=True))
    without = dict(zip(*[a.tolist() for a in _pair(nearest(graph, gone, points, goal))], strict=True))
    before = dict(zip(*[a.tolist() for a in _pair(nearest(graph, free, points, goal))], strict=True))
    for crew, took in there.items():
        assert before[crew] <= took <= without.get(crew, INF)
    if not len(by.out) and int(goal.edge[0]) not in shut:
        for crew in range(len(points)):
            if int(points.edge[crew]) not in shut:
                assert there.get(crew) == without.get(crew)
    for crew, took in there.items():
        assert find_route(graph, now, points[crew], goal).ms == took
    over = hierarchy(graph)
    found = ranked(over.times(now), pin(over, points), goal)
    assert dict(zip(found.index.tolist(), found.ms.tolist(), strict=True)) == there


def _pair(found):
    return found.index, found.ms


def test_t26_the_first_closure_of_a_process_waits_for_no_compiler():
    warm()
    compiled = list(_meets.signatures)
    assert compiled
    closing(grid(), both(grid(), np.array([0])))
    assert list(_meets.signatures) == compiled
