"""Rosters in a real Chromium, by keys and by hand: a month of sixty people (rows T15 B37)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from oneroom.apps.duty.models import Duty, Roster, Swap
from oneroom.apps.duty.services import draft_roster, publish_roster, set_needs
from oneroom.apps.people.models import Account, Grant
from oneroom.apps.people.services import give_role
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.browsing import browsing
from tests.served import served, walk
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_as(browser, room, database_url, monkeypatch):
    """Opens a page of the running house as somebody of the town."""
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as open_as:
        yield lambda who, path, **options: open_as(who, url + path, **options)


def draft(room, days: int = 28, people: int = 0) -> Roster:
    """A draft of the west station, with so many more officers."""
    unit = room.town.units["west"].pk
    for name in ("wang", "sun"):
        give_role(room.town.people[name].pk, Role.DUTY_CHIEF, unit_id=unit, by=SYSTEM, at=room.now)
    more = Account.objects.bulk_create(
        Account(username=f"officer-{n}", name=f"Officer Zhang {n:02d}") for n in range(people)
    )
    Grant.objects.bulk_create(
        Grant(account=a, role=Role.AUXILIARY if n % 4 == 3 else Role.PATROL_OFFICER, unit_id=unit, begins=room.now)
        for n, a in enumerate(more)
    )
    first = localtime(room.now).date() + timedelta(days=1)
    chief = room.actor("leader-li")
    made = draft_roster(unit_id=unit, first=first, days=days, by=chief, at=room.now)
    set_needs(made.pk, needs={"D": [[2, 1]] * 2, "N": [[2, 1]] * 2}, by=chief, at=room.now)
    return made


def test_t15_a_roster_is_made_by_keys_alone_its_faults_are_named_and_it_is_published(open_as, room):
    roster = draft(room, days=2)
    page = open_as("leader-li", f"/office/duty?roster={roster.pk}")
    assert "Nobody commands from 08:00" in page.locator(".duty-faults").inner_text()
    names = page.locator("table.duty tbody th").all_inner_texts()

    def go(who: str, keys: str) -> None:
        row = next(n for n, name in enumerate(names) if name.startswith(who))
        page.locator("table.duty td[tabindex='0']").focus()
        for _ in range(40):
            page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
        for _ in range(row):
            page.keyboard.press("ArrowDown")
        for key in keys:
            before = page.evaluate("() => document.activeElement.dataset.code")
            page.keyboard.press(key)
            if before != key:
                page.wait_for_function(
                    "(key) => document.activeElement.dataset && document.activeElement.dataset.code === key", arg=key
                )
            page.keyboard.press("ArrowRight")

    for who, keys in (("Leader-Li", "DD"), ("Wang", "NN"), ("Zhang", "DD"), ("Chen", "NN")):
        go(who, keys)
    page.locator(".duty-faults", has_text="This roster breaks no rule.").wait_for()

    page.locator("table.duty td[tabindex='0']").focus()
    page.keyboard.press("Control+z")
    page.locator(".duty-faults", has_text="People needed").wait_for()
    go("Chen", "NN")
    page.locator(".duty-faults", has_text="This roster breaks no rule.").wait_for()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("published: this holds").wait_for()
    assert Duty.objects.filter(commands=True).count() == 4


def test_two_cells_of_a_day_are_exchanged_by_dragging(open_as, room):
    roster = draft(room, days=2)
    people = {name: str(room.town.people[name].pk) for name in ("zhang", "chen")}
    Roster.objects.filter(pk=roster.pk).update(cells={people["zhang"]: ["D", ""], people["chen"]: ["N", ""]})
    page = open_as("leader-li", f"/office/duty?roster={roster.pk}")

    def cell(who: str) -> str:
        return f"td[data-person='{people[who]}'][data-day='0']"

    page.drag_and_drop(cell("zhang"), cell("chen"))
    until(lambda: Roster.objects.get(pk=roster.pk).cells[people["chen"]][0] == "D")
    assert Roster.objects.get(pk=roster.pk).cells[people["zhang"]][0] == "N"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_month_of_sixty_people_fits_beside_the_navigation(open_as, room, language):
    roster = draft(room, days=31, people=55)
    page = open_as("leader-li", f"/office/duty?roster={roster.pk}", language=language)
    page.locator("table.duty").wait_for()
    assert page.locator("table.duty tbody tr").count() == 60
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing lies beside the screen"
    box = page.locator(".duty-scroll")
    assert box.evaluate("(b) => b.scrollWidth <= b.clientWidth + 1"), "all days are seen at once"


def test_ones_own_duties_and_the_calendars_address_fit_a_small_phone(open_as, room):
    page = open_as("zhang", "/account/duties", width=360, height=640)
    page.get_by_role("button", name="Make an address for my calendar").click()
    assert ".ics" in page.locator(".secret").inner_text()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_b37_a_swap_is_asked_and_accepted_on_a_small_phone_by_keys(open_as, room):
    roster = draft(room, days=2)
    people = {name: str(room.town.people[name].pk) for name in ("leader-li", "wang", "zhang", "chen", "sun")}
    rows = {"leader-li": ["D", "D"], "wang": ["N", "N"], "zhang": ["D", ""], "sun": ["", "D"], "chen": ["N", "N"]}
    Grant.objects.filter(account_id=people["sun"], role=Role.DUTY_CHIEF).delete()
    Roster.objects.filter(pk=roster.pk).update(cells={people[who]: row for who, row in rows.items()})
    publish_roster(roster.pk, by=room.actor("leader-li"), at=room.now)

    page = open_as("zhang", "/account/duties", width=360, height=640)
    page.locator(".swap-link").first.press("Enter")
    page.get_by_label("Swap with").select_option(label="Sun")
    page.get_by_role("button", name="See what goes").press("Enter")
    page.locator("input[name=taken]:enabled").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Ask", exact=True).press("Enter")
    page.locator(".swap-list", has_text="asked").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

    other = open_as("sun", "/account/duties", width=360, height=640, language="zh-hans")
    other.get_by_role("button", name="同意", exact=True).press("Enter")
    other.locator(".swap-list", has_text="待排班人批准").wait_for()
    assert other.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert Swap.objects.get().state == "accepted"
