"""The room's page and its fragments. Lists and live refetches carry no personal field."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from oneroom.apps.duty.queries import board, commanding, is_silent, silent_desks
from oneroom.apps.incidents import queries
from oneroom.apps.incidents.access import incident_for
from oneroom.apps.incidents.codes import AGENCIES
from oneroom.apps.incidents.proposals import proposals, with_recusal
from oneroom.apps.incidents.reads import reads_of
from oneroom.apps.ledger.queries import head_seq
from oneroom.apps.ledger.time import clock, now
from oneroom.apps.orders.queries import behind
from oneroom.apps.places.codes import CLOSURE_REASONS
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound
from oneroom.web.actors import actor
from oneroom.web.etag import by_audience
from oneroom.web.pages.map.words import words as map_words
from oneroom.web.pages.room.board import WAYS, crew_views, grouped
from oneroom.web.pages.room.card import card
from oneroom.web.pages.room.commands import vocabulary
from oneroom.web.pages.room.desk import DeskView, agencies_view, desk_view, referral_results
from oneroom.web.pages.room.filters import chosen
from oneroom.web.pages.room.late import late_view
from oneroom.web.pages.room.matter import act_words, matter_view
from oneroom.web.pages.room.proposal import proposals_view
from oneroom.web.pages.room.queue import queue_view, row_view
from oneroom.web.pages.room.script import script_words
from oneroom.web.pages.room.sides import sides_view
from oneroom.web.pages.room.sos import sos_views
from oneroom.web.pages.room.timeline import LINE_KINDS, read_lines
from oneroom.web.pages.room.words import SILENT_BECAUSE, SOS_ENDS, named
from oneroom.web.pages.start.held import HELD, held_crews

View = Callable[..., HttpResponseBase]
RATES = (0, 1, 6, 60)
# A rung that is due this many real seconds and did not happen: the clock is silent.
_SILENT_S = 5.0
_FIRST_CREWS, _EVERY_CREW = 10, 1000


def in_room(view: View) -> View:
    """Only for those who may see the room; to everybody else there is no such page."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not actor(request).may(Right.SEE_ROOM):
            raise NotFound
        return view(request, *args, **kwargs)

    return run


def _alike(request: HttpRequest) -> Hashable | None:
    """
    Whose queue is the same: the room's people with the same rights. "Mine" and an own desk that is silent are a
    person's own.
    """
    by = actor(request)
    if "mine" in request.GET or is_silent(by.id):
        return None
    return by.roles, by.units, by.unit_id


@require_GET
@in_room
def page(request: HttpRequest) -> HttpResponse:
    """The whole screen, filled, so that it shows the night before any script has run."""
    by = actor(request)
    seq = head_seq()  # before the rows: what happens in between is heard again, not missed
    rows = _rows(by, now())
    column = _queue(request, by, rows)
    context = {
        **_head(by, rows, column["desk"]),
        **column,
        **_crews(request),
        "seq": seq,
        "rates": RATES,
        "held": _held(),
    }
    wanted = request.GET.get("open", "")
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 16:
        try:
            context |= _incident(int(wanted), by)
        except NotFound:
            context["gone"] = True
    context |= {
        "silent_because": SILENT_BECAUSE, "is_silent": is_silent(by.id),
        "example": context["crews"][0].short if context["crews"] else "02",
        "script_words": script_words(), "vocabulary": vocabulary(by), "map_words": map_words(), "held_why": _(HELD),
        "may_take_calls": by.may(Right.TAKE_CALL), "map_language": "en" if get_language() == "en" else "zh",
        "may_close_roads": by.may(Right.CLOSE_ROADS), "closure_reasons": CLOSURE_REASONS,
        "may_see_alarms": by.may(Right.SEE_ALARMS), "may_command": by.may(Right.COMMAND),
    }  # fmt: skip
    return render(request, "room/page.html", context)


@require_GET
@in_room
@by_audience("room")
def head(request: HttpRequest) -> HttpResponse:
    """The figures of the head line and the alarms under it."""
    return render(request, "room/_head.html", _head(actor(request)))


@require_GET
@in_room
@by_audience("room", alike=_alike)
def queue(request: HttpRequest) -> HttpResponse:
    """The left column, and the head line with it where the page asks: one look at the rows makes both."""
    by = actor(request)
    rows = _rows(by, now())
    context = _queue(request, by, rows)
    if request.GET.get("with") == "head":
        context |= _head(by, rows, context["desk"]) | {"with_head": True}
    return render(request, "room/_queue.html", context)


@require_GET
@in_room
def late(request: HttpRequest) -> HttpResponse:
    """What is late, with whom, and how far it has climbed: oldest breach first."""
    by, at = actor(request), now()
    return render(request, "room/_late.html", {"late": late_view(_rows(by, at), by=by, at=at), "desk": desk_view(at)})


@require_GET
@in_room
@by_audience("room", alike=_alike)
def crews(request: HttpRequest) -> HttpResponse:
    """The crews board."""
    return render(request, "room/_crews.html", _crews(request))


@require_GET
@in_room
def crew(request: HttpRequest, pk: int) -> HttpResponse:
    """The details of one crew."""
    return render(request, "room/_card.html", {"card": card(pk, at=now())})


@require_GET
@in_room
@by_audience("room")
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """The open matter, without its words."""
    return render(request, "room/_incident.html", _incident(pk, actor(request)))


@require_GET
@in_room
def reads(request: HttpRequest, pk: int) -> HttpResponse:
    """Who opened what of a matter; asking leaves a Look."""
    by = actor(request)
    return render(request, "room/_reads.html", {"reads": read_lines(reads_of(pk, by=by, at=now()))})


@require_GET
@in_room
def proposed(request: HttpRequest, pk: int) -> HttpResponse:
    """Ranked crews in words. ``keep`` holds the order that somebody is choosing from; ``all`` shows every crew."""
    by = actor(request)
    by.must(Right.DISPATCH)
    at = now()
    matter = incident_for(pk, by=by)
    found = proposals(matter, at=at, limit=_EVERY_CREW if "all" in request.GET else _FIRST_CREWS)
    found = with_recusal(found, matter.pk)
    keep = [
        int(part)
        for part in request.GET.get("keep", "").split(",")[:_EVERY_CREW]
        if part.isdecimal() and len(part) < 16
    ]
    return render(
        request, "room/_proposals.html", {"proposals": proposals_view(found, grade=matter.grade, keep=keep), "pk": pk}
    )


@require_GET
@in_room
def time(request: HttpRequest) -> JsonResponse:
    """Project time, its rate, and whether what was due has happened."""
    at, rate = now(), clock().rate()
    late = behind(at)
    silent = late is not None and late > timedelta(seconds=_SILENT_S * max(rate, 1.0))
    said = {"now": at.isoformat(), "rate": rate, "clock": "silent" if silent else "alive", "held": _held()}
    return JsonResponse(said)


def _held() -> bool:
    """A visitor of the demo rides with a crew: its time runs no faster than a person can act."""
    return bool(settings.DEMO and held_crews())


def _head(by: Actor, rows: list[queries.Row] | None = None, desk: DeskView | None = None) -> dict[str, Any]:
    at = now()
    rows = _rows(by, at) if rows is None else rows
    desk = desk_view(at) if desk is None else desk
    counts, crews_now = queries.counts(rows, at=at), board()
    return {
        "counts": counts,
        "late_in_all": counts.late + len(desk.late),
        "available": sum(1 for c in crews_now if c.state == "available"),
        "on_duty": len(crews_now),
        "alarms": [row_view(r, at=at) for r in rows if r.alarm],
        "demo": settings.DEMO,
        "commands": commanding(at),
        "silent": _silent(by),
        "sos": sos_views(by=by, at=at), "sos_ends": SOS_ENDS, "may_end_sos": by.may(Right.DISPATCH),
    }  # fmt: skip


def _rows(by: Actor, at: datetime) -> list[queries.Row]:
    """What the left column is made of: open matters, and those that are over but for what is late in them."""
    return [*queries.queue(by=by, at=at), *queries.late_when_over(at=at)]


def _silent(by: Actor) -> list[tuple[str, str, datetime]]:
    """Whose desk is silent, why and since when: for the one who commands, and everybody's own."""
    desks = silent_desks()
    mine = [d for d in desks if by.may(Right.COMMAND) or d.account_id == by.id]
    return [(d.name, named(SILENT_BECAUSE, d.reason), d.since) for d in mine]


def _queue(request: HttpRequest, by: Actor, rows: list[queries.Row]) -> dict[str, Any]:
    at = now()
    view, desk = queue_view(rows, on=chosen(request.GET.dict()), by=by, at=at), desk_view(at)
    return {"queue": view, "desk": desk, "count_needs": len(view.needs) + len(desk.late)}


def _crews(request: HttpRequest) -> dict[str, Any]:
    by = request.GET.get("by", "")
    way = by if by in WAYS else WAYS[0]
    views = crew_views(board(), at=now())
    return {"way": way, "ways": WAYS, "crews": views, "groups": grouped(views, way)}


def _incident(pk: int, by: Actor) -> dict[str, Any]:
    matter = incident_for(pk, by=by)
    at = now()
    into, merged = queries.merged_with(matter)
    view = matter_view(matter, merged=[pk for pk, _reference in merged], by=by, at=at)
    live = sum(1 for c in view.crews if c.live)
    return {
        "m": view, "s": sides_view(matter, live=live, into=into, merged=merged, by=by, at=at), "line_kinds": LINE_KINDS,
        "is_open": matter.state in OPEN, **act_words(),
        "owed": agencies_view(matter.pk, at), "referral_results": referral_results(),
        "along": {code: AGENCIES[code] for code in ("119", "120")}, "may_take_calls": by.may(Right.TAKE_CALL),
    }  # fmt: skip
