"""T36, T37: who is proposed and why, several crews by plan, what waits offered again, crews taken for a graver call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from oneroom.apps.duty.models import CrewMember
from oneroom.apps.duty.services import Fix, go_off_duty, record_positions, say_state
from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.incidents.proposals import advice_for, proposals
from oneroom.apps.incidents.queries import queue
from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.models import Grant
from oneroom.engine import dispatch
from oneroom.engine.simulate.city import run
from oneroom.engine.simulate.demand import drawn
from oneroom.engine.values import BadInput, Conflict, IllegalMove
from tests.engine.towns import calls_of
from tests.engine.towns import town as simulated_town
from tests.town import corner


def named(room, crew_ids) -> list[str]:
    names = {crew.pk: code for code, crew in room.town.crews.items()}
    return [names[c] for c in crew_ids]


def kind(incident: Incident, subcategory: str) -> Incident:
    """The matter as the desk has classified it more closely."""
    Incident.objects.filter(pk=incident.pk).update(subcategory=subcategory)
    incident.refresh_from_db()
    return incident


def brings(room, code: str, *, skills=(), kit=()) -> None:
    crew = room.town.crews[code]
    crew.skills, crew.kit = list(skills), list(kit)
    crew.save()


def offerable() -> list[dict]:
    return [e.facts for e in Entry.objects.filter(kind="incident.offerable").order_by("seq")]


def row(room, incident: Incident):
    return next(r for r in queue(by=room.actor("dora"), at=room.now) if r.incident.pk == incident.pk)


# ---- who, and why ----


def test_t36_proposals_name_distance_skill_load_and_how_sure_the_place_is(room):
    brings(room, "crew-2", skills=["mediation"], kit=["first_aid"])
    incident = kind(room.report("shouting at home", at="west", grade=2, category="dispute"), "domestic_violence")
    later = room.now + timedelta(seconds=120)
    record_positions([Fix(room.town.crews["crew-3"].pk, *corner("east"), later, 8.0)], later)

    found = proposals(incident, at=later)

    by_code = {p.crew.code: p for p in found.ranked}
    assert set(by_code) == {"crew-1", "crew-2", "crew-3"}
    assert by_code["crew-1"].length_m == 0
    assert 700 < by_code["crew-3"].length_m < 800  # two blocks of the town
    assert by_code["crew-1"].uncertain_s == 31  # two minutes old: a quarter of that, and five metres
    assert by_code["crew-3"].uncertain_s == 1
    reasons = {(r.code, r.sign) for r in by_code["crew-2"].reasons}
    assert {("has_skill", 1), ("has_kit", 1), ("first_run", 1), ("own_area", 1)} <= reasons
    assert ("lacks_skill", -1) in {(r.code, r.sign) for r in by_code["crew-1"].reasons}
    for p in found.ranked:
        assert p.score_s == sum(part.seconds for part in p.parts)


def test_t36_every_crew_is_proposed_or_excluded_by_a_rule_that_is_named(room):
    room.dispatch(room.report("fight", at="north", grade=2), "crew-1")
    say_state(room.town.crews["crew-2"], "meal", by=room.actor("chen"), at=room.now)
    incident = room.report("noise", at="market", grade=3)

    found = proposals(incident, at=room.now)

    assert {e.crew.code: e.rule for e in found.excluded} == {"crew-1": "on_a_call", "crew-2": "not_working"}
    assert [p.crew.code for p in found.ranked] == ["crew-3"]


def test_t26_one_ranking_serves_the_live_room_and_the_simulated_city(room, monkeypatch):
    """Whoever puts "farthest first" in its place changes both: there is no second copy of who should go."""
    incident = room.report("noise", at="market", grade=3)
    world = simulated_town(crews=8)
    calls = drawn(calls_of(2), days=1, weekday=0, seed=[26])

    def both():
        sent: list[int] = []

        def told(kind, _at, _subject, _matter, facts):
            if kind == "assignment.offered":
                sent.append(facts["crew"])

        run(world, calls, told, days=1)
        return [p.crew.code for p in proposals(incident, at=room.now).ranked], sent

    live, simulated = both()
    honest = dispatch.rank

    def farthest_first(*args, **more):
        found = honest(*args, **more)
        return replace(found, proposals=found.proposals[::-1])

    monkeypatch.setattr(dispatch, "rank", farthest_first)
    live_after, simulated_after = both()

    assert len(live) == 3
    assert live_after == live[::-1]
    assert simulated_after != simulated


@pytest.mark.parametrize("gone", ["no officer", "may not sign in", "an auxiliary leads"])
def test_t37_a_crew_that_no_sworn_officer_leads_is_neither_proposed_nor_sent(room, gone):
    qian = room.town.people["qian"]
    if gone == "no officer":
        Grant.objects.filter(account=qian).update(ends=room.now)
    elif gone == "may not sign in":
        qian.is_active = False
        qian.save()
    else:
        CrewMember.objects.filter(account=qian).update(role="second")
        CrewMember.objects.filter(account=room.town.people["aux-he"]).update(role="lead")
    incident = room.report("fight", at="east", grade=1)

    assert ("crew-3", "no_lead") in [(e.crew.code, e.rule) for e in proposals(incident, at=room.now).excluded]
    with pytest.raises(Conflict) as refused:
        room.dispatch(incident, "crew-1", "crew-3")

    assert refused.value.field == "crews"
    assert not Assignment.objects.exists(), "nobody was sent, so nobody believes that two were"
    room.nobody_else_rang()


def test_t36_without_place_or_crews_it_says_why(room):
    nowhere = Incident.objects.get(pk=room.report_online("Help").incident_id)
    assert proposals(nowhere, at=room.now).why_none == "no_place"

    for crew in room.town.crews.values():
        go_off_duty(crew, by=room.actor("dora"), at=room.now)
    assert proposals(room.report("fight", at="east"), at=room.now).why_none == "no_crews"


# ---- several by plan ----


def test_t37_a_plan_of_two_finds_the_set_that_brings_what_it_asks_for_and_rings_those_two(room):
    brings(room, "crew-3", skills=["mediation"], kit=["first_aid"])
    incident = kind(room.report("shouting at home", at="west", grade=1, category="dispute"), "domestic_violence")

    found = proposals(incident, at=room.now).plan
    assert (found.plan.crews, found.plan.card) == (2, "family")
    assert named(room, found.crew_ids) == ["crew-1", "crew-3"], "crew-2 is nearer, but brings nothing that is asked"
    assert found.brings[room.town.crews["crew-3"].pk] == ("mediation", "first_aid")
    assert (found.missing_skills, found.missing_kit, found.short) == ((), (), 0)

    services.offer(
        incident.pk, found.crew_ids, advice=advice_for(incident, at=room.now), by=room.actor("dora"), at=room.now
    )

    for who in ("zhang", "wang", "qian", "aux-he"):
        room.phone(who).rings("crew")
    room.nobody_else_rang()
    kept = Entry.objects.filter(kind="assignment.offered").first().facts
    assert (kept["card"], kept["crews_asked"], kept["differs"]) == ("family", 2, False)
    assert kept["advised_set"] == [f"crew:{c}" for c in found.crew_ids]
    rest = proposals(incident, at=room.now).plan
    assert (rest.sent, rest.crew_ids, rest.missing_skills) == (2, (), ())


def test_t37_a_plan_that_cannot_be_met_says_what_is_missing(room):
    incident = kind(room.report("shouting at home", at="west", grade=1, category="dispute"), "domestic_violence")
    room.dispatch(room.report("fight", at="north", grade=1), "crew-2", "crew-3")

    found = proposals(incident, at=room.now).plan

    assert (named(room, found.crew_ids), found.short) == (["crew-1"], 1)
    assert (found.missing_skills, found.missing_kit) == (("mediation",), ("first_aid",))


def test_t36_what_was_advised_and_what_was_chosen_is_on_the_record_with_its_reason(room):
    incident = room.report("noise", at="west", grade=3)
    advice = advice_for(incident, at=room.now)
    crew_3 = room.town.crews["crew-3"].pk
    with pytest.raises(BadInput) as refused:
        services.offer(incident.pk, [crew_3], advice=advice, reason="my friend", by=room.actor("dora"), at=room.now)
    assert refused.value.field == "reason"

    services.offer(incident.pk, [crew_3], advice=advice, reason="knows_place", by=room.actor("dora"), at=room.now)

    kept = Entry.objects.get(kind="assignment.offered").facts
    assert (kept["differs"], kept["reason"]) == (True, "knows_place")
    assert kept["advised"][0] == f"crew:{room.town.crews['crew-1'].pk}"


# ---- what waits is offered again ----


def held(room, words: str, *, grade: int, reason: str = "no_crew_free", minutes: int = 30) -> Incident:
    incident = room.report(words, at="market", grade=grade)
    until = room.now + timedelta(minutes=minutes)
    services.hold(incident.pk, reason=reason, until=until, by=room.actor("dora"), at=room.now)
    return incident


def busy_town(room) -> dict[str, Assignment]:
    """All three crews are on scene of matters of their own."""
    on = {"crew-1": "zhang", "crew-2": "chen", "crew-3": "qian"}
    sent = {}
    for code, who in on.items():
        sent[code] = room.dispatch(room.report("fight", at="north", grade=2), code)
        room.step(sent[code], "acknowledge", "set_out", "arrive", by=who)
    return sent


def test_t37_the_gravest_and_oldest_that_waits_is_offered_when_a_crew_is_free_and_nothing_is_sent(room):
    sent = busy_town(room)
    quiet = held(room, "noise", grade=3)
    graver = held(room, "theft", grade=2)
    appointment = held(room, "key", grade=2, reason="appointment")
    rang = len(room.everything())

    services.report_and_clear(sent["crew-1"].pk, outcome="mediated", by=room.actor("zhang"), at=room.now)
    services.report_and_clear(sent["crew-2"].pk, outcome="mediated", by=room.actor("chen"), at=room.now)
    services.report_and_clear(sent["crew-3"].pk, outcome="mediated", by=room.actor("qian"), at=room.now)

    assert [(f["incident"], named(room, [f["crew"]]), f["cause"]) for f in offerable()] == [
        (graver.pk, ["crew-1"], "crew_free"), (quiet.pk, ["crew-2"], "crew_free"),
    ]  # fmt: skip
    assert row(room, graver).offered.crew == room.town.crews["crew-1"].pk
    assert row(room, graver).offered.travel_s > 0
    assert row(room, graver).comes_back(room.now)
    assert not row(room, appointment).comes_back(room.now)
    assert Assignment.objects.filter(incident__in=[quiet, graver]).count() == 0
    assert len(room.everything()) == rang, "nobody's phone rang"


def test_t37_an_offer_ends_when_its_crew_is_sent_elsewhere(room):
    sent = busy_town(room)
    waits = held(room, "theft", grade=2)
    services.take_off(sent["crew-1"].pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    assert row(room, waits).offered is not None

    room.dispatch(room.report("knife", at="market", grade=1), "crew-1")

    assert row(room, waits).offered is None
    assert not row(room, waits).comes_back(room.now)


def test_t37_a_call_past_its_promise_is_offered_to_whoever_comes_on_duty_or_back_from_a_meal(room):
    say_state(room.town.crews["crew-1"], "meal", by=room.actor("zhang"), at=room.now)
    late = room.report("theft", at="market", grade=2)
    room.fast_forward(seconds=100)
    say_state(room.town.crews["crew-1"], "available", by=room.actor("zhang"), at=room.now)
    assert offerable() == [], "still in time"

    say_state(room.town.crews["crew-1"], "meal", by=room.actor("zhang"), at=room.now)
    room.fast_forward(seconds=100)
    say_state(room.town.crews["crew-1"], "available", by=room.actor("zhang"), at=room.now)

    assert [f["incident"] for f in offerable()] == [late.pk]


def test_t37_a_held_call_comes_back_when_its_time_is_up_once_with_the_best_crew(room):
    incident = held(room, "key", grade=3, reason="caller_asked", minutes=20)
    assert not row(room, incident).comes_back(room.now)
    room.fast_forward(minutes=19)
    assert offerable() == []

    room.fast_forward(minutes=2)
    room.fast_forward(minutes=2)

    assert [(f["cause"], f["incident"]) for f in offerable()] == [("time_up", incident.pk)]
    assert row(room, incident).comes_back(room.now)
    assert row(room, incident).incident.state == "waiting"


def test_t37_what_was_taken_back_can_be_held_and_what_is_held_can_be_held_for_longer(room):
    incident = room.report("key", at="market", grade=3)
    sent = room.dispatch(incident, "crew-1")
    services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    for minutes in (10, 30):
        services.hold(
            incident.pk, reason="caller_asked", until=room.now + timedelta(minutes=minutes), by=room.actor("dora"),
            at=room.now,
        )  # fmt: skip

    room.fast_forward(minutes=29)
    assert [f for f in offerable() if f["cause"] == "time_up"] == []
    assert not row(room, incident).comes_back(room.now)

    room.fast_forward(minutes=2)
    assert [(f["cause"], f["incident"]) for f in offerable()] == [("time_up", incident.pk)]


# ---- taken from a lesser matter ----


def test_t37_for_a_p1_a_crew_on_a_lesser_matter_that_is_clearly_nearer_is_named_with_what_it_leaves(room, settings):
    settings.DIVERT_GAIN_S = 30
    noise = room.report("noise", at="west", grade=3)
    sent = room.dispatch(noise, "crew-1")
    say_state(room.town.crews["crew-2"], "meal", by=room.actor("chen"), at=room.now)
    room.phone("zhang").rings("crew")
    room.phone("wang").rings("crew")
    knife = room.report("knife", at="west", grade=1)

    (found,) = proposals(knife, at=room.now).divertible
    assert (found.crew.code, found.leaves.incident, found.leaves.grade) == ("crew-1", noise.pk, 3)
    assert found.gain_s > 30
    assert proposals(room.report("theft", at="west", grade=2), at=room.now).divertible == ()

    second = services.divert(
        found.leaves.assignment, to=knife.pk, advice=advice_for(knife, at=room.now), by=room.actor("dora"), at=room.now
    )

    assert Assignment.objects.get(pk=second).incident_id == knife.pk
    assert Assignment.objects.get(pk=sent.pk).state == "diverted"
    assert row(room, noise).comes_back(room.now), "what was left is before the dispatcher at once"
    assert offerable() == [], "the crew was never free in between"
    for who in ("zhang", "wang"):
        room.phone(who).rings("crew")
    room.nobody_else_rang()


def test_t37_a_crew_that_left_meanwhile_is_not_diverted_a_second_time(room):
    sent = room.dispatch(room.report("noise", at="west", grade=3), "crew-1")
    first, second = (room.report(words, at="west", grade=1) for words in ("knife", "fire"))
    services.divert(sent.pk, to=first.pk, by=room.actor("dora"), at=room.now)

    with pytest.raises(IllegalMove):
        services.divert(sent.pk, to=second.pk, by=room.actor("dan"), at=room.now)

    assert Assignment.objects.filter(state="offered").count() == 1
