"""
The transfer ledger: from which unit to which, when, on what basis (row T11), and by year what went down: people, places
(row B15), and how the front line and the offices stand to each other (row B18). A file of it holds no names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
from oneroom.apps.personnel.codes import BASES, KINDS
from oneroom.apps.personnel.queries import (
    ABOVE,
    STATIONS,
    branch_heads_rotated,
    by_level,
    moves_down,
    posts_moved_down,
    times_and_people,
)
from oneroom.apps.personnel.registers import moves_for
from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput
from oneroom.web.actors import actor
from oneroom.web.pages.office.shell import needs
from oneroom.web.pages.office.staff.page import listed
from oneroom.web.pages.room.words import local, named
from oneroom.web.tables import Choice, Column, Rows, Table, Text

YEARS = 5
_BASES = {**BASES, "left": lazy("Left the force")}
_WAYS = {"down": lazy("down to a station"), "other": lazy("any other way")}


@dataclass(frozen=True, slots=True)
class Line:
    """A move with the names of both units."""

    row: Any
    before: str
    after: str

    @property
    def pk(self) -> int:
        return int(self.row.pk)


def _ready(rows: Sequence[Any]) -> list[Line]:
    names = names_by_code({code for row in rows for code in (row.from_unit, row.to_unit) if code})

    def name(code: str | None) -> str:
        return local(*names[code]) if code in names else code or ""

    return [Line(row, name(row.from_unit), name(row.to_unit)) for row in rows]


def _year(rows: Rows, text: str) -> Rows:
    if not (text.isascii() and text.isdecimal() and len(text) == 4):
        raise BadInput("year", "A year is written like 2026.")
    return rows.filter(day__year=int(text))


def _way(rows: Rows, way: str) -> Rows:
    down = {"from_kind__in": ABOVE, "to_kind__in": STATIONS}
    return rows.filter(**down) if way == "down" else rows.exclude(**down)


def _at(rows: Rows, text: str) -> Rows:
    codes = codes_named(text)
    return rows.filter(from_unit__in=codes) | rows.filter(to_unit__in=codes)


TABLE = Table(
    "moves", lazy("Moves"), order="-day", prepare=_ready,
    columns=(
        Column("day", in_sense("date", "Day"), lambda r: r.row.day, sort=("day",), n=True),
        Column("name", lazy("Full name"), lambda r: r.row.person.name, sort=("person__name",), exported=False,
               link=lambda r: reverse("office-person", args=[r.row.person_id])),
        Column("kind", lazy("Kind"), lambda r: named(KINDS, r.row.kind), sort=("kind", "day")),
        Column("before", in_sense("move", "From"), lambda r: r.before, sort=("from_unit", "day")),
        Column("after", in_sense("move", "To"), lambda r: r.after, sort=("to_unit", "day")),
        Column("basis", lazy("Basis"), lambda r: named(_BASES, r.row.basis), sort=("basis", "day")),
        Column("leading", lazy("Heads a unit"), lambda r: _("yes") if r.row.leading else ""),
    ),
    filters=(
        Choice("way", lazy("Which way"), lambda: _WAYS, _way),
        Choice("kind", lazy("Kind"), lambda: KINDS, lambda rows, v: rows.filter(kind=v)),
        Choice("basis", lazy("Basis"), lambda: _BASES, lambda rows, v: rows.filter(basis=v)),
        Text("unit", lazy("Unit"), _at),
        Text("year", lazy("Year"), _year, longest=4),
    ),
    empty=lazy("Nobody has moved yet."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PEOPLE)
def moves(request: HttpRequest) -> HttpResponseBase:
    """The ledger, and for who sees all of it the years side by side; by POST its file or print."""
    by, today = actor(request), localtime(now()).date()

    def more() -> Mapping[str, Any]:
        years = [_of(y, today) for y in range(today.year - YEARS + 1, today.year + 1)]
        return {"years": years if sees_all(by, Right.SEE_PEOPLE) else []}

    return listed(
        request, TABLE, moves_for(by=by), by=by, here="office-moves", template="office/staff/moves.html", acts={},
        more=more,
    )  # fmt: skip


def _of(year: int, today: date) -> dict[str, Any]:
    """What a year's ledgers say; of this year, until today."""
    since = date(year, 1, 1)
    until = min(date(year + 1, 1, 1), today + timedelta(days=1))
    times, people = times_and_people(since, until)
    stations, offices = by_level(until - timedelta(days=1))
    return {
        "year": year, "down": moves_down(since, until), "times": times, "people": people, "stations": stations,
        "offices": offices, "places": posts_moved_down(since, until), "heads": branch_heads_rotated(since, until),
    }  # fmt: skip
