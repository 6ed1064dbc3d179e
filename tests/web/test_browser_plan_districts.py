"""A planner divides ground anew by keys and by mouse, in a real Chromium, in both languages (row T17)."""

from __future__ import annotations

import pytest

from oneroom.apps.plans.models import Scenario
from oneroom.apps.plans.running import turn
from oneroom.apps.plans.services import draft_scenario
from tests.browsing import browsing, picture
from tests.flows.test_plan_districts import city, pia, uneven  # noqa: F401
from tests.served import served, walk
from tests.web.test_browser_plans import filled, tab_to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]
WORDS = {
    "en": ("Off today", "Today it is 75.", "Station a", "changes", "this is a search, not a proof"),
    "zh-hans": ("目前偏离", "目前为 75.", "a派出所", "变动", "并未证明"),
}


@pytest.fixture
def open_as(browser, city, pia, database_url, monkeypatch):  # noqa: F811
    walk(monkeypatch)
    uneven()
    with served(database_url) as url, browsing(browser, city.town.people) as opened:
        yield lambda path, **options: opened("pia", url + path, **options)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_t17_by_keys_alone_ground_is_chosen_divided_seen_before_and_after_and_taken_over(
    open_as, city, pia, language  # noqa: F811
):  # fmt: skip
    off, today, station, changes, honest = WORDS[language]
    plan = draft_scenario("Even ground", by=pia, at=city.now)
    page = open_as(f"/office/plans/{plan}/districts", language=language)
    picture(page, f"districts-none-{language}")
    filled(page, {"units": "st-a, st-b, st-c"})
    tab_to(page, "#work")
    page.keyboard.press("ArrowDown")
    assert page.locator("#work").input_value() == "ground"
    filled(page, {"tolerance": "5"})
    page.keyboard.press("Enter")
    page.locator("#run-h").wait_for()
    assert turn()
    page.reload()
    picture(page, f"districts-{language}")

    found = page.locator("section[aria-labelledby=found-h]").inner_text()
    assert today in found
    assert honest in found
    rows = page.locator("section[aria-labelledby=rows-h]")
    assert off in rows.inner_text()
    assert rows.locator("tbody tr").count() == 3
    assert rows.locator("tbody tr", has_text=station).locator("td").last.inner_text() == changes
    assert page.locator("section[aria-labelledby=who-h] tbody tr").count() >= 2
    assert page.locator("svg.ground path.is-today").count() == 1, "the borders of today lie over the new"
    assert page.locator("#units").input_value() == "st-a, st-b, st-c", "the next question begins with the last one"
    assert page.locator("#work").input_value() == "ground"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    tab_to(page, "button[value=take]")
    page.keyboard.press("Enter")
    page.locator("button[value=take]").wait_for(state="detached")
    assert {change["do"] for change in Scenario.objects.get(pk=plan).changes} == {"alter"}
    page.locator(".page-head a").click()
    assert page.locator(".plan-changes li").count() >= 2


def test_t17_a_brigade_becomes_sixty_districts_by_mouse_and_what_was_typed_wrong_stays(open_as, city, pia):  # noqa: F811
    plan = draft_scenario("Brigades", by=pia, at=city.now)
    page = open_as(f"/office/plans/{plan}/districts")
    page.locator("#of").select_option("brigade")
    page.locator("#work").select_option("ground")
    page.locator("#units").fill("tb")
    page.locator("#count").fill("60")
    page.locator("#borders").fill("st-a")
    page.locator("button[value=ask]").click()
    page.locator("#refused").wait_for()
    assert page.locator("#count").input_value() == "60"
    picture(page, "districts-refused")
    page.locator("#borders").fill("")
    page.locator("button[value=ask]").click()
    page.locator("#run-h").wait_for()
    assert turn()
    page.reload()
    assert page.locator("section[aria-labelledby=rows-h] tbody tr").count() == 60
    picture(page, "districts-60")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
