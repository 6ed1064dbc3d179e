"""Moves up and stand-bys over HTTP: what the room offers, who may order it, what the crew's phone shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oneroom.apps.incidents import coverage, moves, services
from oneroom.apps.incidents.models import StandBy
from tests.town import corner
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


def test_t26_a_move_that_was_ordered_is_not_proposed_again_while_the_crew_drives(slow):
    """It counts where it will stand, and is sent nowhere else."""
    calls(slow, west=1, east=8)
    gone = slow.town.crews["crew-3"].pk
    moves = Caller("zhou").client.get("/api/coverage", {"gone": gone}).json()["moves"]
    code = next(c for c, crew in slow.town.crews.items() if crew.pk == moves[0]["crew"])
    order(slow, code=code, gone=[gone])
    assert Caller("zhou").client.get("/api/coverage", {"gone": gone}).json()["moves"] == []
    Caller("dora").post(f"standbys/{StandBy.objects.get().pk}/step", {"verb": "end"})
    assert Caller("zhou").client.get("/api/coverage", {"gone": gone}).json()["moves"] == moves


def test_t26_who_stands_by_takes_no_place_among_the_moves_that_are_offered(slow):
    calls(slow, west=1, east=8)
    coverage.forget()
    before, gone = coverage.live_picture(at=slow.now), [slow.town.crews["crew-3"].pk]
    [best] = moves.move_ups(before, gone, count=1)
    other = services.Post(*corner("west"), "西所", "West station", "gap", 0.0, 9, 90, 0)
    services.order_standby(best.crew.id, other, minutes=60, by=slow.actor("zhou"), at=slow.now)
    found = moves.move_ups(before, gone, count=1)
    assert [m.crew.id != best.crew.id for m in found] == [True], "the other one of the two at the west end"


def test_a_declined_standby_is_told_to_the_commander_for_a_quarter_of_an_hour_with_its_reason(slow):
    calls(slow, west=6, east=3)
    order(slow)
    row = StandBy.objects.get()
    Caller("zhang").post(f"standbys/{row.pk}/step", {"verb": "decline", "reason": "end_of_shift"})
    seen = page("zhou", "/room/coverage/moves")
    assert f'id="declined-{row.pk}"' in seen
    assert "end of shift" in seen
    StandBy.objects.update(ended_at=row.ordered_at - timedelta(minutes=16))
    assert "declined-" not in page("zhou", "/room/coverage/moves")


@pytest.mark.parametrize(
    ("why", "gain", "said", "not_said"),
    [
        ("gap", 0.2, "Crews are away: 20.0 % of 9 calls", "To cover"),
        ("gap", 0.004, "To cover more of the city.", "Crews are away"),
        ("cover", 0.2, "To cover more of the city: 20.0 % of 9 calls", "Crews are away"),
        ("cover", 0.0, "To cover more of the city.", "calls in"),
    ],
)
def test_the_phone_tells_no_figure_that_is_none_and_nobody_away_who_is_not(slow, why, gain, said, not_said):
    post = services.Post(*corner("east"), "东所", "East station", why, gain, 9, 90, 60)
    services.order_standby(
        slow.town.crews["crew-1"].pk, post, minutes=60, by=slow.actor("zhou"), at=slow.now
    )  # fmt: skip
    shown = page("zhang", "/t/list")
    assert said in shown
    assert not_said not in shown


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
    order(slow, gone=[slow.town.crews["crew-3"].pk])
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
