"""
People of the force: found by name, number or unit; a page of each with posts, certificates and what is due.

A list of persons leaves the house neither as a file nor on paper (scope 5.1-10). What is private opens on the person's
page with a purpose, which is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import codes_named, names_by_code
from oneroom.apps.personnel.access import at_units, file_of, people_for, person_for, private_of, seats
from oneroom.apps.personnel.codes import BASES, BY_MACHINE, KINDS, LEFT_BY, SITTINGS
from oneroom.apps.personnel.services import (
    Order,
    ask_exception,
    certify,
    enter_person,
    leave,
    post_people,
    unavailable,
)
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, NotFound, Objected, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import SKILLS, local, named
from oneroom.web.tables import Choice, Column, Rows, Table, Text
from oneroom.web.takeout import respond

SOON = timedelta(days=90)  # a certificate that ends within so many days is to be renewed
_STATES = {"serving": lazy("serving"), "left": lazy("left")}
PURPOSES = {
    "reach": lazy("to reach this person"),
    "appointment": lazy("for an appointment"),
    "correct": lazy("to correct what is kept"),
}
_BY_HAND = {code: word for code, word in BASES.items() if code not in BY_MACHINE}
PRIVATE = {"phone": lazy("Telephone"), "document": lazy("Document"), "home": lazy("Home place")}


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody with the post that he has today."""

    row: Any
    post: Any
    since: date | None
    unit: str

    @property
    def pk(self) -> int:
        return int(self.row.pk)

    @property
    def post_name(self) -> str:
        return local(self.post.name_zh, self.post.name_en or self.post.name_zh) if self.post else ""


def table_of(day: date) -> Table:
    """The list on that day."""

    def ready(rows: Sequence[Any]) -> list[Line]:
        held = seats([row.pk for row in rows], day)
        units = _units({h.post.unit for h in held.values() if h.post})
        found = []
        for row in rows:
            seat = held.get(row.pk)
            post = seat.post if seat else None
            found.append(
                Line(row, post, seat.posting.since if seat else None, units.get(post.unit, "") if post else "")
            )
        return found

    def at_unit(rows: Rows, text: str) -> Rows:
        return at_units(rows, codes_named(text), day)

    return Table(
        "people", lazy("People"), order="name", of_persons=True, prepare=ready,
        columns=(
            Column("name", lazy("Full name"), lambda r: r.row.name, sort=("name",),
                   link=lambda r: reverse("office-person", args=[r.pk])),
            Column("number", lazy("Badge"), lambda r: r.row.number, sort=("number",), n=True),
            Column("kind", lazy("Kind"), lambda r: named(KINDS, r.row.kind), sort=("kind", "name")),
            Column("unit", lazy("Unit"), lambda r: r.unit),
            Column("post", lazy("Post"), lambda r: r.post_name),
            Column("since", lazy("In this post since"), lambda r: r.since, n=True),
            Column("simulated", lazy("Simulated"), lambda r: _("simulated") if r.row.simulated else ""),
        ),
        filters=(
            Choice("state", lazy("State"), lambda: _STATES, lambda rows, v: rows.filter(left__isnull=v == "serving"),
                   default="serving"),
            Choice("kind", lazy("Kind"), lambda: KINDS, lambda rows, v: rows.filter(kind=v)),
            Text("who", lazy("Name or badge"),
                 lambda rows, v: rows.filter(name__contains=v) | rows.filter(number__startswith=v.upper())),
            Text("unit", lazy("Unit"), at_unit),
        ),
        empty=lazy("Nobody is entered yet."),
    )  # fmt: skip


def _units(codes: set[str]) -> Mapping[str, str]:
    return {code: local(zh, en) for code, (zh, en) in names_by_code(codes).items()}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PEOPLE)
def people(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    by, day = actor(request), localtime(now()).date()
    more: dict[str, Any] = {}
    if by.may(Right.KEEP_PEOPLE):
        more = {"add": reverse("office-person-new"), "add_word": _("Enter somebody")}
        more |= {"also": reverse("office-people-import"), "also_word": _("People from a list")}
    shell = frame(request, "office-people", about=_("who serves where today"), **more)
    return respond(request, table_of(day), people_for(day, by=by), by=by, frame=shell, template="office/list.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.KEEP_PEOPLE)
def new(request: HttpRequest) -> HttpResponse:
    """Somebody comes."""
    fields = ("number", "name", "kind", "joined", *PRIVATE)
    said = {name: request.POST.get(name, "") for name in fields}
    refused: Refused | None = None
    if request.method == "POST":
        try:
            pk = enter_person(
                number=said["number"], kind=said["kind"], name=said["name"], joined=_day(said, "joined"),
                private={key: said[key] for key in PRIVATE}, by=actor(request), at=now(),
            )  # fmt: skip
            return redirect("office-person", pk)
        except Refused as no:
            refused = no
    shown = frame(
        request, "office-people", said=said, kinds=KINDS, private=[(k, w, said[k]) for k, w in PRIVATE.items()],
        refused=worded(refused) if refused else "", bad=(refused.field or "") if refused else "",
    )  # fmt: skip
    return render(request, "office/person_new.html", shown, status=refused.status if refused else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PEOPLE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one person; by POST an act of the personnel office."""
    if request.method != "POST":
        return _page(request, pk)
    by = actor(request)
    if not by.may(Right.KEEP_PEOPLE):
        raise NotFound
    person_for(pk, localtime(now()).date(), by=by)
    try:
        _act(request.POST.get("act", ""), pk, request.POST, by)
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, pk, refused, said=request.POST.dict())
    return redirect("office-person", pk)


@never_cache
@require_POST
@needs(Right.KEEP_PEOPLE)
def private(request: HttpRequest, pk: int) -> HttpResponse:
    """What is private of the person, with a purpose; a look."""
    by, at = actor(request), now()
    row = person_for(pk, localtime(at).date(), by=by)
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        return _page(request, pk, BadInput("purpose", "There is no such choice here. Pick one of the list."))
    opened = private_of(row, purpose=purpose, by=by, at=at)
    return _page(request, pk, opened=[(PRIVATE[key], opened[key]) for key in PRIVATE if key in opened])


def _act(act: str, pk: int, said: Mapping[str, str], by: Actor) -> None:
    at = now()
    match act:
        case "post":
            order = Order(pk, plain("post", said.get("post"), longest=24, required=True))
            day, basis = _day(said, "day"), said.get("basis", "")
            if said.get("why"):
                ask_exception(order, day=day, basis=basis, words=said["why"], by=by, at=at)
            else:
                post_people([order], day=day, basis=basis, by=by, at=at)
        case "certify":
            until = typed_day(said.get("until", ""), field="until")
            certify(pk, said.get("skill", ""), since=_day(said, "since"), until=until, by=by, at=at)
        case "away":
            unavailable(pk, since=_day(said, "from"), until=_day(said, "back"), by=by, at=at)
        case "leave":
            leave(pk, day=_day(said, "left"), cause=said.get("cause", ""), by=by, at=at)
        case _:
            raise BadInput("act", "There is no such choice here. Pick one of the list.")


def _day(said: Mapping[str, str], field: str) -> date:
    day = typed_day(said.get(field, ""), field=field)
    if day is None:
        raise BadInput(field, "This is needed.")
    return day


def _page(
    request: HttpRequest, pk: int, refused: Refused | None = None, *, said: Mapping[str, str] | None = None,
    opened: list[tuple[Any, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    by, at = actor(request), now()
    today = localtime(at).date()
    row = person_for(pk, today, by=by)
    file = file_of(row, today, by=by)
    units = _units({h.post.unit for h in file.postings if h.post})
    despite = isinstance(refused, Objected) and refused.two_may
    shown = frame(
        request, "office-people", p=row, kind=named(KINDS, row.kind), today=today, said=said or {},
        postings=[_held(h, units) for h in file.postings], absence=file.absence, unread=file.unread,
        certificates=[(named(SKILLS, c.skill), c.since, c.until, c.until and c.until - today <= SOON)
                      for c in file.certificates],
        attended=[(a.sitting.day, named(SITTINGS, a.sitting.kind), a.sitting.topic, a.passed, a.counts_until)
                  for a in file.attended],
        awards=[(a.day, a.kind) for a in file.awards], kin=[(k.relative_id, k.relative.name) for k in file.kin],
        keeps=by.may(Right.KEEP_PEOPLE) and row.left is None, purposes=PURPOSES, opened=opened, bases=_BY_HAND,
        causes=LEFT_BY, skills=SKILLS, despite=despite, refused=worded(refused) if refused else "",
        bad=(refused.field or "") if refused else "",
    )  # fmt: skip
    return render(request, "office/person.html", shown, status=refused.status if refused else 200)


def _held(held: Any, units: Mapping[str, str]) -> dict[str, Any]:
    post, posting = held.post, held.posting
    return {
        "name": local(post.name_zh, post.name_en or post.name_zh) if post else posting.post, "code": posting.post,
        "unit": units.get(post.unit, post.unit) if post else "", "since": posting.since, "until": posting.until,
        "basis": named(BASES, posting.basis), "beside": not posting.full, "sensitive": bool(post and post.sensitive),
        "front_line": bool(post and post.front_line), "leads": bool(post and post.leads),
    }  # fmt: skip
