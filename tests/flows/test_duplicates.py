"""Many callers, one event: proposed by the machine, merged by a person, both callers kept apart, undone if wrong."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents.models import Incident, Report
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.ledger.verify import verify
from tests.town import corner
from tests.web.api_client import Caller

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
    assert [s["reference"] for s in stories] == [first["reference"]] * 2
    assert stories[1]["received_at"] > stories[0]["received_at"], "each has the own story"
    room.fast_forward(minutes=30)
    assert not [h for h in room.everything() if h.stage == "dispatch" and str(second["id"]) in str(h)]
    assert verify("acts").fault is None


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
    from oneroom.apps.ledger.services import erase
    from oneroom.engine.values import SYSTEM

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
