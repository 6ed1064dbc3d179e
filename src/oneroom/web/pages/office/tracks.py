"""Where a crew was: opened with a matter it was sent to, or with its call for help. The crew sees who looked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oneroom.apps.incidents.tracks import Track, crews_to_ask, open_track
from oneroom.apps.ledger.time import now
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import BadInput, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.faults import worded
from oneroom.web.pages.office.shell import frame, needs
from oneroom.web.pages.room.words import local

_WIDTH, _HEIGHT, _EDGE = 640.0, 360.0, 12.0


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.SEE_TRACK)
def tracks(request: HttpRequest) -> HttpResponse:
    """The form; by POST the track, which is an act each time."""
    by, given = actor(request), {name: request.POST.get(name, "") for name in ("crew", "matter")}
    found: Track | None = None
    refused: Refused | None = None
    if request.method == "POST":
        try:
            if not (given["crew"].isascii() and given["crew"].isdecimal() and len(given["crew"]) < 16):
                raise BadInput("crew", "There is no such choice here. Pick one of the list.")
            matter = plain("matter", given["matter"], longest=16)
            found = open_track(int(given["crew"]), reference=matter, by=by, at=now())
        except NotFound:
            raise
        except Refused as no:
            refused = no
    crews = {str(c.pk): local(c.callsign_zh, c.callsign_en) for c in crews_to_ask(by=by)}
    context = frame(
        request, "office-tracks", given=given, crews=crews, track=found, line=_line(found) if found else "",
        name=crews.get(given["crew"], ""), refused=worded(refused) if refused else "",
        bad=refused.field if refused else "",
    )  # fmt: skip
    return render(request, "office/tracks.html", context, status=refused.status if refused else 200)


def _line(track: Track) -> str:
    """The points of a polyline in a box of 640 × 360, north up, one scale for both ways (good enough for a town)."""
    if not track.places:
        return ""
    lons, lats = [p.lon for p in track.places], [p.lat for p in track.places]
    west, north = min(lons), max(lats)
    wide, high = max(max(lons) - west, 1e-5) * 0.85, max(north - min(lats), 1e-5)
    scale = min((_WIDTH - 2 * _EDGE) / wide, (_HEIGHT - 2 * _EDGE) / high)
    points: list[Any] = [
        f"{_EDGE + (p.lon - west) * 0.85 * scale:.1f},{_EDGE + (north - p.lat) * scale:.1f}" for p in track.places
    ]
    return " ".join(points)
