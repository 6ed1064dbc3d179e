"""
The terminal's page and its fragments.

One page holds everything, so that a phone in a dead spot still has its order and its four buttons; the
fragments are fetched again when the stream says that something changed. What a crew does goes to the API.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from oneroom.apps.duty.queries import crew_of, station_names
from oneroom.apps.incidents import codes
from oneroom.apps.incidents.access import assignment_for
from oneroom.apps.incidents.queries import done_by, orders_of, row_of
from oneroom.apps.incidents.tracks import track_reads
from oneroom.apps.ledger.time import clock, now
from oneroom.engine.roles import Right, Role
from oneroom.engine.values import Actor, NotFound
from oneroom.web.actors import actor
from oneroom.web.etag import by_audience
from oneroom.web.pages.looks import PURPOSES
from oneroom.web.pages.map.words import words as map_words
from oneroom.web.pages.room.words import CREW_STATES, GLYPHS, local, named
from oneroom.web.pages.terminal import gaps, rows, silent
from oneroom.web.pages.terminal.calls import calls_for, help_of
from oneroom.web.pages.terminal.said import words
from oneroom.web.pages.terminal.silent import may_watch
from oneroom.web.pages.terminal.standby import standby_row
from oneroom.web.tickets import scopes_of

THEME_COOKIE = "oneroom_phone_theme"
_THEMES = ("light", "night")
_LONGEST_SHIFT = timedelta(hours=12)
_OF_ITSELF = ("available", "meal", "out_of_service")  # what a crew says on its phone; the rest the room knows


def _own(request: HttpRequest, **_asked: Any) -> Iterable[str]:
    return scopes_of(actor(request))


@require_safe
def terminal(request: HttpRequest) -> HttpResponse:
    """The whole page, with the list already in it."""
    by, at = actor(request), now()
    theme = request.COOKIES.get(THEME_COOKIE)
    shell = {
        "by": by,
        "words": map_words() | words() | {"how": rows.how()},
        "theme": theme if theme in _THEMES else "light",
        "theme_chosen": theme in _THEMES,
        "zone": settings.TIME_ZONE, "edition": _edition(by), "may_see": by.may(Right.SCENE_REPORT),
        "may_break_glass": by.may(Right.BREAK_GLASS),
        "grades": codes.GRADES,
    }  # fmt: skip
    return render(request, "terminal/terminal.html", shell | _listed(by, at) | _crewed(by) | help_of(by))


@require_safe
@by_audience(_own)
def the_list(request: HttpRequest) -> HttpResponse:
    """What I must do now, what was done this shift, and for chiefs who does not answer."""
    return render(request, "terminal/list.html", _listed(actor(request), now()))


@require_safe
@by_audience(_own)
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order of the own crew, live or ended; without any personal field."""
    by = actor(request)
    sent = assignment_for(pk, by=by)
    if sent.crew_id != by.crew_id:
        raise NotFound  # the room sees orders on its own screen
    shown = rows.order(sent, by=by, ladders=rows.ladders_of([sent]))
    others = rows.others_on(row_of(sent.incident), own_crew=sent.crew_id) if shown.live else ()
    facts = {
        "order": shown, "others": others, "outcomes": codes.OUTCOMES, "categories": codes.CATEGORIES,
        "return_reasons": codes.RETURN_REASONS, "by": by,
        # Where the clock of the next promise stands: on the button that comes next.
        "next_verb": next((verb for verb, *_, needs in rows.STEPS if needs == sent.state), ""),
    }  # fmt: skip
    return render(request, "terminal/order.html", facts)


@require_safe
@by_audience(_own)
def crew(request: HttpRequest) -> HttpResponse:
    """The crew's state, on and off duty."""
    return render(request, "terminal/crew.html", _crewed(actor(request)))


@require_safe
@by_audience(_own)
def help_called(request: HttpRequest) -> HttpResponse:
    """My own call for help: who has it, who comes."""
    return render(request, "terminal/sos.html", help_of(actor(request)))


@require_safe
def clock_now(request: HttpRequest) -> HttpResponse:
    """Project time and its speed, for the clocks of the page and the times of taps."""
    actor(request)
    return JsonResponse(
        {"now": clock().now().isoformat(), "rate": clock().rate()}, headers={"Cache-Control": "no-store"}
    )


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the terminal on its home screen."""
    icon = {"src": static("oneroom/terminal-icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    said = {
        "name": _("OneRoom terminal"),
        "short_name": _("OneRoom"),
        "lang": get_language(),
        "id": reverse("terminal"),
        "start_url": reverse("terminal"),
        "scope": reverse("terminal"),
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#14110d",
        "theme_color": "#14110d",
        "icons": [icon | {"purpose": "any"}, icon | {"purpose": "maskable"}],
    }
    return JsonResponse(said, content_type="application/manifest+json")


def _listed(by: Actor, at: datetime) -> dict[str, Any]:
    mine = crew_of(by.id) if by.may(Right.CREW_ACT) else None
    to_do, done, standby = [], [], None
    if mine is not None:
        live = orders_of(mine.pk)
        ladders = rows.ladders_of(live)
        to_do = [rows.order(a, by=by, ladders=ladders) for a in live]
        standby = standby_row(mine.pk, by=by, at=at)
        since = mine.duty_since or at - _LONGEST_SHIFT
        done = [rows.order(a, by=by, ladders={}) for a in done_by(mine.pk, since=since)]
    watching = silent.may_watch(by)
    return {
        "crew": mine, "standby": standby, "to_do": to_do, "done": done, "gaps": gaps.gaps(by=by, at=at),
        "watching": watching,
        "silent": silent.silent(by=by, at=at) if watching else [],
        "off_duty": mine is not None and mine.state == "off_duty",
        "helps": calls_for(by), "grid": Role.GRID_WORKER in by.roles and mine is None,
    }  # fmt: skip


def _edition(by: Actor) -> str:
    """One page, three names: of the officer's, the auxiliary's and the grid worker's phone."""
    if by.may(Right.SCENE_REPORT) or may_watch(by):
        return pgettext("phone", "Officer")
    if Role.AUXILIARY in by.roles:
        return pgettext("phone", "Auxiliary")
    return pgettext("phone", "Grid worker") if Role.GRID_WORKER in by.roles else ""


def _crewed(by: Actor) -> dict[str, Any]:
    mine = crew_of(by.id) if by.may(Right.CREW_ACT) else None
    reads = [(r.at, r.who, named(PURPOSES, r.purpose)) for r in track_reads(by=by, at=now())]
    if mine is None:
        return {"crew": None, "track_reads": reads}
    station = station_names().get(mine.unit_id, ("", ""))
    on_call = mine.state in ("assigned", "en_route", "on_scene")
    return {
        "crew": mine,
        "callsign": local(mine.callsign_zh, mine.callsign_en),
        "station": local(*station),
        "glyph": GLYPHS.get(mine.state, mine.state),
        "state_word": CREW_STATES[mine.state],
        "states": [(code, CREW_STATES[code]) for code in _OF_ITSELF],
        "on_call": on_call,
        "on_duty": mine.state != "off_duty",
        "track_reads": reads,
    }
