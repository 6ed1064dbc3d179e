"""B07: a message by any channel lands on the one timeline of its matter, in the order in which it came."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import translation

from oneroom.apps.incidents.models import AddedWords, Call
from oneroom.apps.ledger.excerpt import verify_matter
from oneroom.apps.ledger.models import Entry, Look
from oneroom.apps.orders.channel import Receipt
from oneroom.web.pages.room.sentences import Names, skipped
from tests.pockets import SmsPocket
from tests.town import corner
from tests.web.api_client import Caller

TOKEN = "a token of the exchange"


def lines(pk: int) -> list[tuple[str, str]]:
    """(channel, sentence) of the matter's timeline as the room shows it, oldest first."""
    page = Caller("dora").client.get(f"/room/incidents/{pk}").content.decode()
    listed = page[page.index('<ol class="timeline">') :]
    found = re.findall(r'<span class="ch">(.*?)</span><div class="what">(.*?)(?:<span class="meta"|</div>)', listed)
    return [(channel, re.sub(r"<[^>]+>", "", what)) for channel, what in reversed(found)]


def exchange(event: str, call: str = "c-17", **more: Any) -> None:
    """The telephone exchange tells of a call."""
    body = {"event": event, "call": call, **more}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    said = Client().post("/api/calls", body, content_type="application/json", headers=headers)
    assert said.status_code == 200, said.content


def rung(room, desk: Caller, words: str, *, call: str, recording: str, operator: str) -> dict[str, Any]:
    """A call rings, is answered after four seconds and saved as a matter."""
    lon, lat = corner("west")
    exchange("ringing", call, number="13800002207")
    room.fast_forward(seconds=4)
    exchange("answered", call, operator=operator, recording=recording)
    room.fast_forward(seconds=10)
    told = {"words": words, "category": "crime", "grade": 1, "safe_contact": "yes"}
    number = Call.objects.get(exchange_id=call).pk
    return desk.post("incidents", told | {"location": {"lon": lon, "lat": lat}, "call": number})


def test_b07_every_channel_lands_on_the_same_timeline_in_order(room, settings):
    settings.CALLS_TOKEN = TOKEN
    desk, crew, public = Caller("dora"), Caller("zhang"), Caller()
    taken = rung(room, desk, "a man with a knife", call="c-17", recording="rec-17", operator="dora")
    pk, crew_1 = taken["id"], room.town.crews["crew-1"].pk
    sent = desk.post(f"incidents/{pk}/offer", {"crews": [crew_1]})["assignments"][0]
    room.fast_forward(seconds=16)  # nobody signs: the lead's SMS
    crew.post(f"assignments/{sent}/step", {"verb": "acknowledge"})
    desk.post(f"incidents/{pk}/radio", {"words": "crew one rolling", "crew": crew_1})
    room.fast_forward(seconds=20)
    exchange("ended")
    public.post("follow/words", {"code": taken["code"], "words": "he is at the back door"})
    room.fast_forward(seconds=5)
    for verb in ("set_out", "arrive"):
        crew.post(f"assignments/{sent}/step", {"verb": verb})
    crew.post(f"assignments/{sent}/word", {"words": "talking to him"})
    room.fast_forward(seconds=5)
    desk.post(f"incidents/{pk}/video", {"event": "started", "crew": crew_1})
    desk.post(f"incidents/{pk}/words", {"words": "ambulance asked for"})
    desk.post(f"incidents/{pk}/video", {"event": "ended", "crew": crew_1})

    heard = [line for line in lines(pk) if line[0] in {"Call", "Message", "Radio", "Scene", "Video", "Control"}]

    assert [channel for channel, _ in heard if channel != "Message"] == [
        "Call", "Call", "Call", "Call", "Radio", "Call", "Call", "Scene", "Scene", "Scene", "Video", "Control", "Video"
    ], heard  # fmt: skip
    calls = [what for channel, what in heard if channel == "Call"]
    assert [calls[0], calls[1], calls[3], calls[4]] == [
        "A call rings", "Call answered after 4 s", "The telephone call belongs to this matter", "Call ended"
    ], calls  # fmt: skip
    assert "came in" in calls[2]
    messages = [n for n, (channel, _) in enumerate(heard) if channel == "Message"]
    assert messages, heard
    assert max(messages) < next(n for n, (c, _) in enumerate(heard) if c == "Radio"), heard
    assert "Crew-1: On the radio" in dict(heard)["Radio"]
    opened = desk.post(f"incidents/{pk}/open", {"purpose": "dispatch"})
    assert [r["recording"] for r in opened["recordings"]] == ["rec-17"]
    said = opened["added"]
    assert [a["source"] for a in said] == ["radio", "caller", "crew", "room"]
    assert said[0]["words"] == "crew one rolling"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            ("A call rings", "Call answered after 4 s", "The telephone call belongs to this matter", "Call ended"),
        ),
        ("zh-hans", ("4 秒接通", "这通电话归入本警情", "通话结束")),
    ],
)
def test_b07_the_dossier_tells_of_the_calls_of_a_matter_and_of_those_merged_into_it(room, settings, language, told):
    settings.CALLS_TOKEN = TOKEN
    desk = Caller("dora", language=language)
    first = rung(room, desk, "a man with a knife", call="c-17", recording="rec-17", operator="dora")
    second = rung(room, Caller("dan"), "somebody has a knife", call="c-18", recording="rec-18", operator="dan")
    exchange("ended", "c-17")
    Caller("dora").post(f"incidents/{second['id']}/merge", {"into": first["id"]})
    path = f"/incidents/{first['id']}/dossier"

    masked = desk.client.get(path).content.decode()
    assert "rec-1" not in masked, "where it is recorded opens with a purpose, as the words do"
    whole = desk.client.get(path, {"purpose": "review"}).content.decode()

    listed = html.unescape(whole)
    assert [listed.count(line) for line in told] == [2, 2, 2, 1][-len(told) :], "of both; one still goes on"
    assert sorted(told, key=listed.index) == list(told)
    assert ("rec-17" in whole, "rec-18" in whole) == (True, True)
    look = Look.objects.get(purpose="review")
    assert "call.recording" in look.fields
    for call in Call.objects.all():
        mark = verify_matter(f"call:{call.pk}")
        assert f"{mark.mark} (--matter call:{call.pk} --upto {mark.last})" in whole
        assert made_again(f"call:{call.pk}", mark.mark)
    assert "--matter call:999" not in whole
    with pytest.raises(CommandError):
        call_command("verify", matter="call:999")


def made_again(name: str, mark: str) -> bool:
    """Whoever has the record makes the same mark again."""
    said = io.StringIO()
    call_command("verify", matter=name, stdout=said)
    return f"Mark {mark}" in said.getvalue()


def test_a_call_line_that_was_altered_breaks_the_seal_of_its_matter(room, settings):
    settings.CALLS_TOKEN = TOKEN
    taken = rung(room, Caller("dora"), "a man with a knife", call="c-17", recording="", operator="dora")
    page = f"/room/incidents/{taken['id']}"
    assert "Intact" in Caller("dora").client.get(page).content.decode()
    answered = Entry.objects.get(kind="call.answered")

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_entry SET facts = facts || '{\"waited_s\": 1}' WHERE seq = %s", [answered.seq])
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")

    assert f"Record altered at #{answered.seq}" in Caller("dora").client.get(page).content.decode()


def test_a_crew_on_its_way_and_the_caller_hear_nothing_of_the_exchange(room, settings):
    settings.CALLS_TOKEN = TOKEN
    taken = rung(room, Caller("dora"), "a man with a knife", call="c-17", recording="rec-17", operator="dora")
    Caller("dora").post(f"incidents/{taken['id']}/offer", {"crews": [room.town.crews["crew-1"].pk]})
    before = Caller().post("follow", {"code": taken["code"]})
    exchange("ended")

    said = Caller("zhang").post(f"incidents/{taken['id']}/open", {"purpose": "respond"})
    assert said["recordings"] == []
    assert "call.recording" not in Look.objects.get(purpose="respond").fields
    assert Caller().post("follow", {"code": taken["code"]}) == before


def test_a_word_on_the_radio_answers_for_the_crew_as_one_from_its_phone(room):
    matter = room.report("a man with a knife", at="market", grade=1)
    sent = room.dispatch(matter, "crew-1")
    room.step(sent, "acknowledge", "set_out", "arrive", by="dora")
    room.fast_forward(minutes=1)
    Caller("dora").post(f"incidents/{matter.pk}/radio", {"words": "all calm", "crew": room.town.crews["crew-1"].pk})
    before = len(room.everything())

    room.fast_forward(minutes=8)

    assert [h for h in room.everything()[before:] if h.stage in ("first_word", "welfare")] == []


def test_what_does_not_belong_on_the_timeline_is_refused(room):
    matter = room.report("a man with a knife", at="market", grade=1)
    desk, crew_3 = Caller("dora"), room.town.crews["crew-3"].pk
    for path, body, status in [
        ("radio", {"words": "", "crew": None}, 422),
        ("radio", {"words": "calm", "crew": crew_3}, 409),
        ("video", {"event": "recorded"}, 422),
        ("radio", {"words": "x" * 2001}, 422),
    ]:
        said = desk.post(f"incidents/{matter.pk}/{path}", body, status=status)
        assert said["message"].endswith(".")
    Caller("carl").post(f"incidents/{matter.pk}/radio", {"words": "calm"}, status=403)
    Caller("zhang").post(f"incidents/{matter.pk}/radio", {"words": "calm"}, status=404)
    assert not AddedWords.objects.exists()


def test_ways_out_that_are_missing_are_one_line_for_each_rung(room, monkeypatch):
    monkeypatch.setattr(SmsPocket, "send", lambda self, message: Receipt("skipped", detail="no_gateway"))
    matter = room.report("a man with a knife", at="market", grade=1)
    room.dispatch(matter, "crew-1")
    room.fast_forward(seconds=95)  # the lead again, the second, the duty chief, the commander

    said = [what for _, what in lines(matter.pk) if what.startswith("No message")]

    missing = "No message by %s: it is not set up here"
    assert said == [missing % way for way in ("SMS, voice", "SMS, voice", "SMS", "e-mail")]
    assert Entry.objects.filter(kind="delivery.skipped").count() == 6, "the record keeps each"
    with translation.override("en"):
        told = skipped({"channels": ["sms", "voice"], "times": 4}, Names())
    assert told == f"{missing % 'SMS, voice'} (4 times)", "to two people"
