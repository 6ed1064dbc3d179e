"""Forbidden turns at one crossing, by hand: no left turn, only right, no turning back; closures, files, blocks."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest

from oneroom.engine.roads import (
    RoadGraph,
    from_npz_bytes,
    metric,
    nearest,
    points_at_nodes,
    points_on,
    positions,
    snap_index,
    to_npz_bytes,
)
from oneroom.engine.roads.closing import closed, closing
from oneroom.engine.roads.components import connected
from oneroom.engine.roads.graph import with_turns
from oneroom.engine.roads.hierarchy import contraction_order
from oneroom.engine.roads.isochrone import isochrone
from oneroom.engine.roads.shutting import How, shut_arcs
from oneroom.engine.roads.store import BadNetwork
from oneroom.engine.siting.districting.blocks import blocks_of
from tests.engine.networks import network

# A crossing of two streets: 0 in the middle, 1 east, 2 north, 3 west, 4 south, four seconds to each; and a ring around
# it, a second from one to the next, so that there is always another way.
CROSSING = [(0, n, False, 4000) for n in (1, 2, 3, 4)] + [(n, n % 4 + 1, False, 1000) for n in (1, 2, 3, 4)]
EAST, NORTH, WEST, SOUTH = range(4)


def from_the(street: int) -> int:
    """The direction in which one comes to the middle."""
    return 2 * street + 1


def to_the(street: int) -> int:
    return 2 * street


def crossing(*forbidden: tuple[int, int]) -> RoadGraph:
    return with_turns(network(CROSSING, 5), list(forbidden))


def drive(graph: RoadGraph, street: int, other: int) -> int:
    """Milliseconds from the middle of one street to that of another."""
    return int(nearest(graph, metric(graph), points_on([street], [0.5]), points_on([other], [0.5])).ms[0])


def test_no_left_turn_is_driven_around_and_all_others_stay():
    graph = crossing((from_the(SOUTH), to_the(WEST)))
    assert drive(crossing(), SOUTH, WEST) == 4000
    assert drive(graph, SOUTH, WEST) == 5000  # by the ring
    assert drive(graph, WEST, SOUTH) == 4000  # the other way nothing is forbidden
    assert [drive(graph, SOUTH, other) for other in (NORTH, EAST)] == [4000, 4000]
    assert [drive(graph, other, WEST) for other in (NORTH, EAST)] == [4000, 4000]


def test_only_right_turn_leaves_one_way_out():
    graph = crossing(*((from_the(SOUTH), to_the(other)) for other in (NORTH, WEST, SOUTH)))
    assert [drive(graph, SOUTH, other) for other in (EAST, WEST, NORTH)] == [4000, 5000, 6000]
    assert [drive(graph, other, SOUTH) for other in (EAST, WEST, NORTH)] == [4000, 4000, 4000]


def test_no_u_turn_from_one_carriageway_into_the_other():
    carriageways = [*CROSSING[:3], (4, 0, True, 4000), *CROSSING[4:], (0, 4, True, 4000)]
    back = len(carriageways) - 1
    free, barred = network(carriageways, 5), with_turns(network(carriageways, 5), [(2 * SOUTH, 2 * back)])
    assert drive(free, SOUTH, back) == 4000
    assert drive(barred, SOUTH, back) == 2000 + 4000 + 4000 + 2000  # turns at the end of another street
    assert drive(barred, SOUTH, NORTH) == 4000


def test_who_stands_at_the_junction_may_take_every_street_and_who_goes_there_arrives():
    banned = [(from_the(one), to_the(other)) for one in range(4) for other in range(4)]
    graph = crossing(*banned)
    times = metric(graph)
    here, around = points_at_nodes(graph, [0]), points_at_nodes(graph, [1, 2, 3, 4])
    assert nearest(graph, times, around, here).ms.tolist() == [4000] * 4
    assert [int(nearest(graph, times, here, around[i]).ms[0]) for i in range(4)] == [4000] * 4
    assert drive(graph, SOUTH, NORTH) == 6000  # nobody drives through
    assert connected(graph).all()


def test_what_is_reached_in_a_time_ends_where_one_may_not_turn():
    free, barred = crossing(), crossing((from_the(SOUTH), to_the(WEST)))
    for graph, expected in ((free, {SOUTH, EAST, NORTH, WEST}), (barred, {SOUTH, EAST, NORTH})):
        found = isochrone(graph, metric(graph), points_on([SOUTH], [0.5]), limit_ms=4000)
        whole = {int(edge) for edge, b, e in zip(found.edge, found.begin, found.end, strict=True) if e - b > 0.4}
        assert whole & {EAST, NORTH, WEST, SOUTH} == expected


def test_t26_a_closed_street_at_such_a_junction_is_no_way_out_and_no_pocket():
    graph = crossing((from_the(SOUTH), to_the(WEST)), (from_the(EAST), to_the(WEST)))
    free, shut = metric(graph), np.array([graph.edge_ahead[WEST], graph.edge_back[WEST]])
    by = closing(graph, shut)
    assert not len(by.out)
    assert not by.pockets_of(graph, points_on([EAST, NORTH, WEST, SOUTH], 0.5))
    now, four = closed(graph, free, by), points_on([EAST, NORTH, WEST, SOUTH], 0.5)
    into_it = nearest(graph, now, four, points_on([WEST], [0.5]))
    assert dict(zip(into_it.index.tolist(), into_it.ms.tolist(), strict=True)) == {2: 0, 1: 4000, 3: 5000, 0: 6000}
    out_of_it = [int(nearest(graph, now, four[WEST], four[i]).ms[0]) for i in (EAST, NORTH, SOUTH)]
    assert out_of_it == [4000, 4000, 4000]
    ring = points_at_nodes(graph, [3]), points_at_nodes(graph, [0])
    assert [int(nearest(graph, m, *ring).ms[0]) for m in (free, now)] == [4000, 5000]  # nobody drives through


def test_t26_a_street_into_which_one_may_only_turn_from_closed_ones_is_a_pocket():
    streets = [(0, 1, False, 4000), (0, 2, True, 4000), *CROSSING[2:]]  # to the north one way only
    graph = with_turns(network(streets, 5), [(from_the(one), to_the(NORTH)) for one in (EAST, SOUTH)])
    free, shut = metric(graph), np.array([graph.edge_ahead[WEST], graph.edge_back[WEST]])
    by, start, goal = closing(graph, shut), points_on([SOUTH], [0.5]), points_on([NORTH], [0.5])
    assert len(nearest(graph, closed(graph, free, by), start, goal)) == 0
    assert by.pockets_of(graph, goal)
    assert nearest(graph, closed(graph, free, by, to=goal), start, goal).ms.tolist() == [2000 + 1000 + 4000 + 2000]


@pytest.mark.parametrize("one_way", [True, False])
def test_t26_a_closure_drawn_along_streets_follows_them_whatever_turn_is_forbidden(one_way: bool):
    for graph in (crossing(), crossing((from_the(SOUTH), to_the(WEST)), (from_the(WEST), to_the(SOUTH)))):
        lon, lat = positions(graph, points_on([SOUTH, WEST], [0.5, 0.5]))
        line = list(zip(lon.tolist(), lat.tolist(), strict=True))
        found = shut_arcs(snap_index(graph), metric(graph), How.ALONG, line, one_way=one_way)
        wanted = [graph.edge_back[SOUTH], graph.edge_ahead[WEST]]
        wanted += [] if one_way else [graph.edge_ahead[SOUTH], graph.edge_back[WEST]]
        assert found.tolist() == sorted(int(arc) for arc in wanted)


def test_blocks_of_ground_are_joined_as_without_the_turns():
    free, barred = crossing(), crossing((from_the(SOUTH), to_the(WEST)))
    middle, work = np.arange(5, dtype=np.int32), np.ones(5)
    one, other = (blocks_of(graph, metric(graph), middle, work) for graph in (free, barred))
    assert one.start.tolist() == other.start.tolist()
    assert one.other.tolist() == other.other.tolist()
    assert one.ms.tolist() == other.ms.tolist()


@pytest.mark.parametrize(
    "turn", [(0, 2), (99, 0), (0, 99), (-1, 0)], ids=["not at one junction", "no such street", "nor such", "negative"]
)
def test_a_turn_that_nobody_could_make_is_refused(turn: tuple[int, int]):
    with pytest.raises(ValueError, match="a turn"):
        crossing(turn)


def test_a_file_says_that_turns_are_forbidden_and_one_without_is_what_it_was():
    for graph, version in ((crossing(), 2), (crossing((from_the(SOUTH), to_the(WEST))), 3)):
        content = to_npz_bytes(graph)
        parts = dict(np.load(io.BytesIO(content)))
        assert json.loads(parts["heading"].tobytes())["version"] == version
        assert ("forbidden" in parts) == (version == 3)
        assert from_npz_bytes(content).forbidden.tolist() == graph.forbidden.tolist()
    parts["forbidden"] = np.array([[0, 2]], np.int32)
    damaged = io.BytesIO()
    np.savez_compressed(damaged, **parts)
    with pytest.raises(BadNetwork, match="damaged"):
        from_npz_bytes(damaged.getvalue())


def test_an_order_of_contraction_is_of_all_nodes_and_kept():
    graph = crossing((from_the(SOUTH), to_the(WEST)), (from_the(EAST), to_the(EAST)))
    ordered = replace(graph, order=contraction_order(graph))
    assert len(ordered.order) == graph.nodes > graph.junctions
    assert from_npz_bytes(to_npz_bytes(ordered)).order.tolist() == ordered.order.tolist()
