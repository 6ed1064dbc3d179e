"""What incidents object to (named in settings.GUARDS)."""

from __future__ import annotations

from oneroom.apps.incidents.models import Assignment, Incident
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.values import Conflict


def crew_has_no_live_order(*, crew_id: int) -> None:
    """A crew with a live order does not go off duty: the order would be nobody's."""
    if Assignment.objects.filter(crew_id=crew_id, state__in=LIVE).exists():
        raise Conflict("This crew is on a call. Clear it or hand it over first.")


def matter_stands_still(*, matter: str) -> None:
    """Lock the matter before a rung of its ladders climbs: the order in which every act on it locks."""
    kind, _, pk = matter.partition(":")
    if kind == "incident":
        Incident.objects.select_for_update().filter(pk=int(pk)).first()
