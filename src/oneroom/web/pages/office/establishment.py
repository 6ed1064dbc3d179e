"""
The establishment by unit: places, people, vacancies on any day; adjustments that wait; the ledger (row B14).

Figures hold no names, so the table exports and prints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.codes import KINDS as UNIT_KINDS
from oneroom.apps.orgs.queries import codes_named, names_by_code
from oneroom.apps.personnel.access import adjustments_for, ledger_for, units_for
from oneroom.apps.personnel.codes import BOOKED_BY, KINDS
from oneroom.apps.personnel.services import ask_quota
from oneroom.apps.personnel.strength import quotas_on, strength_on, totals_on
from oneroom.engine.establishment import FORCE, Kind
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.staff.page import units_named
from oneroom.web.pages.room.words import local, named
from oneroom.web.tables import Choice, Column, Rows, Table, Text
from oneroom.web.takeout import again, respond

_STATES = {"short": lazy("with vacancies"), "over": lazy("more people than places"), "none": lazy("without places")}


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with its places and people by kind."""

    row: Any
    places: dict[str, int]
    people: dict[str, int]

    @property
    def pk(self) -> int:
        return int(self.row.pk)

    def vacant(self, kind: str) -> int:
        return self.places[kind] - self.people[kind]


@dataclass(frozen=True, slots=True)
class Counts:
    """Places and people of all units on a day."""

    day: date
    places: dict[tuple[str, str], int]
    people: dict[tuple[str, str], int]

    def line(self, row: Any) -> Line:
        return Line(row, *({str(k): of.get((row.code, str(k)), 0) for k in Kind} for of in (self.places, self.people)))

    def codes(self, state: str) -> set[str]:
        """Units in this state, for any kind of staff."""
        keys = set(self.places) | set(self.people)
        gap = {key: self.places.get(key, 0) - self.people.get(key, 0) for key in keys}
        if state == "none":
            return {unit for unit, _kind in keys}
        return {unit for (unit, _kind), many in gap.items() if (many > 0 if state == "short" else many < 0)}


def table_of(counts: Counts) -> Table:
    """The table on that day."""

    def ready(rows: Sequence[Any]) -> list[Line]:
        return [counts.line(row) for row in rows]

    def in_state(rows: Rows, state: str) -> Rows:
        codes = counts.codes(state)
        return rows.exclude(code__in=codes) if state == "none" else rows.filter(code__in=codes)

    columns = [
        Column(
            "unit",
            lazy("Unit"),
            lambda r: local(r.row.name_zh, r.row.name_en),
            sort=("code",),
            link=lambda r: f"{reverse('office-seats')}?{urlencode({'unit': r.row.code})}",
        ),
        Column("kind", lazy("Kind"), lambda r: named(UNIT_KINDS, r.row.kind), sort=("kind", "code")),
    ]
    for code, places, people, vacant in (
        ("sworn", lazy("Officers: places"), lazy("Officers: people"), lazy("vacant")),
        ("auxiliary", lazy("Auxiliaries: places"), lazy("Auxiliaries: people"), lazy("vacant")),
        ("grid_worker", lazy("Grid workers: places"), lazy("Grid workers: people"), lazy("vacant")),
    ):
        columns += [
            Column(f"{code}_places", places, _count("places", code), n=True),
            Column(f"{code}_people", people, _count("people", code), n=True),
            Column(f"{code}_vacant", vacant, _count("vacant", code), n=True),
        ]
    return Table(
        "establishment", lazy("Posts"), tuple(columns), order="unit", prepare=ready,
        filters=(
            Choice("state", lazy("Vacancies"), lambda: _STATES, in_state),
            Choice("kind", lazy("Kind"), lambda: UNIT_KINDS, lambda rows, v: rows.filter(kind=v)),
            Text("unit", lazy("Unit"), _named),
            Text("on", lazy("On the day"), lambda rows, _v: rows),
        ),
        empty=lazy("There is no unit."),
    )  # fmt: skip


def _count(of: str, kind: str) -> Callable[[Line], int]:
    return lambda line: line.vacant(kind) if of == "vacant" else getattr(line, of)[kind]


def _named(rows: Rows, text: str) -> Rows:
    return rows.filter(name_zh__icontains=text) | rows.filter(name_en__icontains=text) | rows.filter(code=text)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_POSTS)
def establishment(request: HttpRequest) -> HttpResponseBase:
    """The table on the day ``on``, with the totals; by POST its file or print."""
    return _page(request)


@require_POST
@needs(Right.ASK_QUOTA)
def ask(request: HttpRequest) -> HttpResponseBase:
    """Ask that places move; the office's second person signs."""
    said = {name: request.POST.get(name, "") for name in ("giver", "taker", "kind", "count", "day", "why")}
    try:
        count = said["count"].strip()
        day = typed_day(said["day"])
        if day is None:
            raise BadInput("day", "This is needed.")
        ask_quota(
            giver=plain("giver", said["giver"], longest=24, required=True),
            taker=plain("taker", said["taker"], longest=24, required=True), kind=said["kind"],
            count=int(count) if count.isascii() and count.isdecimal() and len(count) < 7 else 0, day=day,
            words=said["why"], by=actor(request), at=now(),
        )  # fmt: skip
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, refused, said)
    return redirect("office-establishment")


def _page(
    request: HttpRequest, refused: Refused | None = None, said: dict[str, str] | None = None
) -> HttpResponseBase:  # fmt: skip
    by, at = actor(request), now()
    day = typed_day(request.GET.get("on", ""), field="on") or localtime(at).date()
    counts = Counts(day, quotas_on(day), strength_on(day))
    table, rows = table_of(counts), units_for(by=by)
    totals, may_ask = totals_on(day), by.may(Right.ASK_QUOTA)
    shell = frame(
        request, "office-establishment", day=day, refused=worded(refused) if refused else "", said=said or {},
        bad=(refused.field or "") if refused else "", may_ask=may_ask, kinds=KINDS, force=FORCE,
        waiting=[_waiting(row) for row in adjustments_for(by=by, at=at)],
        totals=[(KINDS[str(k)], totals.get(str(k), 0), sum(n for (_u, of), n in counts.people.items() if of == k))
                for k in Kind],
        units=units_named(by) if may_ask else [],
    )  # fmt: skip
    if refused is None:
        return respond(request, table, rows, by=by, frame=shell, template="office/establishment.html")
    return again(request, table, rows, by=by, frame=shell, template="office/establishment.html", refused=refused)


def _waiting(row: Any) -> dict[str, Any]:
    said = row.details
    names = {code: local(zh, en) for code, (zh, en) in names_by_code({said["giver"], said["taker"]}).items()}
    return {
        "giver": names.get(said["giver"], said["giver"]) if said["giver"] != FORCE else _("approved anew"),
        "taker": names.get(said["taker"], said["taker"]),
        "kind": named(KINDS, said["kind"]), "count": said["count"], "day": said["day"], "who": row.asked_by.name,
        "until": row.lapses_at,
    }  # fmt: skip


def _by_name(rows: Sequence[Any]) -> Sequence[Any]:
    """Each line with the name of its unit, as it was called last."""
    names = names_by_code({row.unit for row in rows})
    for row in rows:
        row.name = _("whole force") if row.unit == FORCE else local(*names[row.unit]) if row.unit in names else row.unit
    return rows


LEDGER = Table(
    "quota_ledger", lazy("Ledger of the establishment"), order="-day", prepare=_by_name,
    columns=(
        Column("day", lazy("Holds from"), lambda r: r.booking.day, sort=("booking__day",), n=True),
        Column("booking", lazy("Booking"), lambda r: r.booking_id, sort=("booking",), n=True),
        Column("basis", lazy("Basis"), lambda r: named(BOOKED_BY, r.booking.basis), sort=("booking__basis",)),
        Column("unit", lazy("Unit"), lambda r: r.name, sort=("unit",)),
        Column("code", lazy("Code of the unit"), lambda r: "" if r.unit == FORCE else r.unit, sort=("unit",)),
        Column("kind", lazy("Kind"), lambda r: named(KINDS, r.kind), sort=("kind",)),
        Column("delta", lazy("How many places"), lambda r: f"{r.delta:+d}", sort=("delta",), n=True),
        Column("signature", lazy("Signature"), lambda r: r.booking.signature_id, n=True),
    ),
    filters=(
        Choice("kind", lazy("Kind"), lambda: KINDS, lambda rows, v: rows.filter(kind=v)),
        Choice("basis", lazy("Basis"), lambda: BOOKED_BY, lambda rows, v: rows.filter(booking__basis=v)),
        Text("unit", lazy("Unit"), lambda rows, v: rows.filter(unit__in=[v, *codes_named(v)])),
    ),
    empty=lazy("Nothing is booked yet."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_POSTS)
def ledger(request: HttpRequest) -> HttpResponse:
    """Every booking, line by line: each sums to nothing."""
    by = actor(request)
    day = localtime(now()).date()
    approved, units = totals_on(day), Counter[str]()
    for (_unit, kind), places in quotas_on(day).items():
        units[kind] += places
    shell = frame(
        request, "office-establishment", about=_("each booking sums to nothing"), day=day,
        sums=[(KINDS[str(k)], approved.get(str(k), 0), units[str(k)], units[str(k)] - approved.get(str(k), 0))
              for k in Kind],
    )  # fmt: skip
    return respond(request, LEDGER, ledger_for(by=by), by=by, frame=shell, template="office/quota_ledger.html")  # type: ignore[return-value]
