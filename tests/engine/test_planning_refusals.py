"""What a planner may ask that has no answer: one clear sentence each, from whichever model is asked (issue 6)."""

import numpy as np
import pytest

from oneroom.engine import roads
from oneroom.engine.simulate.city import run
from oneroom.engine.simulate.demand import recorded
from oneroom.engine.simulate.fitting import pace
from oneroom.engine.simulate.ground import without_a_crew
from oneroom.engine.simulate.hypercube import Unsolvable, solve
from oneroom.engine.simulate.world import Crew, Undrivable, Unrunnable, World
from oneroom.engine.siting.center import p_center
from oneroom.engine.siting.covering import lscp, mclp, mexclp
from oneroom.engine.siting.ground import Ground, Unanswerable
from oneroom.engine.siting.median import p_median
from tests.engine.test_simulate_city import with_an_island
from tests.engine.towns import KINDS, MONDAY, calls_of, streets

FAR = 1 << 30
ISLAND = (81, 82)  # junctions of `with_an_island` that no street joins to the town


def lived(world, node, *, area=0):
    entries = []
    run(world, recorded([1.0], [node], [area], [2], seed=[0]), lambda *entry: entries.append(entry), days=1)
    return entries


def town_and_island(*crews):
    return World(with_an_island(), crews, KINDS, MONDAY)


def between(sites, points):
    """Times of the town with the island, site to point."""
    graph = with_an_island()
    free = roads.metric(graph)
    times = [roads.times_from(graph, free, roads.points_at_nodes(graph, [site]))[list(points)] for site in sites]
    return np.column_stack(times).astype(np.int32)


# The five models, asked for sites of which none has any demand to serve.
NOBODY_CALLS = [
    lambda ground: lscp(ground(), 60_000),
    lambda ground: mclp(ground(), 60_000, 1),
    lambda ground: mexclp(ground(), 60_000, 1, busy=0.3),
    lambda ground: p_median(ground(), 1, seed=1),
    lambda ground: p_center(ground(), 1),
]


@pytest.mark.parametrize("ask", NOBODY_CALLS)
def test_no_demand_is_a_sentence_in_every_model(ask):
    with pytest.raises(Unanswerable, match="there is no demand: nobody calls"):
        ask(lambda: Ground(np.ones((2, 2), np.int32), np.zeros(2)))


@pytest.mark.parametrize(
    ("ask", "refused", "said"),
    [
        # Disconnected roads
        (lambda: lived(town_and_island(Crew(1, 0, post=0)), ISLAND[0]), Unrunnable,
         "1 places of calls cannot be reached by road from any post, junction 81 first"),
        (lambda: lived(town_and_island(Crew(1, 0, post=0, beat=(ISLAND[1],))), 0), Unrunnable,
         "the beat of crew 1 cannot be driven: no way from 0 to 82"),
        (lambda: lived(town_and_island(Crew(1, 0, post=0, beat=(ISLAND[1],), code="P7")), 0), Undrivable,
         "the beat of crew P7 cannot be driven"),
        (lambda: p_median(Ground(between([0], ISLAND), np.ones(2), far=roads.INF), 1, seed=1), Unanswerable,
         "there is no demand that a site could reach"),
        (lambda: p_center(Ground(between([0], ISLAND), np.ones(2), far=roads.INF), 1), Unanswerable,
         "there is no demand that a site could reach"),
        # A crew off the network
        (lambda: World(streets(), (Crew(7, 0, post=81),), KINDS, MONDAY), Unrunnable,
         "crew 7 stands off the road network"),
        (lambda: World(streets(), (Crew(7, 0, post=0, beat=(-1,)),), KINDS, MONDAY), Unrunnable,
         "crew 7 stands off the road network"),
        # Zero demand
        (lambda: solve(np.zeros(1), np.array([[0, 1]]), 1.0), Unsolvable, "there must be calls"),
        (lambda: pace([], [], [], []), Unrunnable, "ways of different lengths are wanted"),
        # No crew, no site, fewer sites than stand
        (lambda: World(streets(), (), KINDS, MONDAY), Unrunnable, "a city without a crew cannot be run"),
        (lambda: Ground(np.zeros((3, 0), np.int32), np.ones(3)), Unanswerable, "no candidate site"),
        (lambda: mclp(Ground(np.ones((1, 2), np.int32), np.ones(1), standing=(0, 1)), 5, 1), Unanswerable,
         "1 sites are asked for, and 2 stand and stay"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence_that_names_it(ask, refused, said):
    with pytest.raises(refused, match=said):
        ask()


def test_points_that_no_site_reaches_are_named_and_the_others_are_served_all_the_same():
    ground = Ground(between([0, 80], [0, 40, 80, *ISLAND]), np.ones(5), far=roads.INF)
    for answer in (
        lscp(ground, 200_000), mclp(ground, 200_000, 1), mexclp(ground, 200_000, 1, busy=0.2),
        p_median(ground, 1, seed=1), p_median(ground, 1, seed=1, capacity=np.full(2, 9.0)), p_center(ground, 1),
    ):  # fmt: skip
        assert answer.out_of_reach == (3, 4)
        assert answer.nearest[3:].tolist() == [-1, -1]
        assert answer.sites
        assert answer.proven


@pytest.mark.parametrize(
    "ask",
    [
        lambda ground: mclp(ground, 60_000, 9),
        lambda ground: p_median(ground, 9, seed=1),
        lambda ground: p_median(ground, 9, seed=1, capacity=np.full(3, 2.0)),
        lambda ground: p_center(ground, 9),
    ],
)
def test_more_sites_than_can_be_used_are_no_fault_and_are_counted_as_spare(ask):
    answer = ask(Ground(between([0, 4, 80], [0, 4, 80]), np.ones(3), far=roads.INF))
    assert answer.proven
    assert answer.spare == 9 - len(answer.sites) >= 6


def test_more_crews_than_calls_stand_where_they_are():
    world = World(streets(), tuple(Crew(n, 0, post=n) for n in range(60)), KINDS, MONDAY)
    crews = [entry[4]["crew"] for entry in lived(world, 5) if entry[0] == "assignment.offered"]
    assert crews == [5]


def test_an_area_without_a_station_is_named_and_served_by_its_neighbours():
    world = World(streets(), (Crew(1, 0, post=0), Crew(2, 1, post=80)), KINDS, MONDAY)
    offered = [entry for entry in lived(world, 79, area=3) if entry[0] == "assignment.offered"]
    assert [entry[4]["crew"] for entry in offered] == [2]
    assert without_a_crew(world, np.array([0, 3, 1, 3], np.int32)) == (3,)


def test_a_quiet_week_is_a_week():
    demand = calls_of(0)
    assert len(demand.calls(days=7, weekday=0, seed=[1])) == 0
