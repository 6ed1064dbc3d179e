"""T23, T19, B03: an order rings on the crew's phones and climbs until somebody signs for it."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.engine.values import IllegalMove


def test_t19_the_order_goes_straight_to_the_crews_own_phones_and_to_nobody_elses(room):
    incident = room.report("burglary", at="market")

    room.dispatch(incident, "crew-1")

    room.phone("zhang").rings("crew")
    room.phone("wang").rings("crew")
    room.nobody_else_rang()


def test_t23_a_silent_crew_is_climbed_past_up_to_the_alarm(room):
    incident = room.report("knife", at="market", grade=1)
    room.dispatch(incident, "crew-1")
    room.phone("zhang").rings("crew")
    room.phone("wang").rings("crew")

    room.fast_forward(seconds=14)
    room.nobody_else_rang()
    room.fast_forward(seconds=1)
    room.phone("zhang").rings("again", "app", "sms")
    room.nobody_else_rang()
    room.fast_forward(seconds=15)
    room.phone("wang").rings("second", "app", "sms")
    room.nobody_else_rang()
    room.fast_forward(seconds=30)
    room.phone("leader-li").rings("duty_chief", "app", "sms")
    room.nobody_else_rang()
    room.fast_forward(seconds=30)
    room.phone("zhou").rings("shift_commander", "app", "email")
    room.fast_forward(seconds=30)

    room.nobody_else_rang()
    from oneroom.apps.orders.queries import running

    (ladder,) = [r for r in running()[f"incident:{incident.pk}"] if r.kind == "answer"]
    assert ladder.alarm
    assert Incident.objects.get(pk=incident.pk).escalated


def test_t23_nobody_is_told_after_the_answer(room):
    incident = room.report("knife", at="market", grade=1)
    sent = room.dispatch(incident, "crew-1")
    room.fast_forward(seconds=20)
    before = room.everything()

    room.step(sent, "acknowledge", by="wang")
    room.fast_forward(minutes=4)

    answers = [h for h in room.everything()[len(before) :] if h.stage == "acknowledge"]
    assert answers == []


def test_a_rung_without_anybody_on_duty_is_skipped_and_says_so(room):
    from oneroom.apps.duty.models import DutySpell
    from oneroom.apps.orders.queries import running

    DutySpell.objects.filter(role="duty_chief", unit=room.town.units["west"]).update(ends=room.now)
    incident = room.report("knife", at="market", grade=1)
    room.dispatch(incident, "crew-1")

    room.fast_forward(seconds=61)

    steps = {s.code: s for r in running()[f"incident:{incident.pk}"] if r.kind == "answer" for s in r.steps}
    assert steps["duty_chief"].skipped
    room.phone("leader-li").is_silent()
    room.phone("leader-lu").is_silent()


def test_the_duty_chief_of_the_crews_own_station_is_told_not_the_other(room):
    incident = room.report("knife", at="market", grade=1)
    room.dispatch(incident, "crew-3")

    room.fast_forward(seconds=61)

    room.phone("leader-lu").rings("duty_chief", "app", "sms")
    room.phone("leader-li").is_silent()


def test_another_crew_is_sent_and_the_silent_ones_order_lapses(room):
    incident = room.report("knife", at="market", grade=1)
    silent = room.dispatch(incident, "crew-1")
    room.fast_forward(seconds=40)

    services.take_off(silent.pk, verb="lapse", by=room.actor("dora"), at=room.now)
    second = room.dispatch(incident, "crew-2")

    room.phone("chen").rings("crew")
    room.phone("sun").rings("crew")
    assert Assignment.objects.get(pk=second.pk).lead
    with pytest.raises(IllegalMove):
        room.step(silent, "acknowledge", by="zhang")
