"""The office's longer errands in a real Chromium, by keys: a round, a reform, a roster, a swap, a list of units."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from oneroom.apps.duty.models import Duty, Roster, Swap
from oneroom.apps.duty.rostering import cells_of
from oneroom.apps.duty.services import answer_swap, ask_swap
from oneroom.apps.people.services import give_role
from oneroom.apps.personnel.models import Move, Post, Posting, Round
from oneroom.apps.personnel.services import plan_rounds
from oneroom.apps.reforms.models import ReformPlan
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.browsing import browsing, picture
from tests.force import Force
from tests.rostered import draft, published, station
from tests.served import served, walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_as(browser, room, database_url, monkeypatch):
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as opened:
        yield lambda who, path, **options: opened(who, url + path, **options)


def type_into(page, **fields):
    """Fill fields by their ids, the last one sent by Enter."""
    for name, text in fields.items():
        field = page.locator(f"#{name.replace('_', '-')}")
        field.fill(text)
    field.press("Enter")


def test_t39_t40_a_round_is_planned_by_keys_asked_for_and_signed_by_the_second(open_as, room):
    force = Force(room)
    hanna = force.hr
    for unit in ("west", "east"):
        force.places(unit, 6)
        for n in range(3):
            force.post(f"{unit}{n}", unit, sensitive=n == 0)
    Post.objects.update(since=date(2000, 1, 1))
    years = force.today.replace(year=force.today.year - 5)
    for name, post in (("Wanda", "west0"), ("Edgar", "east0")):
        Posting.objects.create(person=force.person(name), post=post, basis="entered", since=years)
    page = open_as("hanna", "/office/rotation")
    page.get_by_role("link", name="Wanda").wait_for()
    page.locator("#percent").fill("50")
    type_into(page, name="Spring", round_day=force.days(30).isoformat())
    page.get_by_text("The planner is at it.").wait_for()
    assert plan_rounds(room.now) == 1
    page.get_by_role("link", name="Look again").press("Enter")
    page.get_by_text("proved: there is no better one").wait_for()
    row = Round.objects.get()
    target = row.moves.get(person__name="Wanda").target
    other = next(code for code in ("east1", "east2") if code != target)
    page.get_by_label("Other post for Wanda").fill(other)
    page.get_by_label("Other post for Wanda").press("Enter")
    page.get_by_text("by hand").wait_for()
    picture(page, "round")
    type_into(page, why="Five years are full")
    page.get_by_text("waits for the second signature").wait_for()
    assert page.get_by_role("button", name="Sign", exact=True).count() == 0, f"not {hanna.name}, who asked"

    second = open_as("ina", f"/office/rotation/rounds/{row.pk}", language="zh-hans")
    second.get_by_role("button", name="签字", exact=True).press("Enter")
    second.get_by_role("status").filter(has_text="Ina").wait_for()
    picture(second, "round-signed-zh")
    assert Posting.objects.get(since=row.day, person__name="Wanda").post == other
    assert Move.objects.filter(basis="rotation").count() == 2


def test_t08_b06_a_reform_is_drafted_by_keys_its_orphans_named_mended_and_signed_by_two(open_as, room):
    force = Force(room)
    force.staff("pia", Role.ORG_PLANNER)
    page = open_as("pia", "/office/reforms")
    type_into(page, name="West ends", day=force.days(1).isoformat())
    page.get_by_role("heading", name="West ends").wait_for()
    page.locator("summary", has_text="End").press("Enter")
    type_into(page, abolish_unit="west")
    page.get_by_role("heading", name="Cannot be signed").wait_for()
    picture(page, "reform-orphans")
    page.get_by_role("button", name="Leave out").press("Enter")
    page.get_by_text("Nothing is changed yet.").wait_for()
    page.locator("summary", has_text="Merge").press("Enter")
    page.locator("#merge-units").fill("west")
    type_into(page, merge_into="East station")
    page.get_by_role("heading", name="Nothing stands against it").wait_for()
    before, after = (page.get_by_role("region", name=name).bounding_box() for name in ("Before", "After"))
    assert before["y"] == after["y"], "side by side"
    assert before["width"] == after["width"]
    type_into(page, why="Two stations are one")
    page.get_by_text("Waits for somebody of another unit").wait_for()
    picture(page, "reform-asked")
    plan = ReformPlan.objects.get()

    second = open_as("leader-li", f"/office/reforms/{plan.pk}", width=683, height=384)
    assert second.evaluate("document.documentElement.scrollWidth <= innerWidth")
    second.get_by_role("button", name="Sign", exact=True).press("Enter")
    second.get_by_text("follow by themselves").wait_for()
    plan.refresh_from_db()
    assert (plan.state, plan.signature.signed_by.username) == ("signed", "leader-li")


def test_t15_b11_a_roster_is_solved_edited_by_keys_and_published(open_as, room):
    roster = draft(room, station(room))
    page = open_as("leader-li", f"/office/duty?roster={roster.pk}")
    page.get_by_role("button", name="Solve anew").press("Enter")
    page.locator(".duty-faults", has_text="This roster breaks no rule.").wait_for()
    roster.refresh_from_db()
    (who, day), code = next(iter(sorted(cells_of(roster).items())))
    page.locator("table.duty td[tabindex='0']").focus()
    for _ in range(12):
        page.keyboard.press("ArrowUp")
    while page.evaluate("document.activeElement.dataset.person") != str(who):
        page.keyboard.press("ArrowDown")
    for _ in range(day):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("-")
    page.locator(".duty-faults", has_text="needed").wait_for()
    page.get_by_role("button", name="Publish").press("Enter")
    page.get_by_role("alert").wait_for()
    assert not Duty.objects.exists(), "what breaks a rule is not published"
    page.locator(f"td[data-person='{who}'][data-day='{day}']").focus()
    page.keyboard.press(code)
    page.locator(".duty-faults", has_text="This roster breaks no rule.").wait_for()
    page.get_by_role("button", name="Publish").press("Enter")
    page.get_by_text("published: this holds").wait_for()
    picture(page, "roster")
    assert Duty.objects.filter(account_id=who, shift=code).exists()


def test_b37_a_swap_that_both_want_is_found_from_the_roster_and_approved_by_keys(open_as, room):
    unit = station(room)
    published(room, unit)
    give_role(room.town.people["dan"].pk, Role.PATROL_OFFICER, unit_id=unit, by=SYSTEM, at=room.now)
    given = Duty.objects.filter(account=room.town.people["zhang"]).earliest("day")
    swap = ask_swap(given.pk, partner_id=room.town.people["dan"].pk, taken_id=None, by=room.actor("zhang"), at=room.now)
    answer_swap(getattr(swap, "pk", swap), accept=True, by=room.actor("dan"), at=room.now)

    page = open_as("leader-li", "/office/duty", language="zh-hans")
    page.get_by_role("link", name="换班").press("Enter")
    page.locator("main table", has_text="Zhang").wait_for()
    picture(page, "swaps-zh")
    page.get_by_role("button", name="批准").press("Enter")
    page.get_by_text("没有待").wait_for()
    assert Swap.objects.get().state == "approved"
    assert Roster.objects.get(state="published").version == 2


def test_t04_units_come_in_from_a_list_by_a_dry_run_and_a_file_that_is_mended(open_as, room, tmp_path):
    Force(room).staff("pia", Role.ORG_PLANNER)
    sent = tmp_path / "units.csv"
    sent.write_bytes("代码,名称,类别,上级单位代码\nnew1,新所,派出所,branch\nnew2,错所,城堡,branch\n".encode("gb18030"))
    page = open_as("pia", "/office/organisation")
    page.get_by_role("link", name="Units from a list").press("Enter")
    page.locator("#file").set_input_files(sent)
    page.get_by_role("button", name="Look through it").press("Enter")
    page.get_by_text("2 lines: new 1").wait_for()
    picture(page, "units-looked")
    assert "Kind" in page.locator("main table tr", has_text="new2").inner_text()
    page.locator("#file").set_input_files(sent)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Give it back with what to mend").press("Enter")
    book = openpyxl.load_workbook(io.BytesIO(coming.value.path().read_bytes()))
    sheet = book.active
    assert "Kind" in sheet.cell(3, sheet.max_column).value
    sheet.cell(3, 3).value = "派出所"
    mended = tmp_path / "mended.xlsx"
    book.save(mended)
    page.locator("#file").set_input_files(mended)
    page.get_by_role("button", name="Make a plan of it").press("Enter")
    page.get_by_role("heading", name="Nothing stands against it").wait_for()
    assert [change["unit"]["code"] for change in ReformPlan.objects.get().changes] == ["new1", "new2"]
