"""Vehicles and kit from a spreadsheet: looked through first, each line answered; then entered whole, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.duty.gear import numbers_taken
from oneroom.apps.duty.manning import crews_seen_by
from oneroom.apps.duty.services import NewGear, enter_gear
from oneroom.apps.orgs.queries import units
from oneroom.apps.personnel.importing import Wrong
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.ports.formats.gear import COLUMNS, HEADINGS, KIND_WORDS, STATE_WORDS
from oneroom.web.pages.office.gear import KINDS, STATES
from oneroom.web.pages.office.list_import import Kept, answer_list
from oneroom.web.pages.office.shell import needs


@dataclass(frozen=True, slots=True)
class GearPlan:
    """What can be entered, and what is wrong by line."""

    new: list[NewGear]
    wrong: dict[int, list[Wrong]]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ROSTER)
def gear_import(request: HttpRequest) -> HttpResponse:
    """Vehicles and kit of the units that somebody heads, or of all for who commands."""
    return answer_list(request, GEAR)


def _plan(lines: Sequence[tuple[int, Mapping[str, str]]], *, by: Actor, at: datetime) -> GearPlan:
    """Looks through them; nothing is written."""
    mine = {unit.code: unit.pk for unit in units() if by.heads(unit.pk) or by.may(Right.COMMAND)}
    crews = {m.crew.code: m.crew for m in crews_seen_by(by, at=at) if m.mine}
    kinds = {str(word).casefold(): code for code, word in KINDS.items()} | {code: code for code in KINDS} | KIND_WORDS
    taken = numbers_taken([cells.get("number", "").strip() for _line, cells in lines])
    plan, seen = GearPlan([], {}), set[str]()
    for line, cells in lines:
        said = {key: cells.get(key, "").strip() for key in HEADINGS}
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
            plan.wrong[line] = faults
        elif kind is not None and unit is not None:
            plan.new.append(NewGear(said["number"], kind, said["name"], unit, crew.pk if crew else None, state))
    return plan


def _take(plan: GearPlan, *, by: Actor, at: datetime) -> int:
    return len(enter_gear(plan.new, by=by, at=at))


GEAR = Kept(
    "gear", lazy("Vehicles and kit from a list"), "office-duty", ("office-gear", lazy("Vehicles and kit")), COLUMNS,
    HEADINGS, _plan, _take, lazy("Entered: %(n)s pieces."),
)  # fmt: skip
