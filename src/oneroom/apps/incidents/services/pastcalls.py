"""Calls from before OneRoom are brought in: a whole list or nothing, each list once, without a person in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.incidents.models import PastBatch, PastCall
from oneroom.apps.ledger.services import note, service
from oneroom.engine.values import Actor, BadInput, Conflict

_AT_A_TIME = 2000
_PLACES = 5  # decimals of a degree kept: one metre


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """One call: when it came, WGS-84 degrees, what about, how grave, how it came."""

    received_at: datetime
    lon: float
    lat: float
    category: str
    grade: int
    origin: str

    def line(self) -> str:
        """The call in one way only, whatever list it came in."""
        place = f"{self.lon:.{_PLACES}f} {self.lat:.{_PLACES}f}"
        return f"{self.received_at.timestamp():.0f} {place} {self.category} {self.grade} {self.origin}"


@service
def bring_in_calls(calls: Sequence[BroughtIn], *, simulated: bool = False, by: Actor, at: datetime) -> int:
    """
    Bring in a list of calls from before; gives how many.

    Raises BadInput for none, Conflict for a list that was brought in already, in whatever order its lines are now.
    """
    if not calls:
        raise BadInput("file", "The file is empty.")
    digest = hashlib.sha256("\n".join(sorted(call.line() for call in calls)).encode()).hexdigest()
    batch, new = PastBatch.objects.get_or_create(
        digest=digest,
        defaults={
            "calls": len(calls), "since": min(c.received_at for c in calls), "until": max(c.received_at for c in calls),
            "simulated": simulated, "taken_at": at,
        },
    )  # fmt: skip
    if not new:
        raise Conflict("These calls were brought in already.")
    for first in range(0, len(calls), _AT_A_TIME):
        PastCall.objects.bulk_create(
            PastCall(
                batch=batch, received_at=c.received_at, lon=round(c.lon, _PLACES), lat=round(c.lat, _PLACES),
                category=c.category, grade=c.grade, origin=c.origin, simulated=simulated,
            )
            for c in calls[first : first + _AT_A_TIME]
        )  # fmt: skip
    note(
        "calls.imported", f"past_batch:{batch.pk}", by=by, at=at, batch=batch.pk, calls=len(calls),
        since=batch.since, until=batch.until, simulated=simulated, digest=digest,
    )  # fmt: skip
    return len(calls)
