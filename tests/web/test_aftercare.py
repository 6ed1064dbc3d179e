"""What follows a report, through HTTP and on the screens: bad input is named and writes nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import CallBack, Incident, SentBack
from oneroom.apps.ledger.models import Entry
from tests.town import PASSWORD
from tests.web.api_client import Caller

CLOSING = {
    "outcome": "under_control", "category": "crime.theft", "case": "no_case", "no_case_reason": "no_offence",
}  # fmt: skip


@pytest.fixture
def matter(room) -> Incident:
    found = room.report(
        "knife", at="west", caller_name="Wang", caller_phone="139 0000 0001", safe_contact="yes"
    )  # fmt: skip
    sent = room.dispatch(found, "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.report_and_clear(sent.pk, outcome="under_control", by=room.actor("zhang"), at=room.now)
    return Incident.objects.get(pk=found.pk)


def page(who: str, path: str, language: str = "en") -> str:
    client = Client(headers={"Accept-Language": language, "Accept": "text/html"})
    assert client.login(username=who, password=PASSWORD)
    return client.get(path).content.decode()


def test_bad_input_is_named_and_leaves_nothing_behind(matter):
    chief, commander, path = Caller("leader-li"), Caller("zhou"), f"incidents/{matter.pk}"
    before = Entry.objects.count()
    for caller, verb, body, field in [
        (chief, "send-back", {"reason": "I do not like it", "words": "Who?"}, "reason"),
        (chief, "send-back", {"reason": "words_missing", "words": " "}, "words"),
        (chief, "send-back", {"reason": "words_missing", "words": "x" * 301}, "words"),
        (chief, "send-back", {"reason": "words_missing"}, "words"),
        (chief, "close", {"review": True, "outcome": "flown"}, "outcome"),
        (chief, "close", {**CLOSING, "review": True, "category": "crime.flying"}, "subcategory"),
        (chief, "close", {**CLOSING, "review": True, "no_case_reason": "because"}, "no_case_reason"),
        (chief, "close", {**CLOSING, "review": True, "case": "case"}, "no_case_reason"),
        (commander, "supervise", {"on": True, "reason": "because"}, "reason"),
        (commander, "supervise", {"on": "often", "reason": "grave"}, "on"),
    ]:
        assert caller.post(f"{path}/{verb}", body, status=422)["field"] == field, (verb, body)
    for caller, verb, body in [
        (chief, "complete", {"words": "more"}),
        (chief, "call-back", {"report": matter.reports.get().pk, "result": "declined"}),
        (commander, "reopen", {"reason": "new_facts"}),
        (commander, "supervise", {"on": False, "reason": "settled"}),
    ]:
        caller.post(f"{path}/{verb}", body, status=409)
    Caller("leader-lu").post(f"{path}/send-back", {"reason": "words_missing", "words": "Who?"}, status=404)

    assert Entry.objects.count() == before
    assert Incident.objects.get(pk=matter.pk).state == "reported", "a review that cannot close is not done by half"
    assert not SentBack.objects.exists()


def test_a_call_back_with_bad_input_is_named_and_counts_no_try(matter):
    desk, path = Caller("dora"), f"incidents/{matter.pk}/call-back"
    Caller("leader-li").post(f"incidents/{matter.pk}/close", {**CLOSING, "review": True})
    report = matter.reports.get().pk
    for body, field in [
        ({"report": report, "result": "she was angry"}, "result"),
        ({"report": report, "result": "declined", "words": "x" * 2001}, "words"),
        ({"report": report + 1000, "result": "declined"}, "report"),
        ({"report": 0, "result": "declined"}, "report"),
        ({"result": "declined"}, "report"),
    ]:
        assert desk.post(path, body, status=422)["field"] == field, body
    assert CallBack.objects.get().tries == 0
    (due,) = desk.get("call-backs")["call_backs"]
    assert (due["incident"], due["report"], due["why"], due["late"]) == (matter.pk, report, "urgent", False)
    assert "139" not in str(due)
    assert Caller("leader-lu").get("call-backs")["call_backs"] == []

    key = "one-call-one-key"
    first = desk.post(path, {"report": report, "result": "reached_satisfied"}, key=key)
    assert desk.post(path, {"report": report, "result": "reached_satisfied"}, key=key) == first
    assert CallBack.objects.get().tries == 1
    desk.post(path, {"report": report, "result": "reached_satisfied"}, status=409)


def test_many_are_closed_at_once_and_each_that_is_not_says_why(matter, room):
    other = room.report("noise", at="west")
    Caller("leader-li").post(f"incidents/{matter.pk}/review")
    Incident.objects.filter(pk=matter.pk).update(
        final_category="help", final_subcategory="injured", outcome="helped"
    )  # fmt: skip

    answer = Caller("leader-li").post("incidents/close", {"incidents": [other.pk, matter.pk]})

    assert answer["closed"] == [matter.pk]
    assert [(r["id"], r["code"]) for r in answer["refused"]] == [(other.pk, "illegal_move")]
    Caller("leader-lu").post("incidents/close", {"incidents": [matter.pk]}, status=404)
    Caller("leader-li").post("incidents/close", {"incidents": []}, status=422)


def test_the_panel_says_what_is_missing_and_offers_what_this_person_may(matter):
    chief = page("leader-li", f"/office/incidents/{matter.pk}")
    assert "2 things missing: sub-category, case or no case; no case needs a reason." in chief
    assert "Approve and close" in chief
    assert "Send back to complete" in chief
    assert "2 项" in page("leader-li", f"/office/incidents/{matter.pk}", "zh-hans")

    desk = page("dora", f"/room/incidents/{matter.pk}")
    assert "Approve and close" not in desk
    assert f"/incidents/{matter.pk}/dossier" in desk
    Caller("leader-li").post(
        f"incidents/{matter.pk}/send-back", {"reason": "people_missing", "words": "Who is the second man?"}
    )  # fmt: skip
    desk = page("dora", f"/room/incidents/{matter.pk}")
    assert "people involved are missing" in desk
    assert "second man" not in desk, "a sentence opens with a purpose"
    phone = page("zhang", "/t/list")
    assert "Complete your report" in phone
    assert "people involved are missing" in phone
    assert "Complete your report" not in page("chen", "/t/list")
    opened = Caller("zhang").post(f"incidents/{matter.pk}/open", {"purpose": "complete"})
    assert opened["gaps"][0]["words"] == "Who is the second man?"
    Caller("zhang").post(f"incidents/{matter.pk}/complete", {"words": "His brother"})
    assert "Complete your report" not in page("zhang", "/t/list")


def test_the_panel_of_a_closed_matter_shows_whom_to_call_and_the_steps_end_with_the_call(matter):
    Caller("leader-li").post(f"incidents/{matter.pk}/close", {**CLOSING, "review": True})
    desk = page("dora", f"/room/incidents/{matter.pk}")
    assert "P1 and P2: everybody" in desk
    assert "See whom to call" in desk
    assert "Open it again" not in desk
    assert "Open it again" in page("zhou", f"/room/incidents/{matter.pk}")
    said = Caller("dora").post(f"incidents/{matter.pk}/open", {"purpose": "call_back"})
    assert said["reports"][0]["caller"]["name"] == "Wang"

    report = matter.reports.get().pk
    Caller("dora").post(f"incidents/{matter.pk}/call-back", {"report": report, "result": "reached_new_facts"})
    desk = page("zhou", f"/room/incidents/{matter.pk}")
    assert "A call-back asks to open this again: new facts." in desk
    assert desk.count('<li class="done">') == 9, "from taken to call-back"
    Caller("zhou").post(f"incidents/{matter.pk}/reopen", {"reason": "new_facts"})
    assert "opened again ×1" in page("zhou", f"/room/incidents/{matter.pk}")
