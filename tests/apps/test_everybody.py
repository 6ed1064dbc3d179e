"""How far everybody is, of a large city: by the hierarchy, the same answer as by searching, closures and all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

import oneroom.project.cities
from oneroom.apps.places.everybody import PAYS_FROM, Everybody, begin
from oneroom.apps.places.loaded import Loaded
from oneroom.engine.roads import assemble, from_npz_bytes, nearest
from oneroom.engine.roads.closing import closing
from oneroom.engine.roads.hierarchy import hierarchy
from tests.engine.test_hierarchy import some_points
from tests.waiting import until

SHANGHAI = (Path(oneroom.project.cities.__file__).parent / "shanghai.npz").read_bytes()


def same(city: Loaded, crews, goal, hour: int) -> None:
    by_search = nearest(city.graph, city.metric(hour, to=goal), crews, goal)
    by_either = city.arrivals(crews, goal, hour)
    assert by_either.index.tolist() == by_search.index.tolist()
    assert by_either.ms.tolist() == by_search.ms.tolist()


def test_t26_everybodys_arrival_is_that_of_the_search_at_any_hour_and_with_streets_closed():
    graph = from_npz_bytes(SHANGHAI)
    city = Loaded(1, "", "Shanghai", "", graph, everybody=Everybody(hierarchy(graph)))
    chance = np.random.default_rng(3)
    crews = some_points(chance, graph, 200)
    for n in range(4):
        shut = closing(graph, chance.choice(graph.arcs, 60 * n, replace=False).astype(np.int32)) if n else None
        city = replace(city, closures=(n,), closing=shut, _closed={}, _times={})
        for hour in (3, 8):
            for _ in range(5):
                same(city, crews, some_points(chance, graph, 2), hour)
            assert hour in city._times  # it was not the search that answered


def test_t26_while_one_request_lays_an_hour_over_the_others_are_answered_by_a_search():
    graph = from_npz_bytes(SHANGHAI)
    everybody = Everybody(hierarchy(graph))
    city = Loaded(1, "", "Shanghai", "", graph, everybody=everybody)
    chance = np.random.default_rng(7)
    crews = some_points(chance, graph, 50)
    with everybody._laying:
        same(city, crews, some_points(chance, graph, 2), 8)
        assert not city._times, "it did not wait, and it laid nothing over"
    same(city, crews, some_points(chance, graph, 2), 8)
    assert city._times[8] is everybody.free[8]
    with everybody._laying:
        assert everybody.times(8, city.free_metric(8), city.metric(8)) is everybody.free[8], "what is there needs none"


def test_a_hierarchy_is_made_beside_for_a_large_city_whose_file_brings_the_order_and_for_no_other():
    n = PAYS_FROM + 1
    lon = np.arange(n) * 1e-5
    line = assemble(
        node_lon=lon, node_lat=np.zeros(n), edge_tail=np.arange(n - 1), edge_head=np.arange(1, n),
        edge_oneway=np.zeros(n - 1, bool), edge_kmh=np.full(n - 1, 30.0),
    )  # fmt: skip
    assert begin(line).over is None
    small = from_npz_bytes(SHANGHAI)
    assert begin(replace(small, order=np.arange(small.nodes, dtype=np.int32))).over is None
    made = begin(replace(line, order=np.arange(n, dtype=np.int32)))
    until(lambda: made.over is not None)
    assert made.over.graph.nodes == n
