"""T15 in a real Chromium: the whole handover by keyboard, at a desk that believes to be in another zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oneroom.apps.duty.queries import commander
from oneroom.apps.incidents.models import Handover
from oneroom.apps.people.services import create_account, give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.browsing import browsing
from tests.served import served, walk
from tests.town import PASSWORD
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
READY = "#begin button:enabled"  # the script is there
FOCUS = "() => document.activeElement.name || document.activeElement.id"


@pytest.fixture
def zeng(room):
    """Who commands the next shift."""
    account = create_account(
        username="zeng", name="Zeng", password=PASSWORD + " of zeng", language="en", by=SYSTEM, at=room.now
    )
    give_role(account.pk, Role.SHIFT_COMMANDER, by=SYSTEM, at=room.now)
    return account


@pytest.fixture
def open_as(browser, room, database_url, monkeypatch):
    """Opens a page of the running house as somebody of the town."""
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:
        yield lambda who, path, **options: open_as(who, url + path, **options)


def tab_to(page, name):
    """By the tab key alone, as far as it takes."""
    for _ in range(30):
        if page.evaluate(FOCUS) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no tab leads to {name}")


@pytest.mark.parametrize(
    ("language", "takes_over", "not_the_password"),
    [("en", "Zeng takes over now", "This is not the password"), ("zh-hans", "Zeng 现在接班", "密码")],
)
def test_t15_the_room_is_handed_over_by_keyboard_from_a_desk_in_another_zone(
    open_as, room, zeng, language, takes_over, not_the_password
):
    matter, zhou = room.report("a man with a knife", at="market", grade=1), room.town.people["zhou"]
    page = open_as("zhou", "/room/handover", language=language, timezone_id="America/New_York")
    page.locator("#board", has_text=matter.reference).wait_for()
    page.locator(READY).wait_for()
    assert page.evaluate(FOCUS) == "incoming"
    assert page.input_value("[name=until]") == "2026-11-22T20:30", "as the room's clocks show it"

    page.keyboard.type("Zeng")
    tab_to(page, "until")
    for _ in range(3):
        page.keyboard.press("ArrowRight")  # past the day, whichever way it is written
    page.keyboard.press("ArrowDown")  # an hour earlier
    assert page.input_value("[name=until]") == "2026-11-22T19:30"
    tab_to(page, "note")
    page.keyboard.type("gate 3 is shut")
    page.keyboard.press("F9")
    page.locator("#sign").wait_for()
    steps = page.locator(".steps-two").inner_text()
    assert "Zhou" in steps
    assert "Zeng" in steps
    assert "11-22 19:30" in steps
    assert page.locator(".note").inner_text() == "gate 3 is shut"
    assert commander(room.now) == zhou.pk, "until the second signature nothing has changed"

    page.locator("#sign button:enabled", has_text=takes_over).wait_for()
    assert page.evaluate(FOCUS) == "password"
    page.keyboard.type("what zhou believes it is")
    page.keyboard.press("Enter")
    page.locator("#sign .err", has_text=not_the_password).wait_for()
    assert page.evaluate(FOCUS) == "password"
    page.keyboard.press("Control+a")
    page.keyboard.type(PASSWORD + " of zeng")
    page.keyboard.press("Enter")
    page.wait_for_url("**/room/")

    signed = Handover.objects.get()
    assert (signed.outgoing_id, signed.incoming_id) == (zhou.pk, zeng.pk)
    assert signed.until == datetime(2026, 11, 22, 11, 30, tzinfo=UTC), "half past seven in the evening in Shanghai"
    assert commander(room.now) == zeng.pk
    page.goto(page.url + "handover")
    page.locator(".past", has_text="Zhou → Zeng").wait_for()


def test_the_keys_of_the_handover_are_told_and_a_note_is_not_lost_by_one(open_as, room, zeng):
    page = open_as("zhou", "/room/handover")
    page.locator(READY).wait_for()
    page.keyboard.press("Escape")  # out of the field
    page.keyboard.press("?")
    dialog = page.locator("#keys")
    dialog.wait_for()
    said = dialog.inner_text()
    assert all(key in said for key in ("F9", "P", "↵", "?", "Esc"))
    page.keyboard.press("F9")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.url.endswith("/room/handover"), "the dialog was left, not the page"
    assert not Handover.objects.exists()

    tab_to(page, "note")
    page.keyboard.type("the bridge is closed at six")
    asked = []
    page.on("dialog", lambda said: (asked.append(said.type), said.dismiss()))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    until(lambda: asked == ["beforeunload"])
    assert page.input_value("[name=note]") == "the bridge is closed at six"

    page.fill("[name=note]", "")
    page.locator("[name=note]").blur()
    page.keyboard.press("Escape")
    page.wait_for_url("**/room/")


def test_t15_a_shift_that_is_over_before_it_begins_is_refused_at_its_field(open_as, room, zeng):
    page = open_as("zhou", "/room/handover", timezone_id="Pacific/Auckland")
    page.locator(READY).wait_for()
    page.keyboard.type("Zeng")
    page.fill("[name=until]", "2026-11-22T02:00")  # in Auckland still to come, in the room over
    page.keyboard.press("F9")
    page.locator("#begin .err", has_text="within the next 24 hours").wait_for()
    assert page.evaluate(FOCUS) == "until"
    assert not Handover.objects.exists()


def test_the_lists_of_the_handover_stand_off_the_edge_of_their_panel(open_as, room, zeng):
    room.report("a man with a knife", at="market", grade=1)
    page = open_as("zhou", "/room/handover")
    badge, panel = page.locator("#board tbody .grade").bounding_box(), page.locator("#board").bounding_box()
    sums = page.locator("#board .sums dt").first.bounding_box()
    assert badge["x"] == sums["x"] > panel["x"] + 8
