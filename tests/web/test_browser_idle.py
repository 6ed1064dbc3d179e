"""Security point 4 in a real Chromium: a screen that nobody touches covers itself; what was typed below stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oneroom.engine import signin
from oneroom.web import standing
from tests.browsing import browsing
from tests.served import served, walk
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
IDLE = timedelta(seconds=3)


def test_point_4_an_untouched_screen_covers_itself_and_its_person_opens_it_where_he_was(
    browser, room, database_url, monkeypatch, settings
):
    settings.SESSION_LIMITS = True
    monkeypatch.setattr(signin, "IDLE", IDLE)
    monkeypatch.setattr(standing, "IDLE", IDLE)
    monkeypatch.setattr(standing, "_NOTED_EACH", timedelta(0))
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:
        page = open_as(None, f"{url}/sign-in?next=/office/glass")
        page.fill("#username", "dora")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url("**/office/glass")
        page.fill("#in-words", "half a sentence")
        cover = page.locator("dialog.locked[open]")
        cover.wait_for()
        page.keyboard.press("Escape")
        assert cover.is_visible()
        assert page.evaluate("fetch('/api/me').then((answer) => answer.status)") == 401
        page.fill("#unlock-password", "guess")
        page.press("#unlock-password", "Enter")
        cover.locator("[data-refused]", has_text="not your password").wait_for()
        page.fill("#unlock-password", PASSWORD)
        page.press("#unlock-password", "Enter")
        cover.wait_for(state="detached")
        assert page.input_value("#in-words") == "half a sentence"
        assert page.evaluate("fetch('/api/me').then((answer) => answer.status)") == 200
        # One's own pages cover themselves, too: relatives stand there, by name and number.
        page.goto(f"{url}/account/relatives")
        page.fill("#name", "Wang")
        cover.wait_for()
        page.fill("#unlock-password", PASSWORD)
        page.press("#unlock-password", "Enter")
        cover.wait_for(state="detached")
        assert page.input_value("#name") == "Wang"
