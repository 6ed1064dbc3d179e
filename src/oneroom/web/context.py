"""What every template may ask of the house."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from oneroom.apps.incidents.codes import CATEGORIES
from oneroom.apps.incidents.protocol import spoken, subcategories
from oneroom.apps.ledger.time import clock
from oneroom.web import standing


def kinds() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Categories with their sub-categories, in the language of the request: for lists to choose from."""
    of = subcategories()
    return [
        (code, str(word), [(f"{code}.{sub}", spoken(text)) for sub, text in of[code].items()])
        for code, word in CATEGORIES.items()
    ]


def _idle_s(request: HttpRequest | None) -> int:
    """After how many seconds this screen covers itself; 0 where nobody is signed in, or on a secured console."""
    by = getattr(request, "oneroom_actor", None)
    return standing.idle_s(request, by.roles) if request is not None and by is not None else 0


def house(request: HttpRequest | None) -> dict[str, Any]:
    """The force, whether this is the demo, project time and its rate."""
    return {
        "house": {
            "force": settings.FORCE_NAME,
            "emergency_number": settings.EMERGENCY_NUMBER,
            "emergency_text_number": settings.EMERGENCY_TEXT_NUMBER,
            "exit_url": settings.EXIT_URL,
            "languages": settings.LANGUAGES,
            "demo": settings.DEMO,
            "simulated": settings.DEMO,
            "zone": settings.TIME_ZONE,
            "rate": clock().rate(),
            "now": clock().now(),
            "notice": settings.NOTICE_WANTED,
            "notice_words": settings.NOTICE,
            "kinds": kinds,
            "idle_s": lambda: _idle_s(request),
        }
    }
