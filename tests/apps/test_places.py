import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

import oneroom.project.cities
from oneroom.apps.ledger.models import Entry
from oneroom.apps.places import queries
from oneroom.apps.places.models import Place, RoadNetwork
from oneroom.apps.places.services import NewPlace, add_places, load_network
from oneroom.engine.geo import from_wgs84
from oneroom.engine.roads import to_npz_bytes
from oneroom.engine.roads.build import build
from oneroom.engine.roads.snap import snap
from oneroom.engine.values import SYSTEM, BadInput, Refused
from oneroom.project.trouble import Trouble
from tests.engine.test_roads_gazetteer import street
from tests.ports.test_osm import at, ladder, relation

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
SHANGHAI = (Path(oneroom.project.cities.__file__).parent / "shanghai.npz").read_bytes()
LON, LAT = 121.47, 31.23
MAP = """<?xml version="1.0"?>
<osm version="0.6">
  <node id="1" lat="31.20" lon="121.40"/><node id="2" lat="31.20" lon="121.41"/><node id="3" lat="31.21" lon="121.41"/>
  <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="甲路"/></way>
  <way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="name" v="乙路"/></way>
</osm>
"""


@pytest.fixture
def shanghai() -> int:
    return load_network(SHANGHAI, name="Shanghai centre", by=SYSTEM, at=NOON)


@pytest.fixture
def two_streets() -> int:
    """历山路 west to east and 文化东路 south to north, crossing at LON + 0.002, LAT."""
    ways = [
        street("历山路", [(0, 0), (4, 0), (9, 0)], **{"name:en": "Lishan Road"}),
        street("文化东路", [(4, -9), (4, 0), (4, 9)], **{"name:en": "Wenhua East Road"}),
        street("文化西路", [(4, 9), (0, 9)]),
    ]
    ways = [replace(way, lon=[LON + x for x in way.lon], lat=[LAT + y for y in way.lat]) for way in ways]
    return load_network(to_npz_bytes(build(ways).graph), name="Two streets", by=SYSTEM, at=NOON)


def first(text: str) -> str:
    found = queries.find_places(text)
    return found[0].name_zh if found else ""


@pytest.mark.usefixtures("two_streets")
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("lishan wenhua e", "文化东路/历山路"),
        ("lsl whdl", "文化东路/历山路"),
        ("lslwhdl", "文化东路/历山路"),
        ("历山路/文化东路", "文化东路/历山路"),
        ("文化东路历山路路口", "文化东路/历山路"),
        ("文化东路与历山路", "文化东路/历山路"),
        ("历山", "历山路"),
        ("LISHANLU", "历山路"),
        ("wenhua e rd", "文化东路"),
        ("whd", "文化东路"),
        ("nowhere", ""),
        ("%", ""),
        ("", ""),
        ("\x00历山", "历山路"),
    ],
)
def test_a_place_is_found_the_way_a_dispatcher_types(typed: str, name: str):
    assert first(typed) == name


@pytest.mark.usefixtures("two_streets")
def test_two_characters_find_every_street_that_has_them():
    found = {place.name_zh for place in queries.find_places("文化") if place.kind == "road"}

    assert found == {"文化东路", "文化西路"}


@pytest.mark.usefixtures("two_streets")
def test_a_station_is_found_before_the_street_it_is_named_after():
    add_places([NewPlace("station", "历山派出所", "Lishan Police Station", LON, LAT)], by=SYSTEM, at=NOON)
    add_places([NewPlace("station", "历山派出所", "Lishan Police Station", LON + 0.002, LAT)], by=SYSTEM, at=NOON)

    found = queries.find_places("lishan")

    assert [(place.kind, place.lon) for place in found[:2]] == [
        ("station", LON + 0.002),
        ("road", pytest.approx(LON + 0.00325)),
    ]


@pytest.mark.usefixtures("shanghai")
def test_a_real_city_is_searched_in_both_languages():
    assert first("南京西") == first("W Nanjing Rd") == first("njxl") == "南京西路"
    crossing = queries.find_places("nanjing w shimen no 1")
    assert crossing[0].kind == "crossing"
    assert set(crossing[0].name_zh.split("/")) == {"南京西路", "石门一路"}


@pytest.mark.usefixtures("shanghai")
def test_a_position_is_said_by_street_and_crossing():
    located = queries.locate(121.4737, 31.2304)

    assert (located.lon, located.lat) == (121.4737, 31.2304)
    assert located.road_zh == "延安东路"
    assert located.road_en == "East Yan'an Road"
    assert located.crossing_zh == "延安东路/西藏南路"
    assert len(located.points) >= 1


@pytest.mark.usefixtures("two_streets")
@pytest.mark.parametrize("datum", ["GCJ02", "gcj-02", "BD09", "WGS84"])
def test_a_position_from_a_chinese_map_is_converted_at_the_door(datum: str):
    lon, lat = from_wgs84(121.4723, 31.2304, datum.upper().replace("-", ""))

    located = queries.locate(float(lon), float(lat), datum=datum)

    assert (located.lon, located.lat) == (pytest.approx(121.4723, abs=1e-7), pytest.approx(31.2304, abs=1e-7))


@pytest.mark.usefixtures("two_streets")
@pytest.mark.parametrize(
    ("lon", "lat", "datum", "field", "sentence"),
    [
        (31.2304, 121.4723, "WGS84", "location", "swapped"),
        (31.2304, 121.4723, "GCJ02", "location", "swapped"),
        (116.4, 39.9, "WGS84", "location", "outside"),
        (float("nan"), 31.2, "WGS84", "location", "numbers"),
        (float("inf"), 31.2, "WGS84", "location", "numbers"),
        ("121.47", 31.2, "WGS84", "location", "numbers"),
        (True, 31.2, "WGS84", "location", "numbers"),
        (121.4737, 31.2304, "ED50", "datum", "not known"),
        (121.4737, 31.2304, None, "datum", "not known"),
        (121.4761, 31.2362, "WGS84", "location", "no road within"),
    ],
)
def test_a_bad_position_is_refused_with_the_field_and_a_sentence(lon, lat, datum, field: str, sentence: str):
    with pytest.raises(BadInput, match=sentence) as refused:
        queries.locate(lon, lat, datum=datum)

    assert refused.value.field == field


def test_without_a_city_the_sentence_says_how_to_load_one():
    with pytest.raises(Refused, match="importroads"):
        queries.locate(121.4737, 31.2304)

    assert queries.find_network() is None
    assert queries.find_places("南京") == []


def test_a_second_city_takes_over_and_the_first_can_come_back(shanghai: int, two_streets: int):
    assert queries.network().row_id == two_streets
    assert first("南京西路") == ""

    again = load_network(SHANGHAI, name="Shanghai centre", by=SYSTEM, at=NOON)

    assert again == shanghai
    assert queries.network().name == "Shanghai centre"
    assert first("南京西路") == "南京西路"
    assert RoadNetwork.objects.filter(active=True).count() == 1
    assert Entry.objects.filter(kind="roads.loaded").count() == 3


def test_loading_the_active_city_again_changes_nothing(shanghai: int):
    load_network(SHANGHAI, name="other name", by=SYSTEM, at=NOON)

    assert Entry.objects.filter(kind="roads.loaded").count() == 1
    assert queries.network() is queries.network()


def test_a_file_that_is_no_network_leaves_nothing_behind(shanghai: int):
    with pytest.raises(BadInput, match="not a road network"):
        load_network(b"junk", name="junk", by=SYSTEM, at=NOON)

    assert RoadNetwork.objects.get().pk == shanghai


def test_a_place_of_another_city_is_not_found(shanghai: int, two_streets: int):
    old, new = (Place.objects.filter(network=number).latest("pk") for number in (shanghai, two_streets))

    assert queries.find_place(new.pk).name_zh == new.name_zh
    assert queries.find_place(old.pk) is None


@pytest.mark.usefixtures("shanghai")
def test_the_map_is_small_names_its_source_and_is_made_once():
    file = queries.roads_geojson()
    collection = json.loads(gzip.decompress(file.content))

    assert len(file.content) < 200_000
    assert "OpenStreetMap contributors" in collection["attribution"]
    assert queries.roads_geojson() is file
    assert {"class", "zh", "en"} == collection["features"][0]["properties"].keys()


def test_one_command_loads_any_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "small_town.osm"
    file.write_text(MAP, encoding="utf-8")

    call_command("importroads", str(file))

    said = capsys.readouterr().out
    assert re.search(r"junctions +3\n", said)
    assert re.search(r"crossings as places +1\n", said)
    assert "OpenStreetMap contributors" in said
    assert queries.network().name == "Small Town"
    assert first("jial") == "甲路"


def test_forbidden_turns_of_the_map_hold_in_the_loaded_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    took = []
    for name, relations in (("free", []), ("barred", [relation(1, 10, at(2), 16, restriction="no_left_turn")])):
        file = tmp_path / f"{name}.osm"
        file.write_text(ladder(*relations), encoding="utf-8")
        call_command("importroads", str(file))
        city = queries.network()
        start, goal = snap(city.index, [121.405], [31.2]), snap(city.index, [121.41], [31.205])
        took.append(int(city.arrivals(start, goal, 3).ms[0]))
        assert (city.graph.junctions, RoadNetwork.objects.get(active=True).nodes) == (7, 7)
        assert RoadNetwork.objects.get(active=True).arcs == 16

    assert re.search(r"turn restrictions +1 +kept, of 1 in the file\n", capsys.readouterr().out)
    assert took[1] > 1.4 * took[0]  # around the block


def test_importing_what_is_no_map_says_so_and_keeps_the_city(shanghai: int, tmp_path: Path):
    file = tmp_path / "notes.osm.pbf"
    file.write_bytes(b"these are notes")
    with pytest.raises(Trouble, match=r"notes\.osm\.pbf is not a readable"):
        call_command("importroads", str(file))

    assert queries.network().row_id == shanghai


LIST = """code,name_zh,name_en,lon,lat,datum,kind
310101002,南京东路街道,,121.4723,31.2300,WGS84,area
310101002015,承兴居委会,Chengxing Residents' Committee,{gcj},GCJ02,committee
P1,历山公园,Lishan Park,121.4725,31.2301,,poi
"""


def own_list(tmp_path, text=LIST):
    lon, lat = from_wgs84(121.4724, 31.2302, "GCJ02")
    file = tmp_path / "places.csv"
    file.write_text(text.replace("{gcj}", f"{float(lon):.7f},{float(lat):.7f}"), encoding="utf-8-sig")
    return str(file)


@pytest.mark.usefixtures("two_streets")
def test_a_force_imports_its_own_street_areas_and_committees_and_finds_them(tmp_path, capsys):
    file = own_list(tmp_path)
    call_command("importplaces", file, "--dry-run", "--datum", "WGS84")
    said = capsys.readouterr().out
    assert [line.split()[2] for line in said.splitlines()[:3]] == ["new", "new", "new"]
    assert "3 new. Nothing was entered." in said
    assert not Place.objects.filter(kind="area").exists()

    call_command("importplaces", file, "--datum", "WGS84")

    assert first("njdljd") == first("nanjingdonglu jiedao") == "南京东路街道"
    committee = queries.find_places("chengxing")[0]
    assert (committee.kind, committee.lon, committee.lat) == (
        "committee",
        pytest.approx(121.4724),
        pytest.approx(31.2302),
    )
    assert Entry.objects.get(kind="places.entered").facts["places"] == 3
    # Again, with one moved and one renamed: by their codes, nothing is doubled.
    again = LIST.replace("121.4725", "121.4726").replace("承兴居委会", "承兴里居委会")
    capsys.readouterr()
    call_command("importplaces", own_list(tmp_path, again), "--datum", "WGS84")
    assert "1 moved, 1 renamed, 1 same. Entered 2." in capsys.readouterr().out
    assert Place.objects.exclude(code="").count() == 3
    assert first("chengxing") == "承兴里居委会"


@pytest.mark.usefixtures("two_streets")
def test_each_refused_row_is_told_with_its_column_and_nothing_is_entered(tmp_path, capsys):
    rows = [
        ("a,甲,,121.4723,31.23,WGS84,area", ""),
        ("a,乙,,121.4723,31.23,WGS84,area", "code"),
        ("b,,,121.4723,31.23,WGS84,area", "name_zh"),
        ("c,丙,,121.4723,31.23,,area", "datum"),
        ("d,丁,,121.4723,31.23,WGS84,person", "kind"),
        ("e,戊,,31.23,121.4723,WGS84,poi", "lon"),
        ("f,己,,116.4,39.9,WGS84,poi", "lon"),
        ("g,庚,,east,31.23,WGS84,poi", "lon"),
    ]
    text = "code,name_zh,name_en,lon,lat,datum,kind\n" + "\n".join(row for row, _ in rows) + "\n"

    with pytest.raises(Trouble, match=r"1 new, 7 refused\. Nothing was entered"):
        call_command("importplaces", own_list(tmp_path, text))
    told = [line.split()[3].rstrip(":") for line in capsys.readouterr().out.splitlines()]
    assert told == [column for _, column in rows if column]
    assert not Place.objects.filter(kind="area").exists()

    call_command("importplaces", own_list(tmp_path, text), "--skip-refused")
    assert [place.name_zh for place in Place.objects.filter(kind="area")] == ["甲"]


@pytest.mark.usefixtures("two_streets")
@pytest.mark.parametrize("text", ["code;name\n1;2\n", "code,name_zh,lon\n"])
def test_another_kind_of_list_is_refused_whole(tmp_path, text):
    with pytest.raises(Trouble, match="lacks the columns"):
        call_command("importplaces", own_list(tmp_path, text))
