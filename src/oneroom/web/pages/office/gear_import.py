"""Vehicles and kit from a spreadsheet: looked through first, each line answered; then entered whole, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.duty.gear import numbers_taken
from oneroom.apps.duty.manning import crews_seen_by
from oneroom.apps.duty.services import NewGear, enter_gear
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import units
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, Refused
from oneroom.ports.formats.gear import COLUMNS, HEADINGS, KIND_WORDS, STATE_WORDS
from oneroom.ports.formats.sheets import Sheet, answers, read_sheet, write_corrections, write_sheet
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.gear import KINDS, STATES
from oneroom.web.pages.office.list_import import SHOWN, file_answer
from oneroom.web.pages.office.shell import frame, needs


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a line: the column and a sentence."""

    field: str
    message: Any
    params: Mapping[str, Any] = made(default_factory=dict)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ROSTER)
def gear_import(request: HttpRequest) -> HttpResponse:
    """By POST a file: ``act`` looks through it, takes it, gives it back to be mended; ``blank`` an empty one."""
    if request.method != "POST":
        return _page(request)
    act = request.POST.get("act", "look")
    headings = {key: str(word) for key, word in HEADINGS.items()}
    if act == "blank":
        return file_answer(write_sheet(list(headings.values()), []), "gear.xlsx")
    try:
        sent = request.FILES.get("file")
        if sent is None:
            raise BadInput("file", "Choose a file.")
        by = actor(request)
        sheet = read_sheet(sent.read(), COLUMNS)
        new, faults = _read(sheet, by)
        wrong = answers(sheet, faults, HEADINGS)
        if act == "correct":
            back = write_corrections(sheet, wrong, headings, heading=_("What to mend"))
            return file_answer(back, "gear-to-correct.xlsx")
        if act == "take":
            if wrong:
                raise BadInput(
                    "file", "Lines that cannot be taken over: %(count)d. Nothing was taken.", count=len(wrong)
                )
            return _page(request, taken=len(enter_gear(new, by=by, at=now())))
    except Refused as refused:
        return _page(request, refused)
    return _page(request, looked=(len(sheet.lines), len(new), sorted(wrong.items())))


def _read(sheet: Sheet, by: Actor) -> tuple[list[NewGear], dict[int, list[Wrong]]]:
    """What can be entered, and what is wrong by line: nothing is written."""
    at = now()
    mine = {unit.code: unit.pk for unit in units() if by.heads(unit.pk) or by.may(Right.COMMAND)}
    crews = {m.crew.code: m.crew for m in crews_seen_by(by, at=at) if m.mine}
    kinds = {str(word).casefold(): code for code, word in KINDS.items()} | {code: code for code in KINDS} | KIND_WORDS
    taken = numbers_taken([line.cells.get("number", "").strip() for line in sheet.lines])
    new, wrong, seen = [], dict[int, list[Wrong]](), set[str]()
    for line in sheet.lines:
        said = {key: line.cells.get(key, "").strip() for key in HEADINGS}
        faults = []
        if said["number"] in taken:
            faults.append(Wrong("number", lazy("There is a piece with this number already.")))
        if not said["number"] or len(said["number"]) > 24 or said["number"] in seen:
            faults.append(Wrong("number", lazy("Each piece has a number of its own, of at most 24 characters.")))
        seen.add(said["number"])
        kind = kinds.get(said["kind"].casefold())
        if kind is None:
            faults.append(Wrong("kind", lazy("A kind is a vehicle or one of the kinds of kit.")))
        unit, crew = mine.get(said["unit"]), crews.get(said["crew"])
        if unit is None:
            faults.append(Wrong("unit", lazy("No unit of yours has this code.")))
        if said["crew"] and (crew is None or crew.unit_id != unit):
            faults.append(Wrong("crew", lazy("No crew of this unit has this code.")))
        state = STATE_WORDS.get(said["state"].casefold(), said["state"].casefold())
        if state not in STATES:
            faults.append(Wrong("state", lazy("A state is ready, repair, lent or retired.")))
        if said["crew"] and state != "ready":
            faults.append(Wrong("crew", lazy("Only what can be used rides with a crew.")))
        if len(said["name"]) > 60:
            faults.append(Wrong("name", lazy("At most 60 characters.")))
        if faults:
            wrong[line.number] = faults
        elif kind is not None and unit is not None:
            new.append(NewGear(said["number"], kind, said["name"], unit, crew.pk if crew else None, state))
    return new, wrong


def _page(
    request: HttpRequest, refused: Refused | None = None, *, looked: tuple[int, int, list[Any]] | None = None,
    taken: int | None = None,
) -> HttpResponse:  # fmt: skip
    shown = frame(
        request, "office-duty", refused=worded(refused) if refused else "", taken=taken, looked=looked,
        wrong=looked[2][:SHOWN] if looked else [], more=max(0, len(looked[2]) - SHOWN) if looked else 0,
        columns=[(word, column.needed) for column, word in zip(COLUMNS, HEADINGS.values(), strict=True)],
    )  # fmt: skip
    return render(request, "office/gear_import.html", shown, status=refused.status if refused else 200)
