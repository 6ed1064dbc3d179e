from pathlib import Path

import pytest

from oneroom.engine.roads import RoadGraph
from oneroom.engine.roads.build import build
from oneroom.ports.formats import osm

SHARED = Path(__file__).resolve().parents[3] / "shared"
EXTRACTS = {
    "shanghai": ("data/roads/shanghai_center.osm.pbf", 3_000, {"default", "zh", "en"}),
    "jinan": ("data/roads/jinan.osm.pbf", 8_000, set()),
    "porto alegre": ("data/roads/porto_alegre.osm.pbf", 10_000, {"default"}),
    "liechtenstein": ("benchmarks/osm/liechtenstein.osm.pbf", 2_000, {"default"}),
}

LITTLE_MAP = """<?xml version="1.0"?>
<osm version="0.6">
  <node id="1" lat="31.20" lon="121.40"/><node id="2" lat="31.20" lon="121.41"/><node id="3" lat="31.21" lon="121.41"/>
  <way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="name" v="甲路"/></way>
  <way id="2"><nd ref="1"/><nd ref="9"/><nd ref="3"/><nd ref="2"/><tag k="highway" v="service"/></way>
  <way id="3"><nd ref="1"/><nd ref="3"/><tag k="highway" v="footway"/></way>
  <way id="4"><nd ref="1"/><nd ref="3"/><tag k="building" v="yes"/></way>
</osm>
"""


def test_a_way_that_leaves_the_extract_keeps_what_is_inside(tmp_path: Path):
    file = tmp_path / "little.osm"
    file.write_text(LITTLE_MAP, encoding="utf-8")

    found = osm.read(file)

    assert found.streets == 3
    assert [list(way.nodes) for way in found.ways if len(way.nodes) > 1] == [[1, 2, 3], [3, 2]]
    assert found.ways[0].tags["name"] == "甲路"
    assert build(found.ways).graph.name_count == 1


@pytest.mark.parametrize("content", [b"", b"not a map at all", b"\x00\x00\x00\x0d\x0a\x09OSMHeader"])
def test_a_file_that_is_no_map_is_refused_with_a_sentence(tmp_path: Path, content: bytes):
    file = tmp_path / "broken.osm.pbf"
    file.write_bytes(content)

    with pytest.raises(osm.BadMap, match=r"broken\.osm\.pbf"):
        osm.read(file)


def test_water_and_green_are_read_as_closed_areas_with_both_names(tmp_path: Path):
    corners = "".join(f'<node id="{n}" lat="{31.2 + y / 100}" lon="{121.4 + x / 100}"/>' for n, (x, y) in enumerate(
        [(0, 0), (1, 0), (1, 1), (0, 1)], 1))  # fmt: skip
    ring = "".join(f'<nd ref="{n}"/>' for n in (1, 2, 3, 4, 1))
    tags = '<tag k="name" v="湖"/><tag k="name:en" v="Lake"/>'
    file = tmp_path / "lake.osm"
    file.write_text(
        f'<?xml version="1.0"?><osm version="0.6">{corners}'
        f'<way id="1">{ring}<tag k="natural" v="water"/>{tags}</way>'
        f'<way id="2">{ring}<tag k="leisure" v="park"/></way>'
        f'<way id="3">{ring}<tag k="building" v="yes"/></way>'
        f'<way id="4"><nd ref="1"/><nd ref="2"/><nd ref="9"/><tag k="natural" v="water"/></way></osm>',
        encoding="utf-8",
    )

    found = osm.read_ground(file)

    assert [f["properties"] for f in found] == [
        {"class": "water", "zh": "湖", "en": "Lake"}, {"class": "green", "zh": "", "en": ""},
    ]  # fmt: skip
    assert {f["geometry"]["type"] for f in found} == {"MultiPolygon"}


CORNERS = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (2, 1), 5: (1, 1), 6: (0, 1), 7: (1, 2)}  # a ladder; 7 a dead end
STREETS = {10: (1, 2), 11: (2, 3), 12: (3, 4), 13: (4, 5), 14: (5, 6), 15: (6, 1), 16: (2, 5), 17: (5, 7)}


def relation(number: int, way_from: int, via: str, way_to: int, **tags: str) -> str:
    told = "".join(f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in tags.items())
    return (
        f'<relation id="{number}"><member type="way" ref="{way_from}" role="from"/>{via}'
        f'<member type="way" ref="{way_to}" role="to"/><tag k="type" v="restriction"/>{told}</relation>'
    )


def ladder(*relations: str) -> str:
    """The map of two blocks beside each other, with these restrictions."""
    points = "".join(
        f'<node id="{n}" lat="{31.2 + y / 100}" lon="{121.4 + x / 100}"/>' for n, (x, y) in CORNERS.items()
    )
    ways = "".join(
        f'<way id="{n}"><nd ref="{a}"/><nd ref="{b}"/><tag k="highway" v="primary"/><tag k="name" v="{n}"/></way>'
        for n, (a, b) in STREETS.items()
    )
    return f'<?xml version="1.0"?><osm version="0.6">{points}{ways}{"".join(relations)}</osm>'


def at(point: int) -> str:
    return f'<member type="node" ref="{point}" role="via"/>'


@pytest.mark.parametrize(
    ("relations", "kept", "forbidden"),
    [
        ([relation(1, 10, at(2), 16, restriction="no_left_turn")], 1, {(10, 16)}),
        ([relation(1, 10, at(2), 11, restriction="only_straight_on")], 1, {(10, 16), (10, 10)}),
        ([relation(1, 16, at(2), 16, restriction="no_u_turn")], 1, {(16, 16)}),
        ([relation(1, 10, at(2), 16, restriction__motorcar="no_left_turn")], 1, {(10, 16)}),
        ([relation(n, 10, at(2), to, restriction=kind) for n, (to, kind) in enumerate(
            [(16, "no_left_turn"), (11, "no_straight_on")], 1)], 2, {(10, 16), (10, 11)}),
        ([relation(1, 10, at(2), 16, restriction="no_left_turn", **{"except": "bus;bicycle"})], 1, {(10, 16)}),
        ([relation(1, 10, at(2), 16, restriction="no_left_turn", **{"except": "psv;emergency"})], 0, set()),
        ([relation(1, 10, at(2), 16, restriction__conditional="no_left_turn @ (07:00-09:00)")], 0, set()),
        ([relation(1, 10, at(2), 16, restriction="no_left_turn", hour_on="07:00", hour_off="09:00")], 0, set()),
        ([relation(1, 10, at(2), 16, restriction__hgv="no_left_turn")], 0, set()),
        ([relation(1, 10, '<member type="way" ref="16" role="via"/>', 13, restriction="no_left_turn")], 0, set()),
        ([relation(1, 10, at(2), 13, restriction="no_left_turn")], 0, set()),  # it does not begin there
        ([relation(1, 10, at(2), 99, restriction="only_left_turn")], 0, set()),  # not in the file
        ([relation(1, 17, at(7), 17, restriction="no_u_turn")], 0, set()),  # nobody would leave the dead end
    ],
    ids=[
        "no", "only", "no u-turn", "for cars", "two of one street", "except others", "except us", "at some hours",
        "at hours as it was written", "for lorries", "over a way", "elsewhere", "unknown way", "cuts off",
    ],
)  # fmt: skip
def test_restrictions_forbid_turns_at_a_point_and_only_those(
    tmp_path: Path, relations: list[str], kept: int, forbidden: set[tuple[int, int]]
):
    file = tmp_path / "turns.osm"
    file.write_text(ladder(*relations), encoding="utf-8")

    source = osm.read(file)
    built = build(source.ways, source.restrictions)

    graph = built.graph
    assert (built.counts.restrictions, built.counts.kept_restrictions) == (len(relations), kept)
    names = [tuple(int(graph.name(int(graph.edge_name[d // 2]))) for d in turn) for turn in graph.forbidden.tolist()]
    assert set(names) == forbidden
    for one, other in graph.forbidden.tolist():  # at the point itself, from the one into the other
        into, out = graph.arc_head[_arc(graph, one)], graph.arc_tail[_arc(graph, other)]
        assert graph.junction_of[into] == graph.junction_of[out]
        lon = float(graph.node_lon[into])
        assert lon == pytest.approx(121.4 + CORNERS[2][0] / 100)
        assert float(graph.node_lat[into]) == pytest.approx(31.2)


def _arc(graph: RoadGraph, direction: int) -> int:
    return int((graph.edge_back if direction % 2 else graph.edge_ahead)[direction // 2])


def test_of_the_three_restrictions_of_a_small_country_two_are_between_its_streets():
    file = SHARED / EXTRACTS["liechtenstein"][0]
    if not file.exists():
        pytest.skip("../shared/benchmarks/osm/liechtenstein.osm.pbf is not here")

    source = osm.read(file)
    built = build(source.ways, source.restrictions)

    kinds = sorted(each.tags["restriction"] for each in source.restrictions)
    assert kinds == ["no_left_turn", "no_u_turn", "only_right_turn"]  # the last comes from a way that is not in it
    assert (built.counts.restrictions, built.counts.kept_restrictions) == (3, 2)
    assert len(built.graph.forbidden) == 2
    assert built.graph.nodes > built.graph.junctions == build(source.ways).graph.nodes


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(osm.BadMap, match=r"no file .*nowhere"):
        osm.read(tmp_path / "nowhere.osm.pbf")


@pytest.mark.parametrize("city", EXTRACTS)
def test_real_extracts_become_networks(city: str):
    name, least, languages = EXTRACTS[city]
    file = SHARED / name
    if not file.exists():
        pytest.skip(f"../shared/{name} is not here")

    built = build(osm.read(file).ways)

    assert built.graph.nodes >= least
    assert languages <= built.counts.names.keys()
    assert built.counts.dropped_share < 0.1
