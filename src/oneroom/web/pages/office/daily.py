"""
The tables of days, in the form of the public 110 bulletin: a day by station, or a station by day.

Every figure opens its records, and its column says what it means.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from oneroom.apps.incidents import daily
from oneroom.apps.incidents.codes import GRADES
from oneroom.apps.incidents.daily import Kept
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names as unit_names
from oneroom.engine.measures.loop import FEW
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput
from oneroom.web.actors import actor
from oneroom.web.pages.office.board import asked_unit, sees_all, stations_of
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.incidents import NOWHERE
from oneroom.web.pages.office.measures import WORDS
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local

DAYS = 31  # lines of a station's table

# (count, of how many): the heading of the column. A column without the second is a plain number.
COLUMNS: tuple[tuple[str, str, Any], ...] = (
    ("signed_in", "signed", lazy("Signed within 30 s")),
    ("departed_in", "departed", lazy("Set out within 5 min")),
    ("arrived_1", "arrived", lazy("On scene within 1 min")),
    ("arrived_3", "arrived", lazy("within 3 min")),
    ("arrived_5", "arrived", lazy("within 5 min")),
    ("reported_in", "reported", lazy("Reported within 30 min")),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A count and of how many, each with the address of its records; the share as a percentage."""

    n: int
    of: int
    share: str
    few: bool
    n_at: str
    of_at: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a station or a day."""

    name: str
    address: str
    received: int
    received_at: str
    cells: tuple[Cell, ...]
    unfinished: int
    unfinished_at: str


@require_safe
@needs(Right.SEE_BOARD)
def days(request: HttpRequest) -> HttpResponse:
    """A day by station, or with ``unit`` the days of a station up to that day."""
    by = actor(request)
    today = localtime(now()).date()
    day = _day(request, today)
    grade = _grade(request)
    mine = stations_of(by)
    unit = asked_unit(request, by, mine)
    here: Collection[int] | None = None if sees_all(by) else set(mine)
    asked = {"day": day.isoformat(), **({"grade": str(grade)} if grade else {})}
    lines, whole = _of_station(by, unit, day, grade) if unit else _of_day(by, here, mine, day, grade)
    return render(request, "office/days.html", frame(
        request, "office-days", day=day, before=day - timedelta(days=1), after=day + timedelta(days=1),
        is_today=day == today, first=day - timedelta(days=DAYS - 1), grade=grade, grades=GRADES, unit=unit,
        stations=mine, name=mine[unit] if unit else _("All stations") if sees_all(by) else _("Your stations"),
        columns=[c[2] for c in COLUMNS], lines=lines, whole=whole, few_below=FEW, asked=urlencode(asked),
        definitions=[w[2] for w in WORDS.values()],
    ))  # fmt: skip


def _of_day(
    by: Actor, here: Collection[int] | None, mine: dict[int, str], day: date, grade: int | None
) -> tuple[list[Line], Line]:
    found = daily.by_station(day, units=here, grade=grade)
    opens = by.may(Right.SEE_MATTERS)
    names = {pk: (name, f"?{urlencode({'unit': pk, 'day': day.isoformat()})}") for pk, name in mine.items()}
    lines = [
        _line(*names[pk], found.get(pk, Kept()), day, day, pk, grade, opens=opens)
        for pk in sorted(mine, key=lambda pk: mine[pk])
    ]  # fmt: skip
    ended = {pk: local(*unit_names()[pk]) for pk in found if pk is not None and pk not in mine}
    lines += [_line(name, "", found[pk], day, day, pk, grade, opens=opens) for pk, name in sorted(ended.items())]
    if None in found:
        lines.append(_line(_("In no station's area"), "", found[None], day, day, NOWHERE, grade, opens=opens))
    total = daily.all_together(found.values())
    return lines, _line(_("Together"), "", total, day, day, None, grade, opens=opens)


def _of_station(by: Actor, unit: int, day: date, grade: int | None) -> tuple[list[Line], Line]:
    since = day - timedelta(days=DAYS - 1)
    found = daily.by_day(since, day, units={unit}, grade=grade)
    opens = by.may(Right.SEE_MATTERS)
    shown = [day - timedelta(days=n) for n in range(DAYS)]
    lines = [
        _line(each.isoformat(), f"?{urlencode({'day': each.isoformat()})}", found.get(each, Kept()), each, each, unit,
              grade, opens=opens)
        for each in shown
    ]  # fmt: skip
    total = daily.all_together(found.values())
    return lines, _line(_("Together"), "", total, since, day, unit, grade, opens=opens)


def _line(
    name: str,
    address: str,
    kept: Kept,
    since: date,
    until: date,
    unit: int | str | None,
    grade: int | None,
    *,
    opens: bool,
) -> Line:
    base: dict[str, object] = {"day": "all", "from": since.isoformat(), "to": until.isoformat()}
    base |= {"unit": unit} if unit else {}
    base |= {"grade": grade} if grade else {}

    def to(**more: object) -> str:
        return f"{reverse('office-incidents')}?{urlencode({**base, **more})}" if opens else ""

    cells = []
    for n_name, of_name, _heading in COLUMNS:
        n, of = getattr(kept.figures, n_name), getattr(kept.figures, of_name)
        share = f"{100 * n / of:.1f}%" if of else "–"
        cells.append(Cell(n, of, share, of < FEW, to(counted=n_name) if n else "", to(counted=of_name) if of else ""))
    return Line(
        name, address, kept.figures.received, to(counted="received"), tuple(cells), kept.unfinished, to(state="open")
    )


def _day(request: HttpRequest, today: date) -> date:
    day = typed_day(request.GET.get("day", "")) or today
    if not date(2000, 1, 1) < day <= today:
        raise BadInput("day", "That day has not come yet, or is too long ago.")
    return day


def _grade(request: HttpRequest) -> int | None:
    text = request.GET.get("grade", "")
    if text and text not in {str(g) for g in GRADES}:
        raise BadInput("grade", "There is no such choice here. Pick one of the list.")
    return int(text) if text else None
