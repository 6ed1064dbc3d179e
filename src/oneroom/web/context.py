"""What every template may ask of the house."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from oneroom.apps.incidents.codes import CATEGORIES
from oneroom.apps.incidents.protocol import spoken, subcategories
from oneroom.apps.ledger.time import clock


def kinds() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Categories with their sub-categories, in the language of the request: for lists to choose from."""
    of = subcategories()
    return [
        (code, str(word), [(f"{code}.{sub}", spoken(text)) for sub, text in of[code].items()])
        for code, word in CATEGORIES.items()
    ]


def house(request: HttpRequest) -> dict[str, Any]:
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
            "kinds": kinds,
        }
    }
