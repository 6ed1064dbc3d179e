"""Plans that are run before they are signed: the list, and a new one from today's facts or from a drafted reform."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as in_sense
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.ledger.time import now
from oneroom.apps.plans.access import newest_runs, scenarios_for
from oneroom.apps.plans.codes import RUN_STATES
from oneroom.apps.plans.services import draft_scenario
from oneroom.apps.reforms.access import plans_for
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.tables import Choice, Column, Table, Text
from oneroom.web.takeout import again, respond

MOST_REFORMS = 200


def _address(row: Any) -> str:
    return reverse("office-plan", args=[row.pk])


def _with_runs(rows: Any) -> Any:
    """Each plan with its newest run."""
    found = newest_runs([row.pk for row in rows])
    for row in rows:
        row.newest = found.get(row.pk)
    return rows


def _state(row: Any) -> Any:
    return RUN_STATES.get(row.newest.state, row.newest.state) if row.newest else _("not run yet")


TABLE = Table(
    "plans", in_sense("simulation", "Plans"), order="-no",
    columns=(
        Column("no", lazy("No."), lambda r: r.pk, sort=("pk",), n=True),
        Column("name", in_sense("simulation", "Plan"), lambda r: r.name, sort=("name",), link=_address),
        Column("day", lazy("Facts of"), lambda r: r.day.isoformat(), sort=("day",), n=True),
        Column("changes", lazy("Changes"), lambda r: len(r.changes) + len(r.hand), n=True),
        Column("run", lazy("Last run"), _state),
        Column("by", lazy("Drafted by"), lambda r: r.drafted_by.name if r.drafted_by else "–",
               sort=("drafted_by__name",), exported=False),
        Column("at", lazy("Drafted at"), lambda r: r.drafted_at, sort=("drafted_at",), n=True),
    ),
    filters=(
        Choice("from", lazy("Begun from"), lambda: {"facts": _("today's facts"), "reform": _("a drafted reform")},
               lambda rows, v: rows.filter(reform__isnull=v == "facts")),
        Text("name", lazy("Name"), lambda rows, v: rows.filter(name__icontains=v)),
    ),
    empty=lazy("No plan is there yet. Begin one below, change what you want to try, and run it beside today."),
    prepare=_with_runs,
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_PLANS)
def plans(request: HttpRequest) -> HttpResponseBase:
    """The list; by POST a new plan, or the list as a file or on paper."""
    by = actor(request)
    if request.POST.get("act") != "begin":
        shown = _around(request, by, None)
        return respond(request, TABLE, scenarios_for(by=by), by=by, frame=shown, template="office/plans/list.html")
    try:
        return redirect("office-plan", _begin(request, by))
    except NotFound:
        raise
    except Refused as refused:
        shown = _around(request, by, refused)
        return again(
            request, TABLE, scenarios_for(by=by), by=by, frame=shown, template="office/plans/list.html", refused=refused
        )


def _begin(request: HttpRequest, by: Actor) -> int:
    said = request.POST.get("reform", "")
    if said and not (said.isascii() and said.isdecimal() and len(said) < 12):
        raise BadInput("reform", "There is no such choice here. Pick one of the list.")
    return draft_scenario(request.POST.get("name", ""), reform_id=int(said) if said else None, by=by, at=now())


def _around(request: HttpRequest, by: Actor, refused: Refused | None) -> dict[str, Any]:
    may_draft = by.may(Right.DRAFT_PLANS)
    open_ = [row for row in plans_for(by=by)[:MOST_REFORMS] if row.state == "draft"] if may_draft else []
    return frame(
        request, "office-plans", may_draft=may_draft, reforms=open_, given=request.POST if refused else {},
        refused=worded(refused) if refused else "", bad=refused.field if refused else "",
    )  # fmt: skip
