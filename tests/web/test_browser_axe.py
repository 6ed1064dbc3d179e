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
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils.timezone import localtime

from oneroom.apps.incidents import services
from oneroom.apps.incidents.services.openings import break_glass
from oneroom.apps.incidents.services.searching import search_record
from oneroom.apps.ledger import searches, tree
from oneroom.apps.ledger.searches import Question
from oneroom.apps.oversight.models import LookFlag
from oneroom.apps.oversight.services import raise_alarm
from oneroom.apps.oversight.services.holds import place_hold
from oneroom.apps.oversight.transparency import publish
from oneroom.apps.people.services import ask_second, secure_console
from oneroom.apps.personnel.models import Posting
from oneroom.apps.plans.services import alter_scenario, ask_run, draft_scenario
from oneroom.apps.plans.services.runs import end_run
from oneroom.apps.reforms.services import draft_plan
from oneroom.engine.organisation.changes import Abolish
from oneroom.engine.roles import Role
from oneroom.engine.signatures import Act
from oneroom.ports import heads
from tests.away import fickle
from tests.browsing import NO_WEBGL
from tests.compared import results
from tests.force import LONG_AGO, Force
from tests.served import served, walk
from tests.town import PASSWORD
from tests.waiting import PATIENCE_MS
from tests.web.authenticator import App

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
    click: str = ""  # before a key is pressed
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
    yield Screen("handover", "zhou", "/room/handover", "#begin")
    yield Screen("handover, keys", "dora", "/room/handover", press="?", once=True)
    yield Screen("room, the late list", "dora", "/room/", drawn, press="l", once=True)
    yield Screen("room, a crew's card", "dora", "/room/", drawn, click="#crews .crew", press="Enter", once=True)
    alike = f"/room/?open={night.again.pk}"
    yield Screen("room, compared", "dora", alike, ".alike:not([hidden]) [data-compare]", press="d", once=True)
    yield Screen("room, a report to review", "zhou", f"/room/?open={night.reported.pk}", drawn)
    yield Screen("intake", "carl", "/room/intake/", "form")
    yield Screen("map apart", "dora", "/map/", "#map canvas", draws=True)
    yield Screen("phone, orders", "zhang", "/t/", "[data-theme]", ("light", "night"), **phone)
    yield Screen("phone, an order", "zhang", f"/t/#order-{night.sent.pk}", ".four", ("light", "night"), **phone)
    yield Screen("phone, nothing to do", "qian", "/t/", "[data-theme]", ("light",), **phone, once=True)
    yield Screen("phone, help", "zhang", "/t/#sos", "#sos-state", ("light", "night"), **phone)
    yield Screen("phone, crew", "zhang", "/t/#crew", "[data-view=crew]", ("light", "night"), **phone)
    yield Screen("phone, something seen", "zhang", "/t/#see", "[data-form=see]", ("light", "night"), **phone)
    yield Screen("citizen", None, "/", **phone)
    yield Screen("citizen, by text", None, "/quiet", "form", **phone)
    yield Screen("citizen, the talk", None, "/", code=night.quiet, **phone)
    yield Screen("citizen, wide", None, "/", once=True)
    yield Screen("citizen, own story", None, "/", code=night.code, **phone)
    yield Screen("nothing there", None, "/nothing-is-here", once=True)
    yield Screen("nothing there for staff", "dora", "/nothing-is-here", once=True)
    yield Screen("sign in", None, "/sign-in")
    yield Screen("signed in, choose a screen", "zhou", "/sign-in")
    yield Screen("start of the demo", None, "/start/")
    yield Screen("start, messages", None, "/start/gateway", once=True)
    yield Screen("station board", "leader-li", "/office/board", office)
    yield Screen("days", "zhou", "/office/days", office)
    yield Screen("station board, narrow", "zhou", "/office/board", office, width=683, height=384, once=True)
    yield Screen("office, keys", "zhou", "/office/board", office, press="?", once=True)
    yield Screen("matters", "zhou", "/office/incidents?day=all", office)
    yield Screen("matters, none", "zhou", "/office/incidents?day=yesterday", office, once=True)
    yield Screen("one matter", "leader-li", f"/office/incidents/{night.matter.pk}", office)
    yield Screen("one matter, reads", "zhou", f"/office/incidents/{night.reported.pk}?lines=reads", office)
    yield Screen("which inspection", "ina", f"/office/incidents/{night.matter.pk}", office)
    yield Screen("search the record", "ina", "/office/record", office)
    yield Screen("signed heads", "ina", "/office/heads", office)
    yield Screen("accounts", "ada", "/office/accounts", office)
    yield Screen("one account", "ada", f"/office/accounts/{night.somebody}", office)
    yield Screen("new account", "ada", "/office/accounts/new", office)
    yield Screen("own account", "zhang", "/account")
    yield Screen("relatives", "zhang", "/account/relatives")
    yield Screen("own duties", "zhang", "/account/duties")
    yield Screen("rosters", "leader-li", "/office/duty", office)
    yield Screen("found", "zhou", "/office/find?q=station", office)
    yield Screen("dossier", "zhou", f"/incidents/{night.reported.pk}/dossier")
    yield Screen("proof", "zhou", f"/incidents/{night.reported.pk}/proof")
    yield Screen("signatures", "ada", "/office/signatures", office)
    yield Screen("signatures, of a caller", "leader-li", "/office/signatures", office)
    yield Screen("own factors", "zhang", "/account/factors", **phone)
    yield Screen("own factors, wide", "dora", "/account/factors", once=True)
    yield Screen("own account, narrow", "zhang", "/account", **phone)
    yield Screen("by a commander's word", None, "/sign-in/by-word", **phone)
    yield Screen("alarms", "ina", "/office/alarms", office)
    yield Screen("organisation", "ina", "/office/organisation?unit=west", office)
    yield Screen(
        "organisation, beside another day", "ina", "/office/organisation?on=2026-12-01&than=2026-11-22", office
    )
    for name, who, path in (
        ("units from a list", "eva", "organisation/import"), ("ground", "eva", "organisation/areas"),
        ("places by unit", "eva", "posts"), ("their ledger", "eva", "posts/ledger"),
        ("posts one by one", "eva", "posts/each"), ("posts from a list", "eva", "posts/import"),
        ("villages", "eva", "villages"), ("reforms", "eva", "reforms"), ("a reform", "eva", f"reforms/{night.plan}"),
        ("people", "hanna", "people"), ("somebody", "hanna", f"people/{night.person}"),
        ("somebody new", "hanna", "people/new"), ("people from a list", "hanna", "people/import"),
        ("training", "hanna", "register"), ("rule documents", "hanna", "rules"), ("awards", "hanna", "awards"),
        ("deviations", "hanna", "deviations"), ("moves", "hanna", "moves"), ("rotation", "hanna", "rotation"),
        ("why somebody is due", "hanna", f"rotation/people/{night.person}"), ("care", "cara", "care"),
        ("plans", "eva", "plans"), ("a plan", "eva", f"plans/{night.scenario}"),
        ("a plan, nothing to draft", "ina", f"plans/{night.scenario}"),
        ("what a plan came to", "eva", f"plans/{night.scenario}/runs/{night.run}"),
        ("crews", "leader-li", "duty/crews"), ("swaps", "leader-li", "duty/swaps"), ("mobile force", "zhou", "force"),
    ):  # fmt: skip
        yield Screen(name, who, f"/office/{path}", office, once=True)
    yield Screen("what a plan came to, its report", "eva", f"/office/plans/{night.scenario}/runs/{night.run}/report")
    yield Screen("rules to read", "zhang", "/account/rules", once=True)
    yield Screen("answers of a search", "ina", f"/office/record/{night.search}", office)
    yield Screen("signed heads, an hour", "ina", f"/office/heads?hour={night.hour}", office, once=True)
    yield Screen("oversight posts", "ina", "/office/posts", office)
    yield Screen("consoles", "ada", "/office/consoles", office)
    yield Screen("locked out", "zhou", "/office/locked-out", office)
    yield Screen("break the glass", "qian", "/office/glass", office)
    yield Screen("break the glass, narrow", "qian", "/office/glass", office, **phone)
    yield Screen("broken glass", "ina", "/office/openings", office)
    yield Screen("one opening", "qian", f"/office/openings/{night.opening}", office)
    yield Screen("tracks", "leader-li", "/office/tracks", office)
    yield Screen("unusual looking", "ina", "/office/unusual", office)
    yield Screen("what is kept", "ina", "/office/retention", office)
    yield Screen("transparency report, before it is published", "ina", "/office/transparency?month=2026-11", office)
    yield Screen("transparency reports", None, "/transparency/", **phone)
    yield Screen("transparency report", None, "/transparency/2026-10/", **phone)
    yield Screen("transparency report, wide", None, "/transparency/2026-10/", once=True)


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
        self.quiet = room.report_online("he is here", text_only=True).code
        self._overseen(room)
        self._staffed(Force(room))
        room.fast_forward(minutes=7)
        self.again = room.report("a man with a knife", at="west", grade=1)

    def _staffed(self, force):
        """Somebody in a post, who is due, and a reform of the station he is at."""
        force.staff("hanna", Role.HR)
        force.staff("cara", Role.WELFARE_OFFICER)
        force.places("west", 1)
        one = force.person("Wanda", account="zhang")
        Posting.objects.create(person=one, post=force.post("desk", "west"), basis="entered", since=LONG_AGO)
        self.person = one.pk
        ends = Abolish("west", None)
        eva = force.staff("eva", Role.ORG_PLANNER)
        self.plan = draft_plan("West ends", force.days(1), [ends], by=eva, at=force.room.now)
        self.scenario = draft_scenario("One station", by=eva, at=force.room.now)
        moved = [{"do": "move_crew", "crew": "crew-1", "to": {"unit": "east"}}]
        alter_scenario(self.scenario, seen=1, hand=moved, by=eva, at=force.room.now)
        self.run = ask_run(self.scenario, "compare", {}, by=eva, at=force.room.now)
        end_run(self.run, "done", results=results(), assumed=[{"code": "stands_at_post"}], at=force.room.now)

    def _overseen(self, room):
        """Something in every list of those who oversee and of those who run the house."""
        ina, at = room.actor("ina"), room.now
        threatened = services.take_report(
            services.Said("He is in the next room"), source="phone", where=services.Where(121.464, 31.224, "market"),
            category="dispute", subcategory="domestic_violence", grade=2, by=room.actor("carl"), at=at,
        )  # fmt: skip
        asked, about = {"report": threatened.report_id, "way": "phone"}, f"incident:{threatened.incident_id}"
        ask_second(Act.CONTACT, about, details=asked, words="She bleeds", by=room.actor("dora"), at=at)
        role = {"role": Role.DISPATCHER.value, "unit": None, "until": None}
        ask_second(Act.GIVE_ROLE, f"account:{self.somebody}", details=role, words="A day", by=room.actor("abe"), at=at)
        self.opening = break_glass(
            self.matter.reference, why="danger", words="He is on his way here", by=room.actor("qian"), at=at
        )
        LookFlag.objects.create(rule="volume", account_id=self.somebody, day=at.date(), count=60, usual=4, found_at=at)
        place_hold(
            self.reported.reference, reason="complaint", basis="Letter of 3 November",
            review_on=(at + timedelta(days=90)).date(), by=ina, at=at,
        )  # fmt: skip
        raise_alarm("rung_late", "assignment:1", part="auditor", matter=f"incident:{self.matter.pk}", at=at, ladder=7)
        secure_console("North desk", by=room.actor("ada"), at=at)
        search_record(Question(matter=f"incident:{self.matter.pk}"), purpose="audit", basis="au-2026-1", by=ina, at=at)
        self.search = searches.last_of(ina)
        publish("2026-10", by=ina, at=at)
        heads.sign_heads(at)
        _size, signed = tree.heads_between("acts", at - timedelta(days=1), at + timedelta(days=1))[-1]
        self.hour = f"{localtime(signed):%H}"


def faults(page, where, options):
    """What axe finds, one line each; axe must be on the page."""
    found = page.evaluate("options => axe.run(options).then((said) => said.violations)", options)
    return [
        f"{where}: {rule['id']}: {node['html'][:160]} · {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("language", [LANGUAGES[0], pytest.param(LANGUAGES[1], marks=pytest.mark.prove)])
def test_every_screen_is_accessible_in_both_languages_and_all_themes(
    room, database_url, monkeypatch, browser, settings, tmp_path, language
):
    walk(monkeypatch)
    settings.HEADS_FOLDER = tmp_path / "heads"
    settings.DEMO = True  # so that the demo's own first page is there
    night = Night(room)
    found = []
    by_person = {}
    for screen in screens(night):
        by_person.setdefault((screen.who, screen.draws), []).append(screen)
    with served(database_url) as url:
        for (who, draws), mine in by_person.items():
            page = _page(browser, room, url, who, draws=draws)
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
    if screen.click:
        page.locator(screen.click).first.click()
    if screen.press:
        page.keyboard.press(screen.press)
    if screen.click or screen.press:
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
    page.set_default_timeout(PATIENCE_MS)
    return page


def _speak(page, url, language):
    page.context.add_cookies([{"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url}])


def test_the_door_with_a_second_factor_is_accessible(room, database_url, monkeypatch, browser, settings):
    """What stands between a password and the house: set up an app, use its code, unlock, choose a new password."""
    walk(monkeypatch)
    settings.SECOND_FACTOR = True
    found = []
    with served(database_url) as url:
        for language in LANGUAGES:
            who = {"en": "dora", "zh-hans": "zhou"}[language]
            page = _page(browser, room, url, None, draws=False)
            page.set_viewport_size({"width": 360, "height": 640})
            _speak(page, url, language)
            page.goto(url + "/sign-in")
            page.locator("[name=username]").fill(who)
            page.locator("[name=password]").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_selector(".signin-key")
            found += _axe(page, f"set up a second factor [{language}]")
            app = App(page.content())
            page.locator("[name=code]").fill(app.code())
            page.keyboard.press("Enter")
            page.wait_for_selector("main li")
            found += _axe(page, f"recovery codes [{language}]")
            page.context.clear_cookies(name=django_settings.SESSION_COOKIE_NAME)
            page.goto(url + "/sign-in")
            page.locator("[name=username]").fill(who)
            page.locator("[name=password]").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url("**/sign-in/second*")
            found += _axe(page, f"second factor [{language}]")
            page.locator("[name=code]").fill("000000")
            page.keyboard.press("Enter")
            page.wait_for_selector("[role=alert]")
            found += _axe(page, f"second factor refused [{language}]")
            page.context.close()
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.prove
def test_screens_of_a_house_whose_database_is_away_are_accessible(
    room, database_url, monkeypatch, browser, settings, tmp_path
):
    walk(monkeypatch)
    settings.HEADS_FOLDER = tmp_path / "heads"
    night = Night(room)
    found = []
    with fickle(database_url, tmp_path, room.town) as house:
        pages = [
            (name, path, _page(browser, room, house.url, who, draws=False), size)
            for name, who, path, size in (
                ("degraded room", "dora", f"/room/?open={night.matter.pk}", (1366, 768)),
                ("degraded intake", "carl", "/room/intake/", (1366, 768)),
                ("degraded phone", "zhang", "/t/", (360, 640)),
                ("away for the office", "zhou", "/office/board", (1366, 768)),
                ("away for the public", None, "/", (360, 640)),
            )
        ]
        for _name, path, page, _size in pages:
            page.goto(house.url + path)
        house.lose()
        for language in LANGUAGES:
            for name, path, page, (width, height) in pages:
                page.set_viewport_size({"width": width, "height": height})
                _speak(page, house.url, language)
                page.goto(house.url + path)
                assert page.locator("main, [role=main]").count(), name
                found += _axe(page, f"{name} [{language}]")
        house.find()
        office, public = (page for name, _path, page, _size in pages if name.startswith("away"))
        office.wait_for_selector("html[data-ready='true']", state="attached")  # nobody pressed anything
        public.wait_for_selector("[name=code]")
        for *_what, page, _size in pages:
            page.context.close()
    assert not found, "\n".join(dict.fromkeys(found))


def _axe(page, where):
    page.evaluate(axe.AXE_SCRIPT)
    return faults(page, where, ALL)
