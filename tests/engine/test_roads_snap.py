from pathlib import Path

import numpy as np
import pytest

import oneroom.project.cities
from oneroom.engine.geo import onto_segment
from oneroom.engine.roads import (
    RoadGraph,
    assemble,
    candidates,
    from_npz_bytes,
    points_at_nodes,
    positions,
    snap,
    snap_index,
)

CITIES = Path(oneroom.project.cities.__file__).parent
DEGREE_M = 111_195.0


@pytest.fixture(scope="module")
def divided_road() -> RoadGraph:
    """Two one-way carriageways along the equator, 22 m apart, 1,112 m long, and a bent street to the north."""
    return assemble(
        node_lon=[0, 0.01, 0, 0.01, 0.01], node_lat=[0, 0, 0.0002, 0.0002, 0.01],
        edge_tail=[0, 3, 3], edge_head=[1, 2, 4], edge_oneway=[True, True, False], edge_kmh=[40, 40, 20],
        shapes=[[(0, 0), (0.01, 0)], [(0.01, 0.0002), (0, 0.0002)], [(0.01, 0.0002), (0.005, 0.005), (0.01, 0.01)]],
    )  # fmt: skip


def test_a_position_snaps_to_the_nearest_street_and_the_share_of_its_way(divided_road: RoadGraph):
    points = snap(snap_index(divided_road), [0.0025, 0.0025], [-0.0001, 0.0004])

    assert points.edge.tolist() == [0, 1]
    assert points.fraction == pytest.approx([0.25, 0.75], abs=1e-6)
    assert points.off_m == pytest.approx([0.0001 * DEGREE_M, 0.0002 * DEGREE_M], rel=1e-3)


def test_an_incident_between_two_carriageways_may_lie_on_either(divided_road: RoadGraph):
    points = candidates(snap_index(divided_road), 0.004, 0.00012)

    assert points.edge.tolist() == [1, 0]
    assert points.off_m[0] < points.off_m[1]


def test_a_position_off_every_road_has_no_street(divided_road: RoadGraph):
    index = snap_index(divided_road)

    assert snap(index, [0.004, 30.0], [0.02, 121.0]).edge.tolist() == [-1, -1]
    assert len(candidates(index, 0.004, 0.02)) == 0


def test_a_junction_as_a_point_is_at_the_junction(divided_road: RoadGraph):
    lon, lat = positions(divided_road, points_at_nodes(divided_road, [0, 1, 2, 3, 4]))

    assert lon == pytest.approx(divided_road.node_lon)
    assert lat == pytest.approx(divided_road.node_lat)


def test_snapping_in_a_city_finds_what_looking_at_every_segment_finds():
    graph = from_npz_bytes((CITIES / "shanghai.npz").read_bytes())
    index = snap_index(graph)
    chance = np.random.default_rng(3)
    lon = chance.uniform(graph.box.west - 0.01, graph.box.east + 0.01, 200)
    lat = chance.uniform(graph.box.south - 0.01, graph.box.north + 0.01, 200)
    x, y = graph.plane.to_xy(lon, lat)
    begin = np.flatnonzero(index.segment_edge >= 0)

    points = snap(index, lon, lat)

    for i in range(200):
        _, away = onto_segment(x[i], y[i], index.x[begin], index.y[begin], index.x[begin + 1], index.y[begin + 1])
        nearest = away.min()
        if nearest > 300:
            assert points.edge[i] == -1
            continue
        assert points.off_m[i] == pytest.approx(nearest, abs=1e-6)
        by_edge: dict[int, float] = {}
        for edge, metres in zip(index.segment_edge[begin], away, strict=True):
            by_edge[int(edge)] = min(metres, by_edge.get(int(edge), np.inf))
        close = sorted((metres, edge) for edge, metres in by_edge.items() if metres <= min(300, nearest + 25))
        assert candidates(index, lon[i], lat[i]).edge.tolist() == [edge for _, edge in close[:4]]
