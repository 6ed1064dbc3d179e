"""Rows of the two reforms as their *How to test* has them, through the doors (T12, B02, B03, B04, B05, B08)."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver

from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.orgs.services import begin_unit
from oneroom.apps.personnel.models import Person, Post, Posting
from oneroom.apps.reforms.clock import take_effect
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.force import LONG_AGO, Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("pia", Role.ORG_PLANNER)
    return made


@pytest.fixture
def browser(force):
    def of(who: str = "pia") -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(force.room.town.people[who])
        return client

    return of


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def begin(force, code: str, kind: str = "division", system: System = System.OPERATIONS) -> None:
    begin_unit(kind=kind, code=code, name_zh=code, name_en=code.title(), system=system, by=SYSTEM, at=force.room.now,
               parent=force.room.town.units["branch"])  # fmt: skip


def plan(browser, day, *changes: dict[str, str]) -> str:
    page = browser().post("/office/reforms", {"name": "Plan", "day": str(day)})["Location"]
    for n, change in enumerate(changes, start=1):
        added = browser().post(f"{page}/act", {"act": "add", "seen": str(n), **change})
        assert added.status_code == 302, text(added)
    return str(page)


def sign(browser, page: str) -> None:
    asked = browser().post(f"{page}/act", {"act": "ask", "why": "agreed"})
    assert asked.status_code == 302, text(asked)
    assert browser("leader-li").post(f"{page}/act", {"act": "sign"}).status_code == 302


def owners(browser, function: str, day) -> list[str]:
    """Who answers for it on that day, by the list that goes out."""
    units = browser().get(f"/office/organisation/units.json?on={day}").json()["units"]
    return [unit["code"] for unit in units if function in unit["functions"]]


def to_the_day(room) -> None:
    room.fast_forward(minutes=24 * 60 + 1)
    take_effect(room.now)
    follow_the_day(room.now)


def test_b02_a_plan_that_takes_oversight_and_support_over_the_limit_is_refused_with_the_numbers(force, browser):
    new = {"do": "create", "kind": "division", "system": "support", "parent": "branch"}
    page = plan(browser, force.today, *({**new, "code": f"s{n}", "name_zh": f"s{n}"} for n in range(4)))

    asked = browser().post(f"{page}/act", {"act": "ask", "why": "more"})

    assert asked.status_code == 422
    assert "Oversight and support would be 4 of 7 units, more than 50 %." in text(asked)
    browser().post(f"{page}/act", {"act": "remove", "n": "3", "seen": "5"})
    assert browser().post(f"{page}/act", {"act": "ask", "why": "fewer"}).status_code == 302, "3 of 6 is the limit"


def test_b02_a_force_over_the_limit_may_lower_its_share_step_by_step_and_not_raise_it(force, browser):
    for n in range(6):
        begin(force, f"s{n}", system=System.SUPPORT)

    lower = plan(browser, force.today, {"do": "abolish", "unit": "s0", "heir": "s1"})
    higher = plan(browser, force.days(1), {"do": "alter", "unit": "west", "system": "oversight"})

    assert "Nothing stands against it" in text(browser().get(lower))
    assert "7 of 9 units, more than 50 %" in text(browser().get(higher))


def test_b03_after_the_merger_there_is_one_centre_and_no_second_queue(room, force, browser):
    for code, kind in (("intel", "division"), ("command", "command_room")):
        begin(force, code, kind, System.COMMAND)
    matter = room.report("fight", at="north").pk
    centre = {"do": "merge", "units": "command, intel", "code": "centre", "name_zh": "情报指挥中心"}
    sign(browser, plan(browser, force.days(1), centre))

    to_the_day(room)

    kinds = {u["code"]: u["kind"] for u in browser().get("/office/organisation/units.json").json()["units"]}
    assert [code for code, kind in kinds.items() if kind not in ("station", "branch_bureau")] == ["centre"]
    later = room.report("theft", at="south").pk
    for who in ("dora", "zhou", "carl"):
        queue = browser(who).get("/room/queue").content.decode()
        assert sorted(map(int, re.findall(r'id="q-(\d+)"', queue))) == [matter, later], who


def test_b04_inspection_petitions_and_audit_are_one_owner_from_the_day_on(room, force, browser):
    for code in ("inspection", "petitions", "audit"):
        begin(force, code, system=System.OVERSIGHT)
    sign(browser, plan(browser, force.today, *(
        {"do": "delegate", "unit": "", "function": code, "to": code} for code in ("inspection", "petitions", "audit")
    )))  # fmt: skip
    day = force.days(1)
    docket = {"do": "merge", "units": "inspection, petitions, audit", "code": "docket", "name_zh": "督察审计信访支队"}
    sign(browser, plan(browser, day, docket))

    assert [owners(browser, "petitions", d) for d in (force.today, day)] == [["petitions"], ["docket"]]
    assert {tuple(owners(browser, f, day)) for f in ("inspection", "petitions", "audit")} == {("docket",)}


def test_b05_the_merged_unit_is_a_row_and_no_door_does_technical_investigation(room, force, browser):
    for code in ("tech", "cyber"):
        begin(force, code)
    day = force.days(1)
    sign(browser, plan(browser, day, {"do": "merge", "units": "cyber", "into": "tech"}))

    assert "What it had is with Tech" in text(browser().get(f"/office/organisation?unit=cyber&on={day}"))
    paths = browser("dora").get("/api/openapi.json").json()["paths"]
    assert len(paths) > 20
    doors = " ".join([*paths, *(str(name) for name in get_resolver().reverse_dict if isinstance(name, str))])
    assert not re.search(r"intercept|wiretap|surveil|technical.?invest|decrypt|imsi", doors, re.IGNORECASE)


def test_b08_traffic_goes_down_to_four_counties_and_the_routing_follows_the_day(force, browser):
    counties = [f"county{n}" for n in range(4)]
    for code in ("traffic", *counties):
        begin(force, code)
    sign(browser, plan(browser, force.today, {"do": "delegate", "unit": "", "function": "traffic", "to": "traffic"}))
    day = force.days(3)
    down = {"do": "delegate", "unit": "traffic", "function": "traffic", "to": ", ".join(["traffic", *counties])}
    sign(browser, plan(browser, day, down))

    before, on, after = (owners(browser, "traffic", day + timedelta(days=n)) for n in (-1, 0, 1))
    assert before == ["traffic"]
    assert on == after == [*counties, "traffic"]


def test_t12_536_of_1000_officers_in_stations_are_536_per_cent_and_auxiliaries_stand_apart(force, browser):
    def staff(unit: str, kind: str, count: int) -> None:
        codes = [f"{unit}-{kind}-{n}" for n in range(count)]
        Post.objects.bulk_create(Post(code=c, unit=unit, kind=kind, name_zh="岗", since=force.today) for c in codes)
        people = Person.objects.bulk_create(
            Person(number=code, kind=kind, name="模拟", joined=LONG_AGO, simulated=True) for code in codes
        )
        Posting.objects.bulk_create(
            Posting(person=p, post=p.number, since=force.today, full=True, basis="entered") for p in people
        )

    for unit, kind, count in (("west", "sworn", 300), ("east", "sworn", 236), ("branch", "sworn", 464),
                              ("west", "auxiliary", 3), ("branch", "auxiliary", 1)):  # fmt: skip
        staff(unit, kind, count)

    shown = text(browser().get("/office/organisation"))
    out = browser().get("/office/organisation/figures.csv").content.decode("utf-8-sig")
    rows = {row[0]: row[1] for row in csv.reader(io.StringIO(out))}
    yesterday = text(browser().get(f"/office/organisation?on={force.days(-1)}"))

    assert "Officers in stations 53.6 % (536/1000)" in shown
    assert "Auxiliaries in stations 75.0 % (3/4)" in shown
    assert rows["Officers in stations"] == "53.6 % (536/1000)"
    assert "Officers in stations" not in yesterday, "sliced by date: nobody was there"
    merged = plan(browser, force.days(1), {"do": "abolish", "unit": "branch", "heir": "west"})
    assert "53.6 % (536/1000) → 100.0 % (1000/1000) +46.4" in text(browser().get(merged))
