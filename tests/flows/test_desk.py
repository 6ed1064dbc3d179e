"""The desk: calls that ring and are abandoned, drafts the room sends to, matters that go elsewhere and are followed."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oneroom.apps.incidents import desk
from oneroom.apps.incidents.models import Call, CallPayload, Draft, Incident, Questioning, Referral
from oneroom.apps.ledger.models import Look, Sealed
from oneroom.apps.ledger.queries import timeline
from oneroom.apps.orders.models import Ladder
from oneroom.apps.oversight.retention import keep_all
from tests.clock import HAND
from tests.town import corner
from tests.web.api_client import Caller

TOKEN = "a token of the exchange"
MARKET = {"lon": corner("market")[0], "lat": corner("market")[1]}


@pytest.fixture(autouse=True)
def feed(settings):
    settings.CALLS_TOKEN = TOKEN


def ring(client, event, call="c-1", *, status=200, token=TOKEN, **more):
    """The exchange tells of a call."""
    body = more.pop("raw", None) or json.dumps({"event": event, "call": call, "at": HAND.now().isoformat(), **more})
    answer = client.post(
        "/api/calls", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == status, answer.content
    return answer.json()


def kinds(matter):
    return [line.kind for line in timeline(matter)]


# ---- the exchange ----


def test_a_call_rings_is_taken_with_its_number_and_place_and_its_answer_time_is_kept(client, room):
    carl = Caller("carl")
    ring(client, "ringing", number="13800002207", place={**MARKET, "radius_m": 150, "datum": "WGS84"}, desk="07")
    shown = carl.get("calls")["calls"]
    assert [(c["state"], c["placed"]) for c in shown] == [("ringing", True)]
    assert "13800002207" not in json.dumps(shown)

    HAND.forward(8)
    ring(client, "answered", operator="carl", recording="rec-1")
    taken = carl.post(f"calls/{shown[0]['id']}/open", {"purpose": "call"})

    assert (taken["phone"], taken["calls_30_days"], taken["recording"]) == ("13800002207", 0, "rec-1")
    assert taken["lon"] == pytest.approx(MARKET["lon"])
    assert Look.objects.filter(record=f"call:{taken['id']}", purpose="call").count() == 1
    assert kinds(f"call:{taken['id']}") == ["call.ringing", "call.answered"]
    figures = desk.answering(HAND.now() - timedelta(hours=1), HAND.now())
    assert (figures.calls, figures.answered, figures.within_15_s) == (1, 1, 1.0)
    Caller("dora").post(f"calls/{taken['id']}/open", {"purpose": "call"}, status=409)


def test_how_often_a_number_called_is_a_count_on_a_live_call_and_never_a_history(client, room):
    carl = Caller("carl")
    for n in range(3):
        ring(client, "ringing", f"c-{n}", number="13800002207")
        ring(client, "answered", f"c-{n}", operator="carl")
        ring(client, "ended", f"c-{n}")
    ring(client, "ringing", "c-9", number="13800002207", operator="carl")
    call = Call.objects.get(exchange_id="c-9")

    assert carl.post(f"calls/{call.pk}/open", {"purpose": "call"})["calls_30_days"] == 3
    ring(client, "answered", "c-9", operator="carl")
    ring(client, "ended", "c-9")
    carl.post(f"calls/{call.pk}/open", {"purpose": "call"}, status=409)  # over: no count, no number

    HAND.forward(31 * 86400)
    keep_all(HAND.now())
    assert not Call.objects.exclude(number_hash=None).exists()
    assert not Sealed.objects.filter(purpose="call.number", erased=None).exists()
    assert not CallPayload.objects.exclude(raw=None).exists()


def test_an_abandoned_call_is_called_back_by_purpose_and_ends_with_a_result(client, room):
    dora = Caller("dora")
    ring(client, "ringing", number="13800002207")
    HAND.forward(22)
    ring(client, "ended")  # nobody answered: the exchange need not say "abandoned"

    waiting = desk.calls_to_return()
    assert [c.exchange_id for c in waiting] == ["c-1"]
    dora.post(f"calls/{waiting[0].pk}/open", {"purpose": "browse"}, status=409)
    assert dora.post(f"calls/{waiting[0].pk}/open", {"purpose": "return_call"})["phone"] == "13800002207"
    assert dora.post(f"calls/{waiting[0].pk}/return", {"result": "lost"}, status=422)["field"] == "result"
    dora.post(f"calls/{waiting[0].pk}/return", {"result": "no_matter"})

    assert desk.calls_to_return() == []
    assert kinds(f"call:{waiting[0].pk}")[-2:] == ["call.returned", "ladder.stopped"]
    dora.post(f"calls/{waiting[0].pk}/open", {"purpose": "return_call"}, status=409)


def test_a_call_back_that_nobody_makes_climbs(client, room):
    ring(client, "ringing", number="13800002207")
    ring(client, "abandoned")

    room.fast_forward(minutes=8)

    assert {(h.who, h.rung) for h in room.unheard()} == {("zhou", "shift_commander")}


def test_whoever_rings_again_and_is_answered_need_not_be_called_back(client, room):
    ring(client, "ringing", "c-1", number="13800002207")
    ring(client, "abandoned", "c-1")
    ring(client, "ringing", "c-2", number="13800002207")
    ring(client, "answered", "c-2", operator="carl")

    assert desk.calls_to_return() == []
    assert Call.objects.get(exchange_id="c-1").return_result == "rang_again"


def test_events_that_come_twice_or_out_of_order_move_a_call_forward_only(client, room):
    ring(client, "answered", operator="carl")
    ring(client, "ringing", number="13800002207")
    ring(client, "ended")
    ring(client, "ended")
    ring(client, "answered", operator="carl")

    call = Call.objects.get()
    assert call.state == "ended"
    assert call.caller_id is not None
    assert kinds(f"call:{call.pk}") == ["call.answered", "call.ended"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("{", "body:bad_input"),
        ("[]", "body:bad_input"),
        ('{"event": "singing", "call": "x"}', "event:bad_input"),
        ('{"event": "ringing"}', "call:bad_input"),
        ('{"event": "ringing", "call": "x", "face": "y"}', "face:bad_input"),
        ('{"event": "ringing", "call": "x", "number": "call me"}', "number:bad_input"),
        ('{"event": "ringing", "call": "x", "place": {"lon": 1, "lat": 2, "radius_m": 3}}', "place.datum:bad_input"),
        ('{"event": "ringing", "call": "x", "place": {"lon": 1e999, "lat": 2, "radius_m": 3, "datum": "WGS84"}}',
         "place.lon:bad_input"),
        ('{"event": "ringing", "call": "x", "at": "yesterday"}', "at:bad_input"),
        ('{"event": ["ringing"], "call": "x"}', "event:bad_input"),
    ],
)  # fmt: skip
def test_a_bad_payload_lies_in_quarantine_with_its_reason_and_is_never_a_fault(client, room, raw, reason):
    ring(client, "", raw=raw, status=422)

    kept = CallPayload.objects.get()
    assert (kept.taken, kept.reason, bytes(kept.raw)) == (False, reason, raw.encode())
    assert not Call.objects.exists()


def test_without_the_token_nothing_is_even_kept(client, room, settings):
    ring(client, "ringing", token="guess", status=401)
    settings.CALLS_TOKEN = ""
    ring(client, "ringing", token="", status=401)

    assert not CallPayload.objects.exists()


# ---- drafts ----


def keep(who, n, words, *, key="draft-0001", **shown):
    return who.post("drafts", {"key": key, "n": n, "content": {"fields": {"words": words}}, **shown})


def test_the_room_sees_a_call_while_it_is_taken_and_sends_before_it_is_whole(room):
    carl, dora = Caller("carl"), Caller("dora")
    keep(carl, 1, "a man with a knife")
    (row,) = dora.get("drafts")["drafts"]
    assert (row["grade"], row["lon"], row["desk"]) == (None, None, "Carl")
    dora.post(f"drafts/{row['id']}/send-on", status=422)  # nobody knows where
    known = {"category": "public_order", "subcategory": "armed_threat", "grade": 1, "location": MARKET}
    keep(carl, 2, "a man with a knife at the clerk", **known)
    assert "knife" not in json.dumps(dora.get("drafts"))
    assert dora.post(f"drafts/{row['id']}/open", {"purpose": "dispatch"})["words"] == "a man with a knife at the clerk"

    sent = dora.post(f"drafts/{row['id']}/send-on")
    dora.post(f"incidents/{sent['id']}/offer", {"crews": [room.town.crews["crew-1"].pk]})
    assert dora.post(f"drafts/{row['id']}/send-on")["id"] == sent["id"]
    assert dora.get("drafts")["drafts"] == []
    told = keep(carl, 3, "a man with a knife at the clerk, he closes the shutter", **known)
    assert (told["incident"], told["reference"]) == (sent["id"], sent["reference"])
    saved = carl.post(
        "incidents",
        {
            "words": "a man with a knife at the clerk, he closes the shutter", "caller_phone": "13800002207",
            "draft": "draft-0001", "location": MARKET, "category": "public_order", "subcategory": "fight", "grade": 1,
            "reasons": ["weapon"], "answers": {"weapon": "yes"}, "safe_contact": "no",
        },
    )  # fmt: skip

    found = Incident.objects.get()
    assert (saved["id"], found.state, found.subcategory) == (found.pk, "dispatched", "fight")
    opened = dora.post(f"incidents/{found.pk}/open", {"purpose": "dispatch"})
    assert opened["reports"][0]["words"] == "a man with a knife at the clerk"
    assert opened["reports"][0]["caller"]["phone"] == "13800002207"
    assert [a["words"] for a in opened["added"]] == ["he closes the shutter"]
    assert opened["reports"][0]["safe_contact"] == "no"
    assert not Sealed.objects.filter(purpose="draft.words", erased=None).exists()
    assert Caller().post("follow", {"code": saved["code"]})["reference"] == found.reference
    assert keep(carl, 4, "a late saving") == {"over": True}


def test_a_draft_saved_by_its_desk_is_one_matter_and_its_text_is_erased(room):
    carl = Caller("carl")
    keep(carl, 5, "noise upstairs", category="public_order", grade=4)
    keep(carl, 3, "noi")  # an older saving that arrives late
    assert carl.get("drafts/mine")["drafts"][0]["content"]["fields"]["words"] == "noise upstairs"
    assert Caller("dora").get("drafts/mine")["drafts"] == []

    carl.post("incidents", {"words": "noise upstairs", "draft": "draft-0001"})

    assert Incident.objects.count() == 1
    assert carl.get("drafts/mine")["drafts"] == []
    assert not Sealed.objects.filter(purpose="draft.words", erased=None).exists()


def test_a_draft_that_nobody_types_any_more_is_forgotten(room):
    keep(Caller("carl"), 1, "half a sen")
    HAND.forward(13 * 3600)
    keep_all(HAND.now())
    assert desk.drafts() == []
    assert not Sealed.objects.filter(purpose="draft.words", erased=None).exists()
    HAND.forward(25 * 3600)
    keep_all(HAND.now())
    assert not Draft.objects.exists()


def test_the_room_hears_of_a_draft_only_when_what_it_may_see_changes(room):
    carl = Caller("carl")
    keep(carl, 1, "a")
    keep(carl, 2, "a fight")
    keep(carl, 3, "a fight", category="public_order", grade=2)
    keep(carl, 4, "a fight, two men", category="public_order", grade=2)

    from oneroom.apps.ledger.models import Entry

    assert Entry.objects.filter(kind="draft.shown").count() == 2


@pytest.mark.parametrize("who", ["zhang", "leader-li", "ina", "ada"])
def test_drafts_and_calls_are_the_rooms_alone(room, who):
    other = Caller(who)
    keep_body = {"key": "draft-0001", "n": 1, "content": {}}
    assert other.client.post("/api/drafts", json.dumps(keep_body), content_type="application/json").status_code == 403
    other.get("drafts", status=403)
    other.get("calls", status=403)


def test_a_drill_that_is_sent_on_while_it_is_taken_stays_a_drill_to_its_end(room):
    carl, dora = Caller("carl"), Caller("dora")
    known = {"category": "public_order", "subcategory": "armed_threat", "grade": 1, "location": MARKET}
    keep(carl, 1, "smoke", **known, drill=True, safe_contact="no")
    (row,) = dora.get("drafts")["drafts"]
    assert row["drill"]
    assert "drill" in dora.client.get("/room/queue").content.decode(), "the room sees it before it sends"

    pk = dora.post(f"drafts/{row['id']}/send-on")["id"]
    carl.post("incidents", {"words": "smoke, much of it", "draft": "draft-0001", **known, "drill": True})

    found = Incident.objects.get(pk=pk)
    assert (found.drill, found.reports.get().safe_contact) == (True, "no")
    assert [e.facts["drill"] for e in timeline(f"incident:{pk}") if e.kind == "incident.received"] == [True]
    assert desk.origins(HAND.now() - timedelta(hours=1), HAND.now() + timedelta(hours=1)).total == 0


def test_a_draft_kept_as_a_drill_and_saved_without_the_word_is_a_drill(room):
    carl = Caller("carl")
    keep(carl, 1, "smoke", drill=True)
    carl.post("incidents", {"words": "smoke", "draft": "draft-0001"})
    assert Incident.objects.get().drill


def test_a_real_call_that_was_sent_on_is_not_called_a_drill_afterwards(room):
    carl, dora = Caller("carl"), Caller("dora")
    pk = sent_on(carl, dora)
    said = carl.post("incidents", {"words": "x", "draft": "draft-0001", "drill": True, **KNIFE}, status=409)
    assert said["field"] == "drill"
    assert not Incident.objects.get(pk=pk).drill


# ---- questions ----


def test_what_was_asked_is_kept_as_codes_with_the_version_and_free_words_are_sealed(room):
    taken = Caller("carl").post(
        "incidents",
        {
            "words": "a knife", "category": "public_order", "subcategory": "armed_threat", "grade": 1,
            "location": MARKET, "answers": {"danger": "yes", "weapon": "yes", "now": "unknown"},
            "texts": {"who": "one man, red jacket"},
        },
    )  # fmt: skip

    asked = Questioning.objects.get()
    assert (asked.protocol, asked.version) == ("public_order.armed_threat", 1)
    assert asked.answers == ["danger:yes", "now:unknown", "weapon:yes"]
    assert "red jacket" in Sealed.objects.get(purpose="report.answers").text
    opened = Caller("dora").post(f"incidents/{taken['id']}/open", {"purpose": "dispatch"})
    assert [a["words"] for a in opened["added"]] == ["one man, red jacket"], "what was answered is read by who sends"
    entry = next(e for e in timeline(f"incident:{taken['id']}") if e.kind == "incident.questioned")
    assert "red" not in json.dumps(entry.facts)


def test_an_answer_nobody_asked_for_is_refused_and_nothing_is_half_written(room):
    said = Caller("carl").post(
        "incidents",
        {"words": "x", "category": "crime", "subcategory": "theft", "grade": 3, "location": MARKET,
         "answers": {"breathing": "yes"}},
        status=422,
    )  # fmt: skip
    assert said["field"] == "answers"
    assert not Incident.objects.exists()


# ---- other agencies ----


def test_a_matter_handed_to_12345_is_followed_until_its_answer(room):
    dora = Caller("dora")
    incident = room.report("a hole in the road", at="market", grade=4, category="non_police")
    made = dora.post(f"incidents/{incident.pk}/hand-over", {"agency": "12345", "reference": "SH-2026/17"})

    incident.refresh_from_db()
    assert incident.state == "transferred"
    assert [r["id"] for r in dora.get("referrals")["referrals"]] == [made["referral"]]
    room.fast_forward(minutes=24 * 60 + 1)
    assert any(h.stage == "agency_answer" and h.rung == "duty_chief" for h in room.unheard())
    dora.post(f"referrals/{made['referral']}/answer", {"result": "answered"})

    assert dora.get("referrals")["referrals"] == []
    dora.post(f"referrals/{made['referral']}/answer", {"result": "answered"}, status=409)
    assert Referral.objects.get().reference == "SH-2026/17"


@pytest.mark.parametrize("result", ["taken_back", "unclear"])
def test_what_comes_back_or_is_nobodys_is_ours_again(room, result):
    dora = Caller("dora")
    incident = room.report("smoke from a drain", at="market", grade=3, category="utility")
    dora.post(f"incidents/{incident.pk}/hand-over", {"agency": "12345"})

    dora.post(f"referrals/{Referral.objects.get().pk}/answer", {"result": result})

    incident.refresh_from_db()
    assert (incident.state, incident.closed_at) == ("received", None)
    assert any(e.kind == "ladder.started" and e.facts["stage"] == "classify"
               for e in timeline(f"incident:{incident.pk}")[-2:])  # fmt: skip


def test_fire_and_ambulance_come_along_and_the_police_part_stays_open(room):
    dora = Caller("dora")
    incident = room.report("a crash, one is hurt", at="market", grade=1, category="traffic")
    room.dispatch(incident, "crew-1")

    made = dora.post(f"incidents/{incident.pk}/hand-over", {"agency": "120", "joint": True})
    dora.post(f"referrals/{made['referral']}/answer", {"result": "answered", "reference": "120-88"})

    incident.refresh_from_db()
    assert incident.state == "dispatched"
    assert Referral.objects.get().reference == "120-88"
    assert kinds(f"incident:{incident.pk}")[-2:] == ["referral.answered", "ladder.stopped"]


# ---- T18 ----


def test_t18_the_origin_of_each_matter_is_kept_and_the_self_initiated_share_is_counted(room):
    """T18: calls from the public told apart from what crews found, as a ratio per unit and span."""
    begun = HAND.now()
    carl, zhang = Caller("carl"), Caller("zhang")
    carl.post("incidents", {"words": "a fight", "location": MARKET, "category": "public_order", "grade": 2})
    carl.post("incidents", {"words": "from the bus company", "source": "api", "location": MARKET})
    Caller().post("reports", {"words": "paint on my door", "location": MARKET})
    seen = zhang.post(
        "incidents",
        {"source": "self", "words": "a car across the kerb", "category": "traffic", "subcategory": "blocked_road",
         "grade": 4},
    )  # fmt: skip
    carl.post("incidents", {"words": "a drill", "drill": True})
    HAND.forward(60)

    counted = desk.origins(begun, HAND.now())
    assert counted.counts == {"phone": 1, "api": 1, "web": 1, "self": 1}
    assert (counted.total, counted.self_share) == (4, 0.25)
    mine = Incident.objects.get(pk=seen["id"])
    assert (mine.origin, mine.state, mine.unit_id) == ("self", "classified", room.town.units["west"].pk)
    assert (mine.lon, mine.lat) == pytest.approx(corner("west"))  # where the crew is
    assert desk.origins(begun, HAND.now(), units=[mine.unit_id]).self_share == 1.0
    assert desk.origins(HAND.now(), HAND.now() + timedelta(days=1)).self_share is None


@pytest.mark.parametrize(
    ("who", "source", "status"),
    [("zhang", "phone", 403), ("aux-he", "self", 403), ("leader-li", "self", 403), ("carl", "web", 422),
     ("carl", "self", 200), ("carl", "carrier pigeon", 422)],
)  # fmt: skip
def test_t18_every_door_has_its_own_origin_and_no_other(room, who, source, status):
    """T18: nobody passes off a call as a find of a crew, or the other way round."""
    Caller(who).post("incidents", {"source": source, "words": "x", "location": MARKET}, status=status)


# ---- what must not be lost ----

KNIFE = {"category": "public_order", "subcategory": "armed_threat", "grade": 1, "location": MARKET}


def sent_on(carl, dora) -> int:
    """A call that the dispatcher made a matter of while the caller still speaks."""
    keep(carl, 1, "a man with a knife", **KNIFE)
    (row,) = dora.get("drafts")["drafts"]
    return dora.post(f"drafts/{row['id']}/send-on")["id"]


def save(carl, words, **other) -> dict:
    return carl.post(
        "incidents", {"words": words, "caller_phone": "13800002207", "draft": "draft-0001", **KNIFE, **other}
    )  # fmt: skip


@pytest.mark.parametrize(("after_s", "who"), [(30, ["leader-li"]), (70, ["leader-lu", "leader-li"])])
def test_a_place_that_turns_out_to_be_another_stations_moves_what_is_promised_there(room, after_s, who):
    """T19: the chief who is told that nobody was sent is the one whose station it is."""
    carl, dora = Caller("carl"), Caller("dora")
    found = sent_on(carl, dora)
    room.fast_forward(seconds=after_s)
    lon, lat = corner("west")

    save(carl, "a man with a knife, in Elm Road", location={"lon": lon, "lat": lat})
    room.fast_forward(seconds=85 - after_s)

    chiefs = [h.who for h in room.everything() if (h.stage, h.rung, h.channel) == ("dispatch", "duty_chief", "app")]
    assert chiefs == who
    assert Incident.objects.get(pk=found).unit == room.town.units["west"]
    assert Ladder.objects.filter(subject=f"incident:{found}", stage="dispatch", stopped=None).count() == 1


def test_what_is_typed_after_a_merging_goes_to_the_matter_that_it_counts_to_now(room):
    carl, dora = Caller("carl"), Caller("dora")
    other = room.report("somebody with a knife", at="market", grade=2, category="public_order")
    dora.post(f"incidents/{sent_on(carl, dora)}/merge", {"into": other.pk})

    saved = save(carl, "a man with a knife, he has a red jacket")

    assert saved["id"] == other.pk
    opened = dora.post(f"incidents/{other.pk}/open", {"purpose": "dispatch"})
    assert [a["words"] for a in opened["added"]] == ["he has a red jacket"]
    assert Sealed.objects.get(purpose="report.caller").matter == f"incident:{other.pk}", "erased with it"


def test_what_is_typed_after_the_matter_ended_is_a_new_one_that_somebody_must_read(room):
    carl, dora = Caller("carl"), Caller("dora")
    ended = sent_on(carl, dora)
    dora.post(f"incidents/{ended}/set-aside", {"verb": "cancel", "reason": "by_room"})

    saved = save(carl, "a man with a knife, he has a red jacket")

    assert saved["id"] != ended
    opened = dora.post(f"incidents/{saved['id']}/open", {"purpose": "dispatch"})
    assert opened["reports"][0]["words"] == "a man with a knife, he has a red jacket"
    assert Caller().post("follow", {"code": saved["code"]})["reference"] == saved["reference"]


@pytest.mark.parametrize("early", [True, False], ids=["sent on", "not sent on"])
def test_a_call_that_is_saved_twice_under_two_keys_is_written_once(room, early):
    carl, dora = Caller("carl"), Caller("dora")
    keep(carl, 1, "a man with a knife", **KNIFE)
    if early:
        (row,) = dora.get("drafts")["drafts"]
        dora.post(f"drafts/{row['id']}/send-on")
    said = {"words": "a man with a knife, he closes the shutter", "draft": "draft-0001", "answers": {"weapon": "yes"}}

    first = carl.post("incidents", {**KNIFE, **said}, key="the-first-key")
    before = len(kinds(f"incident:{first['id']}"))
    second = carl.post("incidents", {**KNIFE, **said}, key="the-second-key")

    assert second == first
    assert len(kinds(f"incident:{first['id']}")) == before, "nothing new was said, so nothing is entered"
    opened = dora.post(f"incidents/{first['id']}/open", {"purpose": "dispatch"})
    words = [r["words"] for r in opened["reports"]] + [a["words"] for a in opened["added"]]
    assert ", ".join(words) == said["words"]
    assert Questioning.objects.count() == 1

    said["words"] += ", and runs"
    assert carl.post("incidents", {**KNIFE, **said}, key="the-third-key") == first
    added = dora.post(f"incidents/{first['id']}/open", {"purpose": "dispatch"})["added"]
    assert added[-1]["words"] == "and runs", "what is new is not lost"


def test_a_saving_that_comes_twice_after_the_matter_was_handed_over_makes_no_second_one(room):
    carl = Caller("carl")
    keep(carl, 1, "a hole in the road")
    said = {"words": "a hole in the road", "draft": "draft-0001"}
    first = carl.post("incidents", said, key="the-first-key")
    carl.post(f"incidents/{first['id']}/hand-over", {"agency": "12345"})

    assert carl.post("incidents", said, key="the-second-key") == first
    assert Incident.objects.count() == 1
    more = carl.post("incidents", {**said, "words": "a hole in the road, a child fell in"}, key="the-third-key")
    assert (more["id"] != first["id"], more["code"] != first["code"]) == (True, True), "that is a new call"
    assert carl.post("incidents", {**said, "words": "a hole in the road, a child fell in"}) == more


def test_the_desk_takes_back_its_own_reasons_and_those_of_others_stay(room):
    carl, dora = Caller("carl"), Caller("dora")
    keep(carl, 1, "he shouts, I think he has a knife", **KNIFE | {"grade": 2}, reasons=["weapon", "in_progress"])
    (row,) = dora.get("drafts")["drafts"]
    pk = dora.post(f"drafts/{row['id']}/send-on")["id"]
    dora.post(f"incidents/{pk}/grade", {"grade": 1, "reasons": ["weapon", "in_progress", "injured"]})
    keep(carl, 2, "he shouts, I think he has a knife, no", **KNIFE | {"grade": 2}, reasons=["in_progress"])

    now = {"reasons": ["in_progress", "vulnerable"]}
    carl.post("incidents", {"words": "he shouts", "draft": "draft-0001", **KNIFE | {"grade": 2}, **now})

    found = Incident.objects.get(pk=pk)
    assert found.reasons == ["in_progress", "vulnerable", "injured"], "no knife after all; hurt is hurt"
    assert found.grade == 1


def test_who_says_nothing_about_it_does_not_undo_that_it_is_not_safe(room):
    carl, dora = Caller("carl"), Caller("dora")
    pk = sent_on(carl, dora)
    report = Incident.objects.get(pk=pk).reports.get()
    dora.post(f"incidents/{pk}/safe-contact", {"report": report.pk, "safe_contact": "no"})

    save(carl, "a man with a knife")

    report.refresh_from_db()
    assert report.safe_contact == "no"


def test_a_long_call_loses_no_word_when_it_was_sent_on_early(room):
    carl, dora = Caller("carl"), Caller("dora")
    pk = sent_on(carl, dora)
    save(carl, "a man with a knife, " + "he runs " * 300 + "to the bridge")

    added = dora.post(f"incidents/{pk}/open", {"purpose": "dispatch"})["added"]
    assert len(added) == 2
    assert added[-1]["words"].endswith("to the bridge")


def test_another_grade_does_not_stop_the_watch_over_another_agencys_answer(room):
    dora = Caller("dora")
    incident = room.report("a crash", at="market", grade=2, category="traffic")
    dora.post(f"incidents/{incident.pk}/hand-over", {"agency": "120", "joint": True})
    dora.post(f"incidents/{incident.pk}/grade", {"grade": 1, "reasons": ["life_at_risk"]})

    room.fast_forward(minutes=31)

    assert any(h.stage == "agency_answer" for h in room.unheard())


def test_an_answer_told_after_the_end_takes_the_call_off_the_list_of_those_to_return(client, room):
    ring(client, "ended", number="13800002207")
    assert len(desk.calls_to_return()) == 1
    ring(client, "answered", operator="carl")

    assert desk.calls_to_return() == []
    room.fast_forward(minutes=8)
    assert room.unheard() == [], "nobody is told to call back whom carl spoke with"


def test_a_late_ringing_counts_for_how_long_the_caller_waited(client, room):
    rang = HAND.now()
    HAND.forward(20)
    ring(client, "answered", operator="carl")
    ring(client, "", raw=json.dumps({"event": "ringing", "call": "c-1", "at": rang.isoformat()}))

    figures = desk.answering(rang - timedelta(hours=1), HAND.now())
    assert (figures.answered, figures.within_15_s, figures.within_20_s) == (1, 0.0, 1.0)


def test_a_call_whose_end_was_never_told_keeps_its_number_no_longer_than_others(client, room):
    ring(client, "ringing", number="13800002207")
    HAND.forward(31 * 86400)
    keep_all(HAND.now())

    assert not Call.objects.exclude(number_hash=None).exists()
    assert not Sealed.objects.filter(purpose="call.number", erased=None).exists()


def test_what_the_exchange_sent_is_forgotten_in_two_steps(client, room, settings):
    settings.RETENTION = {**settings.RETENTION, "payload_trace": timedelta(days=20)}
    ring(client, "ringing", number="13800002207")
    HAND.forward(8 * 86400)
    ring(client, "", raw="{", status=422)
    keep_all(HAND.now())
    assert [(p.raw is None, len(p.digest)) for p in CallPayload.objects.order_by("pk")] == [(True, 64), (False, 64)]

    HAND.forward(13 * 86400)
    keep_all(HAND.now())
    assert [p.raw for p in CallPayload.objects.all()] == [None], "the first is gone, of the second only its bytes"
    HAND.forward(8 * 86400)
    keep_all(HAND.now())
    assert not CallPayload.objects.exists()


def test_what_desks_and_clock_ask_every_few_seconds_reads_no_call_that_is_over(room):
    """Of 30,000 calls that are over and forgotten none is read: the plans of the six questions go by an index."""
    long_ago = HAND.now() - timedelta(days=60)
    Call.objects.bulk_create(
        Call(exchange_id=f"gone:{n}", state="ended", ringing_at=long_ago, answered_at=long_ago, ended_at=long_ago)
        for n in range(30_000)
    )
    CallPayload.objects.bulk_create(CallPayload(digest="x", received=long_ago, taken=True) for _ in range(30_000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incidents_call, incidents_callpayload")

    with CaptureQueriesContext(connection) as asked:
        desk.calls_for(by=room.actor("carl"))
        desk.calls_to_return()
        keep_all(HAND.now())

    questions = [q["sql"] for q in asked if "incidents_call" in q["sql"] and "FOR UPDATE" not in q["sql"]]
    assert len(questions) == 6
    with connection.cursor() as cursor:
        for sql in questions:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
            assert re.search("call_(live|to_return|personal|recorded)|payload_(kept|received)", plan), plan
