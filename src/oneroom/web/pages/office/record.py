"""
Search of the record: scoped, purposed and itself on the record.

The form asks; asking leaves an entry; the page of answers belongs to that entry and to whoever made it. There is no
field for a person's name: by account number only, and what people said is in no entry at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from oneroom.apps.incidents.queries import references
from oneroom.apps.incidents.services.searching import question_about, search_record
from oneroom.apps.ledger import searches
from oneroom.apps.ledger.excerpt import verify_numbers
from oneroom.apps.ledger.queries import head_seq
from oneroom.apps.ledger.searches import Question
from oneroom.apps.ledger.time import now
from oneroom.apps.people.queries import staff_names
from oneroom.engine.events import KINDS
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import BadInput, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.looks import FIELDS, PURPOSES
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.purpose import basis_of, keep_basis, reference
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.timeline import names_for
from oneroom.web.pages.room.wording import sentence
from oneroom.web.pages.room.words import named
from oneroom.web.tables import Column, Table, asked, for_reader, narrowed
from oneroom.web.takeout import drawn, respond

_ASKED = ("chain", "purpose", "basis", "matter", "kind", "account", "number", "since", "until")


class _Line:
    """An entry or a look with the names that its sentence needs."""

    def __init__(self, row: Any, names: Any, references: Mapping[str, str]) -> None:
        self.row, self.names, self.pk = row, names, row.pk
        about = getattr(row, "matter", "") or getattr(row, "record", "")
        self.about = references.get(about, about)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)


def _with_names(rows: Sequence[Any]) -> list[_Line]:
    names = names_for(rows)
    known = _references(row.matter for row in rows)
    return [_Line(row, names, known) for row in rows]


def _with_staff(rows: Sequence[Any]) -> list[_Line]:
    names = staff_names(row.actor for row in rows)
    known = _references(row.record for row in rows)
    return [_Line(row, names, known) for row in rows]


def _references(subjects: Iterable[str]) -> dict[str, str]:
    """The numbers that people say, by the name a matter has in the record ("incident:12")."""
    pks = [int(s.partition(":")[2]) for s in subjects if s.startswith("incident:")]
    return {f"incident:{pk}": reference for pk, reference in references(pks).items()}


def _matter_address(matter: str) -> str:
    kind, _colon, pk = matter.partition(":")
    return reverse("office-incident", args=[int(pk)]) if kind == "incident" and pk.isdecimal() else ""


ENTRIES = Table(
    "entries", lazy("Entries of the record"), order="-number",
    columns=(
        Column("number", lazy("Number"), lambda r: r.seq, sort=("seq",), n=True),
        Column("at", lazy("When"), lambda r: r.at, sort=("at",), n=True),
        Column("written", lazy("Written"), lambda r: r.recorded, sort=("recorded",), n=True),
        Column("channel", lazy("Of"), lambda r: sentence(r.kind, r.facts, r.names)[0]),
        Column("what", lazy("What happened"), lambda r: sentence(r.kind, r.facts, r.names)[1]),
        Column("matter", lazy("Matter"), lambda r: r.about, link=lambda r: _matter_address(r.matter)),
        Column("who", lazy("Who"), lambda r: r.names.person(r.actor) if r.actor else "", exported=False),
        Column("account", lazy("Account"), lambda r: r.actor or "", sort=("actor",), n=True),
        Column("via", lazy("By way of"), lambda r: r.via),
        Column("kind", lazy("Kind"), lambda r: r.kind, sort=("kind",)),
    ),
    prepare=_with_names, empty=lazy("No entry answers this."),
)  # fmt: skip
LOOKS = Table(
    "looks", lazy("Looks at personal fields"), order="-number",
    columns=(
        Column("number", lazy("Number"), lambda r: r.seq, sort=("seq",), n=True),
        Column("at", lazy("When"), lambda r: r.at, sort=("at",), n=True),
        Column("who", lazy("Who"), lambda r: r.names.get(r.actor, ""), exported=False),
        Column("account", lazy("Account"), lambda r: r.actor, sort=("actor",), n=True),
        Column("purpose", lazy("Purpose"), lambda r: named(PURPOSES, r.purpose), sort=("purpose",)),
        Column("basis", lazy("Bound to"), lambda r: r.basis, sort=("basis",)),
        Column("record", lazy("Record"), lambda r: r.about, sort=("record",),
               link=lambda r: _matter_address(r.record)),
        Column("fields", lazy("Opened"), lambda r: _(", ").join(named(FIELDS, f) for f in r.fields)),
    ),
    prepare=_with_staff, empty=lazy("No look answers this."),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEARCH_RECORD)
def search(request: HttpRequest) -> HttpResponse:
    """The form; by POST the search, which leads to its answers."""
    if request.method != "POST":
        return _form(request, {"matter": request.GET.get("matter", "")[:16], "chain": request.GET.get("chain", "")[:8]})
    given = {name: request.POST.get(name, "")[:40].strip() for name in _ASKED}
    by = actor(request)
    try:
        question = question_about(given["matter"], _question(given))
        if given["matter"] == "" and not by.may(Right.VERIFY_RECORD):
            raise BadInput("matter", "Name the matter that you ask about.")
        basis = ""
        if by.may(Right.VERIFY_RECORD):
            basis = reference(given["basis"])
            keep_basis(request, basis)
        search_record(question, purpose=given["purpose"], basis=basis, by=by, at=now())
    except Refused as refused:
        return _form(request, given, refused)
    return redirect("office-answers", searches.last_of(by))


def _question(given: dict[str, str]) -> Question:
    """What was typed, as a question; BadInput names the field."""
    since, until = _day("since", given["since"]), _day("until", given["until"])
    account, number = (_number(name, given[name]) for name in ("account", "number"))
    return Question(
        given["chain"] or "acts", "", plain("kind", given["kind"], longest=64), account, since,
        until + timedelta(days=1) if until else None, number,
    )  # fmt: skip


def _day(field: str, text: str) -> datetime | None:
    day = typed_day(text, field=field)
    return datetime.combine(day, time(), tzinfo=get_current_timezone()) if day else None


def _number(field: str, text: str) -> int | None:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise BadInput(field, "Digits only.")
    return int(text) if text else None


def _form(request: HttpRequest, given: dict[str, str], refused: Refused | None = None) -> HttpResponse:
    by = actor(request)
    context = frame(
        request, "office-record", given=given, oversees=by.may(Right.VERIFY_RECORD),
        purposes={code: PURPOSES[code] for code in ("inspection", "complaint", "audit")},
        kinds=sorted(KINDS), basis=given.get("basis") or basis_of(request).upper(), head=head_seq(),
        looks=head_seq("looks"), since=given.get("since", ""),
        until=given.get("until", ""), refused=worded(refused) if refused else "",
        bad=refused.field if refused else "",
    )  # fmt: skip
    return render(request, "office/record.html", context, status=refused.status if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEARCH_RECORD)
def answers(request: HttpRequest, number: int) -> HttpResponseBase:
    """The answers of one's own search, page by page, with the state of the chain for what is shown."""
    by = actor(request)
    question, purpose, basis = searches.asked_in(number, by=by, at=now())
    table = for_reader(LOOKS if question.chain == "looks" else ENTRIES, by)
    rows = searches.found(question)
    context = frame(request, "office-record", asked=_said(question), purpose=named(PURPOSES, purpose), basis=basis,
                    search=number)  # fmt: skip
    if request.method == "POST":
        return respond(request, table, rows, by=by, frame=context, template="office/answers.html")
    page = drawn(table, narrowed(table, rows, wants := asked(request, table)), wants, by=by)
    excerpt = verify_numbers([pk for pk, _row, _cells in page["rows"]], chain=question.chain)
    context |= {"t": page, "seal": excerpt, "head": head_seq(question.chain)}
    return render(request, "office/answers.html", context)


def _said(q: Question) -> list[str]:
    """What was asked, in words."""
    parts = [_("looks") if q.chain == "looks" else _("entries")]
    parts += list(_references([q.matter]).values()) if q.matter else []
    parts += [q.kind] if q.kind else []
    parts += [_("account %(n)s") % {"n": q.account}] if q.account is not None else []
    parts += [_("number %(n)s") % {"n": q.number}] if q.number is not None else []
    if q.since and q.until:
        parts.append(f"{localtime(q.since):%Y-%m-%d} – {localtime(q.until - timedelta(seconds=1)):%Y-%m-%d}")
    return parts
