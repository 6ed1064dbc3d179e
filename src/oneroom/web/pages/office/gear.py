"""Vehicles and kit: where each piece is and how, on any day; entered, moved, taken from a list, given as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.duty.gear import VEHICLE, gear_for, history_of, piece_for
from oneroom.apps.duty.manning import crews_of
from oneroom.apps.duty.rostering import moment
from oneroom.apps.duty.services import NewGear, enter_gear, move_gear
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import units
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.acting import number
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import KIT, local, named
from oneroom.web.tables import Choice, Column, Table
from oneroom.web.takeout import respond

KINDS: Mapping[str, Any] = {VEHICLE: lazy("vehicle"), **KIT}
STATES: Mapping[str, Any] = {
    "ready": pgettext_lazy("gear", "ready"), "repair": lazy("in repair"), "lent": lazy("lent"),
    "retired": lazy("retired"),
}  # fmt: skip


def _crew(row: Any) -> str:
    return local(row.crew.callsign_zh, row.crew.callsign_en) if row.crew else ""


TABLE = Table(
    "gear", lazy("Vehicles and kit"), order="number",
    columns=(
        Column("number", lazy("Plate or number"), lambda r: r.gear.number, sort=("gear__number",),
               link=lambda r: reverse("office-gear-piece", args=[r.gear_id])),
        Column("kind", lazy("Kind"), lambda r: named(KINDS, r.gear.kind), sort=("gear__kind", "gear__number")),
        Column("name", lazy("Model or name"), lambda r: r.gear.name),
        Column("state", lazy("State"), lambda r: named(STATES, r.state), sort=("state",)),
        Column("unit", lazy("Belongs to"), lambda r: local(r.unit.name_zh, r.unit.name_en), sort=("unit__code",)),
        Column("crew", lazy("Rides with"), _crew, sort=("crew__code",)),
        Column("since", lazy("Since"), lambda r: r.since, sort=("since",), n=True),
    ),
    filters=(
        Choice("state", lazy("State"), lambda: STATES, lambda rows, v: rows.filter(state=v)),
        Choice("kind", lazy("Kind"), lambda: KINDS, lambda rows, v: rows.filter(gear__kind=v)),
    ),
    empty=lazy("No vehicle and no kit is entered, or none fits."),
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ROSTER)
def gear(request: HttpRequest) -> HttpResponseBase:
    """The list as of now or the end of the day ``on``; by POST as a file or on paper, or a piece more."""
    by, at = actor(request), now()
    refused: Refused | None = None
    if request.POST.get("act") == "enter":
        try:
            return redirect("office-gear-piece", _enter(request, by, at))
        except NotFound:
            raise
        except Refused as no:
            refused = no
    day = typed_day(request.GET.get("on", ""), field="on")
    then = at if day is None or day >= localtime(at).date() else moment(day + timedelta(days=1), 0)
    context = frame(
        request, "office-duty", about=_("as it was at the end of that day") if then != at else "", on=day,
        given=request.POST if refused else {}, kinds=KINDS.items(), states=STATES.items(),
        units=_units(by), crews=_crews(by), refused=worded(refused) if refused else "",
        bad=refused.field if refused else "",
    )  # fmt: skip
    if refused is not None:
        request.method = "GET"
    answer = respond(request, TABLE, gear_for(by=by, at=then), by=by, frame=context, template="office/gear.html")
    if refused is not None:
        answer.status_code = refused.status
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ROSTER)
def piece(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece with all that it was; by POST where it is and how from now on."""
    by, at = actor(request), now()
    refused: Refused | None = None
    if request.method == "POST":
        try:
            crew = number(request, "crew") if request.POST.get("crew") else None
            move_gear(pk, state=request.POST.get("state", ""), unit_id=number(request, "unit"), crew_id=crew, by=by,
                      at=at)  # fmt: skip
            if gear_for(by=by, at=at).filter(gear_id=pk).exists():
                return redirect("office-gear-piece", pk)
            return redirect("office-gear")  # given to a unit of another
        except NotFound:
            raise
        except Refused as no:
            refused = no
    row = piece_for(pk, by=by, at=at)
    spells = [
        {"s": s, "state": named(STATES, s.state), "unit": local(s.unit.name_zh, s.unit.name_en), "crew": _crew(s)}
        for s in history_of(pk)
    ]  # fmt: skip
    units_of = dict(_every_unit())
    context = frame(
        request, "office-duty", row=row, kind=named(KINDS, row.gear.kind), state=named(STATES, row.state),
        spells=spells, states=STATES.items(), units=sorted(units_of.items(), key=lambda pair: pair[1]),
        crews=_crews(by), refused=worded(refused) if refused else "", bad=refused.field if refused else "",
        may=by.heads(row.unit_id) or by.may(Right.COMMAND), over=row.state == "retired",
    )  # fmt: skip
    return render(request, "office/gear_piece.html", context, status=refused.status if refused else 200)


def _enter(request: HttpRequest, by: Actor, at: datetime) -> int:
    post = request.POST
    kind = post.get("kind", "")
    if kind not in KINDS:
        raise BadInput("kind", "There is no such choice here. Pick one of the list.")
    crew = number(request, "crew") if post.get("crew") else None
    new = NewGear(post.get("number", ""), kind, post.get("name", ""), number(request, "unit"), crew)
    return int(enter_gear([new], by=by, at=at)[0])


def _every_unit() -> list[tuple[int, str]]:
    return [(unit.pk, local(unit.name_zh, unit.name_en)) for unit in units()]


def _units(by: Actor) -> list[tuple[int, str]]:
    return [(pk, name) for pk, name in _every_unit() if by.heads(pk) or by.may(Right.COMMAND)]


def _crews(by: Actor) -> list[tuple[int, str]]:
    mine = [crew for crew in crews_of(by) if by.heads(crew.unit_id) or by.may(Right.COMMAND)]
    return [(crew.pk, local(crew.callsign_zh, crew.callsign_en)) for crew in mine]
