"""From a city's facts to a world: crews by their watches at junctions, and what a planner changes by hand (T26)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oneroom.engine import roads
from oneroom.engine.dispatch import DivertPolicy
from oneroom.engine.escalation import answer_ladder
from oneroom.engine.simulate.changes import read_hand
from oneroom.engine.simulate.making import City, CrewFacts, Junctions, OffRoads, by_hand, world_of
from oneroom.engine.simulate.world import DAY_S, Unrunnable, Watch
from oneroom.engine.values import BadInput
from tests.engine.towns import KINDS, MONDAY, POSTS, streets

GRAPH = streets()
AT = {node: (float(GRAPH.node_lon[node]), float(GRAPH.node_lat[node])) for node in POSTS}
UNITS = {"north": AT[20], "south": AT[60], "office": None}
CITY = City(
    (CrewFacts("A", "north", *AT[20]), CrewFacts("B", "north", *AT[20]), CrewFacts("C", "south", *AT[60])), KINDS, UNITS
)


def made(city):
    junctions = Junctions(GRAPH, roads.snap_index(GRAPH))
    return world_of(
        city, GRAPH, junctions.at, areas={"north": 0, "south": 1}, masks=lambda s, k: (len(s), len(k)), begins=MONDAY
    )


def after(*hand):
    return by_hand(CITY, read_hand(list(hand)))


def test_crews_stand_at_the_junction_of_their_post_and_count_for_their_units_ground():
    world, labels = made(CITY)
    assert labels == ("A", "B", "C")
    assert [(crew.post, crew.area) for crew in world.crews] == [(20, 0), (20, 0), (60, 1)]


def test_a_car_of_three_watches_is_three_crews_of_one_code():
    watches = tuple(Watch(hour * 3600, DAY_S // 3) for hour in (0, 8, 16))
    world, labels = made(replace(CITY, crews=(replace(CITY.crews[0], watches=watches),)))
    assert labels == ("A",) * 3
    assert world.watches == watches
    assert [crew.watch for crew in world.crews] == [0, 1, 2]


def test_t26_crews_are_moved_added_taken_away_and_given_other_hours_and_beats():
    place = {"lon": AT[24][0], "lat": AT[24][1]}
    world, labels = made(
        after(
            {"do": "move_crew", "crew": "A", "to": {"unit": "south"}},
            {"do": "move_crew", "crew": "C", "to": place},
            {"do": "add_crew", "code": "N", "unit": "north", "officers": 4, "skills": ["x", "y"]},
            {"do": "remove_crew", "crew": "B"},
            {"do": "watch", "crews": ["A", "N"], "on": "20:00", "hours": 12},
            {"do": "beat", "crew": "N", "places": [list(AT[56])]},
        )
    )
    assert labels == ("A", "C", "N")
    moved, at_a_point, new = world.crews
    assert (moved.post, moved.area) == (60, 1)
    assert (at_a_point.post, at_a_point.area) == (24, 1)  # still of its unit
    assert (new.post, new.area, new.officers, new.skills, new.beat) == (20, 0, 4, 2, (56,))
    assert world.watches[moved.watch] == world.watches[new.watch] == Watch(20 * 3600, DAY_S // 2)
    assert world.watches[at_a_point.watch] == Watch(0, DAY_S)


def test_t26_needs_policies_and_ladders_are_changed_by_hand():
    city = after(
        {"do": "need", "category": "noise", "crews": 3},
        {"do": "policy", "skill_missing_s": 7},
        {"do": "divert", "on": True, "gain_s": 90, "up_to_grade": 2},
        {"do": "ladder", "grade": 2, "after_s": [0, 1, 2, 3, 4, 5]},
        {"do": "next_at", "rung": "again"},
    )
    assert [kind.crews for kind in city.kinds] == [2, 1, 3]
    assert city.policy.skill_missing_s == 7
    assert city.divert == DivertPolicy(up_to_grade=2, gain_s=90)
    assert [rung.after_s for rung in city.ladders[1]] == [0, 1, 2, 3, 4, 5]
    assert city.ladders[0] == answer_ladder(1)
    assert city.habits.next_at == "again"
    assert by_hand(city, read_hand([{"do": "divert", "on": False}])).divert is None


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"do": "move_crew", "crew": "Z", "to": {"unit": "south"}}, "crew", "not there"),
        ({"do": "move_crew", "crew": "A", "to": {"unit": "gone"}}, "to", "not there on that day"),
        ({"do": "move_crew", "crew": "A", "to": {"unit": "office"}}, "to", "point of the map"),
        ({"do": "add_crew", "code": "A", "unit": "south"}, "code", "already"),
        ({"do": "add_crew", "code": "N", "unit": "gone"}, "unit", "not there on that day"),
        ({"do": "remove_crew", "crew": "Z"}, "crew", "not there"),
        ({"do": "watch", "crews": ["A", "Z"], "on": "08:00", "hours": 8}, "crews", "not there"),
        ({"do": "beat", "crew": "Z", "places": []}, "crew", "not there"),
        ({"do": "need", "category": "flood", "crews": 2}, "category", "on record"),
    ],
)
def test_t26_what_a_change_speaks_of_must_be_there(change, field, said):
    with pytest.raises(BadInput, match=said) as refused:
        after({"do": "next_at", "rung": "again"}, change)
    assert refused.value.field == f"hand.1.{field}"


def test_a_crew_off_the_network_and_a_city_without_crews_are_refused():
    for away in (
        replace(CITY.crews[0], lon=118.0),
        replace(CITY.crews[0], lon=None),
        replace(CITY.crews[0], beat=((118.0, 36.6),)),
    ):
        with pytest.raises(OffRoads) as off:
            made(replace(CITY, crews=(*CITY.crews[1:], away)))
        assert off.value.crew == "A"
    with pytest.raises(Unrunnable, match="without a crew"):
        made(replace(CITY, crews=()))


def test_a_post_beside_a_street_that_leads_nowhere_is_at_a_junction_that_is_connected():
    graph = roads.assemble(
        node_lon=[117.0, 117.002, 117.004], node_lat=[36.6] * 3, edge_tail=[0, 1], edge_head=[1, 2],
        edge_oneway=[False, True], edge_kmh=[30.0, 30.0],
    )  # fmt: skip
    junctions = Junctions(graph, roads.snap_index(graph))
    assert junctions.connected.tolist() == [True, True, False]
    assert junctions.at(117.0039, 36.6) == 1
    assert junctions.at(*np.array([117.0001, 36.6001])) == 0
    assert junctions.at(117.5, 36.6) is None
