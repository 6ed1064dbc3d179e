"""Sound off at a desk needs a reason and shows to the commander; whoever signs out leaves no silent desk behind."""

from oneroom.apps.duty.queries import silent_desks
from oneroom.apps.ledger.models import Entry
from tests.web.api_client import Caller


def test_sound_off_needs_a_reason_and_shows_to_the_commander_alone(room):
    dora, zhou, dan = Caller("dora"), Caller("zhou"), Caller("dan")
    said = dora.post("desk/silence", {"reason": "because"}, status=422)
    assert said["field"] == "reason"
    dora.post("desk/silence", {"reason": "headset"})

    assert "Sound off: Dora, on a headset" in zhou.client.get("/room/head").content.decode()
    assert "Sound off: Dora" in dora.client.get("/room/head").content.decode()
    assert "Sound off" not in dan.client.get("/room/head").content.decode()
    assert 'id="sound" aria-pressed="false"' in dora.client.get("/room/").content.decode()
    dora.post("desk/sound")
    assert silent_desks() == []
    assert list(Entry.objects.filter(kind__startswith="desk.").values_list("kind", flat=True)) == [
        "desk.silenced", "desk.sounding"
    ]  # fmt: skip


def test_signing_out_leaves_no_silent_desk(room):
    dora = Caller("dora")
    dora.post("desk/silence", {"reason": "briefing"})
    dora.client.post("/sign-out")
    assert silent_desks() == []


def test_a_crew_has_no_desk(room):
    Caller("zhang").post("desk/silence", {"reason": "headset"}, status=403)
