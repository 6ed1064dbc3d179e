"""What every template may ask of the house."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from oneroom.apps.ledger.time import clock


def house(request: HttpRequest) -> dict[str, Any]:
    """The force, whether this is the demo, project time and its rate."""
    return {
        "house": {
            "force": settings.FORCE_NAME,
            "emergency_number": settings.EMERGENCY_NUMBER,
            "emergency_text_number": settings.EMERGENCY_TEXT_NUMBER,
            "languages": settings.LANGUAGES,
            "demo": settings.DEMO,
            "simulated": settings.DEMO,
            "rate": clock().rate(),
            "now": clock().now(),
        }
    }
