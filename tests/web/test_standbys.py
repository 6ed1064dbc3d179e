"""Moves up and stand-bys over HTTP: what the room offers, who may order it, what the crew's phone shows."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents import coverage
from oneroom.apps.incidents.models import StandBy
from tests.web.api_client import Caller
from tests.web.slow_street import calls, slow_street

pytestmark = pytest.mark.django_db


@pytest.fixture
def slow(room):
    slow_street(room)
    coverage.forget()
    return room


def order(room, who="zhou", code="crew-1", status=200, **more):
    asked = {"crew": room.town.crews[code].pk, "station": room.town.units["east"].pk, "minutes": 60, **more}
    return Caller(who).post("standbys", asked, status=status)


def page(who, path):
    return Caller(who).client.get(path).content.decode()


def test_t26_the_move_that_a_gap_asks_for_is_ordered_with_its_gain_and_drive(slow):
    calls(slow, west=1, east=8)
    gone = slow.town.crews["crew-3"].pk
    move = Caller("zhou").client.get("/api/coverage", {"gone": gone}).json()["moves"][0]
    row = StandBy.objects.get(pk=order(slow, gone=[gone])["standby"])
    assert (row.why, row.calls) == ("gap", 9)
    assert row.gain == pytest.approx(move["gain"], abs=1e-3)
    assert row.drive_s == pytest.approx(move["drive_s"], abs=5)


def test_the_room_sees_moves_and_standbys_and_only_the_commander_may_order(slow):
    calls(slow, west=1, harbour=8)
    coverage.forget()
    assert "data-standby" not in page("dora", "/room/coverage/moves")
    order(slow, code="crew-1")
    seen = page("dora", "/room/coverage/moves")
    assert "Crew-1</b> → East station" in seen
    assert "not signed" in seen
    assert 'data-verb="end"' in seen
    assert "data-may-command" in page("zhou", "/room/")
    assert "data-may-command" not in page("dora", "/room/")


def test_the_phone_says_where_until_when_and_why_and_leads_from_button_to_button(slow):
    calls(slow, west=6, east=3)
    order(slow)
    row = StandBy.objects.get()
    shown = page("zhang", "/t/list")
    assert "Stand by" in shown
    assert "East station" in shown
    assert "of 9 calls in 90 days come within 5 minutes by you" in shown
    assert 'data-verb="acknowledge"' in shown
    assert "East station" not in page("qian", "/t/list")
    for verb, then in (("acknowledge", 'data-verb="arrive"'), ("arrive", "The room knows that you are there")):
        Caller("zhang").post(f"standbys/{row.pk}/step", {"verb": verb})
        assert then in page("zhang", "/t/list")
    Caller("dora").post(f"standbys/{row.pk}/step", {"verb": "end"})
    assert "You need not stand by any more" in page("zhang", "/t/list")


@pytest.mark.parametrize(
    ("more", "status", "field"),
    [({"minutes": 5}, 422, "minutes"), ({"station": 999999}, 422, "station"), ({"crew": 999999}, 409, "crew")],
)
def test_what_cannot_be_ordered_is_refused_with_its_field(slow, more, status, field):
    said = order(slow, status=status, **more)
    assert said["field"] == field
    assert said["message"]
    assert not StandBy.objects.exists()


def test_an_odd_verb_is_refused(slow):
    order(slow)
    said = Caller("zhang").post(f"standbys/{StandBy.objects.get().pk}/step", {"verb": "dance"}, status=422)
    assert said["field"] == "verb"
