import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

import oneroom.project.cities
from oneroom.engine.roads import RoadGraph, from_npz_bytes, metric, nearest_of_all, snap, snap_index
from oneroom.engine.roads.store import about
from oneroom.project.cities.areas import check_areas

CITIES = Path(oneroom.project.cities.__file__).parent


@pytest.fixture(scope="module", params=["shanghai", "jinan"])
def city(request: pytest.FixtureRequest) -> tuple[RoadGraph, list[dict[str, Any]]]:
    graph = from_npz_bytes((CITIES / f"{request.param}.npz").read_bytes())
    return graph, json.loads((CITIES / f"{request.param}.stations.json").read_text(encoding="utf-8"))


def test_station_areas_have_no_gaps_no_overlaps_and_hold_their_station(city):
    graph, stations = city
    areas = np.array([shapely.geometry.shape(station["area"]) for station in stations])

    check_areas(
        shapely.transform(areas, lambda lonlat: np.column_stack(graph.plane.to_xy(*lonlat.T))),
        *graph.plane.to_xy([station["lon"] for station in stations], [station["lat"] for station in stations]),
    )


def test_every_street_office_that_the_network_covers_has_one_synthetic_station_named_in_both_languages(city):
    _, stations = city

    assert len(stations) in (43, 75)
    assert {station["location_source"] for station in stations} == {"synthetic"}
    for key in ("code", "name_zh", "name_en"):
        assert len({station[key] for station in stations}) == len(stations)
    assert all(str(station["name_zh"]).endswith("派出所") for station in stations)


def test_no_area_carries_more_than_1_7_times_the_mean_of_its_branch(city):
    _, stations = city
    branches: dict[str, list[float]] = defaultdict(list)
    for station in stations:
        branches[station["branch_zh"]].append(station["load_share"])

    assert all(max(shares) <= 1.7 * np.mean(shares) for shares in branches.values())
    assert sum(station["load_share"] for station in stations) == pytest.approx(1, abs=0.01)


def test_an_area_is_what_its_station_reaches_first(city):
    graph, stations = city
    places = snap(snap_index(graph), [s["lon"] for s in stations], [s["lat"] for s in stations])
    _, owner = nearest_of_all(graph, metric(graph), places)
    areas = [shapely.geometry.shape(station["area"]) for station in stations]

    inside = [
        shapely.contains_xy(areas[owner[node]], graph.node_lon[node], graph.node_lat[node])
        for node in range(graph.nodes)
    ]

    assert np.mean(inside) > 0.85  # the rest are smoothed borders and islands given to a neighbour


def test_bundled_networks_say_whose_data_they_are():
    for file in CITIES.glob("*.npz"):
        assert "OpenStreetMap contributors" in about(file.read_bytes())["attribution"]
