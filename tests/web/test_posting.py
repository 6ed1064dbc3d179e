"""T27, 前置屯警: points by place and hour from the public's calls, with their counts; accepted they are orders."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oneroom.apps.duty.services import say_state
from oneroom.apps.incidents import coverage, posting, services
from oneroom.apps.incidents.models import Incident, StandBy
from oneroom.apps.incidents.services import BroughtIn, bring_in_calls
from oneroom.engine.values import SYSTEM
from tests.town import SOUTH, STEP, WEST
from tests.web.api_client import Caller

pytestmark = pytest.mark.django_db

WEEKS = 8


def calls(room, doors=12, *, origin="phone", hours=0, x=2):
    """Every week of eight, at this hour, one call from each door of a street; ``x`` is which lane it is."""
    lon = WEST + x * STEP
    bring_in_calls(
        [
            BroughtIn(
                room.now - timedelta(weeks=week, hours=hours, minutes=1), lon, SOUTH + n * 0.0006, "dispute", 3, origin
            )
            for week in range(1, WEEKS + 1) for n in range(doors)
        ],
        by=SYSTEM, at=room.now,
    )  # fmt: skip


def found(room, count=5):
    posting.forget()
    coverage.forget()
    return posting.suggestions(*posting.block_of(room.now), count=count, at=room.now)


def page(who, **asked):
    return Caller(who).client.get("/office/posting", asked)


def test_t27_points_stand_where_the_public_calls_from_at_these_hours_with_their_counts(room):
    calls(room)
    calls(room, hours=8, x=0)  # as many from the other end, at other hours
    here = found(room)
    assert (here.calls, here.reached, here.bound) == (96, 96, 96)
    assert here.weeks == pytest.approx(8, abs=0.2)
    [one] = here.points
    assert one.lon == pytest.approx(WEST + 2 * STEP, abs=STEP / 2)
    assert (one.point.calls, one.point.addresses) == (96, 12)
    assert one.point.low < 12 < one.point.high
    assert one.point.usual < one.point.weekly / 10


def test_t27_self_found_matters_however_many_change_nothing(room):
    """No feedback loop: crews that wait somewhere find more there, and that alone must never keep them there."""
    calls(room)
    before = found(room)
    calls(room, 40, origin="self", x=0)
    for _ in range(5):
        matter = room.report("seen", at="west", category="dispute")
        Incident.objects.filter(pk=matter.pk).update(origin="self")
    assert found(room) == before


@pytest.mark.parametrize(("doors", "points"), [(7, 0), (8, 1)])
def test_t27_no_published_point_stands_for_fewer_than_eight_addresses(room, doors, points):
    calls(room, doors)
    assert len(found(room).points) == points
    said = page("zhou").content.decode()
    assert ("No point stands for 8 addresses" in said) == (points == 0)


def test_t27_an_accepted_point_rings_the_nearest_free_crew_and_nobody_else(room):
    calls(room)
    say_state(room.town.crews["crew-2"], "meal", by=room.actor("chen"), at=room.now)
    [one] = found(room).points
    day, hour = posting.block_of(room.now)
    client = Caller("zhou").client
    answer = client.post(
        "/office/posting", {"act": "post", "node": one.node, "day": day, "hour": hour, "count": 5, "minutes": 90}
    )
    assert answer.status_code == 302
    row = StandBy.objects.get()
    assert (row.crew.code, row.why, row.calls, row.until) == (
        "crew-3", "posting", 96, room.now + timedelta(minutes=90)
    )  # fmt: skip
    for who in ("qian", "aux-he"):
        room.phone(who).rings("crew")
    room.nobody_else_rang()
    phone = Caller("qian").client.get("/t/list").content.decode()
    assert "The public calls from near here at these hours: 96 calls in" in phone
    said = page("zhou").content.decode()
    assert "Crew-3</b>" in said
    assert "East station" in said  # the review by area


def test_t27_a_second_click_and_another_screen_send_nobody_to_a_point_where_one_stands_by(room):
    calls(room)
    [one] = found(room).points
    day, hour = posting.block_of(room.now)
    asked = {"act": "post", "node": one.node, "day": day, "hour": hour, "minutes": 90}
    assert Caller("zhou").client.post("/office/posting", asked).status_code == 302
    for count in (3, 5):  # the same point among others, too
        again = Caller("zhou").client.post("/office/posting", asked | {"count": count})
        assert (again.status_code, "stand by there already" in again.content.decode()) == (409, True)
    assert StandBy.objects.count() == 1

    row = StandBy.objects.get()
    lead = {"crew-1": "zhang", "crew-2": "chen", "crew-3": "qian"}[row.crew.code]
    services.step_standby(row.pk, "decline", reason="busy", by=room.actor(lead), at=room.now)
    assert Caller("zhou").client.post("/office/posting", asked).status_code == 302


def test_t27_nobody_free_is_answered(room):
    calls(room)
    for code, who in [("crew-1", "zhang"), ("crew-2", "chen"), ("crew-3", "qian")]:
        say_state(room.town.crews[code], "meal", by=room.actor(who), at=room.now)
    [one] = found(room).points
    day, hour = posting.block_of(room.now)
    answer = Caller("zhou").client.post(
        "/office/posting", {"act": "post", "node": one.node, "day": day, "hour": hour, "minutes": 90}
    )
    assert (answer.status_code, "No crew is free to stand by there now." in answer.content.decode()) == (409, True)


def test_t27_crews_are_sent_from_the_present_hours_only(room):
    calls(room)
    day, hour = posting.block_of(room.now)
    other = (hour - 8) % 24
    calls(room, hours=8)
    then = room.now - timedelta(weeks=1, hours=8, minutes=1)
    asked = dict(zip(("day", "hour"), posting.block_of(then), strict=True))
    assert asked["hour"] == other
    posting.forget()
    coverage.forget()
    shown = page("zhou", **asked).content.decode()
    assert "<td" in shown
    assert "Order it" not in shown
    assert "Crews are sent from the hours of now only." in shown
    [one] = posting.suggestions(*asked.values(), count=5, at=room.now).points
    answer = Caller("zhou").client.post("/office/posting", {"act": "post", "node": one.node, "minutes": 90, **asked})
    assert (answer.status_code, "not the hours of now" in answer.content.decode()) == (409, True)
    assert not StandBy.objects.exists()
    assert "Order it" in page("zhou", day=day, hour=hour).content.decode()


def test_t27_the_quarters_review_counts_who_went_beside_the_calls_of_each_area(room):
    calls(room)
    calls(room, 4, x=0)
    for declined in (True, False):
        [one] = found(room).points
        crew, post = posting.post_at(one.node, *posting.block_of(room.now), count=5, at=room.now)
        pk = services.order_standby(crew, post, minutes=30, by=room.actor("zhou"), at=room.now)
        if declined:
            lead = {"crew-1": "zhang", "crew-2": "chen", "crew-3": "qian"}[StandBy.objects.get(pk=pk).crew.code]
            services.step_standby(pk, "decline", reason="busy", by=room.actor(lead), at=room.now)
    told = posting.review(room.now)
    assert [(a.en, a.accepted, a.share) for a in told if a.accepted] == [("East station", 1, 1.0)]
    assert sum(a.calls for a in told) == 128
    assert sum(a.calls_share for a in told) == pytest.approx(1)
    assert any(a.accepted == 0 and a.calls == 32 for a in told), "calls, and nobody was sent there"


def test_only_who_commands_sends_crews_and_the_others_read(room):
    calls(room)
    [one] = found(room).points
    day, hour = posting.block_of(room.now)
    asked = {"act": "post", "node": one.node, "day": day, "hour": hour, "minutes": 90}
    for who in ("dora", "leader-li", "ina"):
        shown = page(who)
        assert (shown.status_code, b"Order it" in shown.content) == (200, False)
        assert Caller(who).client.post("/office/posting", asked).status_code == 403
    assert page("zhang").status_code == 404
    assert not StandBy.objects.exists()


def test_a_point_that_is_not_suggested_and_odd_hours_are_answered(room):
    calls(room)
    client = Caller("zhou").client
    assert client.post("/office/posting", {"act": "post", "node": 999, "minutes": 60}).status_code == 404
    assert client.post("/office/posting", {"act": "post", "node": "x", "minutes": 60}).status_code == 422
    for odd in ({"day": "9"}, {"hour": "3"}, {"count": "1000"}, {"day": "-1", "hour": "99"}):
        assert page("zhou", **odd).status_code == 200
    short = {"act": "post", "node": found(room).points[0].node, "minutes": 5}
    answer = client.post("/office/posting", short)
    assert (answer.status_code, "ten minutes up to twelve hours" in answer.content.decode()) == (422, True)


def test_response_nine_in_ten_by_the_circle_the_crew_was_in(room):
    near = services.Advice(travel_s={room.town.crews["crew-1"].pk: 50})
    for seconds in (100, 200, 300):
        matter = room.report("fight", at="market", grade=2)
        [sent] = services.offer(
            matter.pk, [room.town.crews["crew-1"].pk], advice=near, by=room.actor("dora"), at=room.now
        )  # fmt: skip
        began = room.now
        services.step(sent, "acknowledge", by=room.actor("zhang"), at=room.now)
        services.step(sent, "set_out", by=room.actor("zhang"), at=room.now)
        room.fast_forward(seconds=seconds)
        services.step(sent, "arrive", by=room.actor("zhang"), at=began + timedelta(seconds=seconds))
        services.clear(sent, by=room.actor("zhang"), at=room.now)
    circles = posting.response_by_circle(room.now)
    assert [(c.within_s, c.orders) for c in circles] == [(60, 3), (180, 0), (300, 0), (None, 0)]
    assert circles[0].p90_s == 280
    assert "4:40" in page("zhou").content.decode()


def test_a_force_without_calls_or_roads_says_so(room):
    assert "No point stands for" in page("zhou").content.decode()
