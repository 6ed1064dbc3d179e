"""
Every screen against WCAG 2.2 A and AA by axe-core, in a real Chromium, in both languages and all themes.

One house, one browser; each screen is opened as the person who works on it, with a night in it and without. What axe
finds is named with the page, the rule and the element. What it cannot see (order of focus, sense of words) is for
people and for the other browser tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings as django_settings
from django.test import Client

from oneroom.apps.incidents import services
from tests.served import served, walk

axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.django_db(transaction=True)

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
LANGUAGES = ("en", "zh-hans")


@dataclass(frozen=True)
class Screen:
    """A page as somebody opens it; ``ready`` is what is there when it is drawn, ``themes`` what it can be set to."""

    name: str
    who: str | None
    path: str
    ready: str = "main, [role=main]"
    themes: tuple[str, ...] = ()
    width: int = 1366
    height: int = 768
    press: str = ""
    code: str = ""
    once: bool = False  # the same parts as another screen here: one language is enough


def screens(night) -> Iterator[Screen]:
    """Every screen there is. A new one gets its line here."""
    phone = {"width": 360, "height": 640}
    drawn = "#room[data-ready='true']"
    office = "html[data-ready='true']"
    yield Screen("room, nothing open", "dora", "/room/", drawn)
    yield Screen("room, a matter open", "dora", f"/room/?open={night.matter.pk}", drawn)
    yield Screen("room, all keys", "dora", "/room/", drawn, press="?", once=True)
    yield Screen("room, a report to review", "zhou", f"/room/?open={night.reported.pk}", drawn)
    yield Screen("intake", "carl", "/room/intake/", "form")
    yield Screen("map apart", "dora", "/map/", "#map canvas, #map[data-map]")
    yield Screen("phone, orders", "zhang", "/t/", "[data-theme]", ("light", "night"), **phone)
    yield Screen("phone, nothing to do", "qian", "/t/", "[data-theme]", ("light",), **phone, once=True)
    yield Screen("citizen", None, "/", **phone)
    yield Screen("citizen, wide", None, "/", once=True)
    yield Screen("citizen, own story", None, "/", code=night.code, **phone)
    yield Screen("nothing there", None, "/nothing-is-here", once=True)
    yield Screen("sign in", None, "/sign-in")
    yield Screen("signed in, choose a screen", "zhou", "/sign-in")
    yield Screen("start of the demo", None, "/start/")
    yield Screen("start, messages", None, "/start/gateway", once=True)
    yield Screen("station board", "leader-li", "/office/board", office)
    yield Screen("station board, narrow", "zhou", "/office/board", office, width=683, height=384, once=True)
    yield Screen("office, keys", "zhou", "/office/board", office, press="?", once=True)
    yield Screen("matters", "zhou", "/office/incidents?day=all", office)
    yield Screen("matters, none", "zhou", "/office/incidents?day=yesterday", office, once=True)
    yield Screen("one matter", "leader-li", f"/office/incidents/{night.matter.pk}", office)
    yield Screen("one matter, reads", "zhou", f"/office/incidents/{night.reported.pk}?lines=reads", office)
    yield Screen("which inspection", "ina", f"/office/incidents/{night.matter.pk}", office)
    yield Screen("search the record", "ina", "/office/record", office)
    yield Screen("accounts", "ada", "/office/accounts", office)
    yield Screen("one account", "ada", f"/office/accounts/{night.somebody}", office)
    yield Screen("new account", "ada", "/office/accounts/new", office)
    yield Screen("own account", "zhang", "/account")
    yield Screen("found", "zhou", "/office/find?q=station", office)
    yield Screen("dossier", "zhou", f"/incidents/{night.reported.pk}/dossier")


class Night:
    """The town with something in every list."""

    def __init__(self, room):
        self.matter = room.report("a man with a knife", at="west", grade=1)
        sent = room.dispatch(self.matter, "crew-1")
        room.step(sent, "acknowledge", "set_out", by="zhang")
        waiting = room.report("loud music", at="north", grade=3, category="dispute")
        room.dispatch(waiting, "crew-2")
        room.report("a lost dog", at="east", grade=4, category="help")
        self.reported = room.report("a brawl", at="south", grade=2, category="public_order")
        done = room.dispatch(self.reported, "crew-3")
        room.step(done, "acknowledge", "set_out", "arrive", by="qian")
        services.report_and_clear(done.pk, outcome="mediated", by=room.actor("qian"), at=room.now)
        self.somebody = room.town.people["zhang"].pk
        self.code = room.report_online("noise below my window").code
        room.fast_forward(minutes=7)


def faults(page, where):
    """What axe finds, one line each."""
    found = axe_playwright.Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{where}: {rule['id']}: {node['html'][:160]} · {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found
        for node in rule["nodes"]
    ]


def test_every_screen_is_accessible_in_both_languages_and_all_themes(
    room, database_url, monkeypatch, browser, settings
):
    walk(monkeypatch)
    settings.DEMO = True  # so that the demo's own first page is there
    night = Night(room)
    found, contexts = [], {}
    with served(database_url) as url:
        for language in LANGUAGES:
            for screen in screens(night):
                if screen.once and language != LANGUAGES[0]:
                    continue
                if (screen.who, language) not in contexts:
                    contexts[screen.who, language] = _context(browser, room, url, screen.who, language)
                page = contexts[screen.who, language]
                page.set_viewport_size({"width": screen.width, "height": screen.height})
                page.goto(url + screen.path)
                page.wait_for_selector(screen.ready, state="attached")
                if screen.code:
                    page.locator("[name=code]").fill(screen.code)
                    page.keyboard.press("Enter")
                    page.wait_for_selector(".story")
                if screen.press:
                    page.keyboard.press(screen.press)
                    page.wait_for_selector("dialog[open]")
                for theme in screen.themes or ("",):
                    if theme:
                        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
                    found += faults(page, f"{screen.name} [{language}{' ' + theme if theme else ''}]")
        for page in contexts.values():
            page.context.close()
    assert not found, "\n".join(dict.fromkeys(found))


def _context(browser, room, url, who, language):
    """A page of somebody's own; reduced motion, so that nothing is half faded in."""
    context = browser.new_context(reduced_motion="reduce")
    cookies = {django_settings.LANGUAGE_COOKIE_NAME: language}
    if who is not None:
        client = Client()
        client.force_login(room.town.people[who])
        cookies[django_settings.SESSION_COOKIE_NAME] = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page
