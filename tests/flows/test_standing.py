"""What becomes of a matter while it stands: its grade, a caller who takes it back, whether he may be called."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents import access, services
from oneroom.apps.incidents.models import Assignment, Incident, Report
from oneroom.apps.incidents.queries import caller_story
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orders.models import Ladder
from oneroom.apps.orders.queries import running
from oneroom.engine.values import CITIZEN, BadInput, IllegalMove, NotAllowed
from tests.town import corner


def kinds(of: Incident) -> list[str]:
    return list(Entry.objects.filter(matter=f"incident:{of.pk}").order_by("seq").values_list("kind", flat=True))


def read(room, taken: services.Taken, *, grade: int) -> Incident:
    """The call-taker reads a report of the public."""
    services.classify(
        taken.incident_id, category="dispute", grade=grade, where=services.Where(*corner("market")),
        by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    return Incident.objects.get(pk=taken.incident_id)


# ---- the grade and the clocks ----


def test_an_order_of_a_matter_that_turns_out_grave_climbs_as_if_it_had_been_grave_from_the_start(room):
    incident = room.report("noise", at="market", grade=3)
    room.dispatch(incident, "crew-1")
    room.fast_forward(seconds=65)
    for who in ("zhang", "wang"):
        room.phone(who).rings("crew")
    room.nobody_else_rang()

    services.regrade(incident.pk, grade=1, reasons=["weapon"], by=room.actor("carl"), at=room.now)
    room.fast_forward(seconds=0)

    room.phone("zhang").rings("again", "app", "sms")  # due at 15 s for a P1
    room.phone("wang").rings("second", "app", "sms")  # 30 s
    room.phone("leader-li").rings("duty_chief", "app", "sms")  # 60 s
    room.nobody_else_rang()
    room.fast_forward(seconds=24)
    room.nobody_else_rang()
    room.fast_forward(seconds=1)
    room.phone("zhou").rings("shift_commander", "app", "email")  # 90 s after the offer, not after the new grade
    happened = list(Entry.objects.filter(kind="ladder.climbed").values_list("facts__ladder", "facts__rung"))
    assert len(happened) == len(set(happened)), "no rung twice"


def test_the_wait_for_a_crew_counts_from_when_it_began(room):
    incident = room.report("noise", at="market", grade=3)
    room.fast_forward(seconds=100)
    room.nobody_else_rang()

    services.regrade(incident.pk, grade=1, by=room.actor("carl"), at=room.now)

    (watched,) = running([f"incident:{incident.pk}"])[f"incident:{incident.pk}"]
    assert (watched.stage, watched.grade) == ("dispatch", 1)
    assert (watched.deadline - watched.started).total_seconds() == 60
    assert [s.code for s in watched.climbed] == ["mark", "duty_chief", "shift_commander"], "60 s and 90 s were over"
    assert Incident.objects.get(pk=incident.pk).escalated


def test_a_lower_grade_gives_the_time_of_the_lower_grade(room):
    incident = room.report("fight", at="market", grade=1)
    room.dispatch(incident, "crew-1")
    room.fast_forward(seconds=20)

    services.regrade(incident.pk, grade=3, by=room.actor("zhou"), at=room.now)
    before = len(room.everything())
    room.fast_forward(seconds=155)

    assert len(room.everything()) == before, "the next rung of a P3 is due 180 s after the offer"
    room.fast_forward(seconds=10)
    room.phone("wang").rings("second", "app", "sms")
    assert len(room.everything()) == before + 2


def test_a_classification_does_not_lower_what_somebody_raised(room):
    taken = room.report_online("He shouts at her")
    services.regrade(taken.incident_id, grade=1, by=room.actor("carl"), at=room.now)

    with pytest.raises(NotAllowed):
        read(room, taken, grade=3)

    assert read(room, taken, grade=1).state == "classified"


def test_a_matter_that_is_over_takes_no_grade_and_no_words(room):
    taken = room.report_online("Noise")
    services.withdraw_report(taken.report_id, by=CITIZEN, at=room.now)

    with pytest.raises(IllegalMove):
        services.regrade(taken.incident_id, grade=1, by=room.actor("carl"), at=room.now)
    with pytest.raises(IllegalMove):
        services.add_words(
            taken.incident_id, words="More", source="caller", report_id=taken.report_id, by=CITIZEN, at=room.now
        )


# ---- the caller takes it back ----


def test_nothing_is_taken_back_once_a_crew_was_sent_even_when_it_has_left(room):
    taken = room.report_online("Noise")
    incident = read(room, taken, grade=3)
    sent = room.dispatch(incident, "crew-1")
    services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    report = Report.objects.get(pk=taken.report_id)
    assert report.incident.state == "waiting"
    assert not caller_story(report, at=room.now).may_withdraw

    with pytest.raises(IllegalMove):
        services.withdraw_report(report.pk, by=CITIZEN, at=room.now)
    with pytest.raises(NotAllowed):
        services.set_aside(incident.pk, verb="cancel", reason="by_caller", by=room.actor("carl"), at=room.now)
    services.set_aside(incident.pk, verb="cancel", reason="by_room", by=room.actor("dora"), at=room.now)

    assert Incident.objects.get(pk=incident.pk).state == "cancelled"


@pytest.mark.parametrize("grade", [1, 2])
def test_a_code_does_not_call_off_an_urgent_matter_the_room_decides(room, grade):
    taken = room.report_online("He has locked her in")
    incident = read(room, taken, grade=grade)

    services.withdraw_report(taken.report_id, by=CITIZEN, at=room.now)
    services.withdraw_report(taken.report_id, by=CITIZEN, at=room.now)

    incident.refresh_from_db()
    assert incident.state == "classified"
    assert kinds(incident).count("incident.withdrawn") == 1
    assert caller_story(access.report_by_code(taken.code), at=room.now).withdrawn
    assert running([f"incident:{incident.pk}"]), "it is watched as before"


# ---- safe to contact ----


def test_the_room_learns_that_a_call_would_betray_the_caller(room):
    incident = room.report("He hit me", at="market", safe_contact="yes")
    report = Report.objects.get(incident=incident)

    services.say_safe(report.pk, safe_contact="no", by=room.actor("carl"), at=room.now)

    assert Report.objects.get(pk=report.pk).safe_contact == "no"
    entry = Entry.objects.get(kind="incident.safe_contact")
    assert (entry.facts["before"], entry.facts["safe_contact"]) == ("yes", "no")
    with pytest.raises(BadInput):
        services.say_safe(report.pk, safe_contact="perhaps", by=room.actor("carl"), at=room.now)
    with pytest.raises(NotAllowed):
        services.say_safe(report.pk, safe_contact="yes", by=room.actor("zhang"), at=room.now)


# ---- on scene without a word ----


def arrived(room, *, grade: int) -> Assignment:
    sent = room.dispatch(room.report("knife", at="market", grade=grade), "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    return sent


def heard(room, stage: str = "welfare") -> list[tuple[str, str]]:
    return [(h.who, h.rung) for h in room.everything() if h.stage == stage and h.channel == "app"]


@pytest.mark.parametrize("grade", [1, 2])
def test_ten_minutes_on_scene_without_a_word_asks_after_the_crews_welfare(room, grade):
    sent = arrived(room, grade=grade)
    room.fast_forward(minutes=9.9)
    assert heard(room) == []

    room.fast_forward(minutes=0.2)
    assert heard(room) == [("zhang", "crew"), ("wang", "crew")]
    room.fast_forward(minutes=2)
    assert heard(room)[2:] == [("leader-li", "duty_chief")]
    room.fast_forward(minutes=3)
    assert heard(room)[3:] == [("zhou", "shift_commander")]

    services.say_word(sent.pk, words="We are all right", by=room.actor("zhang"), at=room.now)
    room.fast_forward(minutes=9.9)
    assert len(heard(room)) == 4
    room.fast_forward(minutes=0.2)
    assert heard(room)[4:] == [("zhang", "crew"), ("wang", "crew")], "each word is good for ten minutes"


def test_a_report_or_leaving_ends_the_question(room):
    sent = arrived(room, grade=1)
    services.report(sent.pk, outcome="helped", by=room.actor("zhang"), at=room.now)
    services.say_word(sent.pk, words="Waiting for the ambulance", by=room.actor("zhang"), at=room.now)
    room.fast_forward(minutes=20)
    assert heard(room) == []


def test_a_routine_matter_asks_only_from_when_it_is_found_to_be_urgent(room):
    sent = arrived(room, grade=3)
    room.fast_forward(minutes=20)
    assert heard(room) == []

    services.regrade(sent.incident_id, grade=2, by=room.actor("dora"), at=room.now)
    assert heard(room) == [], "the promise begins with the grade"
    room.fast_forward(minutes=10)
    assert heard(room) == [("zhang", "crew"), ("wang", "crew")]

    services.regrade(sent.incident_id, grade=3, by=room.actor("zhou"), at=room.now)
    assert not Ladder.objects.filter(stage="welfare", stopped=None).exists()
