"""The basemap: one PMTiles file, made from the loaded city, kept, and served in parts."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from oneroom.apps.places.models import RoadNetwork
from oneroom.apps.places.queries import basemap
from oneroom.apps.places.services import load_network
from oneroom.engine.values import SYSTEM
from oneroom.ports.formats import pmtiles
from tests.town import SOUTH, STEP, WEST, streets
from tests.waiting import until

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
PARK = {
    "type": "Feature",
    "properties": {"class": "green", "zh": "公园", "en": "Park"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [
            [[WEST, SOUTH], [WEST + STEP, SOUTH], [WEST + STEP, SOUTH + STEP], [WEST, SOUTH + STEP], [WEST, SOUTH]]
        ],
    },
}


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    return tmp_path


@pytest.fixture
def city():
    return load_network(streets(), name="town", ground=[PARK], by=SYSTEM, at=NOON)


@pytest.fixture
def tiles(folder, city):
    return pmtiles.make_tiles(folder, basemap())


def body(answer):
    return b"".join(answer.streaming_content)


@pytest.mark.usefixtures("city")
def test_the_first_map_is_drawn_from_plain_streets_while_its_tiles_are_made_once_for_all(client, folder):
    first = client.get("/map/basemap.json").json()
    assert first["tiles"] is None
    assert client.get(first["roads"]).status_code == 200

    made = pmtiles.tiles_file(folder, basemap())
    until(made.exists)
    again = client.get("/map/basemap.json").json()
    written = made.stat().st_mtime_ns
    pmtiles.make_tiles(folder, basemap())

    assert again["tiles"] == f"/map/tiles/{basemap().key}.pmtiles"
    assert "OpenStreetMap" in again["attribution"] or again["attribution"] == ""  # the town's file says none
    assert made.stat().st_mtime_ns == written
    assert [path.name for path in made.parent.iterdir()] == [made.name]  # nothing half-made is left


def test_the_tiles_hold_roads_and_ground_in_both_languages(tiles):
    content = tiles.read_bytes()
    start, length = (int.from_bytes(content[at : at + 8], "little") for at in (24, 32))  # PMTiles v3 §3.2
    said = json.loads(gzip.decompress(content[start : start + length]))

    assert content[:8] == b"PMTiles\x03"
    assert {layer["id"] for layer in said["vector_layers"]} == {"roads", "ground"}
    for layer in said["vector_layers"]:
        assert set(layer["fields"]) == {"class", "zh", "en"}


def test_another_ground_is_another_map(city):
    before = basemap().key
    RoadNetwork.objects.filter(pk=city).update(ground=b"")
    assert basemap().key != before


def test_a_part_of_the_file_is_served_with_what_a_browser_needs_to_keep_it(client, tiles):
    content, url = tiles.read_bytes(), f"/map/tiles/{tiles.stem}.pmtiles"

    whole = client.get(url)
    assert (whole.status_code, body(whole)) == (200, content)
    assert whole["Accept-Ranges"] == "bytes"
    assert "immutable" in whole["Cache-Control"]
    etag, size = whole["ETag"], len(content)
    for asked, start, end in [
        ("bytes=0-99", 0, 100), ("bytes=100-", 100, size), ("bytes=-7", size - 7, size),
        (f"bytes=10-{size * 2}", 10, size), ("bytes=0-0", 0, 1),
    ]:  # fmt: skip
        part = client.get(url, headers={"range": asked})
        assert (part.status_code, body(part)) == (206, content[start:end]), asked
        assert part["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert part["Content-Length"] == str(end - start)
        assert part["ETag"] == etag
    for asked in (f"bytes={size}-", "bytes=9-3", "bytes=-0"):
        refused = client.get(url, headers={"range": asked})
        assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{size}"), asked
    for asked in ("bytes=0-1,4-5", "lines=0-1", "bytes=-", "bytes=x-"):
        assert client.get(url, headers={"range": asked}).status_code == 200, asked


def test_a_part_is_given_only_of_the_version_that_is_meant(client, tiles):
    url = f"/map/tiles/{tiles.stem}.pmtiles"
    etag = client.head(url)["ETag"]

    same = client.get(url, headers={"range": "bytes=0-9", "if-range": etag})
    other = client.get(url, headers={"range": "bytes=0-9", "if-range": '"another"'})
    kept = client.get(url, headers={"if-none-match": etag})

    assert (same.status_code, other.status_code, kept.status_code) == (206, 200, 304)
    assert body(other) == tiles.read_bytes()


@pytest.mark.usefixtures("folder", "city")
@pytest.mark.parametrize("key", ["0" * 32, "..", "%2e%2e%2fsecret", "../../etc/passwd"])
def test_nothing_but_a_basemap_is_served(client, key):
    assert client.get(f"/map/tiles/{key}.pmtiles").status_code == 404


@pytest.mark.usefixtures("city")
def test_a_machine_without_a_folder_or_the_program_still_draws(client, settings, folder, monkeypatch, caplog):
    settings.DATA_FOLDER = None
    assert client.get("/map/basemap.json").json()["tiles"] is None

    settings.DATA_FOLDER = folder
    monkeypatch.setattr(pmtiles.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(pmtiles.NoTiles, match="not installed"):
        pmtiles.make_tiles(folder, basemap())
    assert list((folder / "tiles").iterdir()) == []
