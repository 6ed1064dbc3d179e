"""A round of moves in a real Chromium, by keyboard, from the due list to the second signature (T39, T40)."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from oneroom.apps.personnel.models import Post, Posting, Round
from oneroom.apps.personnel.services import plan_rounds
from oneroom.engine.roles import Role
from tests.browsing import browsing
from tests.force import Force
from tests.served import served, walk

pytestmark = pytest.mark.django_db(transaction=True)
SEEN = os.environ.get("ONEROOM_SEEN")  # a folder for pictures, for whoever looks at them


def picture(page, name):
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"{name}.png"), full_page=True)


def test_t39_a_round_is_walked_by_keyboard_from_the_due_list_to_the_second_signature(
    browser, room, database_url, monkeypatch
):
    force = Force(room)
    force.staff("hanna", Role.HR)
    for unit in ("west", "east"):
        force.places(unit, 4)
        for n in range(3):
            force.post(f"{unit}{n}", unit, sensitive=n == 0)
    Post.objects.update(since=date(2000, 1, 1))
    for name, post in (("王海燕", "west0"), ("李建国", "east0")):
        Posting.objects.create(person=force.person(name), post=post, basis="entered", since=date(2016, 3, 10))
    walk(monkeypatch)
    with served(database_url) as url, browsing(browser, room.town.people) as opened:
        page = opened("hanna", url + "/office/rotation", language="zh-hans")
        page.get_by_role("link", name="王海燕").wait_for()
        picture(page, "rotation-zh")
        page.locator("#name").focus()
        page.keyboard.type("春季交流")
        page.locator("#round-day").fill(force.days(30).isoformat())
        page.locator("#percent").fill("50")
        page.keyboard.press("Enter")
        page.get_by_text("正在编排。").wait_for()
        plan_rounds(room.now)
        page.get_by_role("link", name="再次查看").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="调动").wait_for()
        picture(page, "round-zh")
        page.locator("#why").focus()
        page.keyboard.type("任职满五年")
        page.keyboard.press("Enter")
        page.get_by_text("等待第二人签署").first.wait_for()

        signer = opened("ina", url + f"/office/rotation/rounds/{Round.objects.get().pk}", width=1024, height=640)
        picture(signer, "round-sign-en")
        signer.get_by_role("button", name="Sign", exact=True).focus()
        signer.keyboard.press("Enter")
        signer.get_by_text("signed", exact=False).first.wait_for()
        picture(opened("ina", url + "/office/rotation", width=1024, height=640), "rotation-en")

    assert Round.objects.get().state == "signed"
    assert Posting.objects.filter(basis="rotation", since=force.days(30)).count() == 2
