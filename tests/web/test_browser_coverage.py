"""The hole that a choice leaves, in a real Chromium: in the list, hatched on both maps, and who could stand in."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from oneroom.apps.duty.services import say_state
from oneroom.apps.incidents.services import BroughtIn, bring_in_calls
from oneroom.engine.values import SYSTEM
from tests.town import SOUTH, STEP, WEST
from tests.waiting import until
from tests.web.slow_street import calls, slow_street
from tests.web.test_browser_map_intake import desk  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

SHOTS = os.environ.get("ONEROOM_SHOTS")  # a folder, to look at what was tested

# As the stream says when crews have moved; gives nothing.
MOVED = "() => { document.dispatchEvent(new CustomEvent('live:positions', { detail: { positions: [] } })); }"


def hatched(page, script="room-map"):
    """How many cells are hatched on the map of a page."""
    return page.evaluate(f"() => import('/static/oneroom/{script}.js').then((m) => m.gaps()).then((g) => g.length)")


def test_t26_who_picks_a_crew_sees_the_hole_it_leaves_and_who_could_stand_in(desk, room):  # noqa: F811
    slow_street(room)
    calls(room, west=6, east=8)
    matter = room.report("fight", at="market", grade=2)
    say_state(room.town.crews["crew-2"], "meal", by=room.actor("chen"), at=room.now)
    page = desk.open("/room/", draws=True)
    apart = page.context.new_page()
    apart.goto(desk.server.url + "/map/?apart=1")
    for screen in (page, apart):
        screen.locator("#map[data-map=ready]").wait_for()
    page.locator(f"[data-open='{matter.pk}']").first.click()
    panel = page.locator(".propose")
    row = panel.locator(f"li[data-crew='{room.town.crews['crew-3'].pk}']")
    row.get_by_text("leaves a 53.3 % gap").wait_for()
    until(lambda: hatched(page) and hatched(apart, "map-apart"))  # for the first one, before anybody is picked

    page.bring_to_front()
    page.keyboard.press(row.get_attribute("data-n"))
    panel.get_by_text("Crew-1 could stand in at East station").wait_for()
    page.locator(".legend-gap", has_text="gap if they go").wait_for()
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "gap-en.png"))
    page.keyboard.press("Enter")  # sent: the choice is made, and the hatching goes
    until(lambda: not hatched(page) and not hatched(apart, "map-apart"))
    page.context.close()


def test_t26_the_line_under_the_map_and_the_layer_keep_up_with_the_crews(desk, room):  # noqa: F811
    slow_street(room)
    calls(room, west=6, east=8)
    doors = [(WEST + STEP * 2 + n * 7e-4, SOUTH + STEP + m * 6e-4) for n in range(6) for m in range(6)]
    weeks = [room.now - timedelta(weeks=week) for week in (1, 2)]
    past = [BroughtIn(at, lon, lat, "help", 3, "phone") for at in weeks for lon, lat in doors]
    bring_in_calls(past, by=SYSTEM, at=room.now)
    page = desk.open("/room/", draws=True)
    page.locator("#map[data-map=ready]").wait_for()
    line = page.locator("#cover")
    line.get_by_text("5 min").wait_for()
    circles = (
        "() => import('/static/oneroom/room-map.js').then((m) => m.covers()).then((c) => [...new Set(c)].sort().join())"
    )
    assert page.evaluate(circles) == ""
    page.keyboard.press("g")
    until(lambda: page.evaluate(circles) == "300,60,open")
    page.locator(".legend-cover", has_text="longer").wait_for()
    posts = "() => import('/static/oneroom/room-map.js').then((m) => m.posts())"
    until(lambda: any("wait here: " in said for said in page.evaluate(posts)))
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "cover-en.png"))

    before = line.inner_text()
    room.fast_forward(5)
    say_state(room.town.crews["crew-3"], "meal", by=room.actor("qian"), at=room.now)
    until(lambda: page.evaluate(MOVED) or line.inner_text() != before)
    page.keyboard.press("g")
    until(lambda: page.evaluate(circles) == "")
    page.context.close()
