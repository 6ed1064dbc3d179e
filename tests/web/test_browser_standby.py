"""A move up in a real Chromium: offered in the room by one key, ordered by the commander, answered on the phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oneroom.apps.incidents.models import StandBy
from tests.waiting import until
from tests.web.slow_street import calls, slow_street
from tests.web.test_browser_map_intake import desk  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

SHOTS = os.environ.get("ONEROOM_SHOTS")
PHONE = {"width": 390, "height": 844}


def shot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_t26_the_commander_orders_a_move_up_by_keys_and_the_crew_answers_with_its_thumb(desk, room):  # noqa: F811
    slow_street(room)
    calls(room, west=1, east=8)
    matter = room.report("fight", at="east", grade=2)
    room.dispatch(matter, "crew-3")
    page = desk.open("/room/", who="zhou")
    page.locator("#cover", has_text="Covered").wait_for()
    page.keyboard.press("u")
    move = page.locator("#moves-list li", has_text="East station").first
    move.wait_for()
    shot(page, "moves-en")
    move.get_by_role("button", name="Order it").focus()
    page.keyboard.press("Enter")
    page.locator("#standbys", has_text="East station").wait_for()
    row = StandBy.objects.get()
    who = {room.town.crews["crew-1"].pk: "zhang", room.town.crews["crew-2"].pk: "chen"}[row.crew_id]

    phone = desk.open("/t/", who=who, size=PHONE)
    card = phone.locator(".standby")
    card.get_by_text("East station").wait_for()
    shot(phone, "standby-phone-en")
    card.get_by_role("button", name="Sign for it").click()
    card.get_by_role("button", name="I am there").click()
    card.get_by_text("The room knows that you are there.").wait_for()
    chinese = desk.open("/t/", who=who, size=PHONE, language="zh-hans")
    chinese.locator(".standby").get_by_text("待命").first.wait_for()
    shot(chinese, "standby-phone-zh")
    bystander = desk.open("/t/", who="sun" if who == "zhang" else "wang", size=PHONE)
    bystander.get_by_text("Nothing to do now.").wait_for()
    assert bystander.locator(".standby").count() == 0

    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.locator("#standbys", has_text="is there").wait_for()
    page.locator("#standbys").get_by_role("button", name="End it").click()
    until(lambda: StandBy.objects.get().state == "ended")
