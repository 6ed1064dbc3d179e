"""
Eight weeks of simulated calls from before the city's first evening: what coverage and posting stand on from the start.

The same generator and rates as the live calls (`calls.py`), brought in by the same service as a force's own list and
marked as simulated. Of several callers about one event only the first counts, and calls that no crew is sent to do
not, as in a live city. A few are of crews that came upon something: they are kept apart there, and here too.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection

from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.pastcalls import newest_batch
from oneroom.apps.incidents.services import BroughtIn, bring_in_calls
from oneroom.engine.values import SYSTEM
from oneroom.project.demo import calls
from oneroom.project.demo.city import SEED, City
from oneroom.project.demo.past import SEEN_SHARE

WEEKS = 8
_BREATH_S = 0.05  # between two days of calls: the simulated crews drive on meanwhile


def bring_in(city: City, now: datetime, zone: ZoneInfo) -> None:
    """Once in a city's life, in a thread of its own; it lets go of its connection."""
    try:
        if newest_batch() == 0:
            first = Incident.objects.order_by("received_at").values_list("received_at", flat=True).first()
            bring_in_calls(weeks_before(city, first or now, zone), simulated=True, by=SYSTEM, at=now)
    finally:
        connection.close()


def weeks_before(city: City, until: datetime, zone: ZoneInfo) -> list[BroughtIn]:
    """The calls of the eight weeks before a moment, oldest first."""
    homes, chance = calls.streets(city.graph()), Random(f"oneroom before {city.code} {until}")
    last = until.astimezone(zone).date()
    found: list[BroughtIn] = []
    for back in range(7 * WEEKS, -1, -1):
        for call in calls.day(SEED, last - timedelta(days=back), homes, crews=city.crews, zone=zone):
            if call.is_first and not call.drill and call.at < until and not _aside(call, chance):
                found.append(_brought(call, "web" if call.web else "phone"))
                if chance.random() < SEEN_SHARE:
                    found.append(_brought(call, "self"))
        time.sleep(_BREATH_S)
    return found


def _aside(call: calls.Call, chance: Random) -> bool:
    return calls.ends_without_crew(call.category, chance) is not None


def _brought(call: calls.Call, origin: str) -> BroughtIn:
    return BroughtIn(call.at, call.lon, call.lat, call.category, call.grade, origin)
