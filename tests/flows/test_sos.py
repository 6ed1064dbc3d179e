"""A silent call for help: whose phone rings, whose must not, and who ends it."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.ledger.queries import timeline
from oneroom.apps.orders.models import Sos
from oneroom.apps.orders.queries import open_sos, rings_for
from oneroom.apps.orders.services import answer_sos, end_sos, raise_sos, say_mistake
from oneroom.engine.values import BadInput, NotAllowed


def test_everybody_who_can_help_hears_it_at_once_and_the_phone_that_called_never(room):
    raise_sos(by=room.actor("zhang"), at=room.now)
    room.fast_forward()

    for who in ("wang", "leader-li", "zhou"):
        room.phone(who).rings("help", "app", "sms", stage="sos")
    room.nobody_else_rang()
    room.fast_forward(seconds=15)
    for who in ("wang", "leader-li", "zhou"):
        room.phone(who).rings("help_again", stage="sos")
    room.nobody_else_rang()
    room.fast_forward(seconds=15)
    for who in ("chen", "sun"):  # the station's other crew; crew-3 is of another station
        room.phone(who).rings("help_station", "app", "sms", stage="sos")
    room.nobody_else_rang()
    room.fast_forward(seconds=90)
    room.phone("ina").rings("help_oversight", "app", "email", stage="sos")
    room.nobody_else_rang()
    assert rings_for(room.town.people["zhang"].pk) == []


def test_it_carries_the_last_place_of_a_crew_on_duty_and_none_of_anybody_else(room):
    from oneroom.apps.duty.services import go_off_duty

    on_duty = Sos.objects.get(pk=raise_sos(by=room.actor("zhang"), at=room.now))
    go_off_duty(room.town.crews["crew-2"], by=room.actor("chen"), at=room.now)
    off_duty = Sos.objects.get(pk=raise_sos(by=room.actor("chen"), at=room.now))

    assert (on_duty.lon, on_duty.lat) == pytest.approx((121.46, 31.224))
    assert (off_duty.lon, off_duty.lat, off_duty.fix_at) == (None, None, None)


def test_a_second_press_is_the_same_call(room):
    first = raise_sos(by=room.actor("zhang"), at=room.now)
    room.fast_forward(seconds=5)

    assert raise_sos(by=room.actor("zhang"), at=room.now) == first
    assert len(open_sos()) == 1


def test_an_answer_ends_the_ringing_and_not_the_alarm(room):
    pk = raise_sos(by=room.actor("zhang"), at=room.now)
    with pytest.raises(NotAllowed):
        answer_sos(pk, by=room.actor("zhang"), at=room.now)
    answer_sos(pk, by=room.actor("leader-li"), at=room.now)
    before = len(room.everything())

    room.fast_forward(minutes=5)

    assert len(room.everything()) == before
    assert [h.state for h in open_sos()] == ["answered"]


def test_a_mistake_is_said_by_the_caller_and_decided_by_the_room(room):
    pk = raise_sos(by=room.actor("zhang"), at=room.now)
    say_mistake(pk, by=room.actor("zhang"), at=room.now)
    room.fast_forward(seconds=15)
    room.phone("zhou").rings("help_again", stage="sos")
    with pytest.raises(NotAllowed):
        end_sos(pk, reason="mistake", by=room.actor("zhang"), at=room.now)
    with pytest.raises(BadInput):
        end_sos(pk, reason="", by=room.actor("dora"), at=room.now)

    end_sos(pk, reason="mistake", by=room.actor("dora"), at=room.now)

    assert open_sos() == []
    assert [e.kind for e in timeline(f"sos:{pk}") if e.kind.startswith("sos")] == [
        "sos.raised", "sos.mistake", "sos.ended",
    ]  # fmt: skip


def test_help_is_sent_without_any_order_to_a_new_matter_at_the_last_place(room):
    pk = raise_sos(by=room.actor("zhang"), at=room.now)

    sent = services.send_help(
        pk, [room.town.crews["crew-2"].pk], words="SOS", where=services.Where(121.46, 31.224, "west", "west"),
        by=room.actor("dora"), at=room.now,
    )  # fmt: skip

    matter = Incident.objects.get(pk=sent)
    assert (matter.grade, matter.origin, matter.state) == (1, "self", "dispatched")
    room.phone("chen").rings("crew")
    assert Sos.objects.get(pk=pk).matter == f"incident:{sent}"
    assert Sos.objects.get(pk=pk).state == "answered"


def test_help_for_a_crew_on_a_call_goes_to_that_call_and_raises_it(room):
    matter = room.report("noise", at="west", grade=3)
    room.step(room.dispatch(matter, "crew-1"), "acknowledge", by="zhang")
    pk = raise_sos(matter=f"incident:{matter.pk}", by=room.actor("zhang"), at=room.now)

    sent = services.send_help(
        pk, [room.town.crews["crew-2"].pk], words="SOS", where=None, by=room.actor("dora"), at=room.now
    )

    assert sent == matter.pk
    assert Incident.objects.get(pk=matter.pk).grade == 1
    kinds = [e.kind for e in timeline(f"incident:{matter.pk}")]
    assert kinds.index("sos.raised") < kinds.index("sos.answered") < kinds.index("sos.sent")


def test_the_crew_on_scene_is_asked_and_one_tap_says_that_all_is_well(room):
    sent = room.dispatch(room.report("knife", at="market", grade=1), "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    room.fast_forward(minutes=10)
    room.phone("zhang").rings("crew", stage="welfare")
    room.phone("wang").rings("crew", stage="welfare")

    services.say_well(sent.pk, by=room.actor("zhang"), at=room.now)
    room.fast_forward(minutes=9)
    assert not [h for h in room.unheard() if h.stage == "welfare"]
    room.fast_forward(minutes=1)

    room.phone("zhang").rings("crew", stage="welfare")
    assert "assignment.well" in [e.kind for e in timeline(f"incident:{Assignment.objects.get().incident_id}")]


def test_from_a_drill_help_is_sent_to_a_real_matter(room):
    """Sent within the drill, every order would say that it is none."""
    taken = services.take_report(
        services.Said("smoke"), source="phone", where=services.Where(121.46, 31.224, "west", "west"), category="crime",
        grade=2, drill=True, by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    room.dispatch(Incident.objects.get(pk=taken.incident_id), "crew-1")
    pk = raise_sos(matter=f"incident:{taken.incident_id}", by=room.actor("zhang"), at=room.now)

    sent = services.send_help(
        pk, [room.town.crews["crew-2"].pk], words="SOS", where=services.Where(121.46, 31.224, "west", "west"),
        by=room.actor("dora"), at=room.now,
    )  # fmt: skip

    matter = Incident.objects.get(pk=sent)
    assert (sent != taken.incident_id, matter.drill, matter.grade) == (True, False, 1)
    assert not any(r.drill for r in rings_for(room.town.people["chen"].pk))
