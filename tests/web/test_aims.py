"""T01: an aim of a reform has an owner, a baseline, a target, evidence; without a computed figure it is unproven."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from oneroom.apps.reforms.models import Aim
from oneroom.engine.organisation.aims import Standing, standing
from oneroom.engine.roles import Role
from tests.force import Force
from tests.web.test_reform_rows import begin, plan, sign, to_the_day

pytestmark = pytest.mark.django_db
AIMS = "/office/reforms/aims"


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("pia", Role.ORG_PLANNER)
    return made


@pytest.fixture
def browser(force):
    def of(who: str = "pia", language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(force.room.town.people[who])
        return client

    return of


def row(browser, name: str, language: str = "en") -> tuple[str, str]:
    """How an aim stands, as a code, and all that its line says."""
    shown = browser(language=language).get(AIMS).content.decode()
    line = next(r for r in re.findall(r"<tr id=\"aim-.*?</tr>", shown, re.DOTALL) if name in r)
    standing = re.search(r'data-standing="(\w+)"', line)
    assert standing is not None
    return standing.group(1), re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", line.partition("<details>")[0]))


def test_t01_an_aim_without_a_figure_is_unproven_and_the_reform_moves_one_that_has_it(room, force, browser):
    for n in range(4):
        begin(force, f"s{n}")
    said = {"act": "enter", "name": "Flat and vertical", "owner": "branch", "evidence": "Document 12"}
    assert browser().post(AIMS, said).status_code == 302
    how, line = row(browser, "Flat and vertical")
    assert (how, "▲ unproven" in line, "Document 12" in line) == ("unproven", True, True)
    assert "未证实" in row(browser, "Flat and vertical", "zh-hans")[1]

    pk = Aim.objects.get().pk
    bind = {"act": "bind", "aim": pk, "figure": "units", "baseline": str(force.today), "target": "5"}
    assert browser().post(AIMS, bind).status_code == 302
    how, line = row(browser, "Flat and vertical")
    assert how == "unmoved"
    assert re.search(r"Units 7 \d{4}-\d\d-\d\d 7 5 as it was", line), line

    sign(browser, plan(browser, force.days(1), {"do": "merge", "units": "s0, s1", "into": "s0"}))
    to_the_day(room)
    assert row(browser, "Flat and vertical")[0] == "nearer"
    sign(browser, plan(browser, force.today, {"do": "merge", "units": "s0, s2", "into": "s0"}))
    assert row(browser, "Flat and vertical")[0] == "reached", "nobody typed it in"

    assert browser().post(AIMS, {**bind, "figure": ""}).status_code == 302
    assert row(browser, "Flat and vertical")[0] == "unproven"
    browser().post(AIMS, {"act": "end", "aim": pk})
    assert "No aim is entered." in browser().get(AIMS).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"owner": "nowhere"}, "There is no unit of this code."),
        ({"figure": "units"}, "Give the day whose figure is the baseline."),
        ({"figure": "units", "baseline": "2026-11-01", "target": "few"}, "A target is a number"),
        ({"figure": "legal", "baseline": "2026-11-01", "target": "101"}, "a share is at most 100"),
        ({"figure": "mood", "baseline": "2026-11-01", "target": "1"}, "There is no such choice here"),
        ({"name": ""}, ""),
    ],
)
def test_t01_what_cannot_be_an_aim_is_named_and_nothing_is_entered(browser, wrong, said):
    answer = browser().post(AIMS, {"act": "enter", "name": "Aim", "owner": "branch", **wrong})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Aim.objects.exists()


def test_t01_who_drafts_no_reform_enters_no_aim(browser):
    assert browser("dora").post(AIMS, {"act": "enter", "name": "Aim", "owner": "branch"}).status_code == 403
    assert browser("dora").get(AIMS).status_code == 200


@pytest.mark.parametrize(
    ("was", "now", "shall", "how"),
    [
        (287, 287, 92, Standing.UNMOVED), (287, 100, 92, Standing.NEARER), (287, 92, 92, Standing.REACHED),
        (287, 90, 92, Standing.REACHED), (287, 300, 92, Standing.FARTHER), (40, 53.6, 50, Standing.REACHED),
        (40, 39, 50, Standing.FARTHER), (None, 1, 1, Standing.UNPROVEN), (1, None, 1, Standing.UNPROVEN),
        (50, 50, 50, Standing.REACHED),
    ],
)  # fmt: skip
def test_t01_where_a_figure_stands_between_what_it_was_and_what_it_shall_be(was, now, shall, how):
    assert standing(was, now, shall) == how
