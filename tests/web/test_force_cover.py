"""The whole city within two hours over HTTP (row T26): true or false, what turns red, what if, and what cannot be."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oneroom.apps.duty.models import ForceUnit
from oneroom.apps.duty.services import enter_force, say_readiness
from oneroom.apps.incidents import whole_city
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.places.queries import network
from oneroom.apps.places.services import close_roads, load_network
from oneroom.engine.coverage import whole
from oneroom.engine.geo import distance_m
from oneroom.engine.roads import assemble, to_npz_bytes
from oneroom.engine.values import SYSTEM
from tests.room import Room
from tests.rostered import page
from tests.town import SOUTH, WEST

pytestmark = pytest.mark.django_db
LONS = [WEST, WEST + 0.02, WEST + 0.04, WEST + 0.06, WEST + 0.08]
COVER = "/office/force/cover"


def roads(minutes: list[float], *, island: bool = False) -> bytes:
    """Five towns in a row, so many minutes of a free road apart; with an island, one street that leads nowhere."""
    lon, lat = [*LONS, WEST, WEST + 0.01], [SOUTH] * 5 + [SOUTH + 0.05] * 2
    streets = [(n, n + 1) for n in range(4)] + ([(5, 6)] if island else [])
    count, taken = len(streets), [*minutes, 1.0]
    km = [float(distance_m(lon[a], lat[a], lon[b], lat[b])) / 1000 for a, b in streets]
    return to_npz_bytes(
        assemble(
            node_lon=lon if island else lon[:5], node_lat=lat if island else lat[:5],
            edge_tail=[a for a, _b in streets], edge_head=[b for _a, b in streets],
            edge_oneway=[False] * count, edge_kmh=[km[n] / (taken[n] / 60) for n in range(count)],
            hour_factors=[[1.0] * 14] * 24,
        )
    )  # fmt: skip


@pytest.fixture
def far(room: Room) -> Room:
    """The row of towns, 70 minutes on a bad day (× 1.3) from one end to the other three; a unit at each end."""
    load_network(roads([40, 10, 10, 50]), name="far", by=SYSTEM, at=room.now)
    OrgUnit.objects.filter(code__in=["west", "east"]).update(lon=None, lat=None)
    for n, lon in enumerate((LONS[0], LONS[4])):
        unit = room.town.units["west"].pk
        made = enter_force(
            code=f"tj-{n}", name_zh=f"特警{n}队", name_en=f"Rapid unit {n}", unit_id=unit, base=f"Barracks {n}",
            strength=30, least=20, required=2, lon=lon, lat=SOUTH, by=room.actor("zhou"), at=room.now,
        )  # fmt: skip
        say_readiness(made.pk, level=2, present=25, by=room.actor("zhou"), at=room.now)
    return room


def asked(room: Room, query: str = "", who: str = "dora", status: int = 200) -> str:
    answer = page(room, who).get(COVER + query)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return re.sub(r"\s+", " ", answer.content.decode())


def force(n: int) -> int:
    return ForceUnit.objects.get(code=f"tj-{n}").pk


def test_t26_the_fixture_map_is_within_120_minutes_or_it_is_not(far):
    said = asked(far)
    assert "✓ Yes." in said
    assert "Times × 1.30, an assumption: 0 recorded drives" in said
    assert "65.0 min" in said, "the third and fourth town, 50 minutes of free road from the nearer base"
    assert "▲ No.</b> 2 of 5 cells are not." in asked(far, "?limit=60")
    assert "▲ No.</b> 3 of 5 cells are not." in asked(far, "?limit=50")


def test_t26_removing_a_base_turns_its_cells_red_and_a_base_in_the_middle_turns_none(far):
    said = asked(far)
    assert said.count("▲ 1</b>") == 2, "each end is reached in time by its own base only"
    gone = asked(far, f"?off={force(1)}")
    assert "▲ No.</b> 1 of 5 cells are not." in gone
    assert "143.0 min" in gone
    assert "left out here" in gone
    mended = asked(far, f"?off={force(1)}&base={SOUTH},{LONS[2]}")
    assert "✓ Yes." in mended


def test_t26_the_best_base_to_add_is_told_among_stations_and_given_places(far):
    OrgUnit.objects.filter(code="west").update(lon=LONS[1], lat=SOUTH)
    OrgUnit.objects.filter(code="east").update(lon=LONS[3], lat=SOUTH)
    said = asked(far, f"?off={force(1)}")
    assert "Best base to add, of 2 places: <b>East station</b> – no cell would be red · worst 65.0 min" in said
    tried = asked(far, f"?off={force(1)}&limit=60&candidate={SOUTH},{LONS[3] + 0.01:.3f}")
    assert f"of 3 places: <b>{SOUTH},{LONS[3] + 0.01:.3f}</b> – no cell would be red · worst 52.0 min" in tried
    followed = re.search(r'href="(\?[^"]*base=east)"', said)[1].replace("&amp;", "&")
    assert "✓ Yes." in asked(far, followed)


def test_t26_only_units_that_are_ready_count_and_the_others_are_shown(far):
    say_readiness(force(1), level=3, present=30, by=far.actor("zhou"), at=far.now)
    said = asked(far)
    assert "▲ No.</b> 1 of 5 cells are not." in said
    assert "no · slower than required" in said
    ForceUnit.objects.filter(code="tj-0").update(lon=None)
    said = asked(far)
    assert "No base counts." in said
    assert "its base has no place on the map" in said


def test_t26_ground_that_no_road_leads_to_is_named_apart(far):
    load_network(roads([40, 10, 10, 50], island=True), name="island", by=SYSTEM, at=far.now)
    said = asked(far)
    assert "No road leads from any base to 2 cells." in said
    assert "▲ No.</b> 2 of 7 cells are not." in said
    assert said.count("no road") >= 2
    assert "65.0 min" in said, "the worst cell is one that is reached"


def test_t26_a_what_if_searches_only_what_was_not_searched_yet_and_red_cells_cost_no_questions(far):
    whole_city._kept.clear()
    asked(far)
    before = dict(whole_city._kept)
    with CaptureQueriesContext(connection) as two_red:
        asked(far, "?limit=60")
    assert dict(whole_city._kept).items() == before.items()
    with CaptureQueriesContext(connection) as three_red:
        asked(far, "?limit=50")
    assert len(three_red) <= len(two_red) + 1, "all stations are named by one question, and by none where there is none"
    moved = ForceUnit.objects.filter(code="tj-1")
    moved.update(lon=LONS[2])
    assert "▲ No.</b> 1 of 5 cells are not." in asked(far, "?limit=60"), "a base that moved is searched anew"
    assert len(whole_city._kept) > len(before)


def test_t26_streets_closed_today_change_no_standing_promise_and_the_page_says_so(far):
    before = asked(far)
    middle = (LONS[3] + LONS[4]) / 2
    close_roads(
        how="along", points=[(middle, SOUTH)], one_way=False, reason="works",
        until=far.now + timedelta(hours=3), by=far.actor("zhou"), at=far.now,
    )  # fmt: skip
    assert network().closing is not None
    after = asked(far)
    assert "Streets closed today count as open" in after
    answer = r'id="answer".*?</section>'
    assert re.search(answer, after)[0] == re.search(answer, before)[0]


def test_t26_the_factor_is_fitted_from_the_record_once_it_holds_enough_drives(far, monkeypatch):
    fitted = whole.LateFactor(1.9, 240, True)
    monkeypatch.setattr(whole_city, "late_factor", lambda *_s: fitted)
    assert "Times × 1.90: nine in ten of 240 recorded drives" in asked(far)
    assert "95.0 min" in asked(far)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?limit=abc", "from 5 to 600"), ("?limit=0", "from 5 to 600"), ("?limit=9999999999", "from 5 to 600"),
        ("?limit=000600" + "0" * 5000, "from 5 to 600"), ("?limit=000600000", "from 5 to 600"),
        ("?limit=601", "from 5 to 600"),
        ("?base=Nowhere+Lane", "No place is called “Nowhere Lane”"), ("?candidate=10.5,10.5", "outside far"),
        ("?" + "&".join(f"base={SOUTH},{WEST + n / 1000:.3f}" for n in range(21)), "At most 20 places"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_and_what_was_typed_stays(far, query, words):
    said = asked(far, query, status=422)
    assert words in said
    if "Nowhere" in query:
        assert 'value="Nowhere Lane"' in said


def test_without_units_or_roads_the_page_says_so(room):
    assert "No base counts." in asked(room)
    assert "No unit of the mobile force is entered yet." in asked(room)


def test_t26_a_base_is_put_on_the_map_by_who_commands_and_by_nobody_else(far):
    at = f"/office/force/{force(0)}/act"
    moved = {"act": "base", "base": "New yard", "at": f"{SOUTH}, {LONS[2]}"}
    assert page(far, "leader-li").post(at, moved).status_code == 403
    assert page(far, "zhou").post(at, moved).status_code == 302
    row = ForceUnit.objects.get(code="tj-0")
    assert (row.base, round(row.lon, 5), round(row.lat, 5)) == ("New yard", round(LONS[2], 5), SOUTH)
    assert Entry.objects.filter(kind="force.based").count() == 1
    bad = page(far, "zhou").post(at, {**moved, "at": "Nowhere Lane"})
    assert bad.status_code == 422
    assert 'value="Nowhere Lane"' in bad.content.decode()


def test_a_unit_without_a_place_of_its_own_is_where_its_station_is(room):
    said = {"act": "enter", "code": "tj-9", "name_zh": "特警", "name_en": "Rapid", "base": "At the station",
            "strength": "9", "least": "3", "required": "2", "unit": room.town.units["west"].pk}  # fmt: skip
    assert page(room, "zhou").post("/office/force", said).status_code == 302
    made, unit = ForceUnit.objects.get(), room.town.units["west"]
    assert (made.lon, made.lat) == (unit.lon, unit.lat)
    assert page(room, "zhou").post("/office/force", {**said, "code": "tj-8", "at": "mars"}).status_code == 422
