"""
The organisation on any day, past or to come: a tree one can walk and search, and what differs from another day.

A page shows one unit, whom it answers to, and two levels below it, so that a force of thousands opens as fast as one of
ten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from oneroom.apps.ledger.services import exported
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.codes import SYSTEMS
from oneroom.apps.orgs.facts import duties_on, fates, reform_days, spells_of, tree_on
from oneroom.apps.orgs.queries import names_by_code
from oneroom.apps.personnel.strength import strength_in
from oneroom.engine.organisation.facts import Spell
from oneroom.engine.organisation.figures import overlaps
from oneroom.engine.organisation.summary import summary
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import NotFound
from oneroom.ports.formats.sheets import write_csv
from oneroom.ports.formats.units import FORMS
from oneroom.web.actors import actor
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.find import fits
from oneroom.web.pages.office.set_up import goes, points, police_districts
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.office.strength import in_stations, officers, small_units
from oneroom.web.pages.office.structure import (
    figures,
    function_name,
    kind_name,
    letter,
    of_unit,
    system_strength,
    systems,
    unit_name,
)
from oneroom.web.pages.room.words import local

_MOST = 50  # found by a search
_DAYS = 200  # marks on the timeline


@dataclass(frozen=True, slots=True)
class Node:
    """A unit: ``mark`` is new, up, gone or empty; ``below`` how many answer to it, ``nodes`` those that are shown."""

    code: str
    name: str
    kind: str
    letter: str
    mark: str
    below: int
    went: str = ""
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """The tree of the day, that of the day it is compared with, and who has what each ended unit had."""

    tree: Tree
    before: Tree | None
    heirs: dict[str, tuple[str, ...]]

    def node(self, code: str, *, deep: int = 0) -> Node:
        """The unit, and so many levels below it."""
        unit = self.tree.units[code]
        nodes = [self.node(below, deep=deep - 1) for below in self.tree.below.get(code, ())] if deep else []
        if deep and self.before is not None:
            nodes += [self._gone(c) for c in self.before.below.get(code, ()) if c not in self.tree.units]
        mark, below = self._mark(code), self.tree.span(code)
        return Node(code, unit_name(unit), kind_name(unit), letter(unit), mark, below, "", tuple(nodes))

    def heirs_of(self, code: str) -> list[tuple[str, str]]:
        """Code and name of the units that have what it had, as far as they are there on the day."""
        there = [heir for heir in self.heirs.get(code, ()) if heir in self.tree.units]
        return [(heir, unit_name(self.tree.units[heir])) for heir in there]

    def _gone(self, code: str) -> Node:
        assert self.before is not None
        unit = self.before.units[code]
        names = ", ".join(name for _code, name in self.heirs_of(code))
        went = _("to %(units)s") % {"units": names} if names else ""
        return Node(code, unit_name(unit), kind_name(unit), letter(unit), "gone", 0, went)

    def _mark(self, code: str) -> str:
        if self.before is None:
            return ""
        if code not in self.before.units:
            return "new"
        return "up" if len(self.tree.path(code)) < len(self.before.path(code)) else ""


@require_safe
@needs(Right.SEE_ORGANISATION)
def organisation(request: HttpRequest) -> HttpResponse:
    """The tree on the day ``on``, from the unit ``unit`` down; ``than`` is the day it is compared with."""
    today = localtime(now()).date()
    day = typed_day(request.GET.get("on", ""), field="on") or today
    other = typed_day(request.GET.get("than", ""), field="than")
    shown = Shown(tree_on(day), tree_on(other) if other is not None else None, fates())
    tree = shown.tree
    duties = duties_on(day)
    is_, strength = summary(tree, duties), strength_in(tree, day)
    text = plain("q", request.GET.get("q"), longest=40)
    code = request.GET.get("unit") or next(iter(tree.roots()), "")
    history = spells_of(code)
    if code and not history and code not in shown.heirs:  # what began and ended on one day has its heir alone
        raise NotFound
    marks = _marks(day, other, today)
    asked = {"on": day.isoformat(), **({"than": other.isoformat()} if other else {})}
    return render(request, "office/organisation.html", frame(
        request, "office-organisation", day=day, other=other, today=today, days=reform_days(), q=text, code=code,
        asked=urlencode(asked), node=shown.node(code, deep=2) if code in tree.units else None,
        roots=[shown.node(root) for root in tree.roots()] if len(tree.roots()) > 1 else [],
        path=[(unit, unit_name(tree.units[unit])) for unit in reversed(tree.path(code)[1:])],
        found=[shown.node(hit) for hit in _found(text, tree)] if text else None, marks=marks,
        **_figures(request, shown, day, other), of_unit=of_unit(tree, shown.before, code),
        first=marks[0].day if marks else day, last=marks[-1].day if marks else day,
        place=(day - marks[0].day).days if marks else 0, length=(marks[-1].day - marks[0].day).days if marks else 0,
        earlier=next((m.day for m in reversed(marks) if m.day < day), None),
        later=next((m.day for m in marks if m.day > day), None),
        history=[_told(spell, tree) for spell in history], heirs=shown.heirs_of(code),
        named=local(*names_by_code([code]).get(code, (code, code))),
        functions=[function_name(duty.function) for duty in duties if duty.unit == code], goes=goes(tree, duties, code),
        small=small_units(tree, strength), points=points(tree, code, day, strength),
        districts=police_districts(tree, day),
        doubled=[(function_name(f), _called(overlaps(tree, duties)[f], tree)) for f in is_.doubled],
        legal_gaps=_called(is_.legal_gaps, tree), two_teams_gaps=_called(is_.two_teams_gaps, tree), forms=list(FORMS),
        may_draft=actor(request).may(Right.DRAFT_REFORM),
    ))  # fmt: skip


def _figures(request: HttpRequest, shown: Shown, day: date, other: date | None) -> dict[str, Any]:
    """Figures of the whole, and of the unit that was chosen how much of it stands in stations."""
    is_, people = summary(shown.tree, duties_on(day)), strength_in(shown.tree, day)
    was, before = None, None
    if shown.before is not None and other is not None:
        was, before = summary(shown.before, duties_on(other)), (shown.before, strength_in(shown.before, other))
    under = request.GET.get("unit", "")
    under = under if shown.tree.below.get(under) else ""
    crew = in_stations(shown.tree, people, under=under, before=before)
    sworn = system_strength(
        (shown.tree, officers(people)), (before[0], officers(before[1])) if before is not None else None
    )
    return {"figures": [*figures(is_, was), *crew], "systems": [*systems(is_, was), *sworn]}


@never_cache
@require_safe
@needs(Right.SEE_ORGANISATION)
def figures_file(request: HttpRequest) -> HttpResponse:
    """The figures of the day ``on``, beside those of ``than`` where one is named, each with what it counts, as CSV."""
    at = now()
    day = typed_day(request.GET.get("on", ""), field="on") or localtime(at).date()
    other = typed_day(request.GET.get("than", ""), field="than")
    shown = Shown(tree_on(day), tree_on(other) if other is not None else None, {})
    found = _figures(request, shown, day, other)
    rows = [*found["figures"], *(figure for _letter, figure in found["systems"])]
    heads = [_("Figure"), day.isoformat(), *([other.isoformat()] if other else []), _("What each figure counts")]
    lines = [[str(f.name), f.is_, *([f.was or ""] if other else []), str(f.means)] for f in rows]
    exported(
        "figures", form="csv", rows=len(lines), asked=[f"on:{day.isoformat()}"], by=actor(request), at=at
    )  # fmt: skip
    answer = HttpResponse(write_csv(heads, lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="figures-{day.isoformat()}.csv"'
    return answer


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the timeline at which something changed: ``x`` is its place, of 1000."""

    day: date
    x: int
    what: str


def _marks(day: date, other: date | None, today: date) -> list[Mark]:
    """The days at which something changed, today, and the two that are shown, from left to right."""
    days = reform_days()[:_DAYS]  # newest first
    whole = sorted({*days, today, day, *([other] if other else [])})
    first, length = whole[0], max((whole[-1] - whole[0]).days, 1)
    what = {**dict.fromkeys(days, "ev"), today: "today", **({other: "was"} if other else {}), day: "is"}
    return [Mark(d, round(1000 * (d - first).days / length), what[d]) for d in whole]


def _called(codes: Iterable[str], tree: Tree) -> list[tuple[str, str]]:
    """Code and name of each unit."""
    return [(code, unit_name(tree.units[code])) for code in codes]


def _found(text: str, tree: Tree) -> list[str]:
    """Codes of the units that fit: by characters, pinyin, initials, English or code."""
    hits = (c for c, u in tree.units.items() if text.casefold() in c or fits(text, u.name_zh, u.name_en))
    return list(islice(hits, _MOST))


def _told(spell: Spell, tree: Tree) -> dict[str, Any]:
    above = tree.units.get(spell.parent or "")
    return {
        "since": spell.since, "until": spell.until, "name": unit_name(spell), "kind": kind_name(spell),
        "parent": unit_name(above) if above is not None else spell.parent,
        "system": SYSTEMS[spell.system] if spell.system is not None else "",
    }  # fmt: skip
