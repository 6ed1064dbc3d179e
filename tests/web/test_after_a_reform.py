"""
What a reform must not leave behind at a unit that is no more, through the doors: a role that was asked for before,
places booked for a later day, the mobile force, the line of another's crew, vehicles (T08, T25, B11, B14).
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from oneroom.apps.duty.models import DutySpell, ForceUnit
from oneroom.apps.duty.services import begin_spell
from oneroom.apps.people.models import Grant, Signature
from oneroom.apps.personnel import services
from oneroom.apps.personnel.strength import quotas_on
from oneroom.engine.establishment import transfer
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, Conflict
from tests.force import Force
from tests.rostered import page
from tests.web.api_client import Caller
from tests.web.test_reform_rows import browser, plan, sign, text, to_the_day  # noqa: F401 - browser is a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("pia", Role.ORG_PLANNER)
    return made


def west_goes_into_east(room, force, browser) -> None:  # noqa: F811
    """Signed today, in force tomorrow, and that day has come."""
    sign(browser, plan(browser, force.days(1), {"do": "merge", "units": "west", "into": "east"}))
    to_the_day(room)


def test_t08_a_role_that_was_asked_for_at_a_unit_before_it_ended_is_not_given_there_after_it(room, force, browser):  # noqa: F811
    west, chen = room.town.units["west"].pk, room.town.people["qian"]
    said = {"act": "give", "role": "patrol_officer", "unit": str(west), "until": "", "why": "Two streets more"}
    assert page(room, "ada").post(f"/office/accounts/{chen.pk}", said).status_code == 302
    asked = Signature.objects.get(act="give_role", ended_at=None)
    Signature.objects.filter(pk=asked.pk).update(lapses_at=room.now + timedelta(days=9))

    west_goes_into_east(room, force, browser)

    signed = page(room, "abe").post(f"/office/signatures/{asked.pk}", {"act": "sign"})
    assert signed.status_code == 409
    assert "This unit is no more: what it had is its heir" in text(signed)
    assert not Grant.objects.filter(unit_id=west, ends=None).exists(), "access of ended units is none"
    assert page(room, "ada").post(f"/office/accounts/{chen.pk}", said).status_code == 422, "nor asked for anew"
    with pytest.raises(Conflict, match="no more"):
        begin_spell(role=Role.DUTY_CHIEF, account_id=chen.pk, unit_id=west, until=room.now + timedelta(hours=9),
                    by=SYSTEM, at=room.now)  # fmt: skip
    assert not DutySpell.objects.filter(unit_id=west, ends__gt=room.now).exists()


def test_b14_places_booked_for_a_day_after_the_reform_are_the_heirs_and_the_ledger_sums(room, force, browser):  # noqa: F811
    force.staff("emil", Role.ORG_PLANNER)
    for unit, count in (("branch", 40), ("west", 10), ("east", 7)):
        force.places(unit, count)
    machine = {"by": SYSTEM, "at": room.now}
    services.book_quota(transfer("branch", "west", "sworn", 5, force.days(9)), basis="adjusted", **machine)
    services.book_quota(transfer("west", "branch", "sworn", 2, force.days(12)), basis="adjusted", **machine)
    ask = {"giver": "branch", "taker": "west", "kind": "sworn", "count": "3", "day": str(force.days(5)), "why": "More"}
    assert page(room, "pia").post("/office/posts/ask", ask).status_code == 302
    asked = Signature.objects.get(act="change_quota", ended_at=None)

    west_goes_into_east(room, force, browser)

    signed = page(room, "emil").post(f"/office/signatures/{asked.pk}", {"act": "sign"})
    assert signed.status_code == 422
    assert "There is no such unit on that day." in text(signed)
    first = force.today
    held = [quotas_on(first + timedelta(days=n)) for n in (0, 8, 11)]
    assert [(q.get(("west", "sworn"), 0), q["east", "sworn"]) for q in held] == [(0, 17), (0, 22), (0, 20)]
    ledger = page(room, "pia").get("/office/posts/ledger").content.decode()
    sums = ledger.split('id="sums-h"')[1].split("</section>")[0]
    assert re.findall(r"<td>Officer</td>(?:<td class=\"n num\">(-?\d+)</td>){3}", sums) == ["0"]


def test_t25_b11_mobile_force_and_lines_are_the_heirs_and_its_chief_sees_and_says_it(room, force, browser):  # noqa: F811
    entered = {"act": "enter", "code": "swat-1", "name_zh": "特警一队", "name_en": "Rapid 1", "base": "North",
               "strength": "30", "least": "20", "required": "2", "unit": room.town.units["west"].pk}  # fmt: skip
    assert page(room, "zhou").post("/office/force", entered).status_code == 302
    number = re.findall(r'href="/office/force/(\d+)"', page(room, "zhou").get("/office/force").content.decode())[0]
    line = {"act": "line", "crew": room.town.crews["crew-3"].pk, "line": "west"}
    assert page(room, "leader-lu").post("/office/duty/crews", line).status_code == 302
    ready = {"act": "ready", "level": "2", "present": "25"}
    assert page(room, "leader-lu").post(f"/office/force/{number}/act", ready).status_code == 403, "not his yet"

    west_goes_into_east(room, force, browser)

    assert page(room, "leader-lu").post(f"/office/force/{number}/act", ready).status_code == 302, "his now"
    assert ForceUnit.objects.get().unit.code == "east"
    crews = {c["code"]: c for c in Caller("leader-lu").get("crews")["crews"]}
    assert set(crews) == {"crew-1", "crew-2", "crew-3"}
    assert "you see it; its unit commands" not in text(page(room, "leader-lu").get("/office/duty/crews"))
    refused = page(room, "leader-lu").post("/office/duty/crews", line)
    assert refused.status_code == 422, "no line of what is no more"


def test_b11_a_line_whose_chief_is_of_a_third_unit_goes_to_the_heir_who_sees_the_crew(room, force, browser):  # noqa: F811
    room.town.units["branch"] = force.room.town.units["branch"]
    line = {"act": "line", "crew": room.town.crews["crew-3"].pk, "line": room.town.units["branch"].code}
    assert page(room, "leader-lu").post("/office/duty/crews", line).status_code == 302
    assert "crew-3" not in {c["code"] for c in Caller("leader-li").get("crews")["crews"]}

    sign(browser, plan(browser, force.days(1), {"do": "abolish", "unit": "branch", "heir": "west"}))
    to_the_day(room)

    assert "crew-3" in {c["code"] for c in Caller("leader-li").get("crews")["crews"]}


def test_t08_a_station_that_is_split_leaves_what_it_had_to_the_first_and_calls_go_there(room, force, browser):  # noqa: F811
    matter = room.report("fight", at="west")
    page_ = plan(browser, force.days(1), {"do": "split", "unit": "west", "into": "w-north 北所\nw-south 南所"},
                 {"do": "alter", "unit": "w-south", "name_en": "South station", "parent": "branch"})  # fmt: skip
    shown = text(browser().get(page_))
    assert "Split West station into" in shown
    assert "Units that end 1 Units that begin 2" in shown
    sign(browser, page_)
    to_the_day(room)

    units = {u["code"]: u for u in browser().get("/office/organisation/units.json").json()["units"]}
    assert ("west" in units, units["w-north"]["kind"], units["w-south"]["name_en"]) == (
        False, "station", "South station",
    )  # fmt: skip
    matter.refresh_from_db()
    assert matter.unit.code == "w-north"
    assert room.report("key", at="west", grade=3).unit.code == "w-north", "its ground is the first one's until drawn"
    assert "What it had is with 北所" in text(browser().get("/office/organisation?unit=west"))


def test_t08_what_began_and_ended_on_one_day_still_says_who_has_what_it_had(room, force, browser):  # noqa: F811
    sign(browser, plan(browser, force.today, {"do": "merge", "units": "west", "into": "east"}))

    shown = browser().get("/office/organisation?unit=west")

    assert shown.status_code == 200
    assert "What it had is with East station" in text(shown)
    assert browser().get("/office/organisation?unit=nobody").status_code == 404


def test_t25_what_nobody_would_inherit_is_named_on_the_draft_and_not_found_on_the_day(room, force, browser):  # noqa: F811
    entered = {"act": "enter", "code": "swat-1", "name_zh": "特警一队", "name_en": "Rapid 1", "base": "North",
               "strength": "30", "least": "20", "required": "2", "unit": room.town.units["west"].pk}  # fmt: skip
    assert page(room, "zhou").post("/office/force", entered).status_code == 302
    car = {"act": "enter", "number": "WJ-1", "kind": "vehicle", "name": "模拟", "unit": room.town.units["west"].pk,
           "crew": ""}  # fmt: skip
    assert page(room, "leader-li").post("/office/duty/gear", car).status_code == 302

    shown = text(browser().get(plan(browser, force.days(1), {"do": "abolish", "unit": "west", "heir": ""})))

    assert "1 vehicles and pieces of kit belong to it, and nobody inherits it." in shown
    assert "1 units of the mobile force belong to it, and nobody inherits it." in shown
