"""T26: a street closed on the map by mouse, by keyboard and by the command line, on both maps, in both languages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oneroom.apps.places.models import Closure
from tests.served import walk
from tests.town import SOUTH, STEP, WEST
from tests.waiting import until
from tests.web.test_browser_map_intake import desk  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

SHOTS = os.environ.get("ONEROOM_SHOTS")  # a folder, to look at what was tested


def shot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def closed(page, script="room-map"):
    """What stands on the map of a page as closed, drafts left out."""
    lines = page.evaluate(f"() => import('/static/oneroom/{script}.js').then((m) => m.closed())")
    return [line for line in lines if not line["draft"]]


def pixel(page, x, y):
    """Where a point of the town (in blocks) stands on the page."""
    at = page.evaluate(
        "(at) => import('/static/oneroom/room-map.js').then((m) => m.project(at))", [WEST + x * STEP, SOUTH + y * STEP]
    )
    box = page.locator("#map canvas").bounding_box()
    return box["x"] + at["x"], box["y"] + at["y"]


def ready(page):
    page.locator("#map[data-map=ready]").wait_for()
    return page


def test_t26_a_street_drawn_on_the_map_is_closed_on_both_maps_and_the_proposal_goes_around(desk, room):  # noqa: F811
    matter = room.report("fight", at="market", grade=2)
    page = ready(desk.open(f"/room/?open={matter.pk}", draws=True))
    apart = page.context.new_page()
    apart.goto(desk.server.url + "/map/?apart=1")
    ready(apart)
    page.bring_to_front()
    crew = page.locator(f".propose li[data-crew='{room.town.crews['crew-1'].pk}']")
    crew.wait_for()

    before = crew.inner_text()
    page.get_by_role("button", name="Back to the open incident, or to the whole city").click()
    box = page.locator("#map canvas").bounding_box()
    until(lambda: abs(pixel(page, 1, 1)[0] - box["x"] - box["width"] / 2) < 2)
    page.click("#closed > summary")
    page.locator("#closed-list").get_by_text("No street is closed.").wait_for()
    page.click("#close-street")
    page.mouse.click(*pixel(page, 1.5, 1))
    page.get_by_text("This closes Market Street: 380 m, pieces of street: 1.").wait_for()
    shot(page, "closing-en")
    page.select_option("#closing [name=reason]", "flood")
    page.click("#closing .btn--go")
    row = page.locator("#closed-list li[data-closure]")
    row.get_by_text("flooded · both directions").wait_for()
    until(lambda: closed(page) and closed(apart, "map-apart"))
    [made] = Closure.objects.all()
    assert (made.how, made.reason, made.streets) == ("along", "flood", [["集市街", "Market Street"]])
    shot(page, "closed-en")
    apart.bring_to_front()
    apart.keyboard.press("l")
    apart.locator("#closed-list").get_by_text("Market Street").wait_for()
    shot(apart, "closed-apart-en")
    page.bring_to_front()

    page.keyboard.press("/")
    page.keyboard.type("close market street")
    page.keyboard.press("Enter")
    page.get_by_text("This closes Market Street: 761 m, pieces of street: 2.").wait_for()
    page.click("#closing .btn--go")
    until(lambda: Closure.objects.count() == 2)
    until(lambda: crew.inner_text() != before)  # from Elm Road it goes around now
    page.locator("#closed-list button").first.click()
    until(lambda: Closure.objects.filter(ended=None).count() == 1)
    page.locator("#closed-list button").first.click()
    until(lambda: not closed(page) and not closed(apart, "map-apart"))
    until(lambda: crew.inner_text() == before)
    page.context.close()


def test_t26_by_keyboard_alone_in_chinese_a_street_is_named_closed_until_an_hour_and_opened(desk, room, monkeypatch):  # noqa: F811
    walk(monkeypatch)
    page = ready(desk.open("/room/", draws=True, language="zh-hans"))
    page.keyboard.press("/")
    page.keyboard.type("封路 集市街 到23:45")
    page.locator("#palette").get_by_text("封闭一条道路: 集市街 · 23:45").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("将封闭集市街：2 个路段，共 761 m。").wait_for()
    until(lambda: page.evaluate("document.activeElement.className") == "btn btn--go")
    shot(page, "closing-zh")
    page.keyboard.press("Enter")
    until(Closure.objects.exists)
    [made] = Closure.objects.all()
    assert (made.how, made.pieces) == ("street", 2)
    page.locator("#closed-list").get_by_text("至 23:45").wait_for()
    shot(page, "closed-zh")
    page.keyboard.press("/")
    page.keyboard.type("解封")
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("document.activeElement.getAttribute('aria-label')") == "恢复通行: 集市街")
    page.keyboard.press("Enter")
    page.locator("#closed-list").get_by_text("没有封闭的道路。").wait_for()
    assert not Closure.objects.filter(ended=None).exists()
    page.context.close()


def test_t26_enter_on_the_map_takes_its_middle_and_what_is_refused_stays_typed(desk, room):  # noqa: F811
    page = ready(desk.open("/room/", draws=True))
    page.keyboard.press("/")
    page.keyboard.type("close pine road")  # no outcome of a matter: a street
    page.keyboard.press("Enter")
    page.get_by_text("This closes Pine Road").wait_for()
    page.keyboard.press("Escape")
    page.locator("#closing").wait_for(state="hidden")
    assert not Closure.objects.exists()

    page.keyboard.press("Enter")  # the button that opens the form has the focus again
    page.locator("#closing-from").wait_for()
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")  # the middle of the town: the market
    page.get_by_text("This closes").wait_for()
    page.select_option("#closing [name=one_way]", "1")
    page.get_by_text("For one direction give two points").wait_for()
    page.select_option("#closing [name=one_way]", "")
    page.fill("#closing [name=until]", "25:99")
    page.click("#closing .btn--go")
    assert page.evaluate("document.activeElement.name") == "until"
    assert not Closure.objects.exists()
    page.context.close()


def test_a_call_taker_sees_what_is_closed_and_closes_nothing(desk, room):  # noqa: F811
    page = ready(desk.open("/room/", draws=True, who="carl"))
    page.click("#closed > summary")
    page.locator("#closed-list").get_by_text("No street is closed.").wait_for()
    assert page.locator("#close-street").count() == 0
    page.context.close()
