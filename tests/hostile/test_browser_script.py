"""
Security point 43: what somebody typed as a script runs on no screen that shows it.

The house refuses marks like <…> at its inlets (``engine/text.py``). Here that fence is down, so that the second one is
seen to stand: texts are shown as texts. Each inlet has a text of its own, and each is seen somewhere, whole, as typed;
none became an element, none ran, and the content policy, the third fence, had nothing to stop.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.services import NewGear, enter_force, enter_gear
from oneroom.apps.incidents import services
from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.services.openings import break_glass
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.people.models import Account
from oneroom.apps.people.services import ask_second
from oneroom.apps.personnel import services as personnel
from oneroom.apps.personnel.models import Post
from oneroom.apps.places.models import Place
from oneroom.apps.places.services import NewPlace, add_places, raise_warning
from oneroom.apps.reforms.services import draft_plan, enter_aim
from oneroom.engine.roles import Role
from oneroom.engine.signatures import Act
from oneroom.engine.values import CITIZEN, SYSTEM
from tests.browsing import browsing
from tests.force import Force
from tests.served import served
from tests.town import corner

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]

HEARS = """
window.planted = (what) => { window.ran = (window.ran || "") + what; };
window.alert = window.confirm = window.prompt = () => { window.planted("dialog"); };
"""
LOOKS = """() => ({
  ran: window.ran || "",
  made: [...document.querySelectorAll("[data-x]")].map((e) => e.outerHTML.slice(0, 200)),
  links: [...document.querySelectorAll("[href],[src],[action],[formaction]")]
    .map((e) => e.getAttribute("href") || e.getAttribute("src") || e.getAttribute("action") || "")
    .filter((there) => /^\\s*(javascript|data:text)/i.test(there)),
  text: document.body.innerText + [...document.querySelectorAll("[title],[aria-label],[value],input,textarea,select")]
    .map((e) => [e.title, e.getAttribute("aria-label"), e.value].join(" ")).join(" "),
})"""


def script(inlet: str) -> str:
    """A text that would break out of an attribute, be an element, and run; short enough for a name."""
    return f"{inlet}\"'><img data-x src=x onerror=planted()>"


IN_ADDRESS = "%22%3E%3Cimg data-x src=x onerror=planted()%3E"


class House:
    """A night on which everything that can be typed was typed by somebody hostile."""

    def __init__(self, room: Any) -> None:
        self.room, self.inlets = room, set[str]()
        at = room.now
        crew, unit = room.town.crews["crew-1"], room.town.units["west"]
        Crew.objects.filter(pk=crew.pk).update(callsign_en=self.typed("callsign"))
        OrgUnit.objects.filter(pk=unit.pk).update(name_en=self.typed("station"))
        Account.objects.filter(pk=room.town.people["zhang"].pk).update(name=self.typed("officer"))
        lon, lat = corner("market")
        add_places([NewPlace("poi", self.typed("place"), self.typed("place"), lon, lat)], by=SYSTEM, at=at)
        self.matter = room.report(
            self.typed("words"), at="west", by="carl", caller_name=self.typed("caller"), caller_phone="13955507771",
            address=self.typed("address"), safe_contact="yes",
        )  # fmt: skip
        report = self.matter.reports.get()
        say = {"by": room.actor("carl"), "at": at}
        services.add_words(self.matter.pk, words=self.typed("added"), source="caller", report_id=report.pk, by=CITIZEN,
                           at=at)  # fmt: skip
        services.log_radio(self.matter.pk, words=self.typed("radio"), by=room.actor("dora"), at=at)
        raise_warning(reason="dog", words=self.typed("warning"), days=3, radius_m=60, lon=self.matter.lon,
                      lat=self.matter.lat, matter=f"incident:{self.matter.pk}", **say)  # fmt: skip
        self.sent = room.dispatch(self.matter, "crew-1")
        room.step(self.sent, "acknowledge", "set_out", "arrive", by="zhang")
        services.say_word(self.sent.pk, words=self.typed("crewword"), by=room.actor("zhang"), at=at)
        self.twin = room.report(self.typed("words"), at="west", by="carl")
        self._public()
        self._done()
        self._offices()
        typed = {"fields": {"words": self.typed("draft"), "caller_name": script("draft"), "where": script("draft")}}
        services.keep_draft("draft-hostile", 1, typed, services.Shown(), by=room.actor("carl"), at=at)
        services.take_event(services.Event("abandoned", script("call"), at, number="13955508881", desk="<b data-x>"),
                            at=at)  # fmt: skip
        words = {"why": "danger", "words": self.typed("glass")}
        self.opening = break_glass(self.matter.reference, **words, by=room.actor("leader-li"), at=at)
        ask_second(Act.GIVE_ROLE, f"account:{room.town.people['sun'].pk}", details={"role": Role.DISPATCHER.value},
                   words=self.typed("signature"), by=room.actor("ada"), at=at)  # fmt: skip

    def typed(self, inlet: str) -> str:
        """The hostile text of an inlet, which is to be seen."""
        self.inlets.add(inlet)
        return script(inlet)

    def _public(self) -> None:
        taken = self.room.report_online(self.typed("online"), address=self.typed("where"), safe_contact="yes",
                                        text_only=True)  # fmt: skip
        self.quiet, self.code = taken.incident_id, taken.code
        report = Incident.objects.get(pk=taken.incident_id).reports.get()
        services.say_safe(report.pk, safe_contact="yes", ways=("page",), by=CITIZEN, at=self.room.now)
        services.add_words(taken.incident_id, words=self.typed("talk"), source="caller", report_id=report.pk,
                           by=CITIZEN, at=self.room.now)  # fmt: skip
        services.write_to_caller(report.pk, words=self.typed("answer"), by=self.room.actor("carl"), at=self.room.now)

    def _offices(self) -> None:
        """What is typed where the force is planned: gear, the mobile force, plans, aims, people, posts, rules."""
        room, force, day = self.room, Force(self.room), self.room.now.date() + timedelta(days=90)
        unit, zhou = room.town.units["west"].pk, {"by": room.actor("zhou"), "at": room.now}
        self.gear = enter_gear([NewGear("G-1", "shield", self.typed("gear"), unit)], **zhou)[0]
        self.force = enter_force(
            code="f1", name_zh="机动队", name_en=self.typed("mobile"), unit_id=unit, base=self.typed("base"),
            strength=10, least=5, required=2, **zhou,
        ).pk  # fmt: skip
        plans = {"by": force.staff("olga", Role.ORG_PLANNER), "at": room.now}
        self.plan = draft_plan(self.typed("plan"), day, **plans)
        enter_aim(self.typed("aim"), owner="west", evidence=self.typed("evidence"), **plans)
        staff = {"by": force.hr, "at": room.now}
        self.person = force.person(self.typed("person")).pk
        force.places("west", 1)
        Post.objects.filter(code=force.post("w1", "west")).update(name_en=self.typed("post"))
        self.policy = personnel.publish_policy(
            code="r1", title_zh="制度", title_en=self.typed("policy"), topic="work", effective=force.today, review=day,
            **staff,
        )  # fmt: skip
        self.round = personnel.draft_round(self.typed("round"), day, **staff)

    def _done(self) -> None:
        self.done = self.room.report("a brawl", at="east", grade=2, category="public_order", safe_contact="yes")
        sent = self.room.dispatch(self.done, "crew-3")
        self.room.step(sent, "acknowledge", "set_out", "arrive", by="qian")
        say = {"at": self.room.now}
        services.report_and_clear(sent.pk, outcome="mediated", words=self.typed("note"), by=self.room.actor("qian"),
                                  **say)  # fmt: skip
        services.send_back(self.done.pk, reason="words_missing", words=self.typed("gap"), by=self.room.actor("zhou"),
                           **say)  # fmt: skip


def test_what_was_typed_as_a_script_runs_nowhere_and_is_shown_as_it_was_typed(browser, room, database_url, monkeypatch):
    monkeypatch.setattr("oneroom.engine.text._MARKUP", re.compile(r"(?!)"))  # the first fence is down
    house = House(room)
    seen: dict[str, set[str]] = {}
    wrong: list[Any] = []
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:

        def look(page: Any, where: str) -> None:
            found = page.evaluate(LOOKS)
            wrong.extend((where, name, found[name]) for name in ("ran", "made", "links") if found[name])
            for inlet in house.inlets:
                if script(inlet) in found["text"] or script(inlet) in page.content():
                    seen.setdefault(inlet, set()).add(where)

        pages: dict[str | None, Any] = {}

        def visit(who: str | None, path: str, ready: str = "main, [role=main]", **options: Any) -> Any:
            if who not in pages:
                pages[who] = open_as(who, url + "/nothing", script=HEARS, **options)
                pages[who].on("dialog", lambda dialog: (wrong.append(("dialog", dialog.message)), dialog.dismiss()))
            page = pages[who]
            page.goto(url + path)
            page.wait_for_selector(ready, state="attached")
            look(page, path)
            return page

        room_ready = "#room[data-ready='true']"
        for matter, said in ((house.matter.pk, "crewword"), (house.quiet, "talk"), (house.done.pk, "note")):
            page = visit("dora", f"/room/?open={matter}", room_ready)
            page.locator(".personal", has_text=said).first.wait_for()
            look(page, "/room/ with a matter open")
        page = visit("dora", f"/room/?open={house.twin.pk}", room_ready)
        page.wait_for_selector(".alike:not([hidden]) [data-compare]", state="attached")
        page.keyboard.press("d")
        page.wait_for_selector("dialog[open]")
        look(page, "/room/ comparing")
        page.keyboard.press("Escape")
        page.fill("#command", script("command"))
        page.keyboard.press("Enter")
        look(page, "/room/ command line")
        page = visit("carl", f"/room/intake/?incident={house.matter.pk}", "form")
        page = visit("carl", "/room/intake/", "form")
        page.fill("#where", "place")
        page.locator("#places [role=option]").first.wait_for()
        look(page, "/room/intake/ places")
        phone = {"width": 360, "height": 640}
        page = visit("zhang", f"/t/#order-{house.sent.pk}", ".four", **phone)
        page.get_by_text("words\"'").first.wait_for()
        look(page, "/t/ an order")
        visit(None, "/follow", "[name=code]", **phone)
        pages[None].fill("[name=code]", house.code)
        pages[None].keyboard.press("Enter")
        pages[None].wait_for_selector("[data-talk]")
        pages[None].get_by_text("answer\"'").first.wait_for()
        look(pages[None], "/follow")
        for who, path in [
            ("leader-li", "/office/board"), ("leader-li", f"/office/incidents/{house.matter.pk}"),
            ("leader-li", f"/office/openings/{house.opening}"), ("ina", "/office/openings"),
            ("zhou", "/office/incidents?day=all"), ("ina", "/office/unusual"),
            ("zhou", f"/incidents/{house.done.pk}/dossier?purpose=review"), ("zhou", "/room/handover"),
            ("zhou", f"/incidents/{house.matter.pk}/dossier?purpose=review"), ("abe", "/office/signatures"),
            ("zhou", "/office/find?q=" + IN_ADDRESS), ("ina", "/office/record"),
            ("zhou", "/office/incidents?ref=" + IN_ADDRESS), ("ada", "/office/accounts"),
            ("ina", f"/office/record?matter=incident:{house.matter.pk}"), ("ada", "/office/signatures"),
            ("zhou", "/office/duty/gear"), ("zhou", f"/office/duty/gear/{house.gear}"), ("zhou", "/office/force"),
            ("zhou", f"/office/force/{house.force}"), ("olga", "/office/reforms"),
            ("olga", f"/office/reforms/{house.plan}"), ("olga", "/office/reforms/aims"), ("hanna", "/office/people"),
            ("hanna", f"/office/people/{house.person}"), ("hanna", "/office/posts/each"), ("hanna", "/office/rules"),
            ("hanna", f"/office/rules/{house.policy}"), ("hanna", "/office/rotation"),
            ("hanna", f"/office/rotation/rounds/{house.round}"),
        ]:  # fmt: skip
            visit(who, path)
    assert wrong == []
    assert house.inlets - seen.keys() == set(), "each inlet's text was seen somewhere, as it was typed"
    assert Place.objects.filter(name_en__contains="data-x").exists()
