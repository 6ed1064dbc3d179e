from pathlib import Path

import pytest

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
