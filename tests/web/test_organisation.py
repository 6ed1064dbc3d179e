"""The organisation on any day, as the office shows it (rows T04, T05, T07, T08, T09)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from oneroom.apps.orgs.services import begin_unit, enact
from oneroom.engine.organisation.changes import Merge, New
from oneroom.engine.organisation.facts import System
from oneroom.engine.values import SYSTEM
from tests.room import Room

pytestmark = pytest.mark.django_db
BOTH = New("both", "station", "合并所", "Both station", system=System.OPERATIONS)


@pytest.fixture
def page(room: Room):
    def get(who: str = "ina", language: str = "en", **asked: str) -> tuple[int, str]:
        client = Client(headers={"accept-language": language})
        client.force_login(room.town.people[who])
        answer = client.get("/office/organisation", asked)
        return answer.status_code, answer.content.decode()

    return get


def local_day(room: Room):
    return room.now.astimezone().date()


def test_t04_the_tree_is_shown_as_it_was_and_as_it_will_be(room, page):
    day = local_day(room) + timedelta(days=2)
    enact([Merge(("west", "east"), "both", BOTH)], day=day, by=SYSTEM, at=room.now)

    _status, today = page()
    _status, then = page(on=day.isoformat(), than=local_day(room).isoformat(), unit="both")

    assert "West station" in today
    assert "Both station" not in today
    assert "Both station" in then
    assert "is-new" in then
    assert "still to come" in then
    assert '<span class="faint">2 → </span>1' in then, "the stations of both days"


def test_t05_a_unit_that_ended_says_who_has_what_it_had(room, page):
    day = local_day(room) + timedelta(days=2)
    enact([Merge(("west", "east"), "both", BOTH)], day=day, by=SYSTEM, at=room.now)

    status, shown = page(on=day.isoformat(), unit="west")

    assert status == 200
    assert "What it had is with" in shown
    assert "unit=both" in shown


def test_a_unit_that_ended_stands_under_its_parent_with_where_it_went(room, page):
    day = local_day(room) + timedelta(days=2)
    top = begin_unit(kind="city_bureau", code="city", name_zh="市局", name_en="City", by=SYSTEM, at=room.now)
    for code in ("a", "b"):
        begin_unit(kind="section_office", code=code, name_zh=code, name_en=code.upper(), system=System.SUPPORT,
                   parent=top, by=SYSTEM, at=room.now)  # fmt: skip
    new = New("ab", "deputy_division", "合署", "AB", system=System.SUPPORT, parent="city")
    enact([Merge(("a", "b"), "ab", new)], day=day, by=SYSTEM, at=room.now)

    _status, shown = page(on=day.isoformat(), than=local_day(room).isoformat(), unit="city")

    assert shown.count("is-gone") == 2
    assert "to AB" in shown
    assert shown.count("is-new") == 1


@pytest.mark.parametrize("q", ["west", "West st", "west所", "westsuo"])
def test_a_unit_is_found_by_name_pinyin_and_code(page, q):
    _status, shown = page(q=q)
    assert "unit=west" in shown
    assert "unit=east" not in shown


def test_nothing_found_and_nothing_there_are_said(room, page):
    assert "No unit of that day fits." in page(q="nowhere")[1]
    assert "There is no unit on that day." in page(on="1999-01-01")[1]


@pytest.mark.parametrize(("asked", "status"), [({"unit": "nobody"}, 404), ({"on": "yesterday"}, 422)])
def test_what_cannot_be_shown_is_said(page, asked, status):
    assert page(**asked)[0] == status


def test_who_has_no_business_there_finds_nothing(page):
    assert page("zhang")[0] == 404
    assert page("carl")[0] == 404


def test_in_chinese(page):
    _status, shown = page(language="zh-hans")
    assert "机构" in shown
    assert "派出所" in shown
