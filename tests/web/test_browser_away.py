"""R6 on real screens: open pages go on while the database is away, and one that is opened anew can be worked with."""

from __future__ import annotations

import os

import pytest

from oneroom.apps.incidents.models import Assignment, Incident
from tests.away import fickle
from tests.browsing import browsing
from tests.served import served, walk
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def open_as(browser, room):
    with browsing(browser, room.town.people) as opened:
        yield opened


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def test_open_pages_send_and_sign_while_the_database_is_away(open_as, room, database_url, tmp_path, monkeypatch):
    walk(monkeypatch)
    incident = room.report("a window is broken", at="market")
    with fickle(database_url, tmp_path, room.town) as house:
        desk = open_as("dora", f"{house.url}/room/?open={incident.pk}")
        phone = open_as("zhang", f"{house.url}/t/", language="zh-hans", width=360, height=640)
        for page in (desk, phone):
            page.wait_for_selector("html[data-live='connected']", state="attached")
        desk.locator("#inc .personal", has_text="a window is broken").wait_for()
        until(lambda: house.hand.base is not None)
        house.see()
        house.live.deaf = True
        desk.locator("#degraded:visible").wait_for()
        assert "DEGRADED since" in desk.locator("#degraded").inner_text()
        phone.locator("#degraded:visible").wait_for()
        assert "降级运行" in phone.locator("#degraded").inner_text()

        desk.locator("#inc form[data-act$='/offer'] input").first.wait_for()
        desk.locator("#inc label", has_text="Crew-1").locator("input").check()
        picture(desk, "room-away")
        desk.locator("#inc form[data-act$='/offer'] button").click()
        row = phone.locator("#to-do [data-order]")
        row.wait_for()  # nobody reloaded anything
        row.click()
        button = phone.locator(".four [data-verb='acknowledge']")
        picture(phone, "phone-away")
        button.click()
        phone.locator("article.order[data-state='acknowledged']").wait_for()
        desk.locator("#inc .degraded-order", has_text="signed").wait_for()
        desk.locator("#inc textarea").fill("The caller waits at the gate")
        desk.locator("#inc form[data-act$='/words'] button").click()
        until(lambda: any(line.said["kind"] == "note" for line in house.hand.lines()))
        picture(desk, "room-away-signed")

        house.find()
        desk.locator("#degraded").wait_for(state="hidden")
        desk.locator("#inc #matter [data-order]").first.wait_for(state="attached")
        desk.locator("#inc .personal", has_text="a window is broken").wait_for()  # it opens again
        picture(desk, "room-back")
    assert Assignment.objects.get().state == "acknowledged"
    assert incident.added.count() == 1


def test_pages_that_are_opened_anew_take_a_call_and_send_a_crew(open_as, room, database_url, tmp_path, monkeypatch):
    walk(monkeypatch)
    with fickle(database_url, tmp_path, room.town) as house:
        desk = open_as("dora", f"{house.url}/room/")
        desk.wait_for_selector("html[data-live='connected']", state="attached")
        until(lambda: house.hand.base is not None)
        house.see()
        house.live.deaf = True
        desk.locator("#degraded:visible").wait_for()

        desk.goto(f"{house.url}/room/intake/")
        picture(desk, "intake-anew-empty")
        desk.fill("#words", "Somebody climbs over the wall")
        desk.select_option("#kind", "crime")
        desk.locator("input[name=grade][value='2']").check()
        desk.fill("#where", "121.464, 31.224")
        desk.locator("form button[type=submit]").click()
        desk.locator("#done:visible").wait_for()
        reference = desk.locator("#done-reference").inner_text()
        picture(desk, "intake-anew-done")
        desk.locator("#to-room").click()
        desk.locator("#inc form[data-act$='/offer'] input").first.check()
        picture(desk, "room-anew")
        desk.locator("#inc form[data-act$='/offer'] button").click()
        desk.locator("#inc .degraded-order").wait_for()
        assert "-D0" in reference
        house.find()
        desk.locator("#queue-rows").wait_for()  # the page gave way to the ordinary one
    assert Incident.objects.get().reference == reference
    assert Assignment.objects.count() == 1


def test_a_page_whose_web_process_is_another_now_that_knows_of_no_cut_is_no_longer_degraded(
    open_as, room, database_url
):
    """The process that told it is gone with all that it had booked; nothing of it is left in the next one's journal."""
    opened = []

    def stream(route):
        opened.append(route.request.url)
        said = 'retry: 100\n\nevent: hello\ndata: {"seq": 1}\n\n'
        if len(opened) == 1:
            said = said.replace("1}", '1, "standing": true}')
            said += 'event: degraded\ndata: {"mode": "away", "since": "2026-11-22T12:00:00Z"}\n\n'
        route.fulfill(status=200, content_type="text/event-stream", body=said)

    with served(database_url) as house:
        page = open_as("dora", f"{house}/nothing-here")
        page.route("**/live?*", stream)
        page.add_init_script(
            "window.modes = []; document.addEventListener('live:degraded', (e) => window.modes.push(e.detail.mode))"
        )
        page.goto(f"{house}/room/")
        until(lambda: page.evaluate("window.modes") == ["away", "well"])
        page.locator("#degraded").wait_for(state="hidden")
        assert page.evaluate("document.documentElement.dataset.house") == "well"
