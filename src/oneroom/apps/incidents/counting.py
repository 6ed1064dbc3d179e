"""
Every figure about matters starts here, so that drills never count (workflow §2.1a, flag DRILL).

Drills run like real matters, with clocks, ladders and phones that say so. A statistic that is made from
``matters``, ``reports``, ``assignments``, ``rows`` or ``entries`` cannot forget to leave them out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Avg, Count, QuerySet

from oneroom.apps.incidents.codes import SEEN_BY_CREWS
from oneroom.apps.incidents.models import Assignment, CallBack, Incident, Report
from oneroom.apps.incidents.queries import Row
from oneroom.apps.ledger.queries import Line
from oneroom.engine.lifecycle.incident import State
from oneroom.engine.measures.counted import without_drills

_NOT_A_MATTER = (State.MERGED, State.INVALID, State.TRANSFERRED, State.CANCELLED)


def matters() -> QuerySet[Incident]:
    """The matters that count."""
    return Incident.counted.all()


def reported(among: QuerySet[Incident]) -> QuerySet[Incident]:
    """Those that the public reported and that are matters of their own: what places are known by (no feedback loop)."""
    return among.exclude(state__in=_NOT_A_MATTER).exclude(origin=SEEN_BY_CREWS)


def reports() -> QuerySet[Report]:
    """The reports of matters that count."""
    return Report.objects.filter(incident__in=matters())


def assignments() -> QuerySet[Assignment]:
    """The crews sent to matters that count."""
    return Assignment.objects.filter(incident__in=matters())


def call_backs() -> QuerySet[CallBack]:
    """The call-backs of matters that count."""
    return CallBack.objects.filter(incident__in=matters())


def rows(queue: Iterable[Row]) -> list[Row]:
    """The rows of a queue that count: a drill stands in the queue, but in none of its figures."""
    return [row for row in queue if not row.incident.drill]


def entries(lines: Iterable[Line]) -> list[Line]:
    """Entries for a fold, without those of drills; the entry that received a matter says whether it is one."""
    return list(without_drills(lines))


def origins(since: datetime, until: datetime) -> dict[str, int]:
    """How the first reports of a time came: phone, web, interface, seen by a crew (T18)."""
    found = matters().filter(received_at__gte=since, received_at__lt=until)
    return dict(found.values_list("origin").annotate(n=Count("pk")).order_by("origin"))


def ratings(since: datetime, until: datetime) -> tuple[int, float | None]:
    """(how many, mean stars) of the ratings of matters that were closed in a time; the mean is None for none."""
    rated = reports().filter(stars__isnull=False, incident__closed_at__gte=since, incident__closed_at__lt=until)
    found = rated.aggregate(n=Count("pk"), mean=Avg("stars"))
    return found["n"], found["mean"]
