"""The desk and the room together, on the real stream: a call pops up, is sent on while it is typed, survives a kill."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from oneroom.apps.incidents.models import Call, Draft, Incident
from oneroom.apps.ledger.models import Look, Sealed
from tests.browsing import browsing
from tests.served import WebProcess, served, walk
from tests.town import corner
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "a token of the exchange"


@pytest.fixture
def desks(browser, room):
    """Opens a page of a running house as somebody."""
    with browsing(browser, room.town.people) as open_as:
        yield lambda who, url, path, **more: open_as(who, url + path, **more)


def exchange(url, event, **more):
    """The telephone exchange tells of a call."""
    said = httpx.post(
        f"{url}/api/calls", json={"event": event, "call": "c-1", **more}, headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert said.status_code == 200, said.text


def test_a_call_pops_up_is_taken_by_f2_and_saved_by_five_keys(desks, room, database_url, monkeypatch, settings):
    settings.CALLS_TOKEN = TOKEN
    walk(monkeypatch)
    lon, lat = corner("market")
    with served(database_url) as url:
        page = desks("carl", url, "/room/intake/", language="zh-hans")
        page.wait_for_selector("html[data-live='connected']", state="attached")
        exchange(url, "ringing", number="13800002207", desk="07",
                 place={"lon": lon, "lat": lat, "radius_m": 120, "datum": "WGS84"})  # fmt: skip
        page.get_by_role("button", name="来电").wait_for()  # nobody reloaded anything

        page.keyboard.press("F2")
        page.get_by_text("138 **** 2207").wait_for()
        exchange(url, "answered", operator="carl", recording="rec-1")
        page.get_by_text("秒接通").wait_for()
        assert "30 天内 0 次来电" in page.locator("#call").inner_text()
        assert page.input_value("#caller_phone") == "13800002207"
        page.keyboard.type("有人打架")
        page.keyboard.press("Enter")
        began = time.monotonic()
        page.keyboard.press("F9")  # the network's place will do until the caller says better
        page.locator("#done").wait_for()
        took_s = time.monotonic() - began

        seat = desks("dora", url, f"/room/?open={Incident.objects.get().pk}")
        seat.wait_for_selector("html[data-live='connected']", state="attached")
        seat.locator(".personal", has_text="Recording of the call: rec-1").wait_for()
        seat.locator(".timeline", has_text="A call rings").wait_for()
        exchange(url, "ended")
        seat.locator(".timeline", has_text="Call ended").wait_for()  # nobody reloaded anything

    call, incident = Call.objects.get(), Incident.objects.get()
    assert took_s < 3
    assert (call.incident_id, call.state) == (incident.pk, "ended")
    assert (incident.subcategory, incident.accuracy_m) == ("fight", 120)
    assert Look.objects.filter(purpose="call").count() == 1


def test_an_empty_form_is_words_a_crossing_enter_and_f9(desks, room, database_url, monkeypatch):
    walk(monkeypatch)
    with served(database_url) as url:
        page = desks("carl", url, "/room/intake/")
        page.keyboard.type("Two men are fighting")  # the first field has the focus
        page.keyboard.press("Enter")
        page.keyboard.type("market elm")
        page.locator("#places [role=option]").first.wait_for()
        page.keyboard.press("Enter")
        page.locator("#taken", has_text="Elm Road").wait_for()
        page.keyboard.press("F9")  # no question was answered, no caller asked: nothing more is needed
        page.locator("#done").wait_for()

    incident = Incident.objects.get()
    assert page.locator("#done-reference").inner_text() == incident.reference
    assert (incident.subcategory, incident.state) == ("fight", "classified")
    assert "Elm Road" in incident.place_en


def test_the_dispatcher_sends_to_a_call_that_is_still_being_typed(desks, room, database_url, monkeypatch):
    walk(monkeypatch)
    with served(database_url) as url:
        desk = desks("carl", url, "/room/intake/")
        seat = desks("dora", url, "/room/")
        seat.wait_for_selector("html[data-live='connected']", state="attached")
        desk.keyboard.type("A man with a knife at the clerk")
        desk.keyboard.press("Enter")
        desk.keyboard.type("market elm")
        desk.locator("#places [role=option]").first.wait_for()
        desk.keyboard.press("Enter")

        row = seat.locator("[data-draft]", has_text="Elm Road")
        row.wait_for()
        assert "knife at the clerk" not in row.inner_text()
        row.get_by_role("button", name="Show the words").click()
        row.get_by_text("A man with a knife at the clerk").wait_for()
        row.get_by_role("button", name="Send now").click()
        seat.wait_for_url("**/room/?open=*")
        seat.locator(".matter").wait_for()
        desk.locator("#words").focus()
        desk.keyboard.press("End")
        desk.keyboard.type(", he closes the shutter")
        desk.get_by_text("was made of this call").wait_for()
        desk.keyboard.press("F9")
        desk.locator("#done").wait_for()
        seat.locator(".timeline", has_text="The desk saved the call").wait_for()

    incident = Incident.objects.get()
    assert desk.locator("#done-reference").inner_text() == incident.reference
    assert incident.subcategory == "armed_threat"
    assert not Sealed.objects.filter(purpose="draft.words", erased=None).exists()


def test_a_killed_server_and_a_killed_browser_lose_nothing_that_was_typed(desks, room, database_url):
    def on_the_server(words):
        return any(words in json.loads(s.text)["fields"]["words"] for s in Sealed.objects.filter(
            purpose="draft.words", erased=None))  # fmt: skip

    with WebProcess(database_url) as server:
        url = server.url
        page = desks("carl", url, "/room/intake/")
        page.keyboard.type("Smoke from the second floor")
        until(lambda: on_the_server("Smoke from the second floor"))
        server.kill()
        page.keyboard.type(", a child at the window")
        page.get_by_text("no connection").wait_for()

        server.start()
        until(lambda: on_the_server(", a child at the window"))  # the desk brought it by itself
        page.context.close()
        again = desks("carl", url, "/room/intake/")
        again.get_by_text("Your draft is back.").wait_for()

        assert again.input_value("#words") == "Smoke from the second floor, a child at the window"
        assert Draft.objects.filter(content__isnull=False).count() == 1
        again.keyboard.press("F9")  # what is lacking is said, nothing is gone
        again.locator("[data-field=location] .err").wait_for()
        assert again.input_value("#kind") == "disaster.fire"


def test_a_call_that_was_left_unsaved_never_mixes_with_the_next_one(desks, room, database_url):
    with served(database_url) as url:
        page = desks("carl", url, "/room/intake/")
        page.keyboard.type("A bicycle was stolen")
        page.get_by_text("Draft kept").wait_for()
        page.goto(f"{url}/room/")
        page.keyboard.press("F2")
        bar = page.locator("#aside")
        bar.get_by_text("and is not saved").wait_for()  # whose words these are is said before anything is typed
        assert page.input_value("#words") == "A bicycle was stolen"

        page.keyboard.press("Alt+n")
        bar.get_by_text("Calls laid aside and not saved: 1.").wait_for()
        assert page.input_value("#words") == ""
        page.keyboard.type("Smoke from the second floor")
        until(lambda: Draft.objects.filter(content__isnull=False).count() == 2)
        page.keyboard.press("Alt+n")
        bar.get_by_text("and is not saved").wait_for()
        assert page.input_value("#words") == "A bicycle was stolen", "they change places"


def test_a_second_caller_is_merged_from_the_desk_by_keyboard(desks, room, database_url, monkeypatch):
    first = room.report("水管爆了，路面全是水", at="market", grade=3, category="utility")
    walk(monkeypatch)
    with served(database_url) as url:
        page = desks("carl", url, "/room/intake/")
        page.locator("#words").fill("路面都是水，水管爆裂")
        page.keyboard.press("Enter")
        page.locator("#where").fill("Oak Road / Market Street")
        page.locator("#places [role=option]").first.wait_for()
        page.keyboard.press("Enter")
        page.locator(f'[data-same="{first.pk}"]').wait_for()
        page.keyboard.press("Alt+m")
        page.locator('[data-same][aria-pressed="true"]').wait_for()
        page.keyboard.press("F9")
        page.get_by_text(f"Merged with {first.reference}; both callers are kept.").wait_for()

    second = Incident.objects.exclude(pk=first.pk).get()
    assert (second.state, second.merged_into_id) == ("merged", first.pk)
    assert first.reports.count() == 2
