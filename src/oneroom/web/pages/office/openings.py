"""
Breaking the glass: the form, the matter as it opens for half an hour, and what the inspector sees of it.

Also where two signatures are asked for that open or erase the words of a matter that is over.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from oneroom.apps.incidents.access import broken_glass, incident_for, openings_of, read_opening, reviews_waiting
from oneroom.apps.incidents.codes import OPENING_FINDINGS, OPENING_REASONS
from oneroom.apps.incidents.queries import story
from oneroom.apps.incidents.services.openings import break_glass, end_opening, review_opening
from oneroom.apps.ledger.time import now
from oneroom.apps.people.services import ask_second
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.roles import Right
from oneroom.engine.signatures import Act
from oneroom.engine.values import BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.queue import place_of
from oneroom.web.pages.room.timeline import shown
from oneroom.web.pages.room.words import MATTER_STATES, kind_named, local, named

_BY_TWO = {"unseal": Act.UNSEAL, "erase": Act.ERASE}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.BREAK_GLASS)
def glass(request: HttpRequest) -> HttpResponse:
    """The form, and what is open to this person; by POST the glass breaks."""
    if request.method != "POST":
        return _form(request)
    given = {name: request.POST.get(name, "") for name in ("matter", "why", "words")}
    try:
        pk = break_glass(given["matter"], why=given["why"], words=given["words"], by=actor(request), at=now())
    except Refused as refused:
        return _form(request, given, refused)
    return redirect("office-opening", pk)


def _form(request: HttpRequest, given: dict[str, str] | None = None, refused: Refused | None = None) -> HttpResponse:
    by = actor(request)
    context = frame(
        request, "office-glass", given=given or {}, reasons=OPENING_REASONS, mine=openings_of(by=by, at=now()),
        refused=worded(refused) if refused else "", bad=refused.field if refused else "",
    )  # fmt: skip
    return render(request, "office/glass.html", context, status=refused.status if refused else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: HttpRequest, pk: int) -> HttpResponse:
    """The matter as it is open to this person; by POST he closes it himself. Later there is no such page."""
    by, at = actor(request), now()
    if request.method == "POST":
        end_opening(pk, by=by, at=at)
        return redirect("office-glass" if by.may(Right.BREAK_GLASS) else "office")
    found, row, said = read_opening(pk, by=by, at=at)
    context = frame(
        request, "office-glass", o=found, row=row, said=said, place=place_of(row),
        kind=kind_named(row.final_category or row.category, row.subcategory), state=named(MATTER_STATES, row.state),
        station=local(row.unit.name_zh, row.unit.name_en) if row.unit else "", lines=shown(story(row.pk)),
    )  # fmt: skip
    return render(request, "office/opening.html", context)


@never_cache
@require_safe
@needs(Right.INSPECT)
def openings(request: HttpRequest) -> HttpResponse:
    """Every broken glass of the last thirty days and every one that waits for its review."""
    return _list(request)


@never_cache
@require_POST
@needs(Right.INSPECT)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """It was called for, or it was not."""
    try:
        review_opening(pk, finding=request.POST.get("finding", ""), by=actor(request), at=now())
    except NotFound:
        raise
    except Refused as refused:
        return _list(request, refused)
    return redirect("office-openings")


def _list(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    by, at = actor(request), now()
    rows, waiting = broken_glass(by=by, at=at), reviews_waiting(by=by, at=at)
    context = frame(
        request, "office-openings", rows=[_view(b) for b in rows], findings=OPENING_FINDINGS, late=waiting.late,
        more=waiting.reviews - sum(b.row.reviewed_at is None for b in rows), refused=worded(refused) if refused else "",
    )  # fmt: skip
    return render(request, "office/openings.html", context, status=refused.status if refused else 200)


def _view(b: Any) -> dict[str, Any]:
    return {
        "b": b, "row": b.row, "why": named(OPENING_REASONS, b.row.why),
        "finding": named(OPENING_FINDINGS, b.row.finding) if b.row.finding else "",
    }  # fmt: skip


@require_POST
@needs(Right.COUNTERSIGN)
def by_two(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the second signature that opens or erases the words of a matter that is over and that one may see."""
    by = actor(request)
    row = incident_for(pk, by=by)
    act = _BY_TWO.get(request.POST.get("act", ""))
    if act is None:
        raise BadInput("act", "There is no such choice here. Pick one of the list.")
    if row.state in OPEN:
        raise BadInput("act", "This matter is not over: it opens by what is being done for it.")
    ask_second(act, f"incident:{row.pk}", words=request.POST.get("why", ""), by=by, at=now())
    return redirect("office-signatures")
