"""What of those that wait was put before the dispatcher again, and is still true: read from the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from oneroom.apps.duty.models import Crew
from oneroom.apps.incidents.services.matter import subject
from oneroom.apps.ledger.queries import last_of_matters

_ROUNDED = timedelta(milliseconds=1)  # entries keep times to the millisecond, rows to the microsecond


@dataclass(frozen=True, slots=True)
class Offered:
    """A crew that is free for a matter that waits. ``travel_s`` as it was when the crew was offered; may be unknown."""

    incident: int
    crew: int
    callsign_zh: str
    callsign_en: str
    travel_s: int | None
    at: datetime


def offers_for(incidents: Iterable[int]) -> dict[int, Offered]:
    """
    For each of these matters the crew last offered to it, if that is free and has been ever since.

    Two statements, whatever the number.
    """
    entries = last_of_matters("incident.offerable", map(subject, incidents))
    crews = Crew.objects.filter(
        pk__in={e.facts["crew"] for e in entries if "crew" in e.facts}, state=Crew.State.AVAILABLE
    ).in_bulk()
    found = {}
    for entry in entries:
        crew = crews.get(entry.facts.get("crew", 0))
        if crew is not None and crew.state_since <= entry.at + _ROUNDED:
            found[entry.facts["incident"]] = Offered(
                entry.facts["incident"], crew.pk, crew.callsign_zh, crew.callsign_en, entry.facts.get("travel_s"),
                entry.at,
            )  # fmt: skip
    return found


def held_for(incidents: Iterable[int]) -> dict[int, str]:
    """Why each of these matters was held, the last time it was."""
    return {e.facts["incident"]: e.facts["reason"] for e in last_of_matters("incident.held", map(subject, incidents))}
