"""Crews with their seats, as the roster makes them: lead, officers, auxiliaries, and whose line they serve."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.duty.gear import with_crews
from oneroom.apps.duty.manning import crews_seen_by
from oneroom.apps.duty.services import set_line
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import names as unit_names
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.acting import acted, no_choice, number
from oneroom.web.pages.office.gear import KINDS
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import CREW_STATES, local, named


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ROSTER)
def crews(request: HttpRequest) -> HttpResponse:
    """The list; by POST whose line a crew serves besides."""
    by = actor(request)

    def act(name: str) -> None:
        if name != "line":
            raise no_choice()
        line = number(request, "line") if request.POST.get("line") else None
        set_line(number(request, "crew"), line, by=by, at=now())

    return acted(request, act, lambda refused: _page(request, by, refused), "office-crews")


def _page(request: HttpRequest, by: Actor, refused: Refused | None) -> HttpResponse:
    names = {pk: local(*both) for pk, both in unit_names().items()}
    seen = crews_seen_by(by, at=now())
    rides = with_crews([m.crew.pk for m in seen], at=now())
    rows = [
        {
            "m": m, "name": local(m.crew.callsign_zh, m.crew.callsign_en), "state": named(CREW_STATES, m.crew.state),
            "unit": names.get(m.crew.unit_id, ""), "line": names.get(m.crew.line_id or 0, ""),
            "gear": [(named(KINDS, piece.kind), piece.number) for piece in rides.get(m.crew.pk, [])],
        }
        for m in seen
    ]  # fmt: skip
    context = frame(
        request, "office-duty", rows=rows, units=sorted(names.items(), key=lambda pair: pair[1]),
        refused=worded(refused) if refused else "", core=settings.CREW_OFFICERS,
    )  # fmt: skip
    return render(request, "office/crews.html", context, status=refused.status if refused else 200)
