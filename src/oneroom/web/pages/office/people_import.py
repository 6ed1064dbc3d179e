"""People from a spreadsheet: looked through first, each line answered; then taken over whole, or not at all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.personnel.importing import import_people, plan_import
from oneroom.apps.personnel.queries import open_deviations
from oneroom.engine.roles import Right
from oneroom.engine.values import BadInput, Refused
from oneroom.ports.formats.people import COLUMNS, HEADINGS, KIND_WORDS
from oneroom.ports.formats.sheets import answers, read_sheet, write_corrections, write_sheet
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.shell import frame, needs

SHOWN = 100  # lines answered on the page; all of them stand in the file to correct
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.KEEP_PEOPLE)
def people_import(request: HttpRequest) -> HttpResponse:
    """
    By POST a file: ``act`` looks through it, takes it over, or gives it back with what to correct; ``blank`` gives an
    empty one.
    """
    if request.method != "POST":
        return _page(request)
    act = request.POST.get("act", "look")
    headings = {key: str(word) for key, word in HEADINGS.items()}
    if act == "blank":
        return file_answer(write_sheet(list(headings.values()), []), "people.xlsx")
    try:
        sent = request.FILES.get("file")
        if sent is None:
            raise BadInput("file", "Choose a file.")
        at, by = now(), actor(request)
        sheet = read_sheet(sent.read(), COLUMNS)
        plan = plan_import([(x.number, x.cells) for x in sheet.lines], day=localtime(at).date(), words=KIND_WORDS)
        wrong = answers(sheet, plan.wrong, HEADINGS)
        if act == "correct":
            return file_answer(
                write_corrections(sheet, wrong, headings, heading=_("What to mend")), "people-to-correct.xlsx"
            )
        if act == "take":
            if wrong:
                raise BadInput(
                    "file", "Lines that cannot be taken over: %(count)d. Nothing was taken.", count=len(wrong)
                )
            return _page(request, taken=import_people(plan, by=by, at=at))
    except Refused as refused:
        return _page(request, refused)
    return _page(request, looked=(len(sheet.lines), len(plan.new), sorted(wrong.items())))


def _page(
    request: HttpRequest, refused: Refused | None = None, *, looked: tuple[int, int, list[Any]] | None = None,
    taken: int | None = None,
) -> HttpResponse:  # fmt: skip
    shown = frame(
        request, "office-people", refused=worded(refused) if refused else "", taken=taken,
        looked=looked, wrong=looked[2][:SHOWN] if looked else [], more=max(0, len(looked[2]) - SHOWN) if looked else 0,
        deviate=open_deviations() if taken is not None else 0,
        columns=[(word, column.needed) for column, word in zip(COLUMNS, HEADINGS.values(), strict=True)],
    )  # fmt: skip
    return render(request, "office/people_import.html", shown, status=refused.status if refused else 200)


def file_answer(content: bytes, name: str) -> HttpResponse:
    """A workbook to download."""
    answer = HttpResponse(content, content_type=_XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
