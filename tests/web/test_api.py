"""T19, T23, B03 through HTTP: the whole call, what is refused and how (who may knock where: test_access_matrix.py)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oneroom.apps.incidents.models import AddedWords, Incident
from oneroom.apps.ledger.models import DoneOnce, Entry, Sealed
from tests.town import corner
from tests.web.api_client import Caller

LON, LAT = corner("market")
CALL = {
    "words": "A man with a knife", "category": "crime", "grade": 1, "reasons": ["weapon"],
    "location": {"lon": LON, "lat": LAT}, "caller_phone": "139 0000 0001", "safe_contact": "yes",
}  # fmt: skip


def test_t19_a_call_from_intake_to_rating_over_http(room):
    desk, crew, chief, public = Caller("dora"), Caller("zhang"), Caller("leader-li"), Caller()
    taken = desk.post("incidents", CALL)
    advice = desk.get(f"incidents/{taken['id']}/proposals")
    assert advice["ranked"][0]["code"] in {"crew-1", "crew-2", "crew-3"}

    crew_1 = room.town.crews["crew-1"].pk
    sent = desk.post(f"incidents/{taken['id']}/offer", {"crews": [crew_1]})["assignments"][0]
    kept = Entry.objects.get(kind="assignment.offered").facts
    ranked = [p["crew"] for p in advice["ranked"]]
    assert (kept["advised"], kept["advised_rank"]) == ([f"crew:{c}" for c in ranked], ranked.index(crew_1) + 1)
    assert kept["travel_s"] == next(p["travel_s"] for p in advice["ranked"] if p["crew"] == crew_1)
    told = {"crews": [crew_1], "advised": [crew_1], "travel_s": {str(crew_1): 1}}
    desk.post(f"incidents/{taken['id']}/offer", told, status=422)

    (ring,) = crew.get("rings")["rings"]
    assert (ring["subject"], ring["rung_code"], ring["loud"]) == (f"assignment:{sent}", "crew", False)
    assert Caller("chen").get("rings")["rings"] == [], "nobody else's phone rings"
    crew.post(f"deliveries/{ring['delivery']}/receipt", {"what": "delivered"})
    assert crew.get("orders")["orders"][0]["verbs"] == ["acknowledge", "ask_return"]
    seen = crew.post(f"incidents/{taken['id']}/open", {"purpose": "respond"})
    assert seen["reports"][0]["words"] == CALL["words"]
    assert crew.get(f"incidents/{taken['id']}/route?crew={room.town.crews['crew-1'].pk}")["travel_s"] > 0

    for verb in ("acknowledge", "set_out", "arrive"):
        crew.post(f"assignments/{sent}/step", {"verb": verb})
    crew.post(f"assignments/{sent}/word", {"words": "Two people, calm"})
    assert public.post("follow", {"code": taken["code"]})["arrived_at"]
    crew.post(f"assignments/{sent}/report", {"outcome": "under_control", "words": "Knife seized"})
    desk.post(f"incidents/{taken['id']}/review", status=403)
    Caller("zhou").post(f"incidents/{taken['id']}/review")
    gaps = desk.post(f"incidents/{taken['id']}/close", {"outcome": "under_control"}, status=422)["fields"]
    assert gaps == {
        "subcategory": "Say more closely what it was: pick a sub-category.", "case": "Case or no case: decide."
    }  # fmt: skip
    ending = {
        "outcome": "under_control",
        "category": "crime.assault",
        "case": "no_case",
        "no_case_reason": "minor_settled",
    }
    desk.post(f"incidents/{taken['id']}/close", ending)
    public.post("follow/rate", {"code": taken["code"], "stars": 4})

    assert public.post("follow", {"code": taken["code"]})["stars"] == 4
    assert crew.get("orders")["orders"] == []
    assert chief.client.get("/api/me").status_code == 200


BAD = [
    ("not json at all", None, 400),
    ("[1, 2", None, 400),
    (CALL | {"category": "sorcery"}, "category", 422),
    (CALL | {"grade": 7}, "grade", 422),
    (CALL | {"grade": "high"}, "grade", 422),
    (CALL | {"reasons": ["because"]}, "reasons", 422),
    (CALL | {"location": {"lon": 2.35, "lat": 48.85}}, "location", 422),
    (CALL | {"location": {"lon": LAT, "lat": LON}}, "location", 422),
    (CALL | {"location": {"lon": LON, "lat": LAT, "datum": "NAD27"}}, "datum", 422),
    (CALL | {"location": {"lon": LON + 0.011, "lat": LAT + 0.0}}, "location", 422),
    (CALL | {"location": {"lon": LON}}, "location", 422),
    (CALL | {"location": {"place_id": 999999}}, "location", 422),
    (CALL | {"location": None}, "location", 422),
    (CALL | {"caller_phone": "call me maybe"}, "caller_phone", 422),
    (CALL | {"caller_phone": "1390000000"}, "caller_phone", 422),
    (CALL | {"words": ""}, "words", 422),
    (CALL | {"words": "x" * 4001}, "words", 422),
    (CALL | {"words": "bell \u0007"}, "words", 422),
    (CALL | {"words": "turn \u202e around"}, "words", 422),
    (CALL | {"words": "<script>alert(1)</script>"}, "words", 422),
    (CALL | {"caller_name": "<b>Li</b>"}, "caller_name", 422),
    (CALL | {"caller_name": "Li\u0000"}, "caller_name", 422),
    (CALL | {"address": "<img src=x>"}, "address", 422),
    (CALL | {"address": "No. 5\u001b"}, "address", 422),
    (CALL | {"safe_contact": "perhaps"}, "safe_contact", 422),
    (CALL | {"wrods": "typo"}, "wrods", 422),
    (CALL | {"source": "carrier pigeon"}, "source", 422),
    ({"words": "x" * 300_000}, None, 413),
]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_bad_input_gets_a_sentence_in_the_language_and_names_the_field(town, language):
    desk = Caller("dora", language=language)
    for body, field, status in BAD:
        said = desk.post("incidents", body, status=status)

        assert (said["field"] or "").split(".")[-1] == (field or ""), body
        assert any("\u4e00" <= c <= "\u9fff" for c in said["message"]) == (language == "zh-hans"), said["message"]
    assert not Incident.objects.exists(), "nothing is half-written"
    assert not Sealed.objects.exists()
    assert not DoneOnce.objects.exists()
    assert not Entry.objects.filter(kind__startswith="incident").exists()


def test_a_time_in_the_future_and_a_naive_time_are_refused(room):
    sent = room.dispatch(room.report("fight", at="market"), "crew-1")
    crew = Caller("zhang")
    later = (room.now + timedelta(minutes=10)).isoformat()

    for wrong in (later, "2026-11-22T03:12:44", "yesterday"):
        said = crew.post(f"assignments/{sent.pk}/step", {"verb": "acknowledge", "happened": wrong}, status=422)
        assert said["field"] == "happened"


def test_a_stale_form_changes_nothing_and_says_so(room):
    incident = room.report("fight", at="market")
    body = {"crews": [room.town.crews["crew-1"].pk]}
    Caller("dora").post(f"incidents/{incident.pk}/offer", body)

    said = Caller("dan").post(f"incidents/{incident.pk}/offer", body, status=409)

    assert said["code"] == "overtaken"
    assert "Nothing was sent" in said["message"]


def test_the_same_key_is_answered_the_same_and_other_content_is_a_conflict(town):
    desk = Caller("dora")
    first = desk.post("incidents", CALL, key="desk-7-call-1")

    assert desk.post("incidents", CALL, key="desk-7-call-1") == first
    said = desk.post("incidents", CALL | {"grade": 2}, key="desk-7-call-1", status=409)
    assert said["code"] == "conflict"
    assert Incident.objects.count() == 1
    assert first["code"] not in str(list(DoneOnce.objects.values())), "the caller's code is kept nowhere"
    assert desk.post("incidents", CALL, key="", status=422)["field"] == "Idempotency-Key"


def test_point_50_sent_a_hundred_times_it_is_done_once_and_answered_the_same(room):
    desk = Caller("dora")
    first = desk.post("incidents", CALL, key="desk-7-call-1")
    words = {"words": "He is on the roof now"}
    said = desk.post(f"incidents/{first['id']}/words", words, key="desk-7-word-1")
    before = Entry.objects.count()

    for _n in range(100):
        assert desk.post("incidents", CALL, key="desk-7-call-1") == first
        assert desk.post(f"incidents/{first['id']}/words", words, key="desk-7-word-1") == said

    assert Entry.objects.count() == before
    assert (Incident.objects.count(), AddedWords.objects.count()) == (1, 1)


def test_nobody_signed_in_gets_in_and_csrf_is_checked(town):
    assert Caller().post("incidents", CALL, status=401)["code"] == "sign_in"
    strict = Caller("dora")
    strict.client.handler.enforce_csrf_checks = True
    assert strict.post("incidents", CALL, status=403)["message"]


def test_an_illegal_move_is_a_409_with_a_sentence(room):
    sent = room.dispatch(room.report("fight", at="market"), "crew-1")
    crew = Caller("zhang")

    for verb in ("set_out", "arrive"):
        said = crew.post(f"assignments/{sent.pk}/step", {"verb": verb}, status=409)
        assert said["message"]
    crew.post(f"assignments/{sent.pk}/report", {"outcome": "helped"}, status=409)
    Caller("dora").post(f"incidents/{sent.incident_id}/close", {"outcome": "helped"}, status=409)


def test_free_words_are_no_reason_and_never_reach_the_record(room):
    sent = room.dispatch(room.report("fight", at="market"), "crew-1")
    desk = Caller("dora")

    for verb, reason in [("withdraw", "Li Wei lives at No. 5"), ("withdraw", "li_wei"), ("return", "wrong_area")]:
        said = desk.post(f"assignments/{sent.pk}/take-off", {"verb": verb, "reason": reason}, status=422)
        assert said["field"] == "reason"
    other = room.report("noise", at="market", grade=3)
    for path, body, field in [
        ("set-aside", {"verb": "cancel", "reason": "because"}, "reason"),
        ("set-aside", {"verb": "transfer", "reason": "12345"}, "verb"),  # there is one door for that: hand-over
        ("hand-over", {"agency": "my friend"}, "agency"),
    ]:
        assert desk.post(f"incidents/{other.pk}/{path}", body, status=422)["field"] == field
    desk.post(f"assignments/{sent.pk}/take-off", {"verb": "withdraw", "reason": "not_needed"})
    assert "Li Wei" not in str(list(Entry.objects.values()))


def test_the_room_diverts_a_crew_to_a_graver_call_it_names(room):
    sent = room.dispatch(room.report("noise", at="west", grade=3), "crew-1")
    knife = room.report("knife", at="market", grade=1)
    desk, path = Caller("dora"), f"assignments/{sent.pk}/take-off"

    assert desk.post(path, {"verb": "divert"}, status=422)["field"] == "to"
    assert desk.post(path, {"verb": "divert", "to": 0}, status=422)["field"] == "to"
    desk.post(path, {"verb": "divert", "to": 999999}, status=404)
    second = desk.post(path, {"verb": "divert", "to": knife.pk})["assignment"]

    assert Entry.objects.get(kind="assignment.diverted").facts["graver"] == knife.pk
    assert Caller("zhang").get("orders")["orders"][0]["id"] == second


def test_safe_to_contact_is_changed_on_a_report_of_that_matter_only(room):
    incident, other = room.report("fight", at="west"), room.report("noise", at="market")
    report, desk = incident.reports.get().pk, Caller("carl")

    desk.post(f"incidents/{incident.pk}/safe-contact", {"report": report, "safe_contact": "no"})
    desk.post(f"incidents/{other.pk}/safe-contact", {"report": report, "safe_contact": "yes"}, status=404)
    wrong = {"report": report, "safe_contact": "perhaps"}
    assert desk.post(f"incidents/{incident.pk}/safe-contact", wrong, status=422)["field"] == "safe_contact"

    assert incident.reports.get().safe_contact == "no"


def test_the_description_of_the_api_is_for_who_is_signed_in(town):
    assert Caller().get("openapi.json", status=401)["code"] == "sign_in"
    assert "/api/incidents" in Caller("dora").get("openapi.json")["paths"]


def test_anybody_who_sees_it_raises_the_grade_and_only_the_commander_lowers_it(room):
    matter = room.report("noise in a flat", at="west", grade=3)
    room.dispatch(matter, "crew-1")
    path = f"incidents/{matter.pk}/grade"

    Caller("chen").post(path, {"grade": 2}, status=404)  # another crew does not see it
    Caller("zhang").post(path, {"grade": 2})
    Caller("leader-li").post(path, {"grade": 1})
    for who in ("zhang", "leader-li", "carl", "dora"):
        Caller(who).post(path, {"grade": 4}, status=403)

    assert Incident.objects.get(pk=matter.pk).grade == 1
    assert list(Entry.objects.filter(kind="incident.graded").values_list("actor", flat=True)) == [
        room.town.people["zhang"].pk, room.town.people["leader-li"].pk
    ]  # fmt: skip
    Caller("zhou").post(path, {"grade": 3})
