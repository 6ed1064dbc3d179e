"""Aims of the reforms: whose each is, by which computed figure it is judged, and how it stands today (row T01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.facts import duties_on, first_heirs, tree_on
from oneroom.apps.orgs.queries import names_by_code
from oneroom.apps.personnel.strength import strength_in
from oneroom.apps.reforms.access import aims_for, plans_for
from oneroom.apps.reforms.services import Bound, bind_aim, end_aim, enter_aim
from oneroom.engine.establishment import Kind
from oneroom.engine.organisation.aims import SHARES, Standing, Value, standing, values
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.acting import acted, no_choice, number
from oneroom.web.pages.office.days import typed_day
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local, named

FIGURES: Mapping[str, Any] = {
    "units": lazy("Units"), "stations": lazy("Stations"), "levels": lazy("Levels down to a station"),
    "span": lazy("Widest span"), "hops": lazy("Hops, room to station"), "management": lazy("Oversight and support"),
    "doubled": lazy("Doubled functions"), "legal": lazy("Legal units"), "two_teams": lazy("One room, two teams"),
    "in_stations": lazy("Officers in stations"),
}  # fmt: skip
STANDINGS: Mapping[str, Any] = {
    Standing.UNPROVEN: lazy("unproven"), Standing.REACHED: lazy("target reached"), Standing.NEARER: lazy("nearer"),
    Standing.UNMOVED: lazy("as it was"), Standing.FARTHER: lazy("farther away"),
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_ORGANISATION)
def aims(request: HttpRequest) -> HttpResponse:
    """The register with today's figures; by POST an aim is entered, bound to a figure, or ended."""
    by = actor(request)
    return acted(request, lambda act: _act(request, act, by), lambda no: _page(request, by, no), "office-aims")


def _act(request: HttpRequest, act: str, by: Actor) -> None:
    post, at = request.POST, now()
    by.must(Right.DRAFT_REFORM)
    match act:
        case "enter":
            plan = number(request, "plan") if post.get("plan") else None
            enter_aim(
                post.get("name", ""), owner=post.get("owner", "").strip(), plan_id=plan, bound=_bound(post),
                evidence=post.get("evidence", ""), by=by, at=at,
            )  # fmt: skip
        case "bind":
            bind_aim(number(request, "aim"), _bound(post), evidence=post.get("evidence", ""), by=by, at=at)
        case "end":
            end_aim(number(request, "aim"), by=by, at=at)
        case _:
            raise no_choice()


def _bound(post: Any) -> Bound | None:
    if not post.get("figure"):
        return None
    baseline = typed_day(post.get("baseline", ""), field="baseline")
    if baseline is None:
        raise BadInput("baseline", "Give the day whose figure is the baseline.")
    try:
        target = float(post.get("target", "").strip())
    except ValueError as none:
        raise BadInput("target", "A target is a number of 0 or more; a share is at most 100.") from none
    return Bound(post["figure"], baseline, target)


def _page(request: HttpRequest, by: Actor, refused: Refused | None = None) -> HttpResponse:
    today = localtime(now()).date()
    known = lru_cache(maxsize=None)(_values)  # many aims have one baseline
    rows = []
    found = list(aims_for(by=by))
    tree, heirs = tree_on(today), first_heirs()
    owners = {aim.owner: tree.standing(aim.owner, heirs) for aim in found}  # a reform may have ended it
    names = names_by_code(owners.values())
    for aim in found:
        was = known(aim.baseline).get(aim.figure) if aim.figure and aim.baseline else None
        is_ = known(today).get(aim.figure) if aim.figure else None
        how = standing(was, is_, aim.target)
        rows.append({
            "aim": aim, "owner": local(*names.get(owners[aim.owner], (aim.owner, aim.owner))), "how": how,
            "figure": named(FIGURES, aim.figure) if aim.figure else "", "standing": named(STANDINGS, how),
            "was": _said(was, aim.figure), "is": _said(is_, aim.figure), "shall": _said(aim.target, aim.figure),
        })  # fmt: skip
    context = frame(
        request, "office-reforms", rows=rows, figures=FIGURES.items(), may=by.may(Right.DRAFT_REFORM), today=today,
        plans=[(plan.pk, plan.name) for plan in plans_for(by=by)[:200]], given=request.POST if refused else {},
        refused=worded(refused) if refused else "", bad=refused.field if refused else "",
        unproven=sum(row["how"] == Standing.UNPROVEN for row in rows),
    )  # fmt: skip
    return render(request, "office/aims.html", context, status=refused.status if refused else 200)


def _values(day: date) -> dict[str, Value]:
    tree = tree_on(day)
    officers = {unit: n for (unit, kind), n in strength_in(tree, day).items() if kind == Kind.SWORN}
    return values(tree, duties_on(day), officers)


def _said(value: Value, figure: str) -> str:
    if value is None:
        return "–"
    return f"{value:.1f} %" if figure in SHARES else f"{value:g}"
