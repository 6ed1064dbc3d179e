"""
1,000 orders open at once, 400 of them never answered: did each rung happen in time, once, and none after an answer?

Real orders of grade 1 (rungs after 0, 15, 30, 60, 90 and 120 s) to a thousand crews of twenty stations, offered within
forty seconds by the real services, and the real clock process that lets rungs happen. Nobody answers before all of them
are out; then six in ten are signed for, at moments drawn from a seed. A rung is late by what passed from its due time
until its entry was written (`recorded`); nothing of it is this script's own word.

Peer, in the same run: a process that only asks for due rungs, as often as the clock does, and writes nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import psycopg
from house import house
from line import report
from push import percentile

ORDERS = int(os.environ.get("ORDERS", "1000"))
STATIONS, UNANSWERED, OFFER_S, WRITERS = 20, 0.4, 40.0, 4
ANSWERS_S, EVERY_S, LATE_S = (0.0, 60.0), 0.25, 2.0
LAST_RUNG_S = 120
CLAIM = (
    f"{ORDERS} orders open at once, 40 % never answered: each rung within its time + 2 s, once, none after an answer"
)
LON, LAT = 121.47, 31.23

_CLIMBED = """
SELECT l.started + make_interval(secs => (r.rung ->> 'after_s')::int), e.recorded, e.facts ->> 'rung_code'
FROM ledger_entry e JOIN orders_ladder l ON l.id = (e.facts ->> 'ladder')::bigint
CROSS JOIN LATERAL jsonb_array_elements(l.rungs) AS r(rung)
WHERE e.kind = 'ladder.climbed' AND l.stage = 'acknowledge' AND (r.rung ->> 'n')::int = (e.facts ->> 'rung')::int"""
# Rungs that were due while their order was open, and have no entry.
_MISSING = """
SELECT count(*) FROM orders_rung r JOIN orders_ladder l ON l.id = r.ladder_id
WHERE l.stage = 'acknowledge' AND r.done IS NULL AND r.due < coalesce(l.stopped - interval '2 s', now())"""
_TWICE = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM ledger_entry WHERE kind = 'ladder.climbed'
        GROUP BY facts ->> 'ladder', facts ->> 'rung' HAVING count(*) > 1) AS climbed)
     + (SELECT count(*) FROM (SELECT 1 FROM orders_delivery WHERE channel = 'app'
        GROUP BY rung_id, account_id HAVING count(*) > 1) AS rung)"""
_AFTER = """
SELECT count(*) FROM ledger_entry e JOIN ledger_entry stop ON stop.kind = 'ladder.stopped'
AND stop.facts ->> 'ladder' = e.facts ->> 'ladder' AND stop.seq < e.seq WHERE e.kind = 'ladder.climbed'"""
_DUE = """
SELECT r.id, r.due FROM orders_rung r JOIN orders_ladder l ON l.id = r.ladder_id
WHERE l.stage = 'acknowledge' AND r.due > %s AND r.due <= %s"""


def main() -> None:
    with house("ladders") as url:
        measure(url)


def measure(url: str) -> None:
    """The force, the clock, the orders, the answers, the line."""
    from django.conf import settings

    from oneroom.project.watching import signs

    matters, crews, dispatcher = build()
    say(f"{len(crews)} crews are on duty")
    clock = start_clock()
    bare = Bare(url)
    try:
        while (sign := signs.read(settings.SIGNS_FOLDER, "clock")) is None or sign.worked_s is None:
            time.sleep(0.25)
        bare.start()
        sent, first_s = offer_all(matters, crews, dispatcher)
        say(f"all orders are out after {time.monotonic() - first_s:.0f} s")
        answered = answer(sent, dispatcher)
        wait_until(first_s + OFFER_S + LAST_RUNG_S + 15)
    finally:
        clock.terminate()
        clock.wait(10)
        bare.stop()
    tell(len(sent), answered, bare.late_s)


def tell(orders: int, answered: int, bare: list[float]) -> None:
    """What the record says, reduced to the line."""
    from django.db import connection

    with connection.cursor() as cursor:

        def one(sql: str) -> int:
            cursor.execute(sql)
            return int(cursor.fetchone()[0])

        cursor.execute(_CLIMBED)
        rungs = [((recorded - due).total_seconds(), code) for due, recorded, code in cursor.fetchall()]
        missing, twice, after = one(_MISSING), one(_TWICE), one(_AFTER)
    late = [seconds for seconds, code in rungs if code != "crew"]
    worst, peer = max(late), percentile(bare, 99)
    report(
        CLAIM, value=round(worst, 2), unit="s, the latest rung", peer=f"only asked what is due: {peer:.2f} s, p99",
        ratio=round(percentile(late, 99) / peer, 1),
        bar=f"each <= {LATE_S:g} s late, none missing, none twice, none after an answer",
        ok=worst <= LATE_S and not missing and not twice and not after and orders == ORDERS,
        p50=round(percentile(late, 50), 2), p99=round(percentile(late, 99), 2), rungs=len(late), orders=orders,
        answered=answered, missing=missing, twice=twice, after_an_answer=after,
        first_push_p99=round(percentile([s for s, code in rungs if code == "crew"], 99), 2),
        load=round(os.getloadavg()[0], 1),
    )  # fmt: skip


def build() -> tuple[list[int], list[int], Any]:
    """(matters that wait, crews on duty, the dispatcher), with a chief of duty in each station and one commander."""
    from django.core.management import call_command

    from oneroom.apps.duty.services import begin_spell, come_on_duty, form_crew
    from oneroom.apps.incidents.services import Said, Where, take_report
    from oneroom.apps.ledger.services import service
    from oneroom.apps.ledger.time import now
    from oneroom.apps.orgs.services.units import begin_unit
    from oneroom.apps.people.queries import actor_of
    from oneroom.apps.people.services import create_account, give_role
    from oneroom.engine.roles import Role
    from oneroom.engine.values import SYSTEM

    call_command("migrate", verbosity=0)
    at = now()

    def hired(name: str, role: Role, unit: int | None = None) -> Any:
        account = create_account(username=name, name="Person", by=SYSTEM, at=at)
        give_role(account.pk, role, unit_id=unit, by=SYSTEM, at=at)
        return account

    @service
    def force() -> tuple[list[int], Any]:
        until = at + timedelta(hours=8)
        crews = []
        for n in range(STATIONS):
            unit = begin_unit(
                kind="station", code=f"s{n}", name_zh="所", name_en="Station", lon=LON, lat=LAT, by=SYSTEM, at=at
            ).pk
            chief = hired(f"chief{n}", Role.DUTY_CHIEF, unit)
            begin_spell(role=Role.DUTY_CHIEF, account_id=chief.pk, until=until, unit_id=unit, by=SYSTEM, at=at)
            for c in range(ORDERS // STATIONS):
                members = [(hired(f"{role}{n}-{c}", Role.PATROL_OFFICER, unit).pk, role) for role in ("lead", "second")]
                crew = form_crew(
                    code=f"c{n}-{c}", callsign_zh="组", callsign_en="Crew", unit_id=unit, members=members, by=SYSTEM,
                    at=at,
                )  # fmt: skip
                come_on_duty(crew, by=SYSTEM, at=at)
                crews.append(crew.pk)
        commander = hired("commander", Role.SHIFT_COMMANDER)
        begin_spell(role=Role.SHIFT_COMMANDER, account_id=commander.pk, until=until, by=SYSTEM, at=at)
        return crews, hired("dispatcher", Role.DISPATCHER)

    crews, dispatcher = force()
    by = actor_of(dispatcher)

    @service
    def reports() -> list[int]:
        return [
            take_report(
                Said("of this benchmark"), source="phone", where=Where(LON, LAT), category="dispute", grade=1, by=by,
                at=now(),
            ).incident_id
            for _ in crews
        ]  # fmt: skip

    return reports(), crews, by


def offer_all(matters: list[int], crews: list[int], by: Any) -> tuple[list[int], float]:
    """Each matter to a crew of its own, at a steady pace, some at once; (assignments, monotonic time of the first)."""
    from django.db import connection

    from oneroom.apps.incidents.services import offer
    from oneroom.apps.ledger.time import now

    begun = time.monotonic()

    def some(writer: int) -> list[int]:
        sent = []
        for n in range(writer, len(matters), WRITERS):
            wait_until(begun + OFFER_S * n / len(matters))
            sent += offer(matters[n], [crews[n]], by=by, at=now())
        connection.close()
        return sent

    with ThreadPoolExecutor(WRITERS) as writers:
        return [pk for sent in writers.map(some, range(WRITERS)) for pk in sent], begun


def answer(sent: list[int], by: Any) -> int:
    """Six in ten are signed for, at moments of their own; how many were."""
    from oneroom.apps.incidents.services import step
    from oneroom.apps.ledger.time import now

    chance, begun = Random(4), time.monotonic()
    signed = chance.sample(sent, round(len(sent) * (1 - UNANSWERED)))
    for after_s, pk in sorted((chance.uniform(*ANSWERS_S), pk) for pk in signed):
        wait_until(begun + after_s)
        step(pk, "acknowledge", by=by, at=now())
    return len(signed)


class Bare(threading.Thread):
    """The peer: sees what is due and does nothing about it."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url, self._over = url, threading.Event()
        self.late_s: list[float] = []

    def run(self) -> None:
        last = datetime.now(UTC)
        with psycopg.connect(self._url, autocommit=True) as conn:
            while not self._over.wait(EVERY_S):
                until = datetime.now(UTC)
                rows = conn.execute(_DUE, [last, until]).fetchall()
                seen = datetime.now(UTC)
                self.late_s += [(seen - due).total_seconds() for _, due in rows]
                last = until

    def stop(self) -> None:
        self._over.set()
        self.join(10)


def start_clock() -> subprocess.Popen[bytes]:
    """The clock as the house runs it; it dies with us."""
    from oneroom.project.lifeline import tied_to_me

    return subprocess.Popen(
        [sys.executable, "-m", "oneroom", "runclock"], stderr=subprocess.DEVNULL,
        preexec_fn=tied_to_me(signal.SIGKILL),  # noqa: PLW1509  (no thread of ours runs yet)
    )  # fmt: skip


def wait_until(moment_s: float) -> None:
    """Until this moment of the monotonic clock."""
    time.sleep(max(0.0, moment_s - time.monotonic()))


def say(words: str) -> None:
    """How far it is, for whoever waits."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
