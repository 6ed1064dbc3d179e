"""A planner by keys alone, in a real Chromium: merge, move crews, run, watch, compare, print (T26)."""

from __future__ import annotations

import re

import pytest

from oneroom.apps.plans.models import Run, Scenario
from oneroom.apps.plans.running import turn
from oneroom.apps.plans.services.runs import beat, end_run, take_up
from tests.browsing import browsing, picture
from tests.compared import results
from tests.papers import text_of
from tests.planned import asked, past_calls, planner, scenario
from tests.served import served, walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_as(browser, room, database_url, monkeypatch):
    """Opens a page of the running house as the planner."""
    walk(monkeypatch)
    planner(room)
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:
        yield lambda path, **options: open_as("pia", url + path, **options)


def tab_to(page, selector: str) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _press in range(250):
        if page.evaluate("(sought) => Boolean(document.activeElement?.matches(sought))", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {selector}")


def filled(page, fields: dict[str, str]) -> None:
    """Type into fields, one after the other."""
    for field, value in fields.items():
        tab_to(page, f"#{field}")
        page.keyboard.press("Control+A")
        page.keyboard.type(value)


def add(page, do: str, fields: dict[str, str], sentence: str) -> None:
    """Open a form, fill it, send it by Enter; the sentence stands in the list."""
    tab_to(page, f"summary[data-do='{do}']")
    page.keyboard.press("Enter")
    filled(page, fields)
    page.keyboard.press("Enter")
    page.locator(".plan-changes li", has_text=sentence).wait_for()


def test_t26_by_keys_alone_two_stations_are_merged_three_crews_moved_run_watched_compared_and_printed(
    open_as, room, settings
):
    settings.RUNS_BACKEND = "sequential"
    past_calls(room)
    page = open_as("/office/plans")
    filled(page, {"name": "One station"})
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="One station").wait_for()

    add(page, "merge", {"merge-into": "East station", "merge-units": "West station"},
        "Merge West station into East station.")  # fmt: skip
    add(page, "move_crew", {"move_crew-crews": "Crew-1, Crew-2, crew-3", "move_crew-unit": "East station"},
        "Crew Crew-3 stands at East station.")  # fmt: skip
    assert page.locator(".plan-changes li").count() == 4

    filled(page, {"run-days": "2", "run-warm_days": "0", "run-runs": "3"})
    page.keyboard.press("Enter")
    page.locator("#runs", has_text="It begins when the planner part is free.").wait_for()
    run = take_up(at=room.now, stale_s=60)  # the planner part, as a process that dies in the middle
    assert beat(run, done=2, of=6)
    page.locator("#runs", has_text="2 of 6 parts done").wait_for()
    assert page.locator("progress").evaluate("(bar) => [bar.value, bar.max]") == [2, 6]
    picture(page, "plans-running")
    assert turn(stale_s=0), "another takes it up anew"
    page.locator("#runs a", has_text="What it came to, beside today").wait_for()

    tab_to(page, "#runs .run-good a")
    page.keyboard.press("Enter")
    page.locator(".plan-verdict", has_text="no crews, officers or hours added").wait_for()
    assert page.locator(".plan-rows tbody tr").count() == 3, "three grades had calls"
    assert page.locator("#assumed-h + ol li").count() > 8
    picture(page, "plans-compared")
    tab_to(page, "a[href$='/report.pdf']")
    with page.expect_request(re.compile("report.pdf")):
        page.keyboard.press("Enter")
    answer = page.request.get(page.url if page.url.endswith(".pdf") else f"{page.url}/report.pdf")
    assert "One station" in text_of(answer.body())


def test_a_run_is_cancelled_by_keys_and_the_page_says_so_by_itself(open_as, room):
    by = room.actor("pia")
    page = open_as(f"/office/plans/{scenario(room, by)}")
    filled(page, {"run-days": "2"})
    page.keyboard.press("Enter")
    page.locator("progress").wait_for()
    run = take_up(at=room.now, stale_s=60)
    page.locator("#runs", has_text="Roads, crews and calls are made ready.").wait_for()
    tab_to(page, "#runs button[value=cancel]")
    page.keyboard.press("Enter")
    page.locator("#runs", has_text="being stopped").wait_for()
    assert end_run(run.pk, "done", results=results(), at=room.now)
    page.locator("#runs", has_text="was cancelled; it left nothing.").wait_for()
    assert Run.objects.get(pk=run.pk).results is None


def test_what_was_typed_stays_when_somebody_else_was_quicker(open_as, room):
    by = room.actor("pia")
    pk = scenario(room, by)
    page = open_as(f"/office/plans/{pk}")
    Scenario.objects.filter(pk=pk).update(version=9)
    tab_to(page, "summary[data-do='remove_crew']")
    page.keyboard.press("Enter")
    filled(page, {"remove_crew-crews": "Crew-2"})
    page.keyboard.press("Enter")
    page.locator("[role=alert]", has_text="Yours was not done").wait_for()
    assert page.locator("#remove_crew-crews").input_value() == "Crew-2"
    tab_to(page, "#remove_crew-crews")
    page.keyboard.press("Enter")
    page.locator(".plan-changes li", has_text="Crew Crew-2 is not there any more.").wait_for()


def test_a_post_is_picked_on_the_map_by_keys(open_as, room):
    page = open_as(f"/office/plans/{scenario(room, room.actor('pia'), hand=[])}", script="")
    tab_to(page, "summary[data-do='move_crew']")
    page.keyboard.press("Enter")
    tab_to(page, "#pick-open")
    page.keyboard.press("Enter")
    page.locator("#pick[data-map=ready]").wait_for()
    tab_to(page, "#pick canvas")
    page.keyboard.press("Enter")
    lon, lat = (float(page.locator(f"#move_crew-{name}").input_value()) for name in ("lon", "lat"))
    assert (round(lon, 1), round(lat, 1)) == (121.5, 31.2)


def test_the_areas_stand_on_the_map_and_on_paper_as_the_drawing(open_as, room):
    by = room.actor("pia")
    pk = scenario(room, by)
    run = asked(room, by, pk)
    end_run(run, "done", results=results(), at=room.now)
    page = open_as(f"/office/plans/{pk}/runs/{run}", script="")
    page.locator("#plan-map[data-map=ready]").wait_for()
    assert not page.locator(".plan-ground").is_visible()
    picture(page, "plans-on-the-map")
    page.emulate_media(media="print")
    assert page.locator(".plan-ground").is_visible()
