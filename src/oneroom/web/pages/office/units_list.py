"""
Units as a list: taken out as of a day, and brought in as the draft of a reform (docs/adr/0026).

A list is looked through first and each line answered. What it changes is a plan like any other: checked, signed by two,
and in force on its day.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from oneroom.apps.ledger.services import exported
from oneroom.apps.ledger.time import now
from oneroom.apps.people.services import drop_file, keep_file
from oneroom.apps.reforms.services import draft_list, look_through, units_on
from oneroom.engine.organisation.listing import Answer, Fate, Listed
from oneroom.engine.roles import Right
from oneroom.engine.values import NotFound, Refused
from oneroom.ports.formats.sheets import Sheet, sentences, write_corrections, write_sheet
from oneroom.ports.formats.units import COLUMNS, FORMS, HEADINGS, read_units, words, write_units
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.list_import import digest, key_on, not_since, the_file
from oneroom.web.pages.office.shell import frame, needs

SHOWN = 100  # lines answered on the page; all of them stand in the file to correct
FATES = {
    Fate.NEW: lazy("new"), Fate.CHANGED: lazy("changed"), Fate.UNCHANGED: lazy("unchanged"),
    Fate.REFUSED: lazy("refused"),
}  # fmt: skip


@never_cache
@require_safe
@needs(Right.SEE_ORGANISATION)
def units_file(request: HttpRequest, form: str) -> HttpResponse:
    """The units of the day ``on`` as a file of this form, functions with them."""
    if form not in FORMS:
        raise NotFound
    at = now()
    day = typed_day(request.GET.get("on", ""), field="on") or localtime(at).date()
    rows = units_on(day)
    exported("units", form=form, rows=len(rows), asked=[f"on:{day.isoformat()}"], by=actor(request), at=at)
    return _file(write_units(rows, form=form, day=day), f"units-{day.isoformat()}.{form}", FORMS[form])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.DRAFT_REFORM)
def units_import(request: HttpRequest) -> HttpResponse:
    """
    By POST a file: ``act`` looks through it, makes a plan of it, or gives it back with what to correct; ``blank`` gives
    an empty one.
    """
    if request.method != "POST":
        return _page(request)
    act = request.POST.get("act", "look")
    headings = {key: str(word) for key, word in HEADINGS.items()}
    if act == "blank":
        return _file(write_sheet(list(headings.values()), []), "units.xlsx", FORMS["xlsx"])
    try:
        at, by = now(), actor(request)
        content, shown = the_file(request, "units", by=by, at=at)
        day = typed_day(request.POST.get("day", "")) or _tomorrow()
        sheet = read_units(content)
        found = look_through(
            [(line.number, line.cells) for line in sheet.lines], day=day, words=words(),
            unread={line.number: line.unread for line in sheet.lines if line.unread},
        )  # fmt: skip
        told = digest(day, found.answers, found.changes)
        if act == "correct":
            return _file(_corrections(sheet, found, headings), "units-to-correct.xlsx", FORMS["xlsx"])
        if act == "plan":
            not_since(shown, told)
            name = request.POST.get("name", "").strip() or _("Units from a list")
            plan = draft_list(found, name=name, day=day, by=by, at=at)
            drop_file("units", by=by)
            return redirect("office-reform", plan)
    except Refused as refused:
        return _page(request, refused)
    return _page(request, found=found, key=keep_file("units", content, shown=told, by=by, at=at))


def _corrections(sheet: Sheet, found: Listed, headings: dict[str, str]) -> bytes:
    wrong = {a.line: sentences(a.wrong, HEADINGS) for a in found.of(Fate.REFUSED)}
    told = {a.line: _told(a) for a in found.answers if a.line not in wrong}
    return write_corrections(sheet, wrong, headings, heading=_("What to mend"), told=told)


def _told(answer: Answer) -> str:
    """The fate of a line in words, with what is wrong or what changes."""
    fate = str(FATES[answer.fate])
    if answer.fate is Fate.REFUSED:
        return sentences(answer.wrong, HEADINGS)
    return f"{fate}: {', '.join(str(HEADINGS[name]) for name in answer.changed)}" if answer.changed else fate


def _page(
    request: HttpRequest, refused: Refused | None = None, *, found: Listed | None = None, key: str = ""
) -> HttpResponse:  # fmt: skip
    shown: dict[str, Any] = {}
    if found is not None:
        told = [a for fate in (Fate.REFUSED, Fate.NEW, Fate.CHANGED) for a in found.of(fate)]
        shown = {
            "counts": [(fate, FATES[fate], len(found.of(fate))) for fate in Fate], "lines": len(found.answers),
            "rows": [(a.line, a.code, FATES[a.fate], a.fate is Fate.REFUSED, "" if a.fate is Fate.NEW else _told(a))
                     for a in told[:SHOWN]],
            "more": max(0, len(told) - SHOWN), "whole": not found.of(Fate.REFUSED), "any": bool(found.changes),
        }  # fmt: skip
    page = frame(
        request, "office-organisation", key=key_on(request, refused, key), looked=shown,
        refused=worded(refused) if refused else "", bad=refused.field if refused else "", given=request.POST,
        tomorrow=_tomorrow(), today=localtime(now()).date(),
        columns=[(word, column.key == "code") for column, word in zip(COLUMNS, HEADINGS.values(), strict=True)],
    )  # fmt: skip
    return render(request, "office/units_import.html", page, status=refused.status if refused else 200)


def _tomorrow() -> date:
    return localtime(now()).date() + timedelta(days=1)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
