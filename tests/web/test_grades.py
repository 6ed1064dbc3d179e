"""T42: a table of grades, dated grades of auxiliaries, and sums that reconcile with each other and with the budget."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from oneroom.apps.personnel.models import GradeSpell
from oneroom.apps.personnel.services import leave
from oneroom.engine.pay import Graded, due
from oneroom.engine.roles import Role
from tests.force import Force

pytestmark = pytest.mark.django_db
GRADES = "/office/grades"


@pytest.fixture
def force(room):
    made = Force(room)
    made.staff("hanna", Role.HR)
    return made


def sits(force, who="hanna", language="en"):
    client = Client(headers={"accept-language": language, "accept": "text/html"})
    client.force_login(force.room.town.people[who])
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_t42_grades_follow_the_table_and_sums_by_month_and_grade_reconcile_with_the_budget(force):
    year, hanna = force.today.year, sits(force)
    people = [force.person(f"A{n}", kind="auxiliary") for n in range(4)]
    badges = "\n".join(p.number for p in people)
    give = {"act": "give", "number": badges, "grade": "g1", "since": f"{year}-01-01"}
    assert "The table has no such grade on that day." in text(hanna.post(GRADES, give))
    for grade, amount, since in (("g1", "3000.05", "01-01"), ("g2", "3500", "01-01"), ("g1", "3100.05", "07-01")):
        said = {"act": "scale", "grade": grade, "amount": amount, "since": f"{year}-{since}"}
        assert hanna.post(GRADES, said).status_code == 302
    assert hanna.post(GRADES, give).status_code == 302
    up = {"act": "give", "number": people[0].number, "grade": "g2", "since": f"{year}-03-15"}
    assert hanna.post(GRADES, {**up, "amount": "99999"}).status_code == 302, "there is no discretion"
    hanna.post("/office/awards", {"act": "budget", "year": str(year), "item": "auxiliary_pay", "amount": "160000"})

    g1 = 4 * 3 * 300_005 + 3 * 3 * 300_005 + 3 * 6 * 310_005  # three months of four, then three of them
    g2 = 9 * 350_000  # from the first of April on: a month counts by its first day
    page = hanna.get(GRADES).content.decode()
    assert re.search(rf'data-grade="g1"><td[^>]*>g1</td><td[^>]*>{g1 // 100}\.{g1 % 100:02d}<', page)
    assert re.search(rf'data-grade="g2"><td[^>]*>g2</td><td[^>]*>{g2 // 100}\.{g2 % 100:02d}<', page)
    months = re.findall(r'data-month="\d+"><td[^>]*>\d+</td><td[^>]*>4</td><td[^>]*>(\d+)\.(\d\d)<', page)
    assert len(months) == 12
    assert sum(int(yuan) * 100 + int(fen) for yuan, fen in months) == g1 + g2, "to the last fen"
    whole = f"{(g1 + g2) // 100}.{(g1 + g2) % 100:02d}"
    left = 16_000_000 - g1 - g2
    assert f"Due in the whole year as things stand: {whole} yuan" in text(hanna.get(GRADES))
    assert f"{left // 100}.{left % 100:02d} yuan left" in text(hanna.get(GRADES))

    said = {"act": "scale", "grade": "g1", "amount": "9000", "since": f"{year}-02-01"}
    hanna.post(GRADES, said)
    assert "yuan over it" in text(hanna.get(GRADES))


def test_t42_only_auxiliaries_have_a_grade_and_nothing_of_the_past_is_written_over(force):
    year, hanna = force.today.year, sits(force)
    helper, officer = force.person("Helper", kind="auxiliary"), force.person("Officer")
    hanna.post(GRADES, {"act": "scale", "grade": "g1", "amount": "3000", "since": f"{year}-01-01"})
    said = {"act": "give", "grade": "g1", "since": f"{year}-02-01"}

    wrong = hanna.post(GRADES, {**said, "number": f"{helper.number} {officer.number}"})
    assert wrong.status_code == 422
    assert "is no auxiliary" in text(wrong)
    assert not GradeSpell.objects.exists(), "all of them or none"
    hanna.post(GRADES, {**said, "number": helper.number})
    again = hanna.post(GRADES, {**said, "number": helper.number, "since": f"{year}-01-15"})
    assert again.status_code == 422
    assert "has a grade since that day or later" in text(again)
    assert "g1" in text(hanna.get(GRADES))

    leave(helper.pk, day=force.days(1), cause="resigned", by=force.hr, at=force.room.now)
    shown = hanna.get(GRADES).content.decode()
    after = re.findall(r'data-month="(\d+)"><td[^>]*>\d+</td><td[^>]*>1<', shown)
    assert [int(m) for m in after] == [m for m in range(2, 13) if date(year, m, 1) < force.days(1)]


def test_t42_a_chief_sees_his_own_people_and_no_sums_and_nobody_takes_the_list_out(force):
    assert "yuan left" not in text(sits(force, "leader-li").get(GRADES))
    assert sits(force, "dora").get(GRADES).status_code == 404
    assert sits(force, "hanna").post(GRADES, {"as": "csv"}).status_code == 403
    assert sits(force, "leader-li").post(GRADES, {"act": "scale"}).status_code == 404


def test_t42_a_month_counts_by_its_first_day_and_a_grade_without_an_amount_is_none():
    spells = [Graded("a", date(2026, 1, 2), date(2026, 3, 1)), Graded("b", date(2026, 1, 1), None)]
    found = due(spells, {"a": [(date(2026, 1, 1), 5), (date(2026, 2, 1), 7)]}, 2026, months=3)
    assert [(d.month, d.grade, d.people, d.fen) for d in found] == [
        (1, "b", 1, None), (2, "a", 1, 7), (2, "b", 1, None), (3, "b", 1, None),
    ]  # fmt: skip
