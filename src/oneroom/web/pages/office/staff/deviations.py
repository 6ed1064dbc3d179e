"""Postings of earlier records that a rule stands against: open until settled, by facts, by a move or by two persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as in_sense
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names_by_code
from oneroom.apps.personnel.codes import RULES, SETTLED
from oneroom.apps.personnel.queries import posts_named
from oneroom.apps.personnel.registers import deviations_for
from oneroom.apps.personnel.services import ask_keep, review_deviations
from oneroom.engine.roles import Right
from oneroom.engine.rotation.verdict import Rule
from oneroom.engine.values import Actor, BadInput, NotFound
from oneroom.web.actors import actor
from oneroom.web.pages.office.shell import needs
from oneroom.web.pages.office.staff.page import Acts, a_number, listed
from oneroom.web.pages.room.words import local
from oneroom.web.tables import Choice, Column, Rows, Table, Text

_STATES = {"open": in_sense("deviation", "open"), **SETTLED}


def _in_state(rows: Rows, state: str) -> Rows:
    return rows.filter(settled_at=None) if state == "open" else rows.filter(how=state)


def _stands(row: Any) -> str:
    sentence = str(RULES[Rule(row.rule)])
    return sentence % {**row.said, "number": row.posting.person.number}


def _by_name(rows: Sequence[Any]) -> Sequence[Any]:
    """Each with the post as people call it: its unit and its name."""
    posts = posts_named({row.posting.post for row in rows}, localtime(now()).date())
    units = names_by_code({unit for _zh, _en, unit in posts.values()})
    for row in rows:
        zh, en, unit = posts.get(row.posting.post, (row.posting.post, "", ""))
        row.post = " · ".join(filter(None, (local(*units[unit]) if unit in units else unit, local(zh, en or zh))))
    return rows


TABLE = Table(
    "deviations", lazy("Deviations"), order="no", of_persons=True, prepare=_by_name,
    columns=(
        Column("no", lazy("No."), lambda r: r.pk, sort=("pk",), n=True),
        Column("name", lazy("Full name"), lambda r: r.posting.person.name, sort=("posting__person__name",),
               link=lambda r: reverse("office-person", args=[r.posting.person_id])),
        Column("post", lazy("Post"), lambda r: r.post, sort=("posting__post",)),
        Column("since", lazy("In this post since"), lambda r: r.posting.since, sort=("posting__since",), n=True),
        Column("stands", lazy("What stands against it"), _stands, sort=("rule", "pk")),
        Column("found", lazy("Found"), lambda r: r.found, sort=("found", "pk"), n=True),
        Column("state", lazy("State"), lambda r: _STATES[r.how or "open"], sort=("how", "pk")),
    ),
    filters=(
        Choice("state", lazy("State"), lambda: _STATES, _in_state, default="open"),
        Text("who", lazy("Name or badge"), lambda rows, v: rows.filter(posting__person__name__contains=v)
             | rows.filter(posting__person__number__startswith=v.upper())),
    ),
    empty=lazy("Nothing deviates."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PEOPLE)
def deviations(request: HttpRequest) -> HttpResponseBase:
    """The list; by POST it is looked through again, or a second person is asked to let one be."""
    by = actor(request)
    rows = deviations_for(localtime(now()).date(), by=by)
    return listed(
        request, TABLE, rows, by=by, here="office-deviations", template="office/staff/deviations.html",
        acts=_acts(by) if by.may(Right.POST_PEOPLE) else {},
    )  # fmt: skip


def _acts(by: Actor) -> Acts:
    def review(_said: Mapping[str, str]) -> None:
        review_deviations(by=by, at=now())

    def keep(said: Mapping[str, str]) -> None:
        pk = a_number(said, "no", most=99_999_999)
        try:
            ask_keep(pk, words=said.get("why", ""), by=by, at=now())
        except NotFound as gone:
            raise BadInput("no", "There is no open deviation of this number.") from gone

    return {"review": review, "keep": keep}
