"""
Grades of auxiliaries by a table of amounts, what the year comes to by month and grade, and the budget (row T42).

Nobody's pay is set by hand: it follows from the grade and the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.personnel.access import sees_all
from oneroom.apps.personnel.queries import budget_lines, grade_table, graded_in
from oneroom.apps.personnel.registers import grades_for
from oneroom.apps.personnel.services import grade_people, set_grade_amount
from oneroom.engine.pay import Due, due
from oneroom.engine.roles import Right
from oneroom.web.actors import actor
from oneroom.web.pages.office.shell import needs
from oneroom.web.pages.office.staff.page import Acts, a_day, fen, listed, people, yuan
from oneroom.web.tables import Column, Table, Text

PAY = "auxiliary_pay"  # the budget that grades are held against

TABLE = Table(
    "grades", lazy("Grades of auxiliaries"), order="number", of_persons=True,
    columns=(
        Column("name", lazy("Full name"), lambda r: r.person.name, sort=("person__name",)),
        Column("number", lazy("Badge"), lambda r: r.person.number, sort=("person__number",), n=True),
        Column("grade", lazy("Grade"), lambda r: r.grade, sort=("grade", "person__number")),
        Column("since", lazy("Since"), lambda r: r.since, sort=("since",), n=True),
    ),
    filters=(
        Text("who", lazy("Name or badge"), lambda rows, v: rows.filter(person__name__contains=v)
             | rows.filter(person__number__startswith=v.upper())),
        Text("grade", lazy("Grade"), lambda rows, v: rows.filter(grade=v.lower())),
    ),
    empty=lazy("No auxiliary has a grade yet."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PEOPLE)
def grades(request: HttpRequest) -> HttpResponseBase:
    """Who has which grade; the table and the year beside it; by POST an amount of the table, or people in a grade."""
    by, today = actor(request), localtime(now()).date()

    def more() -> Mapping[str, Any]:
        if not sees_all(by, Right.SEE_PEOPLE):
            return {}
        year, table = today.year, grade_table()
        lines = due(graded_in(year), table, year)
        has = next((amount for item, amount, _out in budget_lines(year) if item == PAY), None)
        whole, past = _sum(lines), _sum([line for line in lines if line.month <= today.month])
        return {
            "year": year, "scale": [(g, yuan(each), since) for g, rows in table.items() for since, each in rows],
            "months": [(m, sum(x.people for x in lines if x.month == m), yuan(_sum([x for x in lines if x.month == m])))
                       for m in range(1, 13)],
            "by_grade": [(g, yuan(_sum([x for x in lines if x.grade == g]))) for g in sorted({x.grade for x in lines})],
            "whole": yuan(whole), "past": yuan(past), "budget": None if has is None else yuan(has), "item": PAY,
            "left": None if has is None or has < whole else yuan(has - whole),
            "over": None if has is None or has >= whole else yuan(whole - has),
            "bare": sorted({line.grade for line in lines if line.fen is None}),
        }  # fmt: skip

    return listed(
        request, TABLE, grades_for(today, by=by), by=by, here="office-awards", template="office/staff/grades.html",
        acts=_acts(by) if by.may(Right.KEEP_PEOPLE) else {}, more=more,
    )  # fmt: skip


def _sum(lines: list[Due]) -> int:
    return sum(line.fen or 0 for line in lines)


def _acts(by: Any) -> Acts:
    def scale(said: Mapping[str, str]) -> None:
        set_grade_amount(said.get("grade", ""), fen(said, "amount"), since=a_day(said, "since"), by=by, at=now())

    def give(said: Mapping[str, str]) -> None:
        who = people(said.get("number", ""), "number", needed=True)
        grade_people(who, said.get("grade", ""), since=a_day(said, "since"), by=by, at=now())

    return {"scale": scale, "give": give}
