"""
After-incident support and welfare (row B37): when somebody is looked after again, and words that open one by one.

A right of its own opens it: no chief, planner, personnel officer, inspector or administrator has it, and to them there
is no such page. A list of it leaves by no way, no search finds it, and the record does not say of whom a word is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.personnel.registers import care_for, care_opened
from oneroom.apps.personnel.services import end_welfare, write_welfare
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound
from oneroom.web.actors import actor
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.staff.page import Acts, a_person, listed
from oneroom.web.tables import Choice, Column, Table, Text

_WHEN = {"due": lazy("due"), "later": lazy("later")}


def table_of(day: date) -> Table:
    """The list on that day."""
    return Table(
        "care", lazy("Care"), order="again", of_persons=True,
        columns=(
            Column("name", lazy("Full name"), lambda r: r.person.name, sort=("person__name",),
                   link=lambda r: reverse("office-care-word", args=[r.pk])),
            Column("number", lazy("Badge"), lambda r: r.person.number, sort=("person__number",), n=True),
            Column("again", lazy("Looked after again on"), lambda r: r.again, sort=("again",), n=True),
            Column("at", lazy("Written"), lambda r: localtime(r.at).date(), sort=("at",), n=True),
        ),
        filters=(
            Choice("when", lazy("When"), lambda: _WHEN, lambda rows, v: rows.filter(again__lte=day) if v == "due"
                   else rows.filter(again__gt=day)),
            Text("who", lazy("Name or badge"), lambda rows, v: rows.filter(person__name__contains=v)
                 | rows.filter(person__number__startswith=v.upper())),
        ),
        empty=lazy("Nobody is looked after now."),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.CARE)
def care(request: HttpRequest) -> HttpResponseBase:
    """Who is looked after again, and when; by POST a new word."""
    by = actor(request)
    table = table_of(localtime(now()).date())
    return listed(
        request, table, care_for(by=by), by=by, here="office-care", template="office/staff/care.html", acts=_acts(by)
    )


def _acts(by: Actor) -> Acts:
    def write(said: Mapping[str, str]) -> None:
        again = typed_day(said.get("again", ""), field="again")
        pk = a_person(said)
        try:
            write_welfare(pk, said.get("words", ""), again=again, by=by, at=now())
        except NotFound as gone:
            raise BadInput("number", "There is no such person in the force.") from gone

    return {"write": write}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.CARE)
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """One word, opened: a look. By POST it is over, and erased."""
    by: Actor = actor(request)
    if request.method == "POST":
        end_welfare(pk, by=by, at=now())
        return redirect("office-care")
    row, words = care_opened(pk, by=by, at=now())
    shown: dict[str, Any] = frame(request, "office-care", w=row, words=words)
    return render(request, "office/staff/care_word.html", shown)
