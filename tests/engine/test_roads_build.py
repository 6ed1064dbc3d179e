import io
from dataclasses import replace

import numpy as np
import pytest

from oneroom.engine.roads import from_npz_bytes, to_npz_bytes
from oneroom.engine.roads.build import NoRoads, Way, build
from oneroom.engine.roads.classes import find_maxspeed_kmh, free_flow_kmh
from oneroom.engine.roads.components import strong_parts
from oneroom.engine.roads.hierarchy import contraction_order, hierarchy
from oneroom.engine.roads.store import BadNetwork, about
from oneroom.engine.roads.tags import BACKWARD, BOTH, FORWARD, direction, find_car_class, names

# Points of a little map, 0.001 degrees apart: the number's tens are the row, its ones the column.
STREET = {"highway": "residential"}


def way(*nodes: int, **tags: str) -> Way:
    tags = {key.replace("__", ":"): value for key, value in tags.items()}
    return Way(nodes, [n % 10 * 0.001 for n in nodes], [n // 10 * 0.001 for n in nodes], STREET | tags)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, BOTH),
        ({"oneway": "yes"}, FORWARD),
        ({"oneway": "1"}, FORWARD),
        ({"oneway": "true"}, FORWARD),
        ({"oneway": "-1"}, BACKWARD),
        ({"oneway": "reverse"}, BACKWARD),
        ({"oneway": "no", "junction": "roundabout"}, BOTH),
        ({"junction": "roundabout"}, FORWARD),
        ({"junction": "circular"}, FORWARD),
        ({"highway": "motorway"}, FORWARD),
        ({"oneway": "reversible"}, BOTH),
        ({"oneway": "perhaps"}, BOTH),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, BOTH),
    ],
)
def test_one_ways_are_read_in_every_spelling(tags: dict[str, str], expected: int):
    assert direction(STREET | tags) == expected


@pytest.mark.parametrize(
    ("tags", "drivable"),
    [
        ({}, True),
        ({"highway": "footway"}, False),
        ({"highway": "construction"}, False),
        ({"access": "private"}, True),  # police enter
        ({"access": "no"}, False),
        ({"access": "no", "motorcar": "yes"}, True),
        ({"motor_vehicle": "no"}, False),
        ({"highway": "service", "service": "parking_aisle"}, False),
        ({"area": "yes"}, False),
    ],
)
def test_cars_go_where_cars_may(tags: dict[str, str], drivable: bool):
    assert (find_car_class(STREET | tags) is not None) == drivable


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("40", 40),
        ("30 mph", 48.28032),
        ("60;40", 40),
        ("50 km/h", 50),
        ("signals", None),
        ("CN:urban", None),
        ("", None),
        ("999", None),
        ("-5", None),
        ("4０0", None),
    ],
)
def test_a_limit_is_a_number_or_nothing(text: str, kmh: float | None):
    assert find_maxspeed_kmh(text) == (pytest.approx(kmh) if kmh else None)


def test_a_posted_limit_replaces_the_one_of_the_class():
    assert free_flow_kmh(0, "40") < free_flow_kmh(0, "junk") == free_flow_kmh(0)


def test_every_language_of_a_name_is_kept_and_no_other_tag():
    tags = {
        "name": "南京西路", "name:en": "West Nanjing Road", "name:zh-Hans": "南京西路",
        "name:zh-Latn-pinyin": "Nánjīng Xīlù",
        "name:etymology:wikidata": "Q16963", "name:left": "x", "name:ja": " ",
    }  # fmt: skip

    assert names(tags) == {
        "default": "南京西路", "en": "West Nanjing Road", "zh-Hans": "南京西路",
        "zh-Latn-pinyin": "Nánjīng Xīlù", "zh": "南京西路",
    }  # fmt: skip


def test_streets_are_cut_where_they_meet_and_joined_where_nothing_branches():
    graph = build([way(0, 1, 2), way(2, 3), way(2, 12, 22), way(22, 23, 13, 3)]).graph

    # junctions: 2 and one point of the ring 2-3-13-23-22-12-2; the rest is the shape of an edge
    assert (graph.nodes, graph.edges, graph.arcs) == (2, 2, 4)
    assert sorted(len(graph.edge_line(edge)) for edge in range(2)) == [3, 7]


def test_streets_of_another_name_speed_or_direction_are_not_joined():
    graph = build(
        [way(0, 1), way(1, 2, name="甲路"), way(2, 3, name="甲路", maxspeed="20"), way(3, 4, maxspeed="20")]
    ).graph

    assert graph.edges == 4


def test_a_one_way_drawn_backwards_is_turned_around():
    graph = build([way(0, 1, 2, oneway="-1"), way(2, 12, 10, 0, oneway="-1")]).graph

    assert graph.edges == graph.arcs == 1
    line = np.rint(graph.edge_line(0) * 1000).astype(int).tolist()
    corner = [tuple(point) for point in line[:-1]]
    turned = corner[corner.index((2, 0)) :] + corner[: corner.index((2, 0))]
    assert turned == [(2, 0), (1, 0), (0, 0), (0, 1), (2, 1)]


def test_what_cannot_be_left_again_is_dropped_and_counted():
    built = build([way(0, 1, 2, 3), way(2, 12, oneway="yes"), way(50, 51)])

    assert built.graph.nodes == 2
    assert built.counts.kept_km < built.counts.pieces_km
    assert built.counts.dropped_share == pytest.approx(2 / 5, abs=0.01)


def test_a_map_without_roads_for_cars_says_so():
    with pytest.raises(NoRoads):
        build([way(0, 1, highway="footway")])


def test_strongly_connected_parts_of_a_known_graph():
    tail = np.array([0, 1, 2, 2, 3, 4, 5, 6], np.int32)
    head = np.array([1, 2, 0, 3, 4, 5, 3, 6], np.int32)

    label = strong_parts(7, tail, head)

    assert len({int(label[0]), int(label[3]), int(label[6])}) == 3
    assert label[0] == label[1] == label[2]
    assert label[3] == label[4] == label[5]


def test_the_most_used_spelling_of_a_name_wins():
    ways = [
        way(0, 1, name="甲路", name__en="Jia Rd"),
        *(way(i, i + 1, name="甲路", name__en="Jia Road") for i in (1, 2)),
    ]

    assert build(ways).graph.name(0, "en") == "Jia Road"


def test_a_network_written_and_read_is_the_same_and_writes_the_same_bytes():
    graph = build([way(0, 1, 2, name="甲路"), way(2, 12, 10, 0, oneway="yes", maxspeed="30"), way(1, 11)]).graph
    content = to_npz_bytes(graph, attribution="© us")

    again = from_npz_bytes(content)

    assert to_npz_bytes(again, attribution="© us") == content
    assert again.names == graph.names
    assert (again.edge_ms == graph.edge_ms).all()
    assert (again.arc_head == graph.arc_head).all()
    assert about(content) == {"attribution": "© us"}


def test_bytes_that_are_no_network_are_refused_with_a_sentence():
    content = to_npz_bytes(build([way(0, 1, 2)]).graph)
    other = io.BytesIO()
    np.savez(other, heading=np.frombuffer(b'{"format": "other"}', np.uint8))
    hollow = io.BytesIO()
    np.savez(hollow, heading=np.frombuffer(b'{"format": "oneroom-roads", "version": 1}', np.uint8))

    for bad in (b"", b"PK junk", content[:-40], other.getvalue(), hollow.getvalue()):
        with pytest.raises(BadNetwork, match="road network file"):
            from_npz_bytes(bad)


def test_the_order_of_contraction_is_kept_and_a_file_of_the_first_version_has_none():
    graph = build([way(0, 1, 2), way(1, 3), way(3, 4, 0)]).graph
    order = contraction_order(graph)
    kept = from_npz_bytes(to_npz_bytes(replace(graph, order=order)))
    assert kept.order.tolist() == order.tolist()
    assert hierarchy(kept).place_of[order].tolist() == list(range(graph.nodes))
    assert from_npz_bytes(to_npz_bytes(graph)).order is None

    with np.load(io.BytesIO(to_npz_bytes(graph))) as archive:
        parts = {name: archive[name] for name in archive.files if name != "order"}
    parts["heading"] = np.frombuffer(parts["heading"].tobytes().replace(b'"version": 2', b'"version": 1'), np.uint8)
    out = io.BytesIO()
    np.savez_compressed(out, **parts)
    first = from_npz_bytes(out.getvalue())
    assert (first.order, first.nodes) == (None, graph.nodes)

    parts["order"] = np.zeros(graph.nodes, np.int32)
    out = io.BytesIO()
    np.savez_compressed(out, **parts)
    with pytest.raises(BadNetwork, match="damaged"):
        from_npz_bytes(out.getvalue())
