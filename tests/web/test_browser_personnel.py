"""Posts and people in a real Chromium, by keyboard, in both languages, empty and with 500 people (B14, B09)."""

from __future__ import annotations

import pytest

from oneroom.apps.people.models import Signature
from oneroom.apps.personnel import services
from oneroom.apps.personnel.models import Person
from oneroom.apps.personnel.services import NewPost, Order
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM
from tests.browsing import browsing, picture
from tests.force import LONG_AGO, Force
from tests.served import served, walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("hanna", Role.HR)
    made.staff("eva", Role.ORG_PLANNER)
    return made


@pytest.fixture
def open_as(browser, force, database_url, monkeypatch):
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, force.room.town.people) as opened:
        yield lambda who, path, **options: opened(who, url + path, **options)


def fill(force, many):
    force.places("west", many + 3)
    posts = [
        NewPost(f"w{n}", "west", "sworn", f"社区民警{n}", f"Community officer {n}", front_line=True)
        for n in range(many)
    ]
    services.begin_posts(posts, day=force.today, by=SYSTEM, at=force.room.now)
    people = Person.objects.bulk_create(
        Person(number=f"S{n:05d}", kind="sworn", name=f"模拟{n:03d}", joined=LONG_AGO, simulated=True)
        for n in range(many)
    )  # fmt: skip
    orders = [Order(person.pk, f"w{n}") for n, person in enumerate(people)]
    services.post_people(orders, day=force.today, basis="first", by=SYSTEM, at=force.room.now)
    return people


def test_empty_pages_say_so_in_both_languages(open_as, force):
    page = open_as("hanna", "/office/people")
    page.get_by_text("Nobody is entered yet.").wait_for()
    picture(page, "people-empty")
    page = open_as("hanna", "/office/people", language="zh-hans")
    page.get_by_text("尚未录入人员。").wait_for()
    page = open_as("eva", "/office/posts", language="zh-hans")
    page.get_by_role("heading", name="岗位编制").wait_for()
    picture(page, "posts-empty-zh")


def test_b14_an_adjustment_is_asked_for_by_keyboard_and_its_refusal_keeps_what_was_typed(open_as, force):
    fill(force, 500)
    page = open_as("eva", "/office/posts")
    picture(page, "posts")
    page.get_by_label("Gives (code)").focus()
    for text in ("west", "east"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Gives (code)").input_value() == "west"
    page.get_by_label("From the day").fill(force.today.isoformat())
    page.locator("#why").fill("More calls in the east")
    page.keyboard.press("Enter")
    page.get_by_text("west has 499 places of this kind").wait_for()
    picture(page, "posts-refused")
    page.locator("#count").fill("3")
    page.locator("#why").focus()
    page.keyboard.press("Enter")
    page.get_by_text("West station → East station").wait_for()
    assert Signature.objects.get(act="change_quota").details["count"] == 3
    picture(open_as("eva", "/office/posts", language="zh-hans"), "posts-zh")


def test_b09_somebody_is_found_among_500_and_certified_by_keyboard(open_as, force):
    fill(force, 500)
    page = open_as("hanna", "/office/people")
    picture(page, "people")
    page.locator("#f-who").fill("模拟321")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="模拟321").click()
    page.get_by_role("heading", name="模拟321").wait_for()
    page.locator("#skill").select_option("traffic")
    page.locator("#since").fill(force.today.isoformat())
    page.locator("#until").fill(force.days(30).isoformat())
    page.locator("#until").focus()
    page.keyboard.press("Enter")
    page.get_by_text("to be renewed").wait_for()
    picture(page, "person")
    page.get_by_role("button", name="Open telephone, document, home place").click()
    page.get_by_text("Your look is recorded.").wait_for()
    one = Person.objects.get(name="模拟321")
    zh = open_as("hanna", f"/office/people/{one.pk}", language="zh-hans")
    zh.get_by_text("任职岗位（代码）").wait_for()
    picture(zh, "person-zh")
    picture(open_as("hanna", "/office/people/import", language="zh-hans"), "import-zh")


def test_b36_b17_t42_registers_are_walked_by_keyboard_in_both_languages_empty_and_full(open_as, force):
    """B36 B17 B35 T42 B37: each page empty in Chinese, then with 500 people, and a rule published by keys alone."""
    force.staff("cara", Role.WELFARE_OFFICER)
    pages = ("posts/each", "villages", "deviations", "register", "rules", "awards")
    page = open_as("hanna", "/office/rules", language="zh-hans")
    for name in pages:
        page.goto(page.url.split("/office/")[0] + f"/office/{name}")
        page.locator(".empty").wait_for()
        picture(page, f"{name.replace('/', '-')}-empty-zh")
    people = fill(force, 500)
    force.places("west", 1, kind="auxiliary")
    services.enter_villages([("v1", "东村", "East village", "west")], by=SYSTEM, at=force.room.now)
    page = open_as("hanna", "/office/rules")
    page.locator("#rule").focus()
    for text in ("work_rules", "工作规则", "Work rules", "work"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.locator("#title_zh").input_value() == "工作规则"
    page.locator("#effective").fill(force.today.isoformat())
    page.locator("#review").fill(force.days(365).isoformat())
    page.locator("#review").press("Enter")
    page.get_by_role("link", name="Work rules").press("Enter")
    page.get_by_role("heading", name="Work rules").wait_for()
    page.get_by_text("West station").wait_for()
    picture(page, "rule")
    for name in pages:
        page.goto(page.url.split("/office/")[0] + f"/office/{name}")
        page.locator("h1").wait_for()
        picture(page, f"{name.replace('/', '-')}-full")
    page = open_as("cara", "/office/care", language="zh-hans")
    page.locator("#number").fill(people[321].number)
    page.locator("#care-words").fill("睡眠不好")
    page.locator("#again").fill(force.days(7).isoformat())
    page.locator("#again").press("Enter")
    page.get_by_role("link", name=people[321].name).press("Enter")
    page.get_by_text("睡眠不好").wait_for()
    picture(page, "care-word-zh")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.url.split("/office/")[0] + "/office/care")
    page.locator("h1").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing hangs over at 390"
    picture(page, "care-390-zh")
