"""One village, one auxiliary (一村一辅警, row B17): who it is, what share is covered, who is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as in_sense
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import codes_named, names_by_code
from oneroom.apps.personnel.queries import village_gaps
from oneroom.apps.personnel.registers import Keeper, keepers, villages_for
from oneroom.apps.personnel.services import enter_villages
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.pages.office.shell import needs
from oneroom.web.pages.office.staff.page import Acts, day_of_list, listed, units_named
from oneroom.web.pages.room.words import local
from oneroom.web.tables import Choice, Column, Rows, Table, Text

_STATES = {"vacant": lazy("without an auxiliary"), "covered": lazy("with an auxiliary")}


@dataclass(frozen=True, slots=True)
class Line:
    """A village with its unit and its auxiliary."""

    row: Any
    unit: str
    keeper: Keeper | None

    @property
    def pk(self) -> int:
        return int(self.row.pk)

    @property
    def post(self) -> str:
        post = self.keeper.post if self.keeper else None
        return local(post.name_zh, post.name_en or post.name_zh) if post else ""

    @property
    def name(self) -> str:
        held = self.keeper.person if self.keeper else None
        return held.name if held else ""


def table_of(day: date) -> Table:
    """The list on that day."""

    def ready(rows: Sequence[Any]) -> list[Line]:
        names = names_by_code({row.unit for row in rows})
        found = keepers([row.pk for row in rows], day)
        return [
            Line(row, local(*names[row.unit]) if row.unit in names else row.unit, found.get(row.pk)) for row in rows
        ]

    def in_state(rows: Rows, state: str) -> Rows:
        gaps = village_gaps(day)
        return rows.filter(pk__in=gaps) if state == "vacant" else rows.exclude(pk__in=gaps)

    return Table(
        "villages", lazy("Villages"), order="village", prepare=ready,
        columns=(
            Column("village", lazy("Village"), lambda r: local(r.row.name_zh, r.row.name_en or r.row.name_zh),
                   sort=("name_zh",)),
            Column("number", in_sense("list", "Code"), lambda r: r.row.code, sort=("code",)),
            Column("unit", lazy("Unit"), lambda r: r.unit, sort=("unit", "code")),
            Column("post", lazy("Post"), lambda r: r.post),
            Column("auxiliary", lazy("Auxiliary"), lambda r: r.name, exported=False),
            Column("state", lazy("State"), lambda r: _STATES["covered" if r.name else "vacant"]),
        ),
        filters=(
            Choice("state", lazy("State"), lambda: _STATES, in_state),
            Text("village", lazy("Village"),
                 lambda rows, v: rows.filter(name_zh__icontains=v) | rows.filter(name_en__icontains=v)
                 | rows.filter(code=v.lower())),
            Text("unit", lazy("Unit"), lambda rows, v: rows.filter(unit__in=codes_named(v))),
            Text("on", lazy("On the day"), lambda rows, _v: rows),
        ),
        empty=lazy("No village is entered yet."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_POSTS)
def villages(request: HttpRequest) -> HttpResponseBase:
    """The list and the share that is covered; by POST one more village, a file or a print."""
    by = actor(request)
    day = day_of_list(request)
    rows = villages_for(by=by)

    def more() -> Mapping[str, Any]:
        whole = rows.count()
        bare = rows.filter(pk__in=village_gaps(day)).count()
        percent = 100 * (whole - bare) / whole if whole else None
        return {"day": day, "whole": whole, "bare": bare, "covered": whole - bare, "percent": percent,
                "units": units_named(by)}  # fmt: skip

    return listed(
        request, table_of(day), rows, by=by, here="office-villages", template="office/staff/villages.html",
        acts=_acts(by) if by.may(Right.PLAN_POSTS) else {}, more=more,
    )  # fmt: skip


def _acts(by: Actor) -> Acts:
    def enter(said: Mapping[str, str]) -> None:
        names = said.get("name_zh", ""), said.get("name_en", "")
        enter_villages([(said.get("village", ""), *names, said.get("unit", ""))], by=by, at=now())

    return {"enter": enter}
