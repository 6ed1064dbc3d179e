"""Security points 4 to 6: an untouched screen locks, a session ends after twelve hours, and dies at sign-out."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.models import Console
from oneroom.web import tickets
from tests.clock import HAND
from tests.town import PASSWORD

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
PAGE = {"HTTP_ACCEPT": "text/html"}


@pytest.fixture(autouse=True)
def limits(settings):
    settings.SESSION_LIMITS = True
    cache.clear()


def signed_in(who):
    client = Client(**ENGLISH)
    answer = client.post("/sign-in", {"username": who, "password": PASSWORD}, **PAGE)
    assert answer.status_code == 302
    return client


def acts(client, path="/api/desk/sound", body=None):
    headers = {"Idempotency-Key": f"key-{HAND.now().timestamp()}-{path}"}
    return client.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_point_4_half_an_hour_without_a_hand_locks_and_the_password_opens_it_where_one_was(town):
    dora = signed_in("dora")
    HAND.forward(29 * 60)
    assert dora.get("/api/me").status_code == 200
    HAND.forward(60)
    refused = dora.get("/api/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "idle")
    assert acts(dora).status_code == 401
    page = dora.get("/room/?open=7", **PAGE)
    assert page["Location"] == "/sign-in/again?next=%2Froom%2F%3Fopen%3D7"
    assert "Only Dora can open it" in dora.get(page["Location"], **PAGE).content.decode()
    wrong = dora.post("/sign-in/again", {"password": "guess"}, **PAGE)
    assert wrong.status_code == 422
    assert dora.get("/api/me").status_code == 401
    right = dora.post("/sign-in/again", {"password": PASSWORD, "next": "/room/?open=7"}, **PAGE)
    assert right["Location"] == "/room/?open=7"
    assert dora.get("/api/me").status_code == 200
    assert Entry.objects.get(kind="session.again").facts == {"account": town.people["dora"].pk, "way": "password"}


def test_point_4_what_a_script_fetches_by_itself_is_no_hand_and_acts_and_pages_are(town):
    watched, worked = signed_in("dora"), signed_in("dan")
    for _quarter in range(4):
        HAND.forward(10 * 60)
        watched.get("/api/me")
        watched.get("/room/queue", headers={"X-Panel": "1"})
        watched.get("/api/ticket")
        assert acts(worked).status_code == 200
    assert watched.get("/api/me").status_code == 401
    assert worked.get("/api/me").status_code == 200
    HAND.forward(20 * 60)
    worked.post("/account/here")  # a hand that moved
    HAND.forward(20 * 60)
    assert worked.get("/api/me").status_code == 200


def test_point_4_what_acts_in_an_outage_ends_when_the_screen_would_lock_except_at_a_console(town):
    """A badge renewed a minute before the lock would have acted for 45 minutes more while the database is away."""
    dora = signed_in("dora")
    HAND.forward(20 * 60)
    dora.get("/api/ticket")
    assert dora.cookies[tickets.BADGE_COOKIE]["max-age"] == 10 * 60
    assert tickets.read_badge(dora.cookies[tickets.BADGE_COOKIE].value).left_s == pytest.approx(600, abs=5)
    dora.post("/account/here")
    dora.get("/api/ticket")
    assert dora.cookies[tickets.BADGE_COOKIE]["max-age"] == 30 * 60

    console = signed_in("dora")
    console.cookies["oneroom_console"] = secured(signed_in("ada")).value
    HAND.forward(29 * 60)
    console.get("/api/ticket")
    assert console.cookies[tickets.BADGE_COOKIE]["max-age"] == tickets.BADGE_LIFETIME_S


def test_point_4_five_wrong_passwords_at_a_locked_screen_end_the_session_and_lock_the_name(town):
    dora = signed_in("dora")
    HAND.forward(31 * 60)
    for _try in range(5):
        assert dora.post("/sign-in/again", {"password": "guess"}).status_code == 422
    assert dora.post("/sign-in/again", {"password": PASSWORD}).status_code == 429
    assert dora.get("/sign-in/again", **PAGE).status_code == 302
    assert Entry.objects.filter(kind="session.closed").count() == 1


def test_point_4_twelve_hours_after_signing_in_one_signs_in_anew_whatever_one_did_meanwhile(town):
    dora = signed_in("dora")
    for _hour in range(47):
        HAND.forward(15 * 60)
        assert acts(dora).status_code == 200
    left = dora.get("/api/ticket").json()
    assert left["expires_s"] == 15 * 60
    HAND.forward(14 * 60)
    assert dora.get("/api/ticket").json()["expires_s"] == 60, "its stream lives no longer than the session"
    HAND.forward(60)
    marker = tickets.read(left["ticket"]).session
    assert acts(dora).status_code == 401
    assert Entry.objects.get(kind="session.ended").facts == {
        "account": town.people["dora"].pk, "session": marker, "cause": "again",
    }  # fmt: skip
    assert dora.get("/room/", **PAGE)["Location"] == "/sign-in?next=%2Froom%2F"
    assert "sessionid" not in dora.cookies or dora.cookies["sessionid"].value == ""


def secured(client_of_ada, name="Desk 4"):
    answer = client_of_ada.post("/office/consoles", {"act": "secure", "name": name}, **PAGE)
    assert answer.status_code == 302
    return answer.cookies["oneroom_console"]


def test_point_4_a_registered_console_does_not_lock_for_who_works_in_the_room_and_does_for_others(town):
    cookie = secured(signed_in("ada"))
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    at_desk = {who: signed_in(who) for who in ("dora", "ina", "dan")}
    for who in ("dora", "ina"):
        at_desk[who].cookies["oneroom_console"] = cookie.value
    at_desk["dan"].cookies["oneroom_console"] = "made up"
    HAND.forward(31 * 60)
    found = {who: client.get("/api/me").status_code for who, client in at_desk.items()}
    assert found == {"dora": 200, "ina": 401, "dan": 401}
    assert 'id="idle"' not in at_desk["dora"].get("/room/", **PAGE).content.decode()

    signed_in("ada").post("/office/consoles", {"act": "end", "console": Console.objects.get().pk}, **PAGE)
    assert at_desk["dora"].get("/api/me").status_code == 200, "its page was opened just now"
    HAND.forward(31 * 60)
    assert at_desk["dora"].get("/api/me").status_code == 401
    assert [e.kind for e in Entry.objects.filter(subject__startswith="console:").order_by("seq")] == [
        "console.secured", "console.ended",
    ]  # fmt: skip


def test_point_4_a_locked_phone_goes_on_ringing_and_calls_for_help_and_does_nothing_else(room):
    zhang = signed_in("zhang")
    HAND.forward(31 * 60)
    incident = room.report("burglary", at="market")
    room.dispatch(incident, "crew-1")
    assert zhang.get("/api/ticket").status_code == 200
    (ring,) = zhang.get("/api/rings").json()["rings"]
    assert acts(zhang, f"/api/deliveries/{ring['delivery']}/receipt", {"what": "delivered"}).status_code == 200
    assert zhang.get("/t/list").status_code == 200
    order = int(ring["subject"].partition(":")[2])
    assert acts(zhang, f"/api/assignments/{order}/step", {"verb": "acknowledge"}).status_code == 401
    assert zhang.get("/t/", **PAGE)["Location"].startswith("/sign-in/again")
    assert acts(zhang, "/api/sos").status_code == 200
    assert zhang.get("/api/me").status_code == 401, "and calling for help did not unlock it"
    zhang.post("/sign-in/again", {"password": PASSWORD})
    assert acts(zhang, f"/api/assignments/{order}/step", {"verb": "acknowledge"}).status_code == 200


def test_point_5_a_copied_cookie_is_worth_nothing_after_signing_out(town):
    dora = signed_in("dora")
    copied = dora.cookies["sessionid"].value
    assert dora.cookies["sessionid"]["httponly"]
    assert dora.cookies["sessionid"]["samesite"] == "Lax"
    dora.post("/sign-out")
    thief = Client(**ENGLISH)
    thief.cookies["sessionid"] = copied
    assert thief.get("/api/me").status_code == 401


def test_point_5_the_key_of_a_session_from_before_signing_in_is_not_its_key_after(town):
    client = Client(**ENGLISH)
    client.get("/sign-in/passkey")  # makes a session
    before = client.session.session_key
    client.post("/sign-in", {"username": "dora", "password": PASSWORD})
    assert client.session.session_key not in ("", None, before)


def test_end_all_my_sessions_ends_the_others_at_once_and_their_streams(town):
    here, there = signed_in("dora"), signed_in("dora")
    ticket = tickets.read(there.get("/api/ticket").json()["ticket"])
    here.post("/account", {"act": "elsewhere"}, **PAGE)
    assert there.get("/api/me").status_code == 401
    assert here.get("/api/me").status_code == 200
    changed = Entry.objects.filter(kind="access.changed", subject=f"account:{town.people['dora'].pk}").last()
    assert changed.facts["version"] > ticket.version
    assert changed.facts["cause"] == "sessions_ended"
