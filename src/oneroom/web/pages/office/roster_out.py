"""
A roster leaves the house: as a file without names, or on paper with them, for a purpose and marked with who took it.

No list of persons goes out as data (scope 5.1-10). A notice board needs names, so paper has them: for one's own unit,
with a purpose, a look and an entry, and each page says for whom, when and what for it was printed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from oneroom.apps.duty.rostering import COMMAND, Rostered, people_of, roster_for
from oneroom.apps.ledger.services import Looking, exported, looked
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names as unit_names
from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput
from oneroom.ports.formats.sheets import safe
from oneroom.web.actors import actor
from oneroom.web.pages.office.duty import days_of
from oneroom.web.pages.office.roster_words import LETTERS, PAPER, WEEKDAYS
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local


@never_cache
@require_POST
@needs(Right.ROSTER)
def out(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster as a file, or as a page to print: ``as`` says which, ``purpose`` what for."""
    by, at = actor(request), now()
    roster = roster_for(pk, by=by)
    people, form = people_of(roster.unit_id), request.POST.get("as", "")
    asked = [f"roster:{roster.pk}", f"version:{roster.version}"]
    if form == "csv":
        exported("roster", form="csv", rows=len(people), asked=asked, by=by, at=at)
        return _file(roster, people)
    if form != "print":
        raise BadInput("as", "A list goes out as a file or as a print.")
    purpose = request.POST.get("purpose", "")
    if purpose not in PAPER:
        raise BadInput("purpose", "Names stand on it: say what the paper is for.")
    looked(f"roster:{roster.pk}", ["person.name"], looking=Looking(purpose, f"roster:{roster.pk}"), by=by, at=at)
    exported("roster", form="print", rows=len(people), asked=[*asked, f"purpose:{purpose}"], by=by, at=at)
    shown = frame(
        request, "office-duty", roster=roster, purpose=PAPER[purpose], at=at,
        unit_name=local(*unit_names()[roster.unit_id]) if roster.unit_id is not None else _("The room"),
        days=[(day, WEEKDAYS[day.weekday()]) for day in days_of(roster)],
        rows=[(r.name, _letters(roster, r)) for r in people],
    )  # fmt: skip
    return render(request, "office/roster_print.html", shown)


def _file(roster: Any, people: list[Rostered]) -> HttpResponse:
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="roster-{roster.first.isoformat()}-v{roster.version}.csv"'
    answer["Cache-Control"] = "no-store"
    sheet = csv.writer(answer)
    sheet.writerow([_("No."), _("Role"), *(d.isoformat() for d in days_of(roster))])
    for number, row in enumerate(people, start=1):
        role = _("chief") if COMMAND in row.person.skills else _("officer") if row.person.sworn else _("auxiliary")
        sheet.writerow([number, role, *map(safe, _letters(roster, row))])
    return answer


def _letters(roster: Any, row: Rostered) -> Iterator[str]:
    codes = roster.cells.get(str(row.person.id), [""] * roster.days)
    return (str(LETTERS.get(code, code)) for code in codes)
