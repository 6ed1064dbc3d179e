"""Figures of the structure on the office's pages: a day to come, a unit's path, each system (T07 T09 T12 B06 B38)."""

from __future__ import annotations

import re
from datetime import date

import pytest

from oneroom.apps.orgs.clock import follow_the_day
from oneroom.apps.reforms.clock import take_effect
from oneroom.engine.organisation.facts import System
from oneroom.engine.roles import Role
from tests.force import Force
from tests.web.test_reform_rows import begin, browser, plan, sign, text  # noqa: F401 - browser is a fixture
from tests.web.test_set_up_rows import serve

pytestmark = pytest.mark.django_db
OVER = "/office/organisation"


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("pia", Role.ORG_PLANNER)
    return made


def read(browser, **asked: object) -> str:  # noqa: F811
    return text(browser().get(OVER, {key: str(value) for key, value in asked.items()}))


def test_t12_on_a_day_to_come_people_of_a_unit_that_ends_by_then_are_counted_with_its_heir(room, force, browser):  # noqa: F811
    begin(force, "desk")
    begin(force, "other", system=System.SUPPORT)
    for unit, count in (("west", 30), ("desk", 10), ("other", 20)):
        serve(unit, count, force.today)
    day = force.days(1)
    page = plan(browser, day, {"do": "abolish", "unit": "other", "heir": "desk"},
                {"do": "abolish", "unit": "desk", "heir": "west"})  # fmt: skip
    drafted = text(browser().get(page))
    sign(browser, page)

    assert "Officers in stations 50.0 % (30/60)" in read(browser)
    then = read(browser, on=day, than=force.today)
    assert "Officers in stations 50.0 % (30/60) → 100.0 % (60/60)" in then, "nobody is lost on the way"
    signed = text(browser().get(page))
    for shown in (drafted, signed):
        assert "50.0 % (30/60) → 100.0 % (60/60) +50.0" in shown, "signed or not, the plan says the same"
    room.fast_forward(minutes=24 * 60 + 1)
    take_effect(room.now)
    follow_the_day(room.now)
    assert "Officers in stations 100.0 % (60/60)" in read(browser), "as it was foretold"
    assert "50.0 % (30/60)" in read(browser, on=force.days(-1)), "and yesterday is what it was"


def test_t09_each_of_the_four_systems_has_its_share_of_the_officers_before_and_after(force, browser):  # noqa: F811
    begin(force, "desk", system=System.SUPPORT)
    for unit, count in (("west", 60), ("east", 15), ("desk", 25)):
        serve(unit, count, force.today)
    serve("desk", 9, force.today, kind="auxiliary")

    shown = read(browser)
    page = plan(browser, force.days(1), {"do": "abolish", "unit": "desk", "heir": "west"})

    assert "Operations: officers 75.0 % (75/100)" in shown
    assert "Support: officers 25.0 % (25/100)" in shown
    assert "Oversight: officers 0.0 % (0/100)" in shown
    assert "Support: officers 25.0 % (25/100) → 0.0 % (0/100)" in text(browser().get(page))
    file = browser().get(f"{OVER}/figures.csv").content.decode()
    assert "Operations: officers,75.0 % (75/100)" in file


def test_t07_a_unit_says_its_level_its_span_and_the_hops_to_its_crews_and_what_they_were(force, browser):  # noqa: F811
    begin(force, "room", "command_room", System.COMMAND)
    begin(force, "sub", "sub_bureau")
    day = force.days(1)
    under = plan(browser, force.today, {"do": "alter", "unit": "west", "parent": "sub"},
                 {"do": "alter", "unit": "east", "parent": "branch"})  # fmt: skip
    sign(browser, under)
    page = plan(browser, day, {"do": "abolish", "unit": "sub", "heir": "branch"})
    assert "Levels in Branch 3 → 2" in text(browser().get(page)), "T08: on the plan itself"
    sign(browser, page)

    assert figures_of(browser, "west", day, force.today) == {
        "Level of command": "3 → 2", "Hops, room to a crew of it": "4 → 3",
    }  # fmt: skip
    assert figures_of(browser, "branch", day, force.today) == {
        "Level of command": "1", "Answer to it directly": "3", "Levels from it to a station": "3 → 2",
        "Hops, room to a crew of it": "2",
    }  # fmt: skip


def figures_of(browser, unit: str, on: date, than: date) -> dict[str, str]:  # noqa: F811
    shown = browser().get(OVER, {"unit": unit, "on": str(on), "than": str(than)}).content.decode()
    found = re.search(r'id="of-unit">(.*?)</dl>', shown, re.DOTALL)
    assert found is not None
    rows = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", found.group(1))
    return {name: re.sub(r"<[^>]+>", "", said) for name, said in rows}


def test_b38_four_of_five_are_80_per_cent_and_pass_and_the_gap_is_listed(force, browser):  # noqa: F811
    for n in range(4):
        begin(force, f"b{n}", "branch_bureau", System.COMMAND)
    new = {"do": "create", "kind": "legal_unit", "system": "oversight"}
    made = [{**new, "code": f"l{n}", "name_zh": f"法制{n}", "parent": f"b{n}"} for n in range(4)]
    sign(browser, plan(browser, force.today, *made[:3]))
    sign(browser, plan(browser, force.days(1), made[3]))

    assert "Legal units 60.0 % (3/5) ▲ below 80 %" in read(browser)
    then = read(browser, on=force.days(1))
    assert "Legal units 80.0 % (4/5) ✓ at least 80 %" in then
    assert "Without a legal unit: Branch" in then


def test_t05_b06_a_plan_gives_its_mergers_as_a_ratio_and_the_wholes_that_a_printed_share_fits(force, browser):  # noqa: F811
    for n in range(84):
        begin(force, f"o{n:02d}", "section_office", System.OPERATIONS)
    merged = {"do": "merge", "units": "\n".join(f"o{n:02d}" for n in range(27)), "into": "o00"}

    shown = browser().get(plan(browser, force.days(1), merged)).content.decode()

    assert "Merged units 27 → 1 −26, −96.3 %, 27.00 : 1" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
    assert "Printed as 26 or 31 %, it fits any whole from 83 to 85." in shown
