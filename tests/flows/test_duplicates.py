"""Many callers, one event: proposed by the machine, merged by a person, both callers kept apart, undone if wrong."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Incident, Report
from oneroom.apps.ledger.models import Entry, Look, Sealed
from oneroom.apps.ledger.services import erase
from oneroom.apps.ledger.verify import verify
from oneroom.engine.values import SYSTEM
from tests.town import corner
from tests.web.api_client import Caller
from tests.web.test_photos import photo

KNIFE = {"words": "有人拿着水果刀在便利店门口", "category": "crime", "grade": 1}
AGAIN = {"words": "便利店里有个男的持刀，是水果刀", "category": "public_order", "grade": 2}
PIPE = {"words": "水管爆了，路面都是水", "category": "utility", "grade": 3}


def call(desk: Caller, said: dict, *, at: str = "market", east_m: float = 0, **more: object) -> dict:
    """A call taken at a corner, or some metres east of it."""
    lon, lat = corner(at)
    return desk.post("incidents", {"location": {"lon": lon + east_m / 95_200, "lat": lat}, **said, **more})


def alike(desk: Caller, taken: dict) -> list[dict]:
    """What the room is shown beside a matter."""
    return desk.get(f"incidents/{taken['id']}/duplicates")["alike"]


def test_a_second_call_is_proposed_with_reasons_and_never_merged_by_itself(room):
    desk = Caller("carl")
    first = call(desk, KNIFE)
    pipe = call(desk, PIPE, at="west")
    room.fast_forward(minutes=2)
    second = call(desk, AGAIN, east_m=60)

    [proposed] = alike(desk, second)

    assert proposed["id"] == first["id"] != pipe["id"]
    said = {e["code"]: e["quantity"] for e in proposed["evidence"]}
    assert (round(said["place"], -1), said["time"]) == (60, 120)
    assert said["words"] >= 3, "two-character Chinese words match"
    assert "words" not in proposed, "no word of the other call is told"
    assert "便利店" not in str(proposed)
    states = set(Incident.objects.values_list("state", flat=True))
    assert states == {"classified"}, "a P1 least of all"
    assert not Look.objects.exists(), "nobody looked"


def test_a_call_that_is_still_being_taken_is_compared_and_nothing_of_it_is_kept(room):
    desk = Caller("carl")
    first = call(desk, KNIFE)
    room.fast_forward(minutes=2)
    before = Entry.objects.count()
    lon, lat = corner("market")

    found = desk.post("duplicates", {"words": AGAIN["words"], "location": {"lon": lon, "lat": lat}})["alike"]

    assert [a["id"] for a in found] == [first["id"]]
    assert Entry.objects.count() == before


def test_merged_by_a_person_both_callers_are_kept_apart(room):
    desk = Caller("carl")
    first = call(desk, KNIFE, caller_phone="13900000001", safe_contact="no")
    room.fast_forward(minutes=1)
    second = call(desk, AGAIN, caller_phone="13900000002", safe_contact="yes")
    desk.post(f"incidents/{second['id']}/words", {"words": "他走了"})

    desk.post(f"incidents/{second['id']}/merge", {"into": first["id"]})

    row = Incident.objects.get(pk=second["id"])
    assert (row.state, row.merged_into_id) == ("merged", first["id"])
    seen = Caller("dora").post(f"incidents/{first['id']}/open", {"purpose": "dispatch"})
    assert [(r["caller"]["phone"], r["safe_contact"]) for r in seen["reports"]] == [
        ("13900000001", "no"), ("13900000002", "yes")
    ]  # fmt: skip
    assert [a["words"] for a in seen["added"]] == ["他走了"]
    public = Caller()
    stories = [public.post("follow", {"code": c["code"]}) for c in (first, second)]
    assert [s["reference"] for s in stories] == [first["reference"], second["reference"]]
    assert stories[1]["received_at"] > stories[0]["received_at"], "each has the own story"
    room.fast_forward(minutes=30)
    assert not [h for h in room.everything() if h.stage == "dispatch" and str(second["id"]) in str(h)]
    assert verify("acts").fault is None


def test_a_merged_caller_is_told_what_he_called_about_and_of_the_other_matter_its_state_alone(room):
    desk, public = Caller("carl"), Caller()
    first = call(desk, KNIFE | {"category": "traffic"}, at="east")
    room.fast_forward(minutes=1)
    second = call(desk, PIPE, at="west")
    desk.post(f"incidents/{second['id']}/merge", {"into": first["id"]})
    sent = room.dispatch(Incident.objects.get(pk=first["id"]), "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")

    head, merged = (public.post("follow", {"code": c["code"]}) for c in (first, second))
    assert (head["category"], head["state"], head["station_en"]) == ("traffic", "in_progress", "East station")
    assert None not in (head["sent_at"], head["arrived_at"])
    assert merged["category"] == "utility"
    assert merged["reference"] == second["reference"]
    assert merged["station_en"] == "West station"
    assert merged["state"] == "in_progress"
    assert (merged["sent_at"], merged["arrived_at"], merged["closed_at"]) == (None, None, None)
    assert (merged["urgent"], merged["may_withdraw"]) == (False, False)
    page = public.client.post("/follow", {"code": second["code"]}).content.decode()
    assert "Officers are there now." in page
    assert "Traffic" not in page
    assert first["reference"] not in page

    services.report_and_clear(sent.pk, outcome="mediated", by=room.actor("zhang"), at=room.now)
    services.review(first["id"], by=room.actor("leader-lu"), at=room.now)
    services.close(first["id"], category="traffic", subcategory="blocked_road", by=room.actor("leader-lu"), at=room.now)
    merged = public.post("follow", {"code": second["code"]})
    assert (merged["state"], merged["outcome"], merged["closed_at"]) == ("closed", "", None)
    page = public.client.post("/follow", {"code": second["code"]}).content.decode()
    assert "It is closed" in page
    assert "Mediated" not in page


AFRAID = {"words": "he hits me", "category": "dispute", "subcategory": "domestic_violence", "grade": 2}
NOISE = {"words": "my wife is shouting again", "category": "public_order", "grade": 3}


def test_who_may_be_the_one_she_is_afraid_of_learns_nothing_from_his_own_page(room):
    desk, public = Caller("carl"), Caller()
    hers = call(desk, AFRAID)
    his = call(desk, NOISE)
    before = public.post("follow", {"code": his["code"]})
    desk.post(f"incidents/{his['id']}/merge", {"into": hers["id"]})
    sent = room.dispatch(Incident.objects.get(pk=hers["id"]), "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")

    told = public.post("follow", {"code": his["code"]})
    assert {name for name in told if told[name] != before[name]} == {"may_withdraw", "may_ask", "category"}
    assert told["state"] == "classified"
    page = public.client.post("/follow", {"code": his["code"]}).content.decode()
    for word in ("Officers are there", "Others reported it", "Dispute", hers["reference"], "signed"):
        assert word not in page
    refused = public.post("follow/withdraw", {"code": his["code"]}, status=409)["message"]
    assert "Officers" not in refused
    own = public.post("follow", {"code": hers["code"]})
    assert own["state"] == "in_progress", "she sees her own as before"

    services.report_and_clear(sent.pk, outcome="case_opened", by=room.actor("zhang"), at=room.now)
    services.review(hers["id"], by=room.actor("leader-li"), at=room.now)
    no_case = {"case": "no_case", "no_case_reason": "mediated"}
    services.close(hers["id"], outcome="mediated", **no_case, by=room.actor("leader-li"), at=room.now)
    told = public.post("follow", {"code": his["code"]})
    assert (told["state"], told["outcome"]) == ("closed", "")


def test_what_a_matter_learned_from_a_frightened_caller_is_not_told_to_the_one_it_began_with(room):
    desk, public = Caller("carl"), Caller()
    unread = room.report_online("shouting at home")
    hers = call(desk, AFRAID)
    desk.post(f"incidents/{hers['id']}/merge", {"into": unread.incident_id})

    assert Incident.objects.get(pk=unread.incident_id).category == "dispute"
    public.post("follow/safe", {"code": unread.code, "safe_contact": "yes"})
    public.post("follow/safe", {"code": hers["code"], "safe_contact": "yes"})
    assert public.post("follow", {"code": unread.code})["category"] == ""
    assert public.post("follow", {"code": hers["code"]})["category"] == "dispute"


def scene_of(room, matter: dict) -> int:
    """Crew 1 was there, took a photo, said a line and noted one, and was called off; gives the photo."""
    sent = room.dispatch(Incident.objects.get(pk=matter["id"]), "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="zhang")
    services.say_word(sent.pk, words="the door is broken", by=room.actor("zhang"), at=room.now)
    form = {"photo": SimpleUploadedFile("a.jpg", photo(size=(60, 40)), content_type="image/jpeg")}
    taken = Caller("zhang").client.post(
        f"/api/assignments/{sent.pk}/photo", form, headers={"Idempotency-Key": f"photo-of-{sent.pk}"}
    )
    services.take_off(sent.pk, verb="withdraw", by=room.actor("dora"), at=room.now)
    return taken.json()["id"]


def test_photos_and_words_from_the_scene_come_along_with_their_origin_and_go_back_again(room):
    desk = Caller("dora")
    first, second = call(desk, KNIFE), call(desk, AGAIN)
    photo_id = scene_of(room, second)
    desk.post(f"incidents/{second['id']}/merge", {"into": first["id"]})

    seen = desk.post(f"incidents/{first['id']}/open", {"purpose": "dispatch"})
    assert [(p["id"], p["of"]) for p in seen["photos"]] == [(photo_id, second["reference"])]
    assert seen["photos"][0]["thumb"]
    assert [(a["words"], a["of"]) for a in seen["added"]] == [("the door is broken", second["reference"])]
    assert [r["of"] for r in seen["reports"]] == ["", second["reference"]]
    whole = f"/api/photos/{photo_id}/open"
    opened = desk.client.post(whole, {"purpose": "dispatch"}, content_type="application/json")
    assert opened.status_code == 200
    assert Look.objects.filter(record=f"incident:{first['id']}", purpose="dispatch").exists()
    desk.post(f"incidents/{second['id']}/open", {"purpose": "dispatch"}, status=403)  # over: read with the other
    # two words, two photos' halves, the caller's words: kept and erased with the head from now on
    assert set(Sealed.objects.values_list("matter", flat=True)) == {f"incident:{first['id']}"}

    desk.post(f"incidents/{second['id']}/unmerge")

    assert desk.post(f"incidents/{first['id']}/open", {"purpose": "dispatch"})["photos"] == []
    seen = desk.post(f"incidents/{second['id']}/open", {"purpose": "dispatch"})
    assert [(p["id"], p["of"]) for p in seen["photos"]] == [(photo_id, "")]
    assert [a["words"] for a in seen["added"]] == ["the door is broken"]
    assert Sealed.objects.filter(matter=f"incident:{second['id']}").count() == 4
    assert erase(f"incident:{first['id']}", cause="term", by=SYSTEM, at=room.now) == 1
    assert desk.post(f"incidents/{second['id']}/open", {"purpose": "dispatch"})["photos"][0]["thumb"]


def test_what_came_with_a_merged_matter_is_merged_on_and_stays_with_its_origin(room):
    desk = Caller("dora")
    first, second, third = call(desk, KNIFE), call(desk, AGAIN), call(desk, AGAIN | {"words": "持刀的人"})
    photo_id = scene_of(room, third)
    desk.post(f"incidents/{third['id']}/merge", {"into": second["id"]})
    desk.post(f"incidents/{second['id']}/merge", {"into": first["id"]})

    seen = desk.post(f"incidents/{first['id']}/open", {"purpose": "dispatch"})
    assert [(p["id"], p["of"]) for p in seen["photos"]] == [(photo_id, third["reference"])]
    desk.post(f"incidents/{third['id']}/unmerge")
    assert desk.post(f"incidents/{third['id']}/open", {"purpose": "dispatch"})["photos"][0]["thumb"]


def test_one_caller_withdraws_and_the_matter_of_both_stays(room):
    desk, public = Caller("carl"), Caller()
    first = call(desk, PIPE)
    second = call(desk, PIPE | {"words": "路面都是水，水管爆了"})
    desk.post(f"incidents/{second['id']}/merge", {"into": first["id"]})

    public.post("follow/withdraw", {"code": second["code"]})

    assert Incident.objects.get(pk=first["id"]).state == "classified"
    public.post("follow/withdraw", {"code": first["code"]})
    assert Incident.objects.get(pk=first["id"]).state == "cancelled"


def test_the_graver_grade_holds_and_a_place_that_was_missing_is_taken_over(room):
    desk = Caller("carl")
    online = room.report_online("便利店门口有人持水果刀")
    graver = call(desk, KNIFE)

    desk.post(f"incidents/{graver['id']}/merge", {"into": online.incident_id})

    head = Incident.objects.get(pk=online.incident_id)
    assert (head.grade, head.lon is not None, head.unit_id) == (1, True, room.town.units["east"].pk)
    assert (head.state, head.category) == ("classified", "crime"), "it can be sent to at once"


def test_told_apart_is_not_proposed_again(room):
    desk = Caller("dora")
    first, second = call(desk, KNIFE), call(desk, AGAIN)
    desk.post(f"incidents/{second['id']}/distinct", {"other": first["id"]})

    assert alike(desk, second) == alike(desk, first) == []


def test_a_wrong_merging_is_undone_with_the_callers_it_came_with(room):
    desk = Caller("dora")
    first, second, third = call(desk, KNIFE), call(desk, AGAIN), call(desk, AGAIN | {"words": "持刀的人"})
    desk.post(f"incidents/{third['id']}/merge", {"into": second["id"]})
    desk.post(f"incidents/{second['id']}/merge", {"into": first["id"]})
    assert Report.objects.filter(incident=first["id"]).count() == 3

    desk.post(f"incidents/{third['id']}/unmerge")

    assert Incident.objects.get(pk=third["id"]).state == "received"
    assert Report.objects.filter(incident=first["id"]).count() == 2
    assert Report.objects.filter(incident=third["id"]).count() == 1
    assert verify("acts").fault is None


def test_erasing_the_matter_erases_what_was_merged_into_it(room):
    desk = Caller("dora")
    first = call(desk, KNIFE)
    second = call(desk, AGAIN, subcategory="armed_threat", texts={"who": "one man, red jacket"})
    desk.post(f"incidents/{second['id']}/merge", {"into": first["id"]})
    opened = desk.post(f"incidents/{first['id']}/open", {"purpose": "dispatch"})
    assert [a["words"] for a in opened["added"]] == ["one man, red jacket"]

    assert erase(f"incident:{first['id']}", cause="term", by=SYSTEM, at=room.now) == 3


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("merge", {"into": "self"}, 422),
        ("merge", {"into": 999_999}, 404),
        ("merge", {}, 422),
        ("merge", {"into": "over"}, 409),
        ("merge", {"into": "drill"}, 409),
        ("distinct", {"other": "self"}, 422),
        ("unmerge", {}, 409),
    ],
)
def test_what_cannot_be_merged_is_refused_with_a_sentence(room, verb, body, status):
    desk = Caller("dora")
    mine, over = call(desk, KNIFE), call(desk, AGAIN)
    drill = call(desk, AGAIN, drill=True)
    desk.post(f"incidents/{over['id']}/set-aside", {"verb": "cancel", "reason": "by_caller"})
    ids = {"self": mine["id"], "over": over["id"], "drill": drill["id"]}
    body = {k: ids.get(v, v) for k, v in body.items()}

    said = desk.post(f"incidents/{mine['id']}/{verb}", body, status=status)

    assert said["message"].endswith(".")
    assert Incident.objects.get(pk=mine["id"]).state == "classified"


def test_who_took_the_call_cannot_merge_away_what_a_crew_was_sent_to(room):
    first, sent_to = room.report("a knife", at="market"), room.report("a knife again", at="market", grade=3)
    sent = room.dispatch(sent_to, "crew-1")
    Caller("dora").post(f"assignments/{sent.pk}/take-off", {"verb": "withdraw"})

    Caller("carl").post(f"incidents/{sent_to.pk}/merge", {"into": first.pk}, status=403)
    Caller("dora").post(f"incidents/{sent_to.pk}/merge", {"into": first.pk})


def test_a_matter_that_crews_are_on_is_not_merged_away(room):
    first, second = room.report("a knife", at="market"), room.report("a knife again", at="market")
    room.dispatch(second, "crew-1")

    Caller("dora").post(f"incidents/{second.pk}/merge", {"into": first.pk}, status=409)


def test_a_crew_and_the_public_neither_see_nor_merge(room):
    first = room.report("a knife", at="market")
    for who in ("zhang", "leader-li", "ina", "ada"):
        Caller(who).post("duplicates", {"words": "a knife"}, status=403)
        assert Caller(who).client.get(f"/api/incidents/{first.pk}/duplicates").status_code in (403, 404)
    Caller().post("duplicates", {"words": "a knife"}, status=401)
