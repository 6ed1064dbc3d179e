"""Crews of a simulated city where turns are forbidden: they drive as one may, stand at junctions, and come home."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroom.engine import roads
from oneroom.engine.roads import RoadGraph, points_at_nodes
from oneroom.engine.roads.graph import with_turns
from oneroom.engine.simulate import moving
from oneroom.engine.simulate.city import run
from oneroom.engine.simulate.demand import recorded
from oneroom.engine.simulate.ground import Ground, Searcher, made_ready, unreachable
from oneroom.engine.simulate.world import Crew, Kind, Span, World
from tests.engine.by_arc import ByArc, Place, turning_towns
from tests.engine.networks import network
from tests.engine.test_simulate_city import AT_ONCE, Record
from tests.engine.test_turns_at_a_crossing import CROSSING, EAST, SOUTH, WEST, from_the, to_the
from tests.engine.towns import KINDS, MONDAY

ONES = np.ones((24, len(roads.classes.CLASS_NAMES)))


def world_on(graph: RoadGraph, post: int) -> World:
    return World(replace(graph, hour_factors=ONES), (Crew(1, 0, post=post),), KINDS, MONDAY)


def at(junction: int) -> Place:
    return Place(-1, 0.0, junction)


def ready(graph: RoadGraph, post: int) -> tuple[Ground, ByArc]:
    ground = made_ready(world_on(graph, post))
    return ground, ByArc(ground.graph, ground.by_hour[3])


@settings(max_examples=100, deadline=None)
@given(turning_towns(), st.data())
def test_ways_and_who_comes_first_are_those_of_a_search_over_streets(town, data):
    graph = town[0]
    junctions = st.integers(0, graph.junctions - 1)
    ground, other = ready(graph, 0)
    start, goal = data.draw(junctions), data.draw(junctions)
    passed, ms = ground.way(3, start, goal)
    took = other.between(at(start), at(goal))
    if start == goal or took is None:
        assert not len(passed)
    else:
        assert (passed[-1], ms[-1]) == (goal, took)
        assert (np.diff(ms) >= 0).all()
    crews = np.array(data.draw(st.lists(junctions, min_size=1, max_size=4)), np.int32)
    lead = np.array(data.draw(st.lists(st.integers(0, 9), min_size=len(crews), max_size=len(crews))), np.int32)
    search = Searcher(ground, len(crews))
    for _again in range(2):  # it leaves its room as it found it
        index, far = search.first(3, goal, crews, lead, len(crews))
        times = [other.between(at(int(node)), at(goal)) for node in crews]
        order = sorted((took + int(lead[i]), i) for i, took in enumerate(times) if took is not None)
        assert list(zip(far.tolist(), index.tolist(), strict=True)) == order
    every = np.arange(graph.junctions, dtype=np.int32)
    lost = [node for node in every.tolist() if other.between(at(start), at(node)) is None]
    if points_at_nodes(graph, [start]).edge[0] >= 0:  # a post without a street reaches not even itself
        assert unreachable(world_on(graph, start), every).tolist() == lost


@settings(max_examples=100, deadline=None)
@given(turning_towns(), st.data())
def test_who_goes_home_is_nearer_by_what_has_passed_at_every_moment_and_stands_there_at_last(town, data):
    graph = town[0]
    post, start = (data.draw(st.integers(0, graph.junctions - 1)) for _ in range(2))
    ground, other = ready(graph, post)
    whole = other.between(at(start), at(post))
    if whole is None:
        return
    to_post = roads.times_to(ground.graph, ground.by_hour[3], points_at_nodes(ground.graph, [post]))
    mode, where, since = np.array([moving.BACK], np.int32), np.array([start], np.int32), np.zeros(1, np.int64)
    node, lead, posts = np.empty(1, np.int32), np.empty(1, np.int32), np.array([post], np.int32)
    for now in sorted({*data.draw(st.lists(st.integers(1, max(1, whole)), max_size=5)), whole, whole + 1}):
        moving.settle_places(
            now, np.ones(1, np.bool_), mode, where, since, posts, ground.graph.goal_of[posts], ground.beat_start,
            ground.beat_node, ground.beat_ms, ground.home, ground.home_row, ground.graph.arc_head,
            ground.by_hour[3].arc_ms, node, lead,
        )  # fmt: skip
        if now <= whole and mode[0] == moving.BACK:
            assert now + lead[0] + to_post[node[0]] == whole
    assert (mode[0], node[0], lead[0]) == (moving.STANDS, post, 0)


def test_t26_orders_take_the_way_that_may_be_driven_and_who_stands_at_a_junction_leaves_it_by_any_street():
    streets = [(tail, head, oneway, 40_000 if tail == 0 else 100_000) for tail, head, oneway, _ms in CROSSING]
    plain = network(streets, 5)
    barred = with_turns(plain, [(from_the(SOUTH), to_the(WEST)), (from_the(WEST), to_the(EAST))])
    kind = Kind("alarm", 2, scene=Span(60), paper=Span(40))
    # From its post in the south to the west, twice; to the middle; from there to the west; and, called when it is ten
    # seconds before the middle on its way home, to the east.
    when, where = [0.0, 1000.0, 2000.0, 2050.0, 2310.0], [3, 3, 0, 3, 1]
    for graph, expected in ((plain, [80, 80, 40, 40, 50]), (barred, [100, 100, 40, 40, 130])):
        record = Record()
        world = World(replace(graph, hour_factors=ONES), (Crew(1, 0, post=4),), (kind,), MONDAY, habits=AT_ONCE)
        run(world, recorded(when, where, [0] * 5, [0] * 5, seed=[0]), record, days=1)
        begins, ends = ([e[1] for e in record.of(f"assignment.{step}")] for step in ("offered", "on_scene"))
        drives = [(end - begin).total_seconds() for begin, end in zip(begins, ends, strict=True)]
        assert drives == expected


def test_t26_a_beat_is_driven_as_one_may():
    streets = [(tail, head, oneway, 40_000 if tail == 0 else 100_000) for tail, head, oneway, _ms in CROSSING]
    barred = with_turns(network(streets, 5), [(from_the(SOUTH), to_the(WEST)), (from_the(WEST), to_the(EAST))])
    habits = replace(AT_ONCE, beat_speed=1.0, beat_stop_s=0.0)
    kind = Kind("alarm", 2, scene=Span(60))
    world = World(replace(barred, hour_factors=ONES), (Crew(1, 0, post=4, beat=(3,)),), (kind,), MONDAY, habits=habits)
    # 100 s by the ring to the west and 80 s by the middle back: a round of 180 s. After 3,730 s it is 130 s into its
    # twenty-first, ten seconds before the middle, from where it may not go on to the east.
    record = Record()
    run(world, recorded([3730.0], [1], [0], [0], seed=[0]), record, days=1)
    offered, there = record.of("assignment.offered")[0][1], record.of("assignment.on_scene")[0][1]
    assert (there - offered).total_seconds() == 130


def test_t26_who_is_at_its_post_when_its_order_is_over_goes_on_its_beat():
    streets = [(tail, head, oneway, 40_000 if tail == 0 else 100_000) for tail, head, oneway, _ms in CROSSING]
    barred = with_turns(network(streets, 5), [(from_the(WEST), to_the(EAST))])
    habits = replace(AT_ONCE, beat_speed=1.0, beat_stop_s=0.0)
    kind = Kind("alarm", 2, scene=Span(60), paper=Span(40))
    world = World(replace(barred, hour_factors=ONES), (Crew(1, 0, post=0, beat=(3,)),), (kind,), MONDAY, habits=habits)
    record = Record()  # after a hundred seconds of work it is thirty on its way to the west when it is called there
    run(world, recorded([0.0, 130.0], [0, 3], [0, 0], [0, 0], seed=[0]), record, days=1)
    begins, ends = ([e[1] for e in record.of(f"assignment.{step}")] for step in ("offered", "on_scene"))
    assert [(end - begin).total_seconds() for begin, end in zip(begins, ends, strict=True)] == [0, 10]
