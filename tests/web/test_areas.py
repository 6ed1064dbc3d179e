"""Ground of units from GeoJSON: each outline answered, gaps and overlaps named, a plan that two sign (T05, T08)."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from oneroom.apps.orgs.queries import station_at
from oneroom.apps.reforms.models import ReformPlan
from oneroom.engine.geo import from_wgs84
from oneroom.engine.roles import Role
from tests.force import Force
from tests.town import SOUTH, STEP, WEST

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(room):
    Force(room).staff("pia", Role.ORG_PLANNER)

    def of(who: str = "pia") -> Client:
        client = Client(headers={"accept-language": "en", "accept": "text/html"})
        client.force_login(room.town.people[who])
        return client

    return of


def ring(west: float, east: float) -> list[list[float]]:
    """A box of the town between two lanes."""
    corners = [(west, -2), (east, -2), (east, 4), (west, 4), (west, -2)]
    return [[WEST + x * STEP, SOUTH + y * STEP] for x, y in corners]


def drawn(**rings: list[list[float]]) -> bytes:
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [line]}}
        for code, line in rings.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def send(client: Client, content: bytes, act: str = "look", **more: str):
    file = SimpleUploadedFile("areas.geojson", content)
    return client.post("/office/organisation/areas", {"act": act, "file": file, **more})


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_t05_ground_that_is_taken_out_and_brought_in_again_changes_nothing(browser):
    out = browser().get("/office/organisation/areas.geojson").content
    looked = text(send(browser(), out))

    assert {f["properties"]["code"] for f in json.loads(out)["features"]} == {"west", "east"}
    assert "2 areas: new 0 · changed 0 · unchanged 2 · refused 0" in looked
    assert "No gap and no overlap" in looked
    assert send(browser(), out, "plan").status_code == 422


def test_t05_a_gap_and_an_overlap_are_named_with_their_units_size_and_place(browser):
    gap = send(browser(), drawn(east=ring(0.75, 4)))
    overlap = send(browser(), drawn(west=ring(-2, 0.75)))

    assert re.search(r"1 Gap East station 0\.25\d 121\.4\d+, 31\.2\d+", text(gap))
    assert re.search(r"1 Overlap East station, West station 0\.25\d", text(overlap))
    assert 'class="is-gap"' in gap.content.decode()
    assert "© OpenStreetMap contributors" in gap.content.decode()
    assert not ReformPlan.objects.exists()


def test_t05_a_plan_with_a_gap_is_not_asked_for_and_one_without_moves_a_call_to_the_other_station(room, browser):
    pia, today = browser(), str(room.now.astimezone().date())
    market = (WEST + 0.6 * STEP, SOUTH)
    page = send(pia, drawn(east=ring(0.75, 4)), "plan", day=today)["Location"]
    shown = text(pia.get(page))
    assert "Nobody answers any more for" in shown
    assert "Gap East station" in shown
    assert pia.post(f"{page}/act", {"act": "ask", "why": "drawn"}).status_code == 422

    page = send(pia, drawn(east=ring(0.75, 4), west=ring(-2, 0.75)), "plan", day=today, name="Border")["Location"]
    assert station_at(*market).code == "east"
    assert "Nothing stands against it" in text(pia.get(page))
    assert pia.post(f"{page}/act", {"act": "ask", "why": "drawn"}).status_code == 302
    assert browser("leader-li").post(f"{page}/act", {"act": "sign"}).status_code == 302
    assert station_at(*market).code == "west"
    assert room.report("key", at="market", grade=3).unit.code == "east"


def test_coordinates_of_a_declared_datum_come_to_lie_where_they_are(browser):
    lon, lat = zip(*ring(0.5, 4), strict=True)
    there = [[float(x), float(y)] for x, y in zip(*from_wgs84(lon, lat, "GCJ02"), strict=True)]

    assert "No gap and no overlap" in text(send(browser(), drawn(east=there), datum="GCJ02"))
    assert "Gap" in text(send(browser(), drawn(east=there)))


BOW = [[121.46, 31.21], [121.47, 31.22], [121.47, 31.21], [121.46, 31.22], [121.46, 31.21]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (drawn(west=BOW), "crosses itself at 121.465, 31.215"),
        (drawn(nowhere=ring(0, 1)), "There is no unit nowhere"),
        (drawn(west=[[500, 1], [501, 1], [501, 2], [500, 1]]), "outside the world"),
        (drawn(west=[[1, 1]]), "cannot be read"),
        (json.dumps({"type": "FeatureCollection", "features": [{"geometry": None}, 7]}).encode(), "names no unit"),
        (drawn(west=ring(-2, 0.5)).replace(b'"features": [', b'"features": [7, '), "names no unit"),
    ],
)  # fmt: skip
def test_an_outline_that_cannot_be_taken_is_answered_in_a_sentence_and_nothing_is_taken(browser, content, words):
    assert words in text(send(browser(), content))
    refused = send(browser(), content, "plan")
    assert refused.status_code == 422
    assert not ReformPlan.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no JSON document"), (b"[" * 100_000, "no JSON document"), (b"[]", "no FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "no area in this file"),
    ],
)  # fmt: skip
def test_what_is_no_geojson_is_refused_in_a_sentence(browser, content, words):
    answer = send(browser(), content)

    assert answer.status_code == 422
    assert words in text(answer)
    assert send(browser(), drawn(west=ring(-2, 0.5)), datum="moon").status_code == 422
