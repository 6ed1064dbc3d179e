"""The list of matters, and one matter: where it stands, what happened, what I may do, who read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from oneroom.apps.incidents.access import incident_for, inspected, matters_for
from oneroom.apps.incidents.codes import CATEGORIES, CONTACT_WAYS, GRADES, OUTCOMES, SOURCES
from oneroom.apps.incidents.daily import span_of
from oneroom.apps.incidents.duties import to_call_back
from oneroom.apps.incidents.figures import loop_since
from oneroom.apps.incidents.protocol import subcategory_name
from oneroom.apps.incidents.queries import crews_on
from oneroom.apps.ledger.queries import looks_at
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names as unit_names
from oneroom.apps.people.queries import staff_names
from oneroom.engine.lifecycle.incident import NOT_BEGUN, OPEN, State
from oneroom.engine.measures.loop import MEASURES, matters_in
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound
from oneroom.web.actors import actor
from oneroom.web.pages.looks import FIELDS, PURPOSES
from oneroom.web.pages.office.contact import closed_callers
from oneroom.web.pages.office.days import DAYS, day_span, day_start
from oneroom.web.pages.office.measures import bars
from oneroom.web.pages.office.purpose import EXAMPLE, basis_of
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.matter import STEPS, act_words, matter_view
from oneroom.web.pages.room.queue import place_of
from oneroom.web.pages.room.wording import CALL, GRADE, ORDER, OUTSIDE, ROOM, SCENE, SYSTEM
from oneroom.web.pages.room.words import MATTER_STATES, local, named, span
from oneroom.web.tables import Choice, Column, Rows, Table, Text
from oneroom.web.takeout import respond

_STANDING = {
    "open": lazy("open"), "over": lazy("over"), "to_send": lazy("not yet sent"), "to_call_back": lazy("to call back"),
    **MATTER_STATES,
}  # fmt: skip
_LONGEST_D = 3 * 366
# What a figure of the tables of days counts, as a filter says it.
COUNTED = {
    "received": lazy("received"), "signed": lazy("signed for"), "signed_in": lazy("signed within 30 s"),
    "departed": lazy("set out"), "departed_in": lazy("set out within 5 min"), "arrived": lazy("on scene"),
    "arrived_1": lazy("on scene within 1 min"), "arrived_3": lazy("on scene within 3 min"),
    "arrived_5": lazy("on scene within 5 min"), "reported": lazy("reported"),
    "reported_in": lazy("reported within 30 min"),
}  # fmt: skip
NOWHERE, _NOWHERE = "none", lazy("In no station's area")
_FOLDED = timedelta(days=6)  # a bar is of the last seven days at most
# What of the timeline is shown: code -> (word, channels). "reads" are looks, which are no entries.
LINES: dict[str, tuple[Any, frozenset[Any] | None]] = {
    "all": (lazy("All"), None),
    "calls": (lazy("Calls"), frozenset({CALL, GRADE, ROOM})),
    "orders": (lazy("Orders"), frozenset({ORDER, OUTSIDE})),
    "scene": (lazy("Scene"), frozenset({SCENE})),
    "system": (lazy("System"), frozenset({SYSTEM})),
}


def _within(rows: Rows, which: str) -> Rows:
    found = day_span(which, now())
    return rows.filter(received_at__gte=found[0], received_at__lt=found[1]) if found else rows


def _in_bar(rows: Rows, code: str) -> Rows:
    """Behind a bar of today's, yesterday's or the week's histogram; the day and the station narrow besides."""
    name, _dash, place = code.partition("-")
    first = rows.order_by("received_at").values_list("received_at", flat=True).first()
    if first is None:
        return rows
    loop = loop_since(day_start(max(first, now() - _FOLDED)))
    found = matters_in(MEASURES[name], int(place), loop.orders(loop.counted()))
    return rows.filter(pk__in=[int(m.partition(":")[2]) for m in found])


def _from(rows: Rows, day: str) -> Rows:
    return rows.filter(received_at__gte=span_of(date.fromisoformat(day))[0])


def _to(rows: Rows, day: str) -> Rows:
    return rows.filter(received_at__lt=span_of(date.fromisoformat(day))[1])


def _calendar() -> Mapping[str, str]:
    """Every day that a table of days can show, today first."""
    today = localtime(now()).date()
    days = ((today - timedelta(days=n)).isoformat() for n in range(_LONGEST_D))
    return {day: day for day in days}


def _counted(rows: Rows, name: str) -> Rows:
    """Behind a figure of the tables of days: the matters that made it more than nothing."""
    if name == "received":
        return rows.filter(figures__isnull=False)
    return rows.filter(**{f"figures__{name}__gt": 0})


def _standing(rows: Rows, code: str) -> Rows:
    if code == "open":
        return rows.filter(state__in=OPEN)
    if code == "to_send":
        return rows.filter(state__in=NOT_BEGUN)
    if code == "to_call_back":
        return to_call_back(rows)
    return rows.exclude(state__in=OPEN) if code == "over" else rows.filter(state=code)


def _stations() -> Mapping[str, Any]:
    return {str(pk): local(zh, en) for pk, (zh, en) in sorted(unit_names().items())} | {NOWHERE: _NOWHERE}


def _at(rows: Rows, unit: str) -> Rows:
    return rows.filter(unit=None) if unit == NOWHERE else rows.filter(unit_id=int(unit))


def _subcategory(row: Any) -> str:
    """As the scene found it, else as it was classified; never one of the other's category."""
    if row.final_category:
        return subcategory_name(row.final_category, row.final_subcategory) if row.final_subcategory else ""
    return subcategory_name(row.category, row.subcategory) if row.subcategory else ""


def _with_whom(rows: Sequence[Any]) -> Sequence[Any]:
    """Each open matter with whoever has it now: its crews, its station's chief, or the room."""
    crews = crews_on(row.pk for row in rows if row.state in OPEN)
    for row in rows:
        mine = [local(*names) for names in crews.get(row.pk, ())]
        if row.state not in OPEN:
            row.held_by = ""
        elif mine:
            row.held_by = _(", ").join(mine)
        else:
            row.held_by = _("station") if row.state in (State.REPORTED, State.REVIEWED) else _("room")
    return rows


def _station(row: Any) -> str:
    return local(row.unit.name_zh, row.unit.name_en) if row.unit else ""


TABLE = Table(
    "incidents", lazy("Incidents"), order="-received", prepare=_with_whom,
    columns=(
        Column("grade", lazy("Grade"), lambda r: f"P{r.grade}", sort=("grade",), part="office/_grade.html"),
        Column("ref", lazy("No."), lambda r: r.reference, sort=("reference",),
               link=lambda r: reverse("office-incident", args=[r.pk])),
        Column("received", lazy("Received"), lambda r: r.received_at, sort=("received_at",), n=True),
        Column("category", lazy("Category"), lambda r: named(CATEGORIES, r.final_category or r.category),
               sort=("category",)),
        Column("subcategory", lazy("Sub-category"), _subcategory, sort=("subcategory",)),
        Column("place", lazy("Place"), place_of, sort=("place_zh",)),
        Column("station", lazy("Station"), _station, sort=("unit__code",)),
        Column("state", lazy("Stands at"), lambda r: named(MATTER_STATES, r.state), sort=("state",)),
        Column("with", lazy("With"), lambda r: r.held_by),
        Column("origin", lazy("Came by"), lambda r: named(SOURCES, r.origin), sort=("origin",)),
        Column("outcome", lazy("How it ended"), lambda r: named(OUTCOMES, r.outcome), sort=("outcome",)),
        Column("drill", lazy("Drill"), lambda r: _("drill") if r.drill else "", sort=("drill",)),
    ),
    filters=(
        Choice("day", lazy("Received"), lambda: DAYS, _within, default="today"),
        Choice("state", lazy("Stands at"), lambda: _STANDING, _standing),
        Choice("grade", lazy("Grade"), lambda: {str(g): f"P{g} {w}" for g, w in GRADES.items()},
               lambda rows, v: rows.filter(grade=int(v))),
        Choice("category", lazy("Category"), lambda: CATEGORIES, lambda rows, v: rows.filter(category=v)),
        Choice("unit", lazy("Station"), _stations, _at),
        Choice("origin", lazy("Came by"), lambda: SOURCES, lambda rows, v: rows.filter(origin=v)),
        Choice("from", lazy("From day"), _calendar, _from, hidden=True),
        Choice("to", lazy("Up to day"), _calendar, _to, hidden=True),
        Choice("counted", lazy("Counted as"), lambda: COUNTED, _counted, hidden=True),
        Choice("took", lazy("Took"), bars, _in_bar, hidden=True),
        Text("ref", lazy("Number contains"), lambda rows, v: rows.filter(reference__contains=v), longest=16),
    ),
    empty=lazy("No matter came in today. What is older: choose another day."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_MATTERS)
def matters(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    by = actor(request)
    about = _("all stations") if by.may(Right.SEE_ROOM) or by.may(Right.INSPECT) else _("your stations")
    shell = frame(request, "office-incidents", about=about)
    return respond(request, TABLE, matters_for(by=by), by=by, frame=shell, template="office/list.html")


@require_safe
@needs(Right.SEE_MATTERS)
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """One matter. The live piece of it is fetched again alone (``X-Panel``)."""
    by = actor(request)
    row = _open(request, pk, by)
    if row is None:
        return render(
            request, "office/purpose.html", frame(request, "office-incidents", goal=request.path, example=EXAMPLE)
        )
    shell = frame(request, "office-incidents", **_matter(request, row, by))
    template = "office/_incident.html" if request.headers.get("X-Panel") else "office/incident.html"
    return render(request, template, shell)


def _open(request: HttpRequest, pk: int, by: Actor) -> Any:
    """The matter, or None where an inspector has not said yet within which inspection he reads."""
    try:
        return incident_for(pk, by=by)
    except NotFound:
        if not by.may(Right.INSPECT):
            raise
    basis = basis_of(request)
    return inspected(pk, basis=basis, by=by, at=now()) if basis else None


def _matter(request: HttpRequest, row: Any, by: Actor) -> dict[str, Any]:
    at = now()
    view = matter_view(row, by=by, at=at)
    which = request.GET.get("lines", "all")
    which = which if which in LINES or which == "reads" else "all"
    channels = LINES[which][1] if which in LINES else frozenset()
    words = None if channels is None else {str(c) for c in channels}
    looks = looks_at(f"incident:{row.pk}")
    purpose = "dispatch" if by.may(Right.SEE_ROOM) else "review"
    return {
        "m": view, "which": which, "ways": [(code, word) for code, (word, _c) in LINES.items()],
        "lines": [line for line in view.lines if words is None or line.channel in words],
        "looks": len(looks), "reads": _reads(looks) if by.may(Right.VERIFY_RECORD) else None,
        "sent": [(a, *_times(a)) for a in view.crews], "missing": _missing(view),
        "purpose": purpose, "why": PURPOSES[purpose],
        "by_two": by.may(Right.COUNTERSIGN) and not by.may(Right.INSPECT) and row.state not in OPEN,
        "closed": closed_callers(row, by=by, at=at), "contact_ways": CONTACT_WAYS, **act_words(),
    }  # fmt: skip


def _reads(looks: Sequence[Any]) -> list[tuple[datetime, str, str, str]]:
    """Who opened personal fields, when and why, newest first."""
    names = staff_names(look.actor for look in looks)
    return [
        (look.at, names.get(look.actor, ""), named(PURPOSES, look.purpose),
         _(", ").join(named(FIELDS, f) for f in look.fields))
        for look in looks
    ]  # fmt: skip


def _times(crew: Any) -> tuple[str, str]:
    """How long a crew took to sign and to arrive, from the order."""
    times = dict(crew.times)
    sent = times.get(str(STEPS[2]))
    ends = (times.get(str(STEPS[3])), times.get(str(STEPS[4])))
    signed, scene = (span((end - sent).total_seconds()) if sent and end else "" for end in ends)
    return signed, scene


def _missing(view: Any) -> str:
    """What has to be there before this person can do the next thing, in a sentence."""
    state = view.incident.state
    if state in ("classified", "waiting"):
        return _("No crew is on it: the room sends one.")
    if state in ("dispatched", "in_progress"):
        return _("The lead crew has not reported yet; then the report is reviewed.")
    if state == "reported" and "review" not in view.verbs:
        return _("The station's chief or the shift commander reviews the report.")
    return ""
