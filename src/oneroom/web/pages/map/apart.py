"""The map apart: the whole window of a second screen, following the matter that is open in the room."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from oneroom.apps.ledger.queries import head_seq
from oneroom.web.pages.map.words import words
from oneroom.web.pages.room.script import script_words
from oneroom.web.pages.room.views import in_room


@require_GET
@in_room
def apart(request: HttpRequest) -> HttpResponse:
    """Its lists are the room's own panels, fetched through the same checks; without a room beside it works alone."""
    shown = {
        "seq": head_seq(), "map_words": words(), "script_words": script_words(),
        "map_language": "en" if get_language() == "en" else "zh",
    }  # fmt: skip
    return render(request, "map/apart.html", shown)
