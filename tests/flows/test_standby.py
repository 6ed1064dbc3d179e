"""A crew moves up (T26) or stands by where the public calls from (T27): whose phone rings, and what ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.services import begin_spell, go_off_duty, say_state
from oneroom.apps.incidents import clock, services, standbys
from oneroom.apps.incidents.models import StandBy
from oneroom.apps.ledger.queries import entries_since
from oneroom.apps.orders.models import Ladder
from oneroom.engine.lifecycle.standby import State
from oneroom.engine.roles import Role
from oneroom.engine.values import BadInput, Conflict, IllegalMove, NotAllowed, NotFound
from tests.town import corner

EAST = services.Post(*corner("east"), "东所", "East station", "gap", 0.4, 120, 90, 240)


def order(room, crew="crew-1", *, by="zhou", minutes=120, post=EAST):
    pk = services.order_standby(room.town.crews[crew].pk, post, minutes=minutes, by=room.actor(by), at=room.now)
    return StandBy.objects.get(pk=pk)


def step(room, row, verb, by, **more):
    services.step_standby(row.pk, verb, by=room.actor(by), at=room.now, **more)
    row.refresh_from_db()


def kinds(room):
    return [entry.kind for entry in entries_since(0) if entry.kind.startswith("standby.")]


def test_t26_a_move_up_rings_that_crew_and_nobody_else_and_it_stays_available(room):
    row = order(room)
    room.phone("zhang").rings("crew")
    room.phone("wang").rings("crew")
    room.nobody_else_rang()
    assert Crew.objects.get(pk=row.crew_id).state == "available"
    assert (row.area.code, row.until) == ("east", room.now + timedelta(hours=2))

    step(room, row, "acknowledge", "zhang")
    room.fast_forward(minutes=30)
    step(room, row, "arrive", "wang")
    room.fast_forward(minutes=30)
    room.nobody_else_rang()
    assert (row.state, Crew.objects.get(pk=row.crew_id).state) == (State.THERE, "available")
    assert kinds(room) == ["standby.ordered", "standby.acknowledged", "standby.there"]


def test_t26_unanswered_it_climbs_like_any_order_until_somebody_signs(room):
    row = order(room)
    for who in ("zhang", "wang"):
        room.phone(who).rings("crew")
    room.fast_forward(seconds=90)
    room.phone("zhang").rings("again", "app", "sms")
    room.fast_forward(seconds=90)
    room.phone("wang").rings("second", "app", "sms")
    room.fast_forward(minutes=3)
    room.phone("leader-li").rings("duty_chief", "app", "sms")
    room.nobody_else_rang()
    step(room, row, "acknowledge", "dora")  # over the radio
    room.fast_forward(minutes=20)
    room.nobody_else_rang()


@pytest.mark.parametrize("who", ["dora", "carl", "leader-li", "zhang", "ina", "ada"])
def test_only_who_commands_at_this_minute_moves_a_crew_up(room, who):
    with pytest.raises(NotAllowed):
        order(room, by=who)
    assert not StandBy.objects.exists()
    room.nobody_else_rang()


def test_the_right_alone_is_not_enough_where_another_took_over(room):
    other = room.town.people["dan"]
    begin_spell(
        role=Role.SHIFT_COMMANDER, account_id=other.pk, until=room.now + timedelta(hours=8), by=room.actor("zhou"),
        at=room.now,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="Somebody else commands"):
        order(room)


def test_a_call_ends_it_and_the_call_goes_on_as_ever(room):
    row = order(room)
    step(room, row, "acknowledge", "zhang")
    sent = room.dispatch(room.report("fight", at="market", grade=2), "crew-1")
    row.refresh_from_db()
    assert (row.state, row.cause) == (State.ENDED, "call")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    assert not Ladder.objects.filter(subject=f"standby:{row.pk}", stopped=None).exists()


def test_a_call_to_another_crew_leaves_it(room):
    row = order(room)
    room.dispatch(room.report("fight", at="market", grade=2), "crew-2")
    row.refresh_from_db()
    assert row.state == State.ORDERED


def test_the_end_of_duty_and_of_the_time_end_it(room):
    first, second = order(room), order(room, "crew-3", minutes=30)
    go_off_duty(Crew.objects.get(pk=first.crew_id), by=room.actor("zhang"), at=room.now)
    step(room, second, "acknowledge", "qian")
    assert clock.end_standbys(room.now) == 0
    room.fast_forward(minutes=30)
    assert clock.end_standbys(room.now) == 1
    for row, cause in ((first, "off_duty"), (second, "time")):
        row.refresh_from_db()
        assert (row.state, row.cause) == (State.ENDED, cause)


def test_the_room_ends_it_and_the_crew_reads_that(room):
    row = order(room)
    step(room, row, "end", "dora")
    assert (row.state, row.cause) == (State.ENDED, "room")
    assert standbys.standby_of(row.crew_id, at=room.now).pk == row.pk
    room.fast_forward(minutes=16)
    assert standbys.standby_of(row.crew_id, at=room.now) is None
    with pytest.raises(IllegalMove):
        step(room, row, "end", "dora")


def test_a_crew_declines_with_a_reason_and_an_auxiliary_does_not(room):
    row = order(room, "crew-3")
    with pytest.raises(NotAllowed):
        step(room, row, "decline", "aux-he", reason="busy")
    with pytest.raises(BadInput, match="pick one of the reasons"):
        step(room, row, "decline", "qian", reason="rain")
    step(room, row, "decline", "qian", reason="end_of_shift")
    assert (row.state, row.cause) == (State.DECLINED, "end_of_shift")
    for who in ("qian", "aux-he"):
        room.phone(who).rings("crew")
    room.fast_forward(minutes=20)
    room.nobody_else_rang()


def test_what_does_not_fit_is_refused_in_a_sentence_and_leaves_nothing(room):
    order(room)
    with pytest.raises(Conflict, match="stands by already"):
        order(room)
    say_state(room.town.crews["crew-2"], "meal", by=room.actor("chen"), at=room.now)
    with pytest.raises(Conflict, match="not free any more"):
        order(room, "crew-2")
    for minutes in (0, 9, 721, 10_000):
        with pytest.raises(BadInput, match="ten minutes up to twelve hours"):
            order(room, "crew-3", minutes=minutes)
    assert StandBy.objects.count() == 1


def test_another_crews_standby_is_not_there(room):
    row = order(room)
    with pytest.raises(NotFound):
        standbys.standby_for(row.pk, by=room.actor("qian"))
    assert standbys.standby_for(row.pk, by=room.actor("wang")).pk == row.pk
