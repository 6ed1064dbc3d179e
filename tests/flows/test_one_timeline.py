"""B07: a message by any channel lands on the one timeline of its matter, in the order in which it came."""

from __future__ import annotations

import re

from django.utils import translation

from oneroom.apps.incidents.models import AddedWords
from oneroom.apps.ledger.models import Entry
from oneroom.apps.orders.channel import Receipt
from oneroom.web.pages.room.sentences import Names, skipped
from tests.pockets import SmsPocket
from tests.town import corner
from tests.web.api_client import Caller


def lines(pk: int) -> list[tuple[str, str]]:
    """(channel, sentence) of the matter's timeline as the room shows it, oldest first."""
    html = Caller("dora").client.get(f"/room/incidents/{pk}").content.decode()
    listed = html[html.index('<ol class="timeline">') :]
    found = re.findall(r'<span class="ch">(.*?)</span><div class="what">(.*?)(?:<span class="meta"|</div>)', listed)
    return [(channel, re.sub(r"<[^>]+>", "", what)) for channel, what in reversed(found)]


def test_b07_every_channel_lands_on_the_same_timeline_in_order(room):
    desk, crew, public = Caller("dora"), Caller("zhang"), Caller()
    lon, lat = corner("west")
    call = {"words": "a man with a knife", "category": "crime", "grade": 1, "safe_contact": "yes"}
    taken = desk.post("incidents", call | {"location": {"lon": lon, "lat": lat}})
    pk, crew_1 = taken["id"], room.town.crews["crew-1"].pk
    sent = desk.post(f"incidents/{pk}/offer", {"crews": [crew_1]})["assignments"][0]
    room.fast_forward(seconds=16)  # nobody signs: the lead's SMS
    crew.post(f"assignments/{sent}/step", {"verb": "acknowledge"})
    desk.post(f"incidents/{pk}/radio", {"words": "crew one rolling", "crew": crew_1})
    room.fast_forward(seconds=20)
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
        "Call", "Radio", "Call", "Scene", "Scene", "Scene", "Video", "Control", "Video"
    ], heard  # fmt: skip
    messages = [n for n, (channel, _) in enumerate(heard) if channel == "Message"]
    assert messages, heard
    assert max(messages) < next(n for n, (c, _) in enumerate(heard) if c == "Radio"), heard
    assert "Crew-1: On the radio" in dict(heard)["Radio"]
    said = desk.post(f"incidents/{pk}/open", {"purpose": "dispatch"})["added"]
    assert [a["source"] for a in said] == ["radio", "caller", "crew", "room"]
    assert said[0]["words"] == "crew one rolling"


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
