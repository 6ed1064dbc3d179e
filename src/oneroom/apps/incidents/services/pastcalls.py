"""
Calls from before OneRoom are brought in: a whole list or nothing, each call once, without a person in it.

The minute and ten metres are kept, enough for squares of 400 m and addresses 50 m apart: no door is told.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from oneroom.apps.incidents.codes import SEEN_BY_CREWS
from oneroom.apps.incidents.models import Incident, PastBatch, PastCall
from oneroom.apps.ledger.services import note, service
from oneroom.engine.values import Actor, BadInput, Conflict

_AT_A_TIME = 2000
_PLACES = 4  # decimals of a degree kept: ten metres


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
        return f"{_minute(self.received_at).timestamp():.0f} {place} {self.category} {self.grade} {self.origin}"


@dataclass(frozen=True, slots=True)
class Added:
    """How many calls of a list were taken, and left out: an earlier list had ``known``, OneRoom took ``own`` itself."""

    calls: int
    known: int
    own: int


@service
def bring_in_calls(calls: Sequence[BroughtIn], *, simulated: bool = False, by: Actor, at: datetime) -> Added:
    """
    Bring in a list of calls from before, without those that an earlier list had or that came on OneRoom's own days.

    Raises BadInput for none, Conflict for a list of which nothing is new, in whatever order its lines are now.
    """
    if not calls:
        raise BadInput("file", "The file is empty.")
    digest = hashlib.sha256("\n".join(sorted(call.line() for call in calls)).encode()).hexdigest()
    if PastBatch.objects.filter(digest=digest).exists():
        raise Conflict("These calls were brought in already.")
    before = _not_own(calls)
    found = _not_known(before)
    if not found:
        raise Conflict("These calls were brought in already.")
    batch, new = PastBatch.objects.get_or_create(
        digest=digest,
        defaults={
            "calls": len(found), "since": min(c.received_at for c in found), "until": max(c.received_at for c in found),
            "simulated": simulated, "taken_at": at,
        },
    )  # fmt: skip
    if not new:
        raise Conflict("These calls were brought in already.")
    for first in range(0, len(found), _AT_A_TIME):
        PastCall.objects.bulk_create(
            PastCall(
                batch=batch, received_at=_minute(c.received_at), lon=round(c.lon, _PLACES), lat=round(c.lat, _PLACES),
                category=c.category, grade=c.grade, origin=c.origin, simulated=simulated,
            )
            for c in found[first : first + _AT_A_TIME]
        )  # fmt: skip
    note(
        "calls.imported", f"past_batch:{batch.pk}", by=by, at=at, batch=batch.pk, calls=len(found),
        since=batch.since, until=batch.until, simulated=simulated, digest=digest,
    )  # fmt: skip
    return Added(len(found), known=len(before) - len(found), own=len(calls) - len(before))


def _minute(time: datetime) -> datetime:
    return time.replace(second=0, microsecond=0)


def _not_own(calls: Sequence[BroughtIn]) -> list[BroughtIn]:
    """
    Without those of the days on which OneRoom took calls of the public itself, from its first on.

    Days, not calls: two systems write the same call down seconds and metres apart.
    """
    since, until = min(c.received_at for c in calls), max(c.received_at for c in calls) + timedelta(days=1)
    own = Incident.counted.exclude(origin=SEEN_BY_CREWS)
    first = own.order_by("received_at").values_list("received_at", flat=True).first()
    if first is None or first > until:
        return list(calls)
    times = own.filter(received_at__gte=since - timedelta(days=1), received_at__lte=until)
    days = {localtime(time).date() for time in times.values_list("received_at", flat=True)}
    return [c for c in calls if c.received_at < first or localtime(c.received_at).date() not in days]


def _not_known(calls: Sequence[BroughtIn]) -> list[BroughtIn]:
    """Without those that earlier lists had; a line that stands twice in this one came twice."""
    if not calls:
        return []
    earlier = PastCall.objects.filter(
        received_at__gte=_minute(min(c.received_at for c in calls)), received_at__lte=max(c.received_at for c in calls)
    ).values_list("received_at", "lon", "lat", "category", "grade", "origin")
    known, found = Counter(BroughtIn(*row).line() for row in earlier), []
    for call in calls:
        line = call.line()
        if known[line]:
            known[line] -= 1
        else:
            found.append(call)
    return found
