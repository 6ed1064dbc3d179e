"""R6, G14: what was done without the database and does not fit any more, before a person: by keyboard, by mouse."""

from __future__ import annotations

import pytest

from oneroom.apps.incidents.lastboard import clashes
from oneroom.apps.incidents.models import LateAct
from tests.away import fickle
from tests.browsing import browsing
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

LINES = 9  # with the order and the signature more than are shown at once


@pytest.fixture
def clashed(database_url, room, tmp_path):
    """Two people acted on the same crew while the database was away for one of them."""
    with fickle(database_url, tmp_path, room.town) as house:
        first, second = room.report("a fight", at="north", grade=2), room.report("burglary", at="market")
        house.lose("dora", "zhang", "dan")
        room.dispatch(first, "crew-1", by="dan")  # by another machine, that still reached the database
        sent = house.post("dora", f"/api/incidents/{second.pk}/offer", {"crews": [room.town.crews["crew-1"].pk]})
        [order] = sent.json()["assignments"]
        house.post("zhang", f"/api/assignments/{order}/step", {"verb": "acknowledge"})
        for n in range(LINES):
            house.post("zhang", f"/api/assignments/{order}/word", {"words": f"Two men left south, {n}"})
        house.find()
        assert len(clashes()) == LINES + 2
        yield house


@pytest.mark.parametrize(("language", "why"), [("en", "could not be booked either"), ("zh-hans", "同样未能补录")])
def test_what_clashes_comes_eight_at_a_time_and_is_answered_by_keyboard_and_mouse(
    clashed, room, browser, language, why
):
    with browsing(browser, room.town.people) as open_as:
        page = open_as("dora", f"{clashed.url}/room/", language=language)
        rows = page.locator("[data-late-act]")
        rows.first.wait_for()
        assert rows.count() == 8
        assert page.locator("#q-clashes .num").inner_text() == str(LINES + 2)
        assert str(LINES + 2 - 8) in page.locator("#q-clashes-more").inner_text()
        assert why in rows.nth(1).inner_text()
        head = page.locator("#q-clashes")
        assert head.evaluate("one => one.scrollHeight <= one.clientHeight + 1")  # on one line, also in English

        first = clashes()[0].pk
        page.keyboard.press("n")
        assert page.evaluate("document.activeElement.closest('[data-late-act]').dataset.lateAct") == str(first)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        until(lambda: LateAct.objects.get(pk=first).state == "settled")
        page.locator(f"#q-late-{first}").wait_for(state="detached")

        words = rows.nth(1)
        words.locator("[data-desk=late-words]").click()
        words.locator("[data-words]:not([hidden])").wait_for()
        assert "Two men left south, 0" in words.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
