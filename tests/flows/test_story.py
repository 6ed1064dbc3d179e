"""T19, T23: a call from the first word to the rating, as services tell it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from oneroom.apps.incidents import access, services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.incidents.proposals import proposals
from oneroom.apps.incidents.queries import caller_story, orders_of, story
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.ledger.verify import verify
from oneroom.apps.orders.queries import running
from oneroom.engine.values import CITIZEN, BadInput, Conflict, IllegalMove, NotAllowed, NotFound, Overtaken
from tests.town import PASSWORD


def state(of: Incident) -> str:
    return Incident.objects.get(pk=of.pk).state


def test_report_offer_sign_arrive_report_close_rate(room):
    taken = room.report_online("My bicycle was stolen", caller_phone="13900000001")
    incident = Incident.objects.get(pk=taken.incident_id)
    assert state(incident) == "received"

    room.fast_forward(seconds=20)
    services.classify(
        incident.pk, category="crime", grade=2, reasons=["over"],
        where=services.Where(121.464, 31.224, "集市街", "Market"), by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    assert state(incident) == "classified"

    sent = room.dispatch(incident, "crew-1", "crew-2")
    assert state(incident) == "dispatched"
    assert [a.pk for a in orders_of(room.town.crews["crew-1"].pk)] == [sent.pk]

    room.step(sent, "acknowledge", "set_out", by="zhang")
    room.fast_forward(minutes=2)
    room.step(sent, "arrive", by="zhang")
    assert state(incident) == "in_progress"
    assert caller_story(access.report_by_code(taken.code), at=room.now).arrived_at == room.now

    second = Assignment.objects.get(incident=incident, crew=room.town.crews["crew-2"])
    services.take_off(second.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    services.report_and_clear(sent.pk, outcome="case_opened", words="Lock cut", by=room.actor("zhang"), at=room.now)
    assert state(incident) == "reported"

    services.review(incident.pk, by=room.actor("leader-li"), at=room.now)
    services.close(incident.pk, category="crime", subcategory="burglary", by=room.actor("leader-li"), at=room.now)
    assert state(incident) == "closed"
    report = access.report_by_code(taken.code.lower()[:3] + " " + taken.code[3:])
    services.rate(report.pk, stars=5, by=CITIZEN, at=room.now)

    assert caller_story(access.report_by_code(taken.code), at=room.now).stars == 5
    (watched,) = running([f"incident:{incident.pk}"])[f"incident:{incident.pk}"]
    assert watched.stage == "call_back", "nothing else is watched any more"
    kinds = [line.kind for line in story(incident.pk)]
    assert kinds[0] == "incident.received"
    assert kinds[-1] == "incident.rated"
    assert verify("acts").fault is None


def test_a_crew_that_reports_by_radio_is_entered_by_the_room_and_the_record_says_so(room):
    sent = room.dispatch(room.report("fight", at="north"), "crew-1")

    room.step(sent, "acknowledge", by="dora")

    entry = Entry.objects.get(kind="assignment.acknowledged")
    assert (entry.actor, entry.on_behalf) == (room.town.people["dora"].pk, room.town.people["zhang"].pk)


def test_a_late_entry_keeps_both_times_and_is_not_in_the_future_or_before_the_last_step(room):
    sent = room.dispatch(room.report("fight", at="north"), "crew-1")
    room.fast_forward(seconds=50)
    signed = room.now - timedelta(seconds=20)

    services.step(sent.pk, "acknowledge", happened=signed, by=room.actor("zhang"), at=room.now)

    entry = Entry.objects.get(kind="assignment.acknowledged")
    assert (entry.at, entry.recorded) == (signed, room.now)
    for wrong in (room.now + timedelta(minutes=1), signed - timedelta(seconds=5)):
        with pytest.raises(BadInput) as refused:
            services.step(sent.pk, "set_out", happened=wrong, by=room.actor("zhang"), at=room.now)
        assert refused.value.field == "happened"


def test_a_crew_has_one_live_order(room):
    room.dispatch(room.report("fight", at="north"), "crew-1")
    other = room.report("theft", at="south")

    with pytest.raises(Overtaken):
        room.dispatch(other, "crew-2", "crew-1")

    assert state(other) == "classified", "the whole act is undone: crew-2 was not sent either"
    assert not Assignment.objects.filter(incident=other).exists()


def test_the_lead_passes_on_and_the_matter_waits_when_the_last_leaves_without_a_report(room):
    incident = room.report("fight", at="north", grade=2)
    first = room.dispatch(incident, "crew-1", "crew-3")
    services.take_off(first.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    heir = Assignment.objects.get(incident=incident, crew=room.town.crews["crew-3"])
    assert heir.lead
    assert state(incident) == "dispatched"

    services.take_off(heir.pk, verb="withdraw", by=room.actor("dora"), at=room.now)

    assert state(incident) == "waiting"
    (watched,) = running([f"incident:{incident.pk}"])[f"incident:{incident.pk}"]
    assert watched.stage == "dispatch"


def test_an_order_is_returned_once_and_the_room_decides(room):
    sent = room.dispatch(room.report("fight", at="north"), "crew-1")
    with pytest.raises(IllegalMove):
        services.take_off(sent.pk, verb="return", by=room.actor("dora"), at=room.now)

    services.ask_return(sent.pk, reason="wrong_area", by=room.actor("zhang"), at=room.now)
    with pytest.raises(IllegalMove):
        services.ask_return(sent.pk, reason="wrong_area", by=room.actor("zhang"), at=room.now)
    services.take_off(sent.pk, verb="return", by=room.actor("dora"), at=room.now)

    assert Assignment.objects.get(pk=sent.pk).state == "returned"


def test_only_the_shift_commander_lowers_a_grade(room):
    incident = room.report("fight", at="north", grade=2)
    services.regrade(incident.pk, grade=1, reasons=["weapon"], by=room.actor("carl"), at=room.now)

    with pytest.raises(NotAllowed):
        services.regrade(incident.pk, grade=3, by=room.actor("dora"), at=room.now)
    services.regrade(incident.pk, grade=3, by=room.actor("zhou"), at=room.now)

    assert Incident.objects.get(pk=incident.pk).grade == 3


def test_a_crew_on_a_call_cannot_go_off_duty(room):
    from oneroom.apps.duty.services import go_off_duty

    room.dispatch(room.report("fight", at="north"), "crew-1")

    with pytest.raises(Conflict):
        go_off_duty(room.town.crews["crew-1"], by=room.actor("zhang"), at=room.now)


def test_others_orders_and_matters_look_as_if_they_did_not_exist(room):
    incident = room.report("fight", at="north")
    sent = room.dispatch(incident, "crew-1")

    for who in ("chen", "ada", "ina"):
        with pytest.raises(NotFound):
            access.incident_for(incident.pk, by=room.actor(who))
        with pytest.raises(NotFound):
            access.assignment_for(sent.pk, by=room.actor(who))
    assert access.incident_for(incident.pk, by=room.actor("zhang"))
    assert access.incident_for(incident.pk, by=room.actor("leader-lu"))


def test_looking_at_personal_fields_takes_a_live_matter_and_leaves_a_look(room):
    incident = room.report("He has a knife", at="north", caller_name="Lao Wang", caller_phone="13900000002")
    room.dispatch(incident, "crew-1")

    seen = access.personal_fields(incident.pk, purpose="respond", by=room.actor("zhang"), at=room.now)

    assert seen["reports"][0]["words"] == "He has a knife"
    look = Look.objects.get()
    assert (look.actor, look.record, look.purpose) == (
        room.town.people["zhang"].pk, f"incident:{incident.pk}", "respond",
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        access.personal_fields(incident.pk, purpose="dispatch", by=room.actor("zhang"), at=room.now)
    services_text = str(list(Entry.objects.values()))
    assert "knife" not in services_text
    assert "Lao Wang" not in services_text


def test_crews_are_ranked_by_road_time_and_the_busy_one_is_excluded_with_its_rule(room):
    incident = room.report("fight", at="east")
    room.dispatch(room.report("theft", at="south"), "crew-2")

    found = proposals(incident, at=room.now)

    assert [p.crew.code for p in found.ranked] == ["crew-3", "crew-1"]
    assert [(e.crew.code, e.rule) for e in found.excluded] == [("crew-2", "on_a_call")]
    assert found.ranked[0].travel_s == 0
    assert 70 < found.ranked[1].travel_s < 80, "two blocks of 381 m at 36 km/h"


def test_a_caller_withdraws_only_while_nobody_was_sent(room):
    taken = room.report_online("Noise")
    report = access.report_by_code(taken.code)
    services.withdraw_report(report.pk, by=CITIZEN, at=room.now)
    assert state(report.incident) == "cancelled"

    other = room.report_online("Noise again")
    incident = Incident.objects.get(pk=other.incident_id)
    services.classify(
        incident.pk,
        category="dispute",
        grade=3,
        where=services.Where(121.464, 31.224),
        by=room.actor("carl"),
        at=room.now,
    )
    room.dispatch(incident, "crew-1")
    with pytest.raises(IllegalMove):
        services.withdraw_report(access.report_by_code(other.code).pk, by=CITIZEN, at=room.now)


def test_an_overdue_arrival_is_told_to_station_commander_and_oversight(room):
    sent = room.dispatch(room.report("fight", at="north", grade=1), "crew-1")
    room.step(sent, "acknowledge", by="zhang")
    room.phone("zhang").rings("crew")
    room.phone("wang").rings("crew")

    room.fast_forward(minutes=5)
    room.phone("leader-li").rings("duty_chief", "app", "sms", stage="arrive")
    room.fast_forward(minutes=2.5)
    room.phone("zhou").rings("shift_commander", stage="arrive")
    room.fast_forward(minutes=2.5)
    room.phone("ina").rings("oversight", "app", "email", stage="arrive")
    room.nobody_else_rang()


def test_b03_there_is_one_inbox_whoever_sits_in_the_room_and_however_a_report_came(room):
    """B03: intelligence and command are one centre: each open matter stands once in the one queue all of them see."""
    matters = [room.report("fight", at="north").pk, room.report("theft", at="south", by="dora").pk]
    matters.append(room.report_online("Noise").incident_id)
    room.dispatch(Incident.objects.get(pk=matters[0]), "crew-1", "crew-2")

    for who in ("dora", "dan", "zhou", "carl"):
        desk = Client(headers={"Accept-Language": "en"})
        assert desk.login(username=who, password=PASSWORD)
        page = desk.get("/room/queue").content.decode()
        assert sorted(re.findall(r'id="q-(\d+)"', page), key=int) == sorted(map(str, matters), key=int), who
