"""The public's pages by keyboard alone, in both languages, at the smallest and at a desk's width."""

from __future__ import annotations

import os
import re
from urllib.parse import urljoin

import pytest

from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import AddedWords, Incident, Report
from tests.browsing import browsing
from tests.flows.test_safe_contact import AT_HOME, whole_course
from tests.served import served, walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_page(browser, room, database_url, monkeypatch):
    """Opens an address as nobody."""
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:
        yield lambda path, **options: open_as(None, url + path, **options)


def look(page, name: str) -> None:
    """A picture for whoever looks: set FIELD_PICTURES to a folder."""
    if folder := os.environ.get("FIELD_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def tab_to(page, selector: str) -> None:
    """By Tab alone, from wherever the focus is; what has it can be seen to have it."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            break
    else:
        raise AssertionError(f"Tab does not come to {selector}")
    assert page.evaluate("document.activeElement.matches(':focus-visible')")


def focused(page, selector: str) -> bool:
    return page.evaluate("wanted => document.activeElement.matches(wanted)", selector)


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def told(page) -> str:
    """The code on the story's page."""
    page.locator(".code-large").wait_for()
    return re.sub(r"\s", "", page.locator(".code-large").inner_text())


BOTH = pytest.mark.parametrize(("language", "width"), [("en", 1366), ("zh-hans", 360)])


@BOTH
def test_report_add_follow_take_back_and_rate_by_keyboard(open_page, room, language, width):
    page = open_page("/", language=language, width=width, height=640)
    look(page, f"citizen-front-{language}-{width}")
    tab_to(page, "#words")
    page.keyboard.type("Loud music at our gate")
    tab_to(page, "#place")
    page.keyboard.type("the yard behind the school")
    page.keyboard.press("Enter")
    assert focused(page, "#caller_phone")  # Enter goes on, and sends nothing
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("oak")
    page.locator("#suggested li").first.wait_for()
    page.keyboard.press("ArrowDown")
    offered = page.locator("#suggested [aria-selected='true']").inner_text()
    page.keyboard.press("Enter")
    assert page.input_value("#place") == offered  # Enter takes what is marked
    assert page.locator("#suggested").is_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert focused(page, "[name=safe_contact]")
    assert not Report.objects.exists()
    page.keyboard.press("Space")
    tab_to(page, "form[data-draft] .btn--go")
    page.keyboard.press("Enter")
    code = told(page)
    look(page, f"citizen-story-{language}-{width}")
    assert Report.objects.get().safe_contact == "yes"
    assert fits(page)

    tab_to(page, "#words")
    page.keyboard.type("They have stopped now")
    tab_to(page, "[data-talk-form] .btn")
    page.keyboard.press("Enter")
    page.locator(".lines .mine", has_text="They have stopped now").wait_for()
    assert AddedWords.objects.count() == 1

    page.goto(urljoin(page.url, "/"))
    tab_to(page, "#code")
    page.keyboard.type(code.lower())
    page.keyboard.press("Enter")
    assert told(page) == code
    tab_to(page, ".withdraw summary")
    page.keyboard.press("Enter")
    tab_to(page, ".withdraw .btn--stop")
    page.keyboard.press("Enter")
    page.locator(".banner--good").wait_for()
    assert Incident.objects.get().state == "cancelled"
    look(page, f"citizen-back-{language}-{width}")

    taken = room.report_online("Loud music again", safe_contact="yes")
    services.classify(
        taken.incident_id, category="public_order", subcategory="noise", grade=3,
        where=services.Where(121.464, 31.224, "market", "market"), by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    whole_course(room, Incident.objects.get(pk=taken.incident_id))
    page.goto(urljoin(page.url, "/"))
    tab_to(page, "#code")
    page.keyboard.type(taken.code)
    page.keyboard.press("Enter")
    assert told(page) == taken.code
    tab_to(page, "[name=stars]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tab_to(page, "#rating_words")
    page.keyboard.type("Quick")
    look(page, f"citizen-rate-{language}-{width}")
    tab_to(page, "form[action$=rate] .btn--go")
    page.keyboard.press("Enter")
    page.locator(".banner--good").wait_for()
    assert Report.objects.get(pk=taken.report_id).stars == 4
    assert fits(page)


@BOTH
def test_the_text_channel_by_keyboard(open_page, room, language, width):
    page = open_page("/", language=language, width=width, height=640)
    tab_to(page, ".quiet-link a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/quiet")
    look(page, f"quiet-{language}-{width}")
    tab_to(page, "[name=urgent]")
    page.keyboard.press("Space")
    tab_to(page, "#place")
    page.keyboard.type("Flat 7")
    page.keyboard.press("Enter")
    assert not Report.objects.exists()
    tab_to(page, "[data-phrases] button")
    page.keyboard.press("Enter")
    assert focused(page, "#words")
    assert page.input_value("#words")
    tab_to(page, "[name=safe_contact]")
    page.keyboard.press("Space")
    tab_to(page, "form[data-draft] .btn--go")
    page.keyboard.press("Enter")
    told(page)
    report = Report.objects.get()
    assert (report.text_only, report.safe_contact, report.incident.grade) == (True, "yes", 1)

    services.write_to_caller(report.pk, words="Two officers come", by=room.actor("dora"), at=room.now)
    page.locator(".lines .ours").wait_for()
    tab_to(page, "#words")
    page.keyboard.type("The back door is open")
    tab_to(page, "[data-talk-form] .btn--go")
    page.keyboard.press("Enter")
    page.locator(".lines .mine", has_text="back door").wait_for()
    look(page, f"talk-{language}-{width}")
    assert fits(page)
    tab_to(page, ".talk [name=safe_contact][value=no]")
    page.keyboard.press("Enter")
    page.locator(".talk [name=safe_contact][value=yes]").wait_for()
    assert "back door" not in page.content()
    assert "officers come" not in page.content()


def test_the_page_of_a_threatened_caller_says_neither_what_it_was_nor_how_it_ended(open_page, room):
    taken = room.report_online("He is in the next room", caller_phone="13912345678")
    services.classify(
        taken.incident_id, **AT_HOME, grade=2, where=services.Where(121.464, 31.224, "market", "market"),
        by=room.actor("carl"), at=room.now,
    )  # fmt: skip
    matter = Incident.objects.get(pk=taken.incident_id)
    whole_course(room, matter)
    page = open_page("/", width=360, height=640)
    page.fill("#code", taken.code)
    page.keyboard.press("Enter")
    told(page)
    look(page, "citizen-threatened")
    page.wait_for_timeout(300)
    shown = page.content().casefold()
    for betrays in ("next room", "13912345678", "dispute", "violence", "mediated", "[name=stars]", "crew-1"):
        assert betrays not in shown, betrays
    assert page.title() == "Follow your report — OneRoom"  # what stands in the history of the device
    assert page.locator("[name=stars]").count() == 0
