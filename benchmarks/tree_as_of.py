"""
The whole tree of 3,000 units as of a day, from the tables to the answer: past, today, to come (issue 5, speed).

The peer is the bare rows of the same day by a plain SQL statement.
"""

from __future__ import annotations

import time
from datetime import date

from force import CHANGED, FOUNDED, TODAY, found, middle
from house import house
from line import report

BAR_MS, TIMES = 50.0, 60
CLAIM = "tree of 3,000 units as of a day, past, today or to come"
BARE = "SELECT code, kind, parent FROM orgs_unitspell WHERE since <= %s AND (until IS NULL OR until > %s)"


def main() -> None:
    with house("tree"):
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        found()
        from oneroom.apps.orgs import facts as stored

        days = [FOUNDED, CHANGED, TODAY, date(2030, 1, 1)]
        ours, bare, units = [], [], set()
        cpu = 0.0
        for n in range(TIMES):
            day = days[n % len(days)]
            begun, spent = time.perf_counter(), time.process_time()
            units.add(len(stored.tree_on(day).units))
            ours.append(time.perf_counter() - begun)
            cpu += time.process_time() - spent
            begun = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(BARE, [day, day])
                cursor.fetchall()
            bare.append(time.perf_counter() - begun)
    p50, peer = middle(ours), middle(bare)
    report(
        CLAIM, value=round(p50, 2), unit="ms, p50", peer=f"the bare rows by one SQL statement: p50 {peer:.2f} ms",
        ratio=round(p50 / peer, 2), bar=f"p50 <= {BAR_MS:g} ms", ok=p50 <= BAR_MS, worst_ms=round(1000 * max(ours), 1),
        units=units.pop(), cpu_ms=round(1000 * cpu / TIMES, 1),
    )  # fmt: skip


if __name__ == "__main__":
    main()
