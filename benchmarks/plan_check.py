"""
Everything that stands against a reform of 500 changes in a force of 3,000 units and 30,000 people (issue 5, speed).

The reform merges stations by two, moves teams and ends a station without an heir, so that all who may object have
something to look at. The peer is one SQL statement that joins the people of the units that end.
"""

from __future__ import annotations

import time

from force import BRANCHES, STATIONS, TODAY, found, middle, people
from house import house
from line import report

BAR_MS, TIMES, CHANGES = 2000.0, 5, 500
CLAIM = "conflict check of a plan with 500 changes, 3,000 units, 30,000 people"
BARE = (
    "SELECT u.code, count(*) FROM people_grant g JOIN orgs_orgunit u ON u.id = g.unit_id"
    " WHERE g.ends IS NULL AND u.code = ANY(%s) GROUP BY u.code"
)


def main() -> None:
    with house("plan"):
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        found()
        people()
        from oneroom.apps.reforms.checks import check_changes
        from oneroom.engine.organisation.changes import Abolish, Alter, Merge
        from oneroom.engine.organisation.codec import write_changes

        merges = [Merge((f"b{b}s{s}", f"b{b}s{s + 1}"), f"b{b}s{s}") for b in range(BRANCHES) for s in range(0, 24, 2)]
        moves = [Alter(f"b{b}s24t{t}", {"parent": f"b{b}s0"}) for b in range(BRANCHES) for t in range(5)]
        ranks = [Alter(f"k{n}", {"rank": "deputy"}) for n in range(CHANGES - len(merges) - len(moves) - 1)]
        changes = write_changes([*merges, *moves, *ranks, Abolish(f"b0s{STATIONS - 1}")])
        ended = [f"b{b}s{s + 1}" for b in range(BRANCHES) for s in range(0, 24, 2)]
        ours, bare, faults, cpu = [], [], 0, 0.0
        for _ in range(TIMES):
            begun, spent = time.perf_counter(), time.process_time()
            found_ = check_changes(changes, TODAY)
            ours.append(time.perf_counter() - begun)
            cpu += time.process_time() - spent
            faults = len(found_.faults)
            begun = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(BARE, [ended])
                cursor.fetchall()
            bare.append(time.perf_counter() - begun)
    p50, peer = middle(ours), middle(bare)
    report(
        CLAIM, value=round(p50), unit="ms, p50", peer=f"one join of the people of the units that end: {peer:.1f} ms",
        ratio=round(p50 / peer, 1), bar=f"p50 <= {BAR_MS:g} ms", ok=p50 <= BAR_MS, worst_ms=round(1000 * max(ours)),
        changes=len(changes), faults=faults, cpu_ms=round(1000 * cpu / TIMES),
    )  # fmt: skip


if __name__ == "__main__":
    main()
