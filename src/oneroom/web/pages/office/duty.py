"""The roster of a unit: a grid of people and days, what is wrong with it beside it, and what holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.duty.rostering import (
    COMMAND,
    Rostered,
    cells_of,
    people_of,
    roster_for,
    rosters_of,
    units_of,
    works,
    wrong_with,
)
from oneroom.apps.duty.services import draft_roster, publish_roster, set_cell, solve_roster
from oneroom.apps.duty.swapping import waiting_for
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names as unit_names
from oneroom.engine.roles import Right
from oneroom.engine.roster import Fault
from oneroom.engine.roster.workdays import is_known
from oneroom.engine.values import Actor, BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office import roster_plan
from oneroom.web.pages.office.acting import no_choice, number
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.roster_words import (
    LETTERS,
    LOOKS,
    PAPER,
    SHIFT_WORDS,
    WEEKDAYS,
    hours,
    say,
    say_blocked,
    where,
)
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import SKILLS, local

_SHOWN = 60  # faults named beside the grid; the rest is counted


@dataclass(frozen=True, slots=True)
class Cell:
    """A person's day."""

    day: int
    code: str
    letter: str
    look: str
    said: str
    wrong: str
    off: bool


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ROSTER)
def duty(request: HttpRequest) -> HttpResponse:
    """The roster that was asked for, or the latest of the own unit; by POST one act."""
    by, at = actor(request), now()
    if request.method != "POST":
        return _page(request, by)
    try:
        match request.POST.get("act", ""):
            case "draft":
                first = typed_day(request.POST.get("first", ""), field="first")
                if first is None:
                    raise BadInput("first", "Say on which day the roster begins.")
                days = number(request, "days")
                made = draft_roster(unit_id=_unit(request, by), first=first, days=days, by=by, at=at)
                return redirect(f"{reverse('office-duty')}?roster={made.pk}")
            case "cell":
                where = {"account_id": number(request, "person"), "day": number(request, "day")}
                set_cell(number(request, "roster"), **where, shift=request.POST.get("shift", ""), by=by, at=at)
            case "solve" | "repair" as how:
                answer = solve_roster(number(request, "roster"), repair=how == "repair", by=by, at=at)
                if not answer.cells:
                    return _page(request, by, blocked=answer.blocked or (Fault("unknown"),))
            case name if name in roster_plan.ACTS:
                pk = number(request, "roster")
                roster_plan.act(request, roster=pk, unit=roster_for(pk, by=by).unit_id, by=by, at=at)
            case "publish":
                publish_roster(number(request, "roster"), by=by, at=at)
            case _:
                raise no_choice()
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, by, refused=refused)
    if request.headers.get("X-Panel"):
        return _page(request, by)
    return redirect(f"{reverse('office-duty')}?roster={number(request, 'roster')}")


def _unit(request: HttpRequest, by: Actor) -> int | None:
    said = request.POST.get("unit", "")
    found = {str(unit or ""): unit for unit in units_of(by)}
    if said not in found:
        raise no_choice("unit")
    return found[said]


def _chosen(request: HttpRequest, units: list[int | None]) -> list[int | None]:
    """The unit ``unit`` of the address (empty: the room), or all in whose name one may be looked for."""
    if "unit" not in request.GET:
        return units
    said = request.GET["unit"]
    found = [unit for unit in units if str(unit or "") == said]
    if not found:
        raise NotFound
    return found


def days_of(roster: Any) -> list[date]:
    return [roster.first + timedelta(days=n) for n in range(roster.days)]


def _page(
    request: HttpRequest, by: Actor, *, refused: Refused | None = None, blocked: tuple[Fault, ...] = ()
) -> HttpResponse:
    asked = request.POST.get("roster", "") or request.GET.get("roster", "")
    units = units_of(by)
    roster: Any = None
    chosen = _chosen(request, units)
    if asked.isascii() and asked.isdecimal() and len(asked) < 12:
        roster = roster_for(int(asked), by=by)
        chosen = [roster.unit_id]
    else:
        roster = next((r for unit in chosen for r in rosters_of(unit)), None)
    called = unit_names() if units != [None] else {}
    names = {unit: local(*called[unit]) if unit is not None else _("The room") for unit in units}
    here = roster.unit_id if roster is not None else next(iter(chosen), None)
    shown: dict[str, Any] = {
        "units": [(unit or "", name, unit == here) for unit, name in names.items()], "unit_name": names.get(here, ""),
        "today": localtime(now()).date(),
        "roster": roster, "refused": worded(refused) if refused else "", "bad": refused.field if refused else "",
        "waiting": len(waiting_for(by)), "purposes": list(PAPER.items()),
    }  # fmt: skip
    if roster is not None:
        shown |= _grid(roster, blocked) | {"versions": rosters_of(roster.unit_id)}
    template = "office/_duty.html" if request.headers.get("X-Panel") else "office/duty.html"
    context = frame(request, "office-duty", **shown)
    return render(request, template, context, status=refused.status if refused else 409 if blocked else 200)


def _grid(roster: Any, blocked: tuple[Fault, ...]) -> dict[str, Any]:
    people = people_of(roster.unit_id, roster.first)
    names = {r.person.id: r.name for r in people}
    found = wrong_with(roster, people)
    at: dict[tuple[int, int], list[str]] = defaultdict(list)
    for fault in found:
        if fault.person is not None and fault.day is not None:
            at[fault.person, fault.day].append(say(fault, names))
    days = days_of(roster)
    return {
        "days": [(n, day, WEEKDAYS[day.weekday()], not works(day)) for n, day in enumerate(days)],
        "rows": [_row(roster, r, days, at) for r in people],
        "covers": _covers(roster, people, found), "codes": [
            (code, LETTERS.get(code, code), SHIFT_WORDS.get(code, code), LOOKS.get(code, "s"), hours(roster, code))
            for code in roster.shifts
        ],
        "faults": [(where(roster, f), say(f, names), f.stops) for f in sorted(found, key=lambda f: not f.stops)][
            :_SHOWN
        ],
        "stops": sum(f.stops for f in found), "warns": sum(not f.stops for f in found),
        "blocked": [(where(roster, f), say_blocked(f, names)) for f in blocked],
        "unknown_year": next((d.year for d in days if not is_known(d.year)), None),
        "editable": roster.state == "draft", "plan": roster_plan.lines(roster), "skills": list(SKILLS.items()),
    }  # fmt: skip


def _row(
    roster: Any, row: Rostered, days: list[date], at: dict[tuple[int, int], list[str]]
) -> tuple[Rostered, str, list[Cell], int]:
    codes = roster.cells.get(str(row.person.id), [""] * roster.days)
    role = _("chief") if COMMAND in row.person.skills else "" if row.person.sworn else _("auxiliary")
    minutes = sum(roster.shifts[c][1] for c in codes if c in roster.shifts)
    cells = [
        Cell(
            n, code, str(LETTERS.get(code, code)) if code else "–", LOOKS.get(code, "s") if code else "r",
            f"{row.name} {days[n]:%m-%d} {SHIFT_WORDS.get(code, code) if code else _('off')}",
            " ".join(at.get((row.person.id, n), [])), not works(days[n]),
        )
        for n, code in enumerate(codes)
    ]  # fmt: skip
    return row, str(role), cells, minutes // 60


def _covers(roster: Any, people: list[Rostered], found: list[Fault]) -> list[tuple[Any, list[tuple[int, int, bool]]]]:
    """For each shift and day: how many there are, how many are needed, and whether anything is wrong with it."""
    cells, there = cells_of(roster), {r.person.id for r in people}
    wrong = {(f.shift, f.day) for f in found if f.stops and f.person is None and f.day is not None}
    rows = []
    for code, (usual, off) in roster.needs.items():
        line = []
        for n, day in enumerate(days_of(roster)):
            have = sum(c == code and d == n and p in there for (p, d), c in cells.items())
            line.append((have, (usual if works(day) else off)[0], (code, n) in wrong))
        rows.append((SHIFT_WORDS.get(code, code), line))
    return rows
