"""
Crews with their seats, as the roster makes them: lead, officers, auxiliaries, and whose line they serve.

A page of them at a time, narrowed by a name: who commands the room sees all crews of the city.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.duty.gear import with_crews
from oneroom.apps.duty.manning import crews_of, manned
from oneroom.apps.duty.services import set_line
from oneroom.apps.ledger.time import now
from oneroom.apps.orgs.queries import find_unit, units
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.acting import acted, no_choice, number
from oneroom.web.pages.office.find import fits
from oneroom.web.pages.office.gear import KINDS
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import CREW_STATES, local, named

PAGE = 50
NAMED = 500  # units named while a code is typed; the code of any other is taken, too


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ROSTER)
def crews(request: HttpRequest) -> HttpResponse:
    """The list; by POST whose line a crew serves besides, and the same page of the list again."""
    by = actor(request)

    def act(name: str) -> None:
        if name != "line":
            raise no_choice()
        set_line(number(request, "crew"), _line(request.POST.get("line", "").strip()), by=by, at=now())

    kept = urlencode({key: said for key in ("q", "page") if (said := request.GET.get(key))})
    back = reverse("office-crews") + (f"?{kept}" if kept else "")
    return acted(request, act, lambda refused: _page(request, by, refused), back)


def _line(code: str) -> int | None:
    """The unit of this code; None for none. Raises BadInput where there is no such unit."""
    unit = find_unit(code) if code else None
    if code and unit is None:
        raise no_choice("line")
    return unit.pk if unit is not None else None


def _page(request: HttpRequest, by: Actor, refused: Refused | None) -> HttpResponse:
    text = plain("q", request.GET.get("q"), longest=40)
    fitting = [crew for crew in crews_of(by) if not text or _fits(crew, text)]
    said = request.GET.get("page", "1")
    pages = max(1, -(-len(fitting) // PAGE))
    page = min(int(said) if said.isascii() and said.isdecimal() and 0 < len(said) < 6 else 1, pages) or 1
    seen = manned(fitting[(page - 1) * PAGE : page * PAGE], by=by, at=now())
    rides = with_crews([m.crew.pk for m in seen], at=now())
    rows = [
        {
            "m": m, "name": local(m.crew.callsign_zh, m.crew.callsign_en), "state": named(CREW_STATES, m.crew.state),
            "unit": local(m.crew.unit.name_zh, m.crew.unit.name_en),
            "line": local(m.crew.line.name_zh, m.crew.line.name_en) if m.crew.line else "",
            "gear": [(named(KINDS, piece.kind), piece.number) for piece in rides.get(m.crew.pk, [])],
        }
        for m in seen
    ]  # fmt: skip
    context = frame(
        request, "office-duty", rows=rows, q=text, count=len(fitting), first=(page - 1) * PAGE + 1,
        last=min(page * PAGE, len(fitting)), before=_address(text, page - 1) if page > 1 else "",
        after=_address(text, page + 1) if page < pages else "",
        units=[(u.code, local(u.name_zh, u.name_en)) for u in units()[:NAMED]] if any(m.mine for m in seen) else [],
        refused=worded(refused) if refused else "", core=settings.CREW_OFFICERS,
    )  # fmt: skip
    return render(request, "office/crews.html", context, status=refused.status if refused else 200)


def _fits(crew: Any, text: str) -> bool:
    """By the callsign, the code, or the unit."""
    unit = crew.unit
    return (
        text.casefold() in (crew.code.casefold(), unit.code.casefold())
        or fits(text, crew.callsign_zh, crew.callsign_en) or fits(text, unit.name_zh, unit.name_en)
    )  # fmt: skip


def _address(text: str, page: int) -> str:
    return "?" + urlencode({**({"q": text} if text else {}), "page": page})
