"""The crews that are nearest to a call for help, by the same ranking as for any matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.proposals import Proposed, proposals
from oneroom.apps.incidents.services import Advice
from oneroom.apps.orders.models import Sos

_ADVISED = 10  # so many are kept with an order, as with any other


@dataclass(frozen=True, slots=True)
class Near:
    """The best crews, without the one that called, and the advice as it is kept with an order."""

    crews: tuple[Proposed, ...]
    advice: Advice


def near_sos(pk: int, *, at: datetime, limit: int = 3) -> Near:
    """Nearest first; nobody where the place of the caller is not known."""
    row = Sos.objects.get(pk=pk)
    here = Incident(grade=1, category="help", lon=row.lon, lat=row.lat, unit_id=row.unit_id, received_at=row.raised_at)
    ranked = proposals(here, at=at, limit=max(limit, _ADVISED) + 1, lines=False).ranked
    found = [p for p in ranked if p.crew.id != row.crew_id]
    advice = Advice(tuple(p.crew.id for p in found), {p.crew.id: p.travel_s for p in found})
    return Near(tuple(found[:limit]), advice)
