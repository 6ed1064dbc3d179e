"""What incidents object to (named in settings.GUARDS)."""

from __future__ import annotations

from oneroom.apps.incidents.models import Assignment
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.values import Conflict


def crew_has_no_live_order(*, crew_id: int) -> None:
    """A crew with a live order does not go off duty: the order would be nobody's."""
    if Assignment.objects.filter(crew_id=crew_id, state__in=LIVE).exists():
        raise Conflict("This crew is on a call. Clear it or hand it over first.")
