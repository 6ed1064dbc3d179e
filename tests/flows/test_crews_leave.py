"""Crews leave a matter in every way there is; what they found stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.apps.ledger.models import Entry
from oneroom.engine.values import BadInput, IllegalMove, NotAllowed, Overtaken


def of(incident: Incident, crew) -> Assignment:
    return Assignment.objects.get(incident=incident, crew=crew)


def on_scene(room, incident: Incident, **crews: str) -> dict[str, Assignment]:
    """These crews (code with _ for -, and who acts for it) are sent and arrive, in this order."""
    codes = {code.replace("_", "-"): who for code, who in crews.items()}
    room.dispatch(incident, *codes)
    for code, who in codes.items():
        room.step(of(incident, room.town.crews[code]), "acknowledge", "set_out", "arrive", by=who)
    return {who: of(incident, room.town.crews[code]) for code, who in codes.items()}


# ---- why ----


def test_a_crew_is_withdrawn_for_a_reason_of_the_house_or_for_none(room):
    sent = room.dispatch(room.report("fight", at="north"), "crew-1")
    for verb, reason in [("withdraw", "Li Wei, 13900000001"), ("withdraw", "wrong_area"), ("lapse", "not_needed")]:
        with pytest.raises(BadInput) as refused:
            services.take_off(sent.pk, verb=verb, reason=reason, by=room.actor("dora"), at=room.now)
        assert refused.value.field == "reason"

    services.take_off(sent.pk, verb="withdraw", reason="nearer_crew", by=room.actor("dora"), at=room.now)

    assert Entry.objects.get(kind="assignment.withdrawn").facts["reason"] == "nearer_crew"


def test_an_order_is_returned_only_within_the_time_for_signing(room):
    first = room.dispatch(room.report("fight", at="north", grade=1), "crew-1")
    room.fast_forward(seconds=61)
    with pytest.raises(IllegalMove):
        services.ask_return(first.pk, reason="wrong_area", by=room.actor("zhang"), at=room.now)

    second = room.dispatch(room.report("noise", at="north", grade=3), "crew-2")
    room.fast_forward(seconds=179)
    services.ask_return(second.pk, reason="wrong_area", by=room.actor("chen"), at=room.now)

    assert Assignment.objects.get(pk=second.pk).return_reason == "wrong_area"


# ---- to a graver call ----


def test_a_crew_is_diverted_to_a_graver_call_and_the_first_waits_again(room):
    noise = room.report("noise", at="north", grade=3)
    sent = room.dispatch(noise, "crew-1")
    room.step(sent, "acknowledge", "set_out", by="zhang")
    knife = room.report("knife", at="market", grade=1)

    second = services.divert(sent.pk, to=knife.pk, by=room.actor("dora"), at=room.now)

    assert [Incident.objects.get(pk=i.pk).state for i in (noise, knife)] == ["waiting", "dispatched"]
    assert Assignment.objects.get(pk=sent.pk).state == "diverted"
    assert Entry.objects.get(kind="assignment.diverted").facts["graver"] == knife.pk
    now_on = Assignment.objects.get(pk=second)
    assert (now_on.state, now_on.lead, now_on.incident_id) == ("offered", True, knife.pk)
    room.phone("zhang").rings("crew")


def test_nobody_is_diverted_to_a_call_that_is_not_graver_or_to_none(room):
    sent = room.dispatch(room.report("fight", at="north", grade=2), "crew-1")
    other = room.report("theft", at="south", grade=2)

    with pytest.raises(IllegalMove):
        services.divert(sent.pk, to=other.pk, by=room.actor("dora"), at=room.now)
    with pytest.raises(BadInput) as refused:
        services.take_off(sent.pk, verb="divert", by=room.actor("dora"), at=room.now)
    assert refused.value.field == "to"
    with pytest.raises(NotAllowed):
        services.divert(sent.pk, to=other.pk, by=room.actor("zhang"), at=room.now)

    assert Assignment.objects.get(pk=sent.pk).state == "offered"


def test_a_graver_call_that_takes_no_crew_leaves_everything_as_it_was(room):
    sent = room.dispatch(room.report("noise", at="north", grade=3), "crew-1")
    unread = Incident.objects.get(pk=room.report_online("Help").incident_id)
    services.regrade(unread.pk, grade=1, by=room.actor("carl"), at=room.now)

    with pytest.raises(IllegalMove):
        services.divert(sent.pk, to=unread.pk, by=room.actor("dora"), at=room.now)

    assert Assignment.objects.get(pk=sent.pk).state == "offered"
    assert not Entry.objects.filter(kind="assignment.diverted").exists()


# ---- what was found stays ----


def test_the_lead_leaves_and_the_crew_that_has_reported_already_tells_how_it_ended(room):
    incident = room.report("fight", at="north", category="crime")
    crews = on_scene(room, incident, crew_1="zhang", crew_2="chen")
    services.report(crews["chen"].pk, outcome="mediated", category="dispute", by=room.actor("chen"), at=room.now)

    services.clear(crews["zhang"].pk, by=room.actor("zhang"), at=room.now)

    incident.refresh_from_db()
    assert (incident.state, incident.outcome, incident.final_category) == ("in_progress", "mediated", "dispute")
    services.clear(crews["chen"].pk, by=room.actor("chen"), at=room.now)
    incident.refresh_from_db()
    assert incident.state == "reported"


def test_the_lead_leaves_last_without_a_report_and_the_other_crews_report_counts(room):
    incident = room.report("fight", at="north", category="crime")
    crews = on_scene(room, incident, crew_1="zhang", crew_2="chen")
    services.report_and_clear(
        crews["chen"].pk, outcome="nothing_found", category="dispute", by=room.actor("chen"), at=room.now
    )

    services.clear(crews["zhang"].pk, by=room.actor("zhang"), at=room.now)

    incident.refresh_from_db()
    assert (incident.state, incident.outcome, incident.final_category) == ("reported", "nothing_found", "dispute")
    assert Assignment.objects.get(pk=crews["chen"].pk).lead


def test_the_first_scene_report_stands(room):
    incident = room.report("fight", at="north", grade=2)
    sent = on_scene(room, incident, crew_1="zhang")["zhang"]
    services.report(sent.pk, outcome="mediated", words="Shook hands", by=room.actor("zhang"), at=room.now)
    first = Assignment.objects.get(pk=sent.pk)

    with pytest.raises(Overtaken):
        services.report(
            sent.pk,
            outcome="unfounded",
            words="Nobody there",
            by=room.actor("dora"),
            at=room.now + timedelta(seconds=5),
        )

    kept = Assignment.objects.get(pk=sent.pk)
    assert (kept.outcome, kept.note_id, kept.reported_at) == ("mediated", first.note_id, first.reported_at)
