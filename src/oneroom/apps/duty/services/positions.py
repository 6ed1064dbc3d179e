"""
Positions of crews on duty: the whole trail in bulk, and the latest place of each.

Not a service and without entries in the record: a place is no act, comes every few
seconds, and is forgotten after 30 days. What is off duty is not stored at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db import connection, transaction

from oneroom.apps.duty.models import Crew


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a crew was at a time, in WGS-84 degrees; ``heading`` clockwise from north."""

    crew_id: int
    lon: float
    lat: float
    at: datetime
    accuracy_m: float | None = None
    speed_kmh: float | None = None
    heading: float | None = None


UNKNOWN_ACCURACY_M = 100.0  # a phone that does not say is taken for a poor one

_COPY = "COPY duty_fix (crew_id, lon, lat, at, accuracy_m, speed_kmh, heading) FROM STDIN (FORMAT BINARY)"
_TYPES = ["int8", "float8", "float8", "timestamptz", "float8", "float8", "float8"]
_KNOWN = """
SELECT crew_id, at FROM duty_fix
JOIN unnest(%s::bigint[], %s::timestamptz[]) AS told (crew_id, at) USING (crew_id, at)"""
# Crews that some service is changing at this moment are skipped: their next fix is seconds away, while waiting
# here could end in a deadlock with an order. The lock keeps "off duty, place forgotten" true.
_UPSERT = """
WITH latest (crew_id, lon, lat, at, accuracy_m, speed_kmh, heading) AS (
  SELECT * FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::timestamptz[],
                       %s::float8[], %s::float8[], %s::float8[])),
on_duty AS (
  SELECT id FROM duty_crew WHERE id = ANY(%s) AND state <> %s ORDER BY id FOR SHARE SKIP LOCKED)
INSERT INTO duty_position AS old (crew_id, lon, lat, at, accuracy_m, speed_kmh, heading, received)
SELECT latest.*, %s FROM latest JOIN on_duty ON on_duty.id = latest.crew_id ORDER BY crew_id
ON CONFLICT (crew_id) DO UPDATE SET
  (lon, lat, at, accuracy_m, speed_kmh, heading, received)
  = (EXCLUDED.lon, EXCLUDED.lat, EXCLUDED.at, EXCLUDED.accuracy_m, EXCLUDED.speed_kmh, EXCLUDED.heading,
     EXCLUDED.received)
WHERE old.at < EXCLUDED.at
"""


def record_positions(fixes: Sequence[Fix], received: datetime) -> int:
    """
    Store what crews on duty sent; returns how many fixes were kept.

    Commits without waiting for the disk: half a second of trail after a power cut is accepted, and this
    transaction holds nothing else. An older fix that arrives late goes to the trail only, and one that is there
    already is not kept twice: a phone that got no answer, and a writer whose database died while it said yes, send the
    same again.
    """
    on_duty = set(
        Crew.objects.filter(pk__in={fix.crew_id for fix in fixes})
        .exclude(state=Crew.State.OFF_DUTY)
        .values_list("pk", flat=True)
    )
    told = {(fix.crew_id, fix.at): fix for fix in sorted(fixes, key=attrgetter("at")) if fix.crew_id in on_duty}
    known = _known(told)
    rows = [_row(fix) for place, fix in told.items() if place not in known]
    if not rows:
        return 0
    latest = {row[0]: row for row in rows}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        # Django words the errors of `execute`, not of `copy`: without this a database that dies here looks like a fault
        # of our own, and the fixes are given up instead of kept (`ports/feeds/positions.py`).
        with connection.wrap_database_errors, cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for row in rows:
                copy.write_row(row)
        columns = [list(column) for column in zip(*latest.values(), strict=True)]
        cursor.execute(_UPSERT, [*columns, list(latest), Crew.State.OFF_DUTY, received])
    return len(rows)


def _known(told: Collection[tuple[int, datetime]]) -> set[tuple[int, datetime]]:
    """Which of these (crew, time) the trail has already."""
    if not told:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(column) for column in zip(*told, strict=True)])
        return set(cursor.fetchall())


def _row(fix: Fix) -> tuple[object, ...]:
    accuracy_m = UNKNOWN_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m
    return (fix.crew_id, fix.lon, fix.lat, fix.at, accuracy_m, fix.speed_kmh, fix.heading)
