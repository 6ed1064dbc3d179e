"""
Rights of all people of two stations after their merger, by the clock's own code: every role ended and given (issue 5).

150 people in 30,000 of a force of 3,000 units. The peer is one SQL statement that moves the same rows and leaves no
entry, closes no stream and asks nobody.
"""

from __future__ import annotations

import time
from datetime import timedelta

from force import NOW, TODAY, found, middle, people
from house import house
from line import report

BAR_S = 2.0
CLAIM = "access of all re-derived after two stations merge, 3,000 units, 30,000 people"
BARE = "UPDATE people_grant SET unit_id = %s WHERE ends IS NULL AND unit_id = ANY(%s)"


def main() -> None:
    with house("access"):
        from django.core.management import call_command
        from django.db import connection, transaction

        call_command("migrate", verbosity=0)
        found()
        people()
        from oneroom.apps.orgs.models import OrgUnit
        from oneroom.apps.orgs.services import enact
        from oneroom.apps.orgs.services.follow import follow
        from oneroom.apps.people.models import Grant
        from oneroom.engine.organisation.changes import Merge
        from oneroom.engine.values import SYSTEM

        bare = []
        gone = [OrgUnit.objects.get(code=code).pk for code in ("b0s0", "b0s1")]
        for _ in range(5):
            begun = time.perf_counter()
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(BARE, [OrgUnit.objects.get(code="b0s2").pk, gone])
                transaction.set_rollback(True)
            bare.append(time.perf_counter() - begun)
        moved = Grant.objects.filter(unit_id__in=gone, ends=None).count()
        day = TODAY + timedelta(days=1)
        enact([Merge(("b0s0", "b0s1", "b0s2"), "b0s2")], day=day, by=SYSTEM, at=NOW)
        begun, spent = time.perf_counter(), time.process_time()
        follow(day, by=SYSTEM, at=NOW + timedelta(days=1))
        took, cpu = time.perf_counter() - begun, time.process_time() - spent
        left = Grant.objects.filter(unit_id__in=gone, ends=None).count()
    peer = middle(bare)
    report(
        CLAIM, value=round(took, 2), unit="s", peer=f"one UPDATE of the same rows: {peer:.1f} ms",
        ratio=round(1000 * took / peer, 1), bar=f"<= {BAR_S:g} s, none left", ok=took <= BAR_S and not left,
        people=moved, left=left, cpu_s=round(cpu, 2),
    )  # fmt: skip


if __name__ == "__main__":
    main()
