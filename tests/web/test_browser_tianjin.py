"""The reform of Tianjin in a real Chromium, as its planner works: typed, brought as a document, signed by two."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from oneroom.apps.people.models import Account
from oneroom.engine.organisation.codec import Document, write_document
from oneroom.project.examples.tianjin import BINHAI, SUBS
from tests.browsing import browsing, picture
from tests.clock import HAND
from tests.served import served, walk
from tests.web.test_browser_office import type_into
from tests.web.test_tianjin_reform import city  # noqa: F401

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]


def test_t05_t08_t12_the_reform_is_drafted_checked_and_signed_on_its_tree(city, browser, database_url, monkeypatch):  # noqa: F811
    people = {name: Account.objects.get(username=name) for name in ("pia", "chief")}
    walk(monkeypatch)
    day = HAND.now().astimezone().date() + timedelta(days=1)
    with served(database_url) as url, browsing(browser, people) as open_as:
        page = open_as("pia", f"{url}/office/reforms")
        type_into(page, name="Two levels in Binhai", day=day.isoformat())
        page.get_by_role("heading", name="Two levels in Binhai").wait_for()
        page.locator("summary", has_text="End").press("Enter")
        type_into(page, abolish_unit=f"{BINHAI}-s00")
        page.get_by_role("heading", name="Cannot be signed").wait_for()
        picture(page, "tianjin-orphans")
        page.get_by_role("button", name="Leave out").press("Enter")
        page.get_by_text("Nothing is changed yet.").wait_for()
        for n in range(len(SUBS)):
            page.locator("summary", has_text="End").press("Enter")
            page.locator("#abolish-unit").fill(f"{BINHAI}-s{n:02d}")
            type_into(page, abolish_heir=BINHAI)
            page.locator(f"#change-{n}").wait_for()
        page.get_by_role("heading", name="Nothing stands against it").wait_for()
        page.get_by_text("3 → 2").first.wait_for()
        picture(page, "tianjin-levels")
        type_into(page, why="As the city decided")
        page.get_by_text("Waits for somebody of another unit").wait_for()

        second = open_as("chief", page.url, language="zh-hans")
        second.get_by_role("button", name="签字", exact=True).press("Enter")
        second.get_by_text("自己跟上").first.wait_for()
        picture(second, "tianjin-signed-zh")

        merged = next(reform for reform in city.reforms if reform.rows == "T05")
        document = json.dumps(write_document(Document("287 to 92", day, tuple(merged.changes)))).encode()
        page.goto(f"{url}/office/reforms")
        page.set_input_files("#document", {"name": "t05.json", "mimeType": "application/json", "buffer": document})
        page.get_by_role("button", name="Import as a draft").press("Enter")
        page.get_by_role("heading", name="Nothing stands against it").wait_for()
        page.get_by_text("287 → 92").first.wait_for()
        picture(page, "tianjin-287-92")
