"""
Every screen against WCAG 2.2 A and AA by axe-core, in a real Chromium, in both languages and all themes.

One house, one browser, one page for each person, closed when his screens are done: a page that stays open goes on
listening and fetching. Each screen is opened as the person who works on it, with a night in it and without. A second
theme is another set of colours on the same page, so only what looks at colours looks again. What axe finds is named
with the page, the rule and the element. What it cannot see (order of focus, sense of words) is for people and for the
other browser tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings as django_settings
from django.test import Client

from oneroom.apps.incidents import services
from tests.browsing import NO_WEBGL
from tests.served import served, walk

axe = pytest.importorskip("axe_playwright_python.base")
pytestmark = pytest.mark.django_db(transaction=True)

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
ALL = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
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
    draws: bool = False  # with its map drawn, which is slow here; elsewhere a map says that it cannot be


def screens(night) -> Iterator[Screen]:
    """Every screen there is. A new one gets its line here."""
    phone = {"width": 360, "height": 640}
    drawn = "#room[data-ready='true']"
    office = "html[data-ready='true']"
    yield Screen("room, nothing open", "dora", "/room/", drawn)
    yield Screen("room, a matter open", "dora", f"/room/?open={night.matter.pk}", drawn)
    yield Screen("room, the map drawn", "dora", "/room/", drawn, once=True, draws=True)
    yield Screen("room, all keys", "dora", "/room/", drawn, press="?", once=True)
    yield Screen("room, a report to review", "zhou", f"/room/?open={night.reported.pk}", drawn)
    yield Screen("intake", "carl", "/room/intake/", "form")
    yield Screen("map apart", "dora", "/map/", "#map canvas", draws=True)
    yield Screen("phone, orders", "zhang", "/t/", "[data-theme]", ("light", "night"), **phone)
    yield Screen("phone, an order", "zhang", f"/t/#order-{night.sent.pk}", ".four", ("light", "night"), **phone)
    yield Screen("phone, nothing to do", "qian", "/t/", "[data-theme]", ("light",), **phone, once=True)
    yield Screen("citizen", None, "/", **phone)
    yield Screen("citizen, wide", None, "/", once=True)
    yield Screen("citizen, own story", None, "/", code=night.code, **phone)
    yield Screen("nothing there", None, "/nothing-is-here", once=True)
    yield Screen("nothing there for staff", "dora", "/nothing-is-here", once=True)
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
        self.sent = room.dispatch(self.matter, "crew-1")
        room.step(self.sent, "acknowledge", "set_out", by="zhang")
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


def faults(page, where, options):
    """What axe finds, one line each; axe must be on the page."""
    found = page.evaluate("options => axe.run(options).then((said) => said.violations)", options)
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
    found = []
    by_person = {}
    for screen in screens(night):
        by_person.setdefault((screen.who, screen.draws), []).append(screen)
    with served(database_url) as url:
        for (who, draws), mine in by_person.items():
            page = _page(browser, room, url, who, draws=draws)
            for language in LANGUAGES:
                _speak(page, url, language)
                for screen in mine:
                    if not screen.once or language == LANGUAGES[0]:
                        found += _look(page, url, screen, language)
            page.context.close()
    assert not found, "\n".join(dict.fromkeys(found))


def _look(page, url, screen, language):
    page.set_viewport_size({"width": screen.width, "height": screen.height})
    page.goto(url + screen.path)
    page.wait_for_selector(screen.ready, state="attached")
    if screen.code:
        page.locator("[name=code]").fill(screen.code)
        page.keyboard.press("Enter")
        page.wait_for_selector(".code-large")
    if screen.press:
        page.keyboard.press(screen.press)
        page.wait_for_selector("dialog[open]")
    page.evaluate(axe.AXE_SCRIPT)
    found = []
    for n, theme in enumerate(screen.themes or ("",)):
        if theme:
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        found += faults(page, f"{screen.name} [{language}{' ' + theme if theme else ''}]", COLOURS if n else ALL)
    return found


def _page(browser, room, url, who, *, draws):
    """A page of somebody's own; reduced motion, so that nothing is half faded in."""
    context = browser.new_context(reduced_motion="reduce")
    if not draws:
        context.add_init_script(NO_WEBGL)
    if who is not None:
        client = Client()
        client.force_login(room.town.people[who])
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def _speak(page, url, language):
    page.context.add_cookies([{"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url}])
