"""
Intake: a caller speaks, and from words, place and answers a matter is made that can be sent to.

The page only frames the form; the script talks to the API. With `?incident=` it classifies a report that came in
without a grade, from the web.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from oneroom.apps.incidents import codes
from oneroom.apps.incidents.access import incident_for
from oneroom.engine.lifecycle.incident import State
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound
from oneroom.web.actors import actor
from oneroom.web.pages.intake.grading import graded
from oneroom.web.pages.intake.protocols import for_script
from oneroom.web.pages.intake.words import words
from oneroom.web.pages.map.words import words as map_words

DATUMS = (("WGS84", "WGS-84"), ("GCJ02", "GCJ-02"), ("BD09", "BD-09"))


def _call_taker(request: HttpRequest) -> Actor:
    """The actor, if calls are his work; the page does not exist for anybody else."""
    by = actor(request)
    if not by.may(Right.TAKE_CALL):
        raise NotFound
    return by


@never_cache
@require_safe
def intake(request: HttpRequest) -> HttpResponseBase:
    """The form for a new call, or for a report that waits to be classified."""
    by = _call_taker(request)
    matter = _asked_for(request, by)
    if matter is not None and matter.state != State.RECEIVED:
        return redirect(f"{reverse('room')}?open={matter.pk}")
    facts = {
        "account": by.id,
        "incident": matter.pk if matter else None,
        "place": _place(matter) if matter and matter.lon is not None else None,
        "language": "zh" if (get_language() or "").startswith("zh") else "en",
        "may_lower": by.may(Right.COMMAND),
        "may_dispatch": by.may(Right.DISPATCH),
        "room_url": reverse("room"),
        "grade_url": reverse("intake-grade"),
        "protocols": for_script(),
        "words": words(),
    }
    shown = {
        "matter": matter,
        "facts": facts,
        "map_words": map_words(),
        "grades": codes.GRADES,
        "along": {code: codes.AGENCIES[code] for code in ("119", "120")},
        "safe_contact": codes.SAFE_CONTACT,
        "datums": DATUMS,
        "person": getattr(request.user, "name", ""),
    }
    return render(request, "intake/intake.html", shown)


@never_cache
@require_safe
def grade(request: HttpRequest) -> HttpResponse:
    """What category and answers make of a call: codes only, so nothing that was said is in any log."""
    _call_taker(request)
    return JsonResponse(graded(request.GET))


def _asked_for(request: HttpRequest, by: Actor) -> Any:
    """The matter named in the address, if it is one this person may see; None where none is named."""
    asked = request.GET.get("incident")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 15):
        raise NotFound
    return incident_for(int(asked), by=by)


def _place(matter: Any) -> dict[str, object]:
    return {"lon": matter.lon, "lat": matter.lat, "zh": matter.place_zh, "en": matter.place_en}
