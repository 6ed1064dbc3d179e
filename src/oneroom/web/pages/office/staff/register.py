"""
Training, meetings and exams: that they were held, when, and who was there (rows B35, B44). What was said is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as in_sense
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import codes_named, names_by_code
from oneroom.apps.personnel.access import sees_all
from oneroom.apps.personnel.codes import SITTINGS
from oneroom.apps.personnel.queries import attended, sittings
from oneroom.apps.personnel.registers import attendances_for, sittings_for, topics_of
from oneroom.apps.personnel.services import hold_sitting
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput
from oneroom.web.actors import actor
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.staff.page import Acts, a_day, listed, people, units_named
from oneroom.web.pages.room.words import local, named
from oneroom.web.tables import Choice, Column, Rows, Table, Text
from oneroom.web.takeout import respond


class _Line:
    """A session with the name of who held it."""

    def __init__(self, row: Any, unit: str):
        self.row, self.pk, self.unit = row, int(row.pk), unit


def _ready(rows: Sequence[Any]) -> list[_Line]:
    names = names_by_code({row.unit for row in rows})
    return [_Line(row, local(*names[row.unit]) if row.unit in names else row.unit) for row in rows]


def _year(rows: Rows, text: str) -> Rows:
    if not (text.isascii() and text.isdecimal() and len(text) == 4):
        raise BadInput("year", "A year is written like 2026.")
    return rows.filter(day__year=int(text))


TABLE = Table(
    "sittings", lazy("Training, meetings, exams"), order="-day", prepare=_ready,
    columns=(
        Column("day", in_sense("date", "Day"), lambda r: r.row.day, sort=("day",), n=True,
               link=lambda r: reverse("office-sitting", args=[r.pk])),
        Column("kind", lazy("Kind"), lambda r: named(SITTINGS, r.row.kind), sort=("kind", "day")),
        Column("topic", lazy("Topic"), lambda r: r.row.topic, sort=("topic", "day")),
        Column("unit", lazy("Held by"), lambda r: r.unit, sort=("unit", "day")),
        Column("there", lazy("Were there"), lambda r: r.row.there, sort=("there",), n=True),
        Column("passed", lazy("Passed"), lambda r: r.row.good if r.row.kind == "exam" else None, n=True),
    ),
    filters=(
        Choice("kind", lazy("Kind"), lambda: SITTINGS, lambda rows, v: rows.filter(kind=v)),
        Text("topic", lazy("Topic"), lambda rows, v: rows.filter(topic=v.lower())),
        Text("unit", lazy("Unit"), lambda rows, v: rows.filter(unit__in=codes_named(v))),
        Text("year", lazy("Year"), _year, longest=4),
    ),
    empty=lazy("No session is entered yet."),
)  # fmt: skip
_THERE = Table(
    "attendances", lazy("Who was there"), order="name", of_persons=True,
    columns=(
        Column("name", lazy("Full name"), lambda r: r.person.name, sort=("person__name",)),
        Column("number", lazy("Badge"), lambda r: r.person.number, sort=("person__number",), n=True),
        Column("passed", lazy("Passed"), lambda r: "" if r.passed is None else _("passed") if r.passed
               else _("not passed"), sort=("passed",)),
        Column("until", lazy("Counts until"), lambda r: r.counts_until, sort=("counts_until",), n=True),
    ),
    filters=(Text("who", lazy("Name or badge"), lambda rows, v: rows.filter(person__name__contains=v)
                  | rows.filter(person__number__startswith=v.upper())),),
    empty=lazy("Nobody was there."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PEOPLE)
def register(request: HttpRequest) -> HttpResponseBase:
    """The list, and for the year what share of the force each topic reached; by POST one more session."""
    by, today = actor(request), localtime(now()).date()
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year

    def more() -> Mapping[str, Any]:
        reach = _reach(year, today) if sees_all(by, Right.SEE_PEOPLE) else []
        units = units_named(by) if by.may(Right.KEEP_PEOPLE) else []
        return {"year": year, "reach": reach, "kinds": SITTINGS, "units": units}

    return listed(
        request, TABLE, sittings_for(by=by), by=by, here="office-register", template="office/staff/register.html",
        acts=_acts(by) if by.may(Right.KEEP_PEOPLE) else {}, more=more,
    )  # fmt: skip


def _reach(year: int, today: date) -> list[tuple[str, int, Any]]:
    """(topic, sessions, share of all who serve that was there at least once) of a year."""
    since, until = date(year, 1, 1), date(year + 1, 1, 1)
    until = min(until, date.fromordinal(today.toordinal() + 1)) if since <= today else until
    return [(topic, sittings(topic, since, until), attended(topic, since, until)) for topic in topics_of(year)]


def _acts(by: Actor) -> Acts:
    def hold(said: Mapping[str, str]) -> None:
        there = people(said.get("attended", ""), "attended", needed=True)
        until = typed_day(said.get("until", ""), field="until")
        passed = dict.fromkeys(people(said.get("passed", ""), "passed"), until)
        unit = plain("unit", said.get("unit"), longest=24, required=True)
        if not names_by_code({unit}):
            raise BadInput("unit", "There is no such unit on that day.")
        hold_sitting(
            kind=said.get("kind", ""), topic=said.get("topic", ""), unit=unit, day=a_day(said, "day"),
            attended=there, passed=passed or None, by=by, at=now(),
        )  # fmt: skip

    return {"hold": hold}


@require_http_methods(["GET", "HEAD"])
@needs(Right.SEE_PEOPLE)
def sitting(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who was there. A list of persons leaves by no way."""
    by = actor(request)
    row, rows = attendances_for(pk, by=by)
    said = f"{named(SITTINGS, row.kind)} · {row.topic} · {row.day}"
    shell = frame(request, "office-register", about=said, back=reverse("office-register"))
    return respond(request, _THERE, rows, by=by, frame=shell, template="office/list.html")
