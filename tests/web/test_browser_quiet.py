"""A person who cannot speak or hear, in a real Chromium at 360 and 320: she writes, the room answers, she leaves."""

import os

import pytest
from django.conf import settings
from django.test import Client

from oneroom.apps.incidents.models import Incident, Report
from tests.served import served, walk
from tests.waiting import PATIENCE_MS, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(room, database_url, monkeypatch):
    walk(monkeypatch)
    with served(database_url) as url:
        room.url = url
        yield room


def look(page, name: str) -> None:
    """A picture for whoever looks: set FIELD_PICTURES to a folder."""
    if folder := os.environ.get("FIELD_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def tab(browser, house, *, width: int, language: str, who: str | None = None, path: str = "/"):
    context = browser.new_context(viewport={"width": width, "height": 640 if width < 800 else 768})
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": house.url}])
    if who:
        client = Client()
        client.force_login(house.town.people[who])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": house.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(house.url + path)
    return page


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_she_writes_without_a_sound_the_room_answers_and_nobody_telephones(browser, house):
    her = tab(browser, house, width=360, language="en")
    her.click("text=I cannot speak or hear")
    look(her, "quiet-en")
    her.click("text=Send now")
    her.wait_for_selector(".is-bad")  # nothing is guessed for her
    her.check("[name=urgent][value=yes]")
    her.click("text=He is here")
    her.fill("#place", "Oak Road")
    her.click("text=Send now")
    her.wait_for_selector("#safe_contact.is-bad")
    assert her.input_value("#words") == "He is here"
    her.check("[name=safe_contact][value=yes]")
    her.click("text=Send now")
    her.wait_for_selector("[data-talk]")
    matter, report = Incident.objects.get(), Report.objects.get()
    assert (matter.grade, report.text_only, report.safe_contact, report.safe_ways) == (1, True, "yes", ["page"])
    assert fits(her)

    desk = tab(browser, house, width=1366, language="en", who="carl", path=f"/room/?open={matter.pk}")
    desk.wait_for_selector("text=text only: do not telephone")
    desk.click("#tab-feedback")
    desk.fill(f"#write-{report.pk} textarea", "Two officers come, no siren.")
    desk.click(f"#write-{report.pk} button")
    her.wait_for_selector(".lines .ours >> text=Two officers come, no siren.")
    look(her, "talk-en")

    her.fill("#words", "Thank you. The back door is open.")
    her.click("[data-talk-form] button.btn--go")
    her.wait_for_selector(".lines .mine >> text=back door")
    assert her.input_value("#words") == ""
    desk.wait_for_selector(".personal >> text=back door")
    look(desk, "room-talk")

    her.click("text=It is not safe any more")
    her.wait_for_selector("text=so that nobody beside you can read it")
    assert "back door" not in her.content()
    assert "officers come" not in her.content()
    desk.wait_for_selector(f"#write-{report.pk}", state="detached")
    her.context.close()
    desk.context.close()


def test_the_pages_fit_a_small_old_phone_in_both_languages_and_can_be_left_at_once(browser, house):
    page = tab(browser, house, width=320, language="zh-hans", path="/quiet")
    assert fits(page)
    look(page, "quiet-zh-320")
    page.goto(house.url + "/")
    assert fits(page)
    look(page, "front-zh-320")
    page.fill("#words", "他在隔壁")
    page.route("**/*baidu*/**", lambda route: route.fulfill(body="<title>weather</title>", content_type="text/html"))
    length = page.evaluate("history.length")

    page.click("[data-exit]")
    page.wait_for_url("**baidu.com**")

    assert page.evaluate("history.length") == length  # it stands in the place of the page that was left
    page.goto(house.url + "/")
    assert page.input_value("#words") == ""  # nothing typed is left in the tab
    page.context.close()


def test_a_rating_has_nothing_chosen_and_its_words_reach_the_room(browser, house):
    from tests.flows.test_safe_contact import whole_course

    taken = house.report_online("Loud music", safe_contact="yes")
    from oneroom.apps.incidents import services

    services.classify(
        taken.incident_id, category="public_order", subcategory="noise", grade=3,
        where=services.Where(121.464, 31.224, "market", "market"), by=house.actor("carl"), at=house.now,
    )  # fmt: skip
    whole_course(house, Incident.objects.get(pk=taken.incident_id))
    page = tab(browser, house, width=320, language="en")
    page.fill("#code", taken.code)
    page.click("text=See where it stands")
    page.wait_for_selector("text=How did we do?")
    assert page.locator("[name=stars]:checked").count() == 0
    assert fits(page)
    page.click("text=Send rating")
    page.wait_for_selector(".is-bad [name=stars]", state="attached")
    page.check("[name=stars][value='2']", force=True)
    page.fill("#rating_words", "It took two hours")
    look(page, "rate-en-320")
    page.click("text=Send rating")
    page.wait_for_selector("text=Thank you for rating us")
    page.context.close()

    desk = tab(browser, house, width=1366, language="en", who="dora", path=f"/room/?open={taken.incident_id}")
    desk.click("#tab-feedback")
    desk.click("[data-ratings]")
    desk.wait_for_selector("text=It took two hours")
    desk.context.close()
    until(lambda: Report.objects.get().stars == 2)
