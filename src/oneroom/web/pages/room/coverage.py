"""How well the free crews cover the city now, in a line under the map: by past calls, by area, and the worst place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from oneroom.apps.incidents.coverage import Picture, shared_picture
from oneroom.apps.ledger.time import now
from oneroom.engine.coverage import LIMITS_S, TooLarge
from oneroom.web.api.coverage import worst_of
from oneroom.web.etag import build
from oneroom.web.pages.room.views import in_room
from oneroom.web.pages.room.words import local


@dataclass(frozen=True, slots=True)
class Line:
    """What the line says: per cent within each circle (minutes), how many calls it rests on, and the worst place."""

    shares: tuple[tuple[int, int, int], ...]  # minutes, of the calls, of the city
    calls: int
    days: int
    free: int
    unplaced: int  # free, and nobody knows where
    worst_min: int | None  # None: nobody comes within half an hour
    worst_place: str
    worst_lon: float | None
    worst_lat: float | None
    seal: str  # changes with the picture


@require_GET
@in_room
def line(request: HttpRequest) -> HttpResponse:
    """One picture for all consoles, at most two seconds old; unchanged is answered 304."""
    shown = line_of()
    seal = hashlib.sha256(repr((build(), get_language(), shown)).encode()).hexdigest()[:16]
    etag = f'W/"{seal}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = render(request, "room/_coverage.html", {"cover": shown})
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    return answer


def line_of() -> Line | None:
    """Nothing without roads, and of a city too large for it: the room goes on without."""
    try:
        picture = shared_picture(at=now())
    except TooLarge:
        return None
    return None if picture is None else _worded(picture)


def _worded(picture: Picture) -> Line:
    calls, city = picture.within(), picture.of_the_city()
    worst: dict[str, Any] = worst_of(picture) or {}
    seconds = worst.get("seconds")
    return Line(
        tuple((s // 60, round(calls[s] * 100), round(city[s] * 100)) for s in LIMITS_S), picture.calls,
        settings.COVERAGE_DAYS, len(picture.crews), picture.unplaced,
        None if seconds is None else max(1, round(seconds / 60)),
        local(worst.get("zh", ""), worst.get("en", "")), worst.get("lon"), worst.get("lat"),
        hashlib.sha256(picture.circles().tobytes()).hexdigest()[:12],
    )  # fmt: skip
