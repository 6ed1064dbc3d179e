"""
The office's boards over 1,000,000 matters: the station board and the tables of days, of one station and of all.

Forty stations, 310 days of 3,226 matters. The last 31 days have their entries (seven a matter, 700,000 in all), from
which the figures of days are folded by the clock's own code; older days have the figures alone. The record's hashes are
filling: nothing here reads them. Pages are asked for through Django's whole stack, in turns, after one look at each.

The limit is 150 ms for 99 of 100. Peer, in the same run: the same pages over the same stations without any matter.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from random import Random
from typing import Any

from house import house, sit_down_as
from line import report

CLAIM = "station and city boards over 1,000,000 matters, 99 of 100"
MATTERS, DAYS, WITH_ENTRIES, STATIONS, OPEN = 1_000_000, 310, 31, 40, 150
LIMIT_MS, LOOKS = 150.0, 100

_MATTERS = """
INSERT INTO incidents_incident (reference, origin, received_at, category, subcategory, final_category,
    final_subcategory, grade, reasons, state, state_since, given, place_zh, place_en, unit_id, escalated, supervised,
    drill, outcome, "case", no_case_reason, reopened, reopen_proposed, lon, lat)
SELECT 'B' || n, CASE WHEN n %% 7 = 0 THEN 'self' ELSE 'phone' END, at, 'crime', '', '', '', 1 + n %% 4, '{}',
    CASE WHEN n > %(open_from)s THEN 'in_progress' ELSE 'archived' END, at, '', '', '',
    (%(stations)s::bigint[])[1 + n %% 40], false, false, false, '', '', '', 0, '', 121.47, 31.23
FROM (SELECT n, %(now)s::timestamptz - make_interval(secs => (%(many)s - n) * 86400.0 * %(days)s / %(many)s) AS at
      FROM generate_series(1, %(many)s::int) n) made"""
_FIGURES = """
INSERT INTO incidents_matterfigures (incident_id, day, unit_id, grade, self_found, orders, signed, signed_in, departed,
    departed_in, arrived, arrived_1, arrived_3, arrived_5, reported, reported_in)
SELECT id, (received_at AT TIME ZONE 'Asia/Shanghai')::date, unit_id, grade, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1
FROM incidents_incident WHERE received_at < %(since)s"""
_SUMS = """
INSERT INTO incidents_dayfigures (day, unit_id, grade, received, self_found, orders, signed, signed_in, departed,
    departed_in, arrived, arrived_1, arrived_3, arrived_5, reported, reported_in)
SELECT day, unit_id, grade, count(*), sum(self_found), sum(orders), sum(signed), sum(signed_in), sum(departed),
    sum(departed_in), sum(arrived), sum(arrived_1), sum(arrived_3), sum(arrived_5), sum(reported), sum(reported_in)
FROM incidents_matterfigures GROUP BY day, unit_id, grade"""
_ENTRIES = """
INSERT INTO ledger_entry (seq, recorded, canonical, prev, hash, at, kind, version, subject, matter, actor, via, scopes,
    facts)
SELECT row_number() OVER (ORDER BY i.received_at, i.id, step.n), i.received_at + make_interval(secs => step.after), '',
    '', int8send(i.id), i.received_at + make_interval(secs => step.after + i.id %% 50), step.kind, 1,
    CASE WHEN step.n < 3 THEN 'incident:' ELSE 'assignment:' END || i.id, 'incident:' || i.id, 1, 'web', '{}',
    CASE WHEN step.n = 1 THEN jsonb_build_object('source', i.origin)
         WHEN step.n = 2 THEN jsonb_build_object('grade', i.grade, 'unit', i.unit_id) ELSE '{}' END
FROM incidents_incident i CROSS JOIN (VALUES (1, 'incident.received', 0), (2, 'incident.classified', 0),
    (3, 'assignment.offered', 20), (4, 'assignment.acknowledged', 35), (5, 'assignment.en_route', 60),
    (6, 'assignment.on_scene', 300), (7, 'assignment.reported', 1500)) AS step(n, kind, after)
WHERE i.received_at >= %(since)s"""
_HEAD = """
INSERT INTO ledger_chainhead (name, seq, hash) SELECT 'acts', seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1
ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, hash = excluded.hash"""


def main() -> None:
    with house("board"):
        measure()


def measure() -> None:
    """Make the record, fold it, look at the boards, print the line."""
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    commander, stations = people()
    client = Client(headers={"host": "localhost"})
    sit_down_as(client, commander)
    pages = {
        "station": f"/office/board?unit={stations[0]}", "city": "/office/board",
        "days_city": "/office/days", "days_station": f"/office/days?unit={stations[0]}",
    }  # fmt: skip
    _first, empty = looks(client, pages)
    entries = fill(stations)
    began = time.perf_counter()
    folded = fold()
    fold_s = time.perf_counter() - began
    first, times = looks(client, pages)
    p99 = {name: found[round(0.99 * LOOKS) - 1] for name, found in times.items()}
    worst = max(p99, key=lambda name: p99[name])
    bare, ours = empty[worst][LOOKS // 2], times[worst][LOOKS // 2]
    report(
        CLAIM, value=round(p99[worst], 1), unit="ms", peer=f"the same page without a matter: p50 {bare:.1f} ms",
        ratio=round(ours / bare, 2), bar=f"p99 <= {LIMIT_MS:g} ms", ok=p99[worst] <= LIMIT_MS, worst=worst,
        p99_ms={name: round(ms, 1) for name, ms in p99.items()},
        p50_ms={name: round(found[LOOKS // 2], 1) for name, found in times.items()},
        bare_p99_ms={name: round(found[round(0.99 * LOOKS) - 1], 1) for name, found in empty.items()},
        first_look_ms={name: round(ms) for name, ms in first.items()}, matters=MATTERS, entries=entries,
        folded_per_s=round(folded / fold_s), load=round(os.getloadavg()[0], 1),
    )  # fmt: skip


def looks(client: Any, pages: dict[str, str]) -> tuple[dict[str, float], dict[str, list[float]]]:
    """The first look at each page, and a hundred more in turns, sorted; milliseconds."""
    first = {name: look(client, page) for name, page in pages.items()}
    times: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(LOOKS):
        for name, page in pages.items():
            times[name].append(look(client, page))
    return first, {name: sorted(found) for name, found in times.items()}


def people() -> tuple[Any, list[int]]:
    """A commander and forty stations."""
    from oneroom.apps.ledger.time import now
    from oneroom.apps.orgs.services import begin_unit
    from oneroom.apps.people.services import create_account, give_role
    from oneroom.engine.roles import Role
    from oneroom.engine.values import SYSTEM

    rng, at = Random(7), now() - timedelta(days=DAYS + 1)
    zhou = create_account(username="zhou", name="Zhou", password="of this benchmark only", by=SYSTEM, at=at)
    give_role(zhou.pk, Role.SHIFT_COMMANDER, by=SYSTEM, at=at)
    stations = [
        begin_unit(
            kind="station", code=f"s{n}", name_zh=f"{n}所", name_en=f"Station {n}", lon=121.4 + rng.random() / 10,
            lat=31.2 + rng.random() / 10, by=SYSTEM, at=at,
        ).pk
        for n in range(STATIONS)
    ]  # fmt: skip
    zhou.refresh_from_db()
    return zhou, stations


def fill(stations: list[int]) -> int:
    """Matters, figures of the older ones, and the entries of the last days; how many entries."""
    from django.db import connection

    from oneroom.apps.ledger.time import now
    from oneroom.web.pages.office.days import day_start

    at = now()
    given = {
        "now": at, "many": MATTERS, "days": DAYS, "stations": stations, "open_from": MATTERS - OPEN,
        "since": day_start(at - timedelta(days=WITH_ENTRIES - 1)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_entry")
        for statement in (_MATTERS, _FIGURES, _SUMS, _ENTRIES):
            cursor.execute(statement, given)
        cursor.execute(_HEAD)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM ledger_entry")
        return int(cursor.fetchone()[0])


def fold() -> int:
    """As the clock does, in larger turns; how many entries."""
    from oneroom.apps.incidents import daily
    from oneroom.apps.ledger.time import now

    daily.BATCH = 5000
    done = 0
    while found := daily.keep(now()):
        done += found
    return done


def look(client: Any, page: str) -> float:
    """Milliseconds of one look."""
    began = time.perf_counter()
    answer = client.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
