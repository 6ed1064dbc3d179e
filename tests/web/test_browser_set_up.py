"""Gear, aims, and a station's room and teams in a real Chromium, by keyboard, in both languages (T01, T14)."""

from __future__ import annotations

import pytest

from oneroom.apps.duty.models import Gear, GearSpell
from oneroom.apps.duty.services import NewGear, enter_gear
from oneroom.apps.orgs.models import UnitSpell
from oneroom.apps.reforms.models import Aim, ReformPlan
from oneroom.apps.reforms.services import Bound, enter_aim
from oneroom.engine.roles import Role
from tests.browsing import browsing, picture
from tests.force import Force
from tests.served import served, walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("eva", Role.ORG_PLANNER)
    return made


@pytest.fixture
def open_as(browser, force, database_url, monkeypatch):
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, force.room.town.people) as opened:
        yield lambda who, path, **options: opened(who, url + path, **options)


def narrow_enough(page):
    """Nothing but a table of its own scrolls sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_gear_is_entered_and_sent_to_repair_by_keyboard_and_fits_small_and_full(open_as, force):
    page = open_as("leader-li", "/office/duty/gear")
    page.get_by_text("No vehicle and no kit is entered").wait_for()
    picture(page, "gear-none-en")
    page.focus("#number")
    page.keyboard.type("WJ-0001")
    page.focus("#crew")
    page.keyboard.press("ArrowDown")
    page.focus("#enter-h ~ form button.btn--go")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="WJ-0001").wait_for()
    assert GearSpell.objects.get().crew.code == "crew-1"
    page.select_option("#state", "repair")
    page.select_option("#crew", "")
    page.get_by_role("button", name="Set").press("Enter")
    page.locator("h1 + p b", has_text="in repair").wait_for()
    assert page.locator("tbody tr").count() == 2
    picture(page, "gear-piece-en")

    west = force.room.town.units["west"].pk
    crew = force.room.town.crews["crew-1"].pk
    new = [NewGear(f"V-{n:03d}", "vehicle" if n % 3 else "drone", "模拟装备型号", west, crew if n < 8 else None)
           for n in range(80)]  # fmt: skip
    enter_gear(new, by=force.room.actor("zhou"), at=force.room.now)
    page = open_as("zhou", "/office/duty/gear", language="zh-hans")
    page.get_by_text("V-010").wait_for()
    picture(page, "gear-many-zh")
    narrow_enough(page)
    page = open_as("zhou", "/office/duty/gear", language="zh-hans", width=390, height=780)
    page.get_by_text("V-010").wait_for()
    picture(page, "gear-small-zh")
    narrow_enough(page)
    page = open_as("leader-li", "/office/duty/crews", language="zh-hans")
    page.get_by_text("V-000").wait_for()
    picture(page, "crews-zh")
    page = open_as("leader-li", "/office/duty/gear/import")
    page.get_by_text("Columns").wait_for()
    picture(page, "gear-import-en")
    assert Gear.objects.count() == 81


def test_t01_aims_are_entered_by_keyboard_and_say_how_they_stand(open_as, force):
    page = open_as("eva", "/office/reforms/aims")
    page.get_by_text("No aim is entered.").wait_for()
    picture(page, "aims-none-en")
    page.fill("#name", "Flat and vertical")
    page.fill("#owner", "branch")
    page.locator("#new-h ~ form button").press("Enter")
    page.locator("tr[data-standing='unproven']").wait_for()
    bound = Bound("stations", force.today, 1)
    for n in range(12):
        enter_aim(
            f"把机关做精、把警种做优、把基层做强、把基础做实 {n}", owner="branch", bound=bound if n % 2 else None,
            evidence="津公改〔2021〕12 号", by=force.staff("eva", Role.ORG_PLANNER), at=force.room.now,
        )  # fmt: skip
    assert Aim.objects.count() == 13
    for language, width in (("en", 1366), ("zh-hans", 1366), ("zh-hans", 390)):
        page = open_as("eva", "/office/reforms/aims", language=language, width=width)
        page.locator("tr[data-standing='unmoved']").first.wait_for()
        picture(page, f"aims-{language}-{width}")
        narrow_enough(page)


def test_t14_a_room_and_two_teams_are_drafted_by_form_and_the_station_says_what_it_has(open_as, force):
    UnitSpell.objects.filter(code="west").update(rank="town")
    page = open_as("eva", "/office/reforms")
    page.fill("#name", "两队一室")
    page.fill("#day", str(force.days(1)))
    page.get_by_role("button", name="Begin from today's facts").press("Enter")
    page.get_by_text("One room, two teams").first.wait_for()
    page.locator("summary", has_text="One room, two teams").press("Enter")
    page.fill("#station-units", "west")
    picture(page, "reform-station-en")
    page.locator("#station-units ~ p").wait_for()
    page.locator("form", has=page.locator("#station-units")).get_by_role("button").press("Enter")
    page.get_by_text("West station community group").first.wait_for()
    assert [c["unit"]["kind"] for c in ReformPlan.objects.get().changes] == [
        "command_room", "community_group", "case_group",
    ]  # fmt: skip
    picture(page, "reform-station-done-en")
    for language, width in (("en", 1366), ("zh-hans", 1366), ("zh-hans", 390)):
        page = open_as("eva", "/office/organisation?unit=west", language=language, width=width)
        page.locator("#points li").nth(8).wait_for()
        picture(page, f"station-{language}-{width}")
        narrow_enough(page)
