"""
Awards by a table of amounts, out of budgets; what there is against what went out (row T42).

Nobody sets an amount by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as in_sense
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.personnel.access import sees_all
from oneroom.apps.personnel.queries import awards_sum, budget_lines, budgets_of, scale_on
from oneroom.apps.personnel.registers import awards_by_kind, awards_for
from oneroom.apps.personnel.services import give_award, set_budget, set_scale
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput
from oneroom.web.actors import actor
from oneroom.web.pages.office.shell import needs
from oneroom.web.pages.office.staff.page import Acts, a_day, a_number, a_person, fen, listed, yuan
from oneroom.web.tables import Column, Rows, Table, Text


def _year(rows: Rows, text: str) -> Rows:
    if not (text.isascii() and text.isdecimal() and len(text) == 4):
        raise BadInput("year", "A year is written like 2026.")
    return rows.filter(day__year=int(text))


TABLE = Table(
    "awards", lazy("Awards"), order="-day", of_persons=True,
    columns=(
        Column("day", in_sense("date", "Day"), lambda r: r.day, sort=("day",), n=True),
        Column("name", lazy("Full name"), lambda r: r.person.name, sort=("person__name",)),
        Column("number", lazy("Badge"), lambda r: r.person.number, sort=("person__number",), n=True),
        Column("award", lazy("Award"), lambda r: r.kind, sort=("kind", "day")),
        Column("item", lazy("Budget"), lambda r: f"{r.budget.year} · {r.budget.item}", sort=("budget__item", "day")),
        Column("amount", lazy("Yuan"), lambda r: yuan(r.amount_fen), sort=("amount_fen",), n=True),
    ),
    filters=(
        Text("who", lazy("Name or badge"), lambda rows, v: rows.filter(person__name__contains=v)
             | rows.filter(person__number__startswith=v.upper())),
        Text("award", lazy("Award"), lambda rows, v: rows.filter(kind=v.lower())),
        Text("year", lazy("Year"), _year, longest=4),
    ),
    empty=lazy("No award is entered yet."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PEOPLE)
def awards(request: HttpRequest) -> HttpResponseBase:
    """The list, the budgets of the year; by POST an award, an amount of the table, or a budget."""
    by, today = actor(request), localtime(now()).date()
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year

    def more() -> Mapping[str, Any]:
        if not sees_all(by, Right.SEE_PEOPLE):
            return {"year": year}
        lines = [(item, yuan(has), yuan(out), yuan(has - out)) for item, has, out in budget_lines(year)]
        return {
            "year": year, "budgets": lines, "sum": yuan(awards_sum(year)),
            "kinds": [(kind, n, yuan(total)) for kind, n, total in awards_by_kind(year)],
            "scale": [(kind, yuan(amount), since) for kind, amount, since in scale_on(today)],
            "items": budgets_of(),
        }  # fmt: skip

    return listed(
        request, TABLE, awards_for(today, by=by), by=by, here="office-awards", template="office/staff/awards.html",
        acts=_acts(by) if by.may(Right.KEEP_PEOPLE) else {}, more=more,
    )  # fmt: skip


def _acts(by: Actor) -> Acts:
    def give(said: Mapping[str, str]) -> None:
        give_award(
            a_person(said), budget=a_number(said, "budget", most=99_999_999), kind=said.get("award", ""),
            day=a_day(said, "day"), by=by, at=now(),
        )  # fmt: skip

    def scale(said: Mapping[str, str]) -> None:
        set_scale(said.get("award", ""), fen(said, "amount"), since=a_day(said, "since"), by=by, at=now())

    def budget(said: Mapping[str, str]) -> None:
        year = a_number(said, "year", least=2000, most=2200)
        set_budget(year, said.get("item", ""), fen(said, "amount"), by=by, at=now())

    return {"give": give, "scale": scale, "budget": budget}
