"""Coverage over HTTP: the part of past calls within reach, the hole that a crew leaves, and who could stand in."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.conf import settings

from oneroom.apps.duty.models import Position
from oneroom.apps.duty.services import say_state
from oneroom.apps.incidents import coverage
from oneroom.apps.incidents.models import Incident
from oneroom.apps.places.models import RoadNetwork
from oneroom.web import shared
from tests.town import STEP, corner
from tests.web.api_client import Caller
from tests.web.slow_street import calls, slow_street

pytestmark = pytest.mark.django_db


@pytest.fixture
def slow(room):
    slow_street(room)
    return room


def asked(room, who="dora", **query):
    answer = Caller(who).client.get("/api/coverage", query)
    return answer.status_code, answer.json()


def ids(room, *codes) -> str:
    return ",".join(str(room.town.crews[code].pk) for code in codes)


def test_t26_the_part_of_past_calls_that_a_free_crew_reaches_and_the_hole_it_leaves(slow):
    calls(slow, west=48, east=24, market=8)
    status, said = asked(slow)
    assert (status, said["free"], said["calls"], said["days"]) == (200, 3, 80, settings.COVERAGE_DAYS)
    assert said["within"] == {"60": 0.9, "180": 0.9, "300": 1.0}
    assert said["worst"]["seconds"] in range(230, 270)
    assert (said["leaves"], said["moves"], said["cells"]["gap"]) == (0, [], [])

    one, both = asked(slow, gone=ids(slow, "crew-1"))[1], asked(slow, gone=ids(slow, "crew-1", "crew-2"))[1]
    assert one["leaves"] == 0  # crew-2 stands beside it
    assert both["leaves"] == 0.6
    gap = both["cells"]["gap"]
    assert min(gap)[0] == pytest.approx(corner("west")[0], abs=STEP / 2)
    assert corner("east")[0] - STEP / 2 > max(gap)[0]


def test_t26_each_proposal_shows_what_it_leaves_uncovered(slow):
    calls(slow, west=6, east=4)
    matter = slow.report("fight", at="market", grade=2)
    ranked = Caller("dora").client.get(f"/api/incidents/{matter.pk}/proposals").json()["ranked"]
    left = {p["code"]: p["leaves"] for p in ranked}
    assert left == {"crew-1": 0, "crew-2": 0, "crew-3": pytest.approx(4 / 11, abs=1e-3)}

    say_state(slow.town.crews["crew-2"], "meal", by=slow.actor("chen"), at=slow.now)
    ranked = Caller("dora").client.get(f"/api/incidents/{matter.pk}/proposals").json()["ranked"]
    assert {p["code"]: p["leaves"] for p in ranked}["crew-1"] == pytest.approx(6 / 11, abs=1e-3)  # at once


def test_who_could_stand_in_is_offered_with_what_it_wins(slow):
    calls(slow, west=1, east=8)
    said = asked(slow, gone=ids(slow, "crew-3"))[1]
    assert said["leaves"] == pytest.approx(8 / 9, abs=1e-3)
    move = said["moves"][0]
    assert move["station_en"] == "East station"
    assert move["callsign_en"] in ("Crew-1", "Crew-2")
    assert move["gain"] == said["leaves"]
    assert 450 < move["drive_s"] < 560


def test_what_crews_found_themselves_and_drills_weigh_nothing(slow):
    calls(slow, west=2, east=1)
    Incident.objects.filter(place_en="west").update(origin="self")
    assert asked(slow)[1]["calls"] == 1


def test_t26_the_worst_place_is_no_single_callers(slow):
    """A square with fewer than eight calls may be one person's: it is named only as any part of the city is."""
    calls(slow, west=8, market=7)
    worst = coverage.live_picture(at=slow.now).worst()
    assert coverage.live_picture(at=slow.now).reach.cells.calls[worst.cell] == 8
    assert worst.seconds < 60
    Incident.objects.filter(place_en="west").update(origin="self")
    coverage.forget()
    far = coverage.live_picture(at=slow.now).worst()
    assert far.seconds > 300, "the end of the street, from where nobody called"


def test_t26_a_crew_that_was_not_heard_of_covers_nothing_and_the_line_counts_it(slow):
    """A tunnel takes nothing away; but a promise must not stay green when the phones lose their network."""
    calls(slow, west=6, east=3)
    coverage.forget()
    Position.objects.filter(crew=slow.town.crews["crew-3"]).update(at=slow.now - timedelta(minutes=9))
    assert asked(slow)[1]["unplaced"] == 0
    assert "without position" not in Caller("dora").client.get("/room/coverage").content.decode()
    Position.objects.filter(crew=slow.town.crews["crew-3"]).update(at=slow.now - timedelta(minutes=11))
    coverage.forget()
    said = asked(slow, gone=ids(slow, "crew-3"))[1]
    assert (said["free"], said["unplaced"], said["leaves"]) == (2, 1, None)
    assert said["within"]["300"] == pytest.approx(6 / 9, abs=1e-3)
    assert "1 without position" in Caller("dora").client.get("/room/coverage").content.decode()
    matter = slow.report("fight", at="market", grade=2)
    ranked = Caller("dora").client.get(f"/api/incidents/{matter.pk}/proposals").json()["ranked"]
    assert {p["code"]: p["leaves"] for p in ranked}["crew-3"] is None


def test_a_drill_is_no_call(slow):
    calls(slow, west=2, east=1)
    Incident.objects.filter(place_en="east").update(drill=True)
    assert asked(slow)[1]["calls"] == 2


def test_where_nobody_called_yet_each_part_of_the_city_weighs_the_same(slow):
    said = asked(slow)[1]
    assert said["calls"] == 0
    assert 0.5 < said["within"]["300"] < 1


def test_nobody_free_nobody_on_duty_and_no_roads_are_answered(slow, room):
    for code, who in [("crew-1", "zhang"), ("crew-2", "chen"), ("crew-3", "qian")]:
        say_state(room.town.crews[code], "meal", by=room.actor(who), at=room.now)
    said = asked(slow)[1]
    assert (said["free"], said["within"]["300"], said["worst"]["seconds"]) == (0, 0, None)
    RoadNetwork.objects.update(active=False)
    assert asked(slow)[1] == {
        "free": 0, "unplaced": 0, "calls": 0, "days": settings.COVERAGE_DAYS, "within": {}, "area": {}, "worst": None,
        "cells": None, "leaves": None, "moves": [],
    }  # fmt: skip


@pytest.mark.parametrize("gone", ["one", "1;2", "-1", ",".join("1" * 13), "1" * 16, "１"])
def test_odd_numbers_of_crews_are_refused_in_a_sentence(slow, gone):
    status, said = asked(slow, gone=gone)
    assert (status, said["field"]) == (422, "gone")


def test_crews_that_are_not_free_or_not_there_leave_nothing(slow):
    assert asked(slow, gone="999999")[1]["leaves"] == 0


def test_t26_the_room_reads_shares_by_calls_and_by_area_and_the_worst_minute(slow):
    calls(slow, west=48, east=24, market=8)
    coverage.forget()
    page = Caller("dora").client.get("/room/coverage").content.decode()
    said = asked(slow)[1]
    for seconds, minutes in (("60", 1), ("180", 3), ("300", 5)):
        assert f'{minutes} min</span> <b class="num">{said["within"][seconds] * 100:.0f} %</b>' in page
        assert f"> {said['area'][seconds] * 100:.0f} %</span>" in page
    assert said["area"]["300"] < said["within"]["300"], "half of the street has no crew near, and no calls"
    assert "worst: 4 min" in page


def test_one_picture_serves_every_console_and_an_unchanged_one_is_not_sent_again(slow, django_assert_max_num_queries):
    calls(slow, west=2)
    coverage.forget()
    shared.forget()
    first = Caller("dora").client.get("/api/coverage/cells")
    cells = json.loads(first.content)
    assert sorted(cells["open"]) == sorted(asked(slow)[1]["cells"]["open"])
    assert cells["60"]
    other = Caller("dan").client
    other.get("/room/coverage")
    with django_assert_max_num_queries(6):  # who asks, and nothing of crews, roads or calls
        again = other.get("/api/coverage/cells", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    line = other.get("/room/coverage")
    assert other.get("/room/coverage", headers={"If-None-Match": line["ETag"]}).status_code == 304


def test_without_roads_the_room_says_that_coverage_is_not_known(slow):
    RoadNetwork.objects.update(active=False)
    coverage.forget()
    assert "Coverage is not known" in Caller("dora").client.get("/room/coverage").content.decode()
