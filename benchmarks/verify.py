"""
A record of 1,000,000 entries verified from end to end, as `oneroom verify` does, with a signed head for each 2,500:
every link of the chain, every head, and each text that people said against the entry that committed to it (two texts to
an act, so two to three entries).

The entries come through the house's own append, three to an act. Peer, in the same run: the bare limit, which reads the
same canonical bytes from the same database and hashes them, in one process, and looks at nothing. Beside it stands
`hashlib` alone over the same bytes from memory. The work is shared out over as many processes as there are
processors, as the command does (`PROCESSES=1`: not). Memory is the resident size of all of them, looked at five times
a second: flat is when the last nine tenths of the way do not need more than the first, which starts the processes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
from house import house
from line import report

CLAIM = f"full verification of {int(os.environ.get('ENTRIES', '1000000')):,} entries, with signed heads and texts"
ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
PROCESSES = int(os.environ.get("PROCESSES", "0")) or None
AN_ACT, A_TURN, A_HEAD = 3, 6000, 2500
BAR_PER_S, FLAT_MB = 60_000, 16.0
KINDS = ("incident.received", "incident.classified", "ladder.started")


def main() -> None:
    with house("verify"):
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        fill()
        measure(signed_heads())


def measure(heads: list[tuple[int, bytes, datetime]]) -> None:
    """The limit, the real thing, and the line."""
    from oneroom.apps.ledger.hands import Hands, snapshot
    from oneroom.apps.ledger.verify import verify
    from oneroom.apps.ledger.words import compare_all

    say("reading and hashing only")
    bare_s, sizes = timed(bare)[:2]
    with Hands(PROCESSES) as hands:
        starts_s = time.perf_counter()
        with snapshot():
            # They begin before memory is looked at; the time that it takes counts.
            list(hands.in_order(os.getpid, [()] * hands.many * 2))
        starts_s = time.perf_counter() - starts_s
        say("comparing texts")
        begun = used()
        texts_s, texts, texts_mb = timed(lambda: compare_all(hands))
        say("verifying")
        took_s, found, grown_mb = timed(lambda: verify("acts", heads, hands=hands))
        used_s = used() - begun
    chain_s, took_s, grown_mb = took_s, starts_s + took_s + texts_s, max(grown_mb, texts_mb)
    per_s, bare_per_s = ENTRIES / took_s, ENTRIES / bare_s
    report(
        CLAIM, value=round(per_s), unit="entries/s", peer=f"only read and hashed {bare_per_s:.0f} entries/s",
        ratio=round(per_s / bare_per_s, 2), bar=f">= {BAR_PER_S} entries/s, memory flat (<= {FLAT_MB:g} MB more)",
        ok=per_s >= BAR_PER_S and grown_mb <= FLAT_MB and found.fault is None and found.rows == ENTRIES
        and texts.seq is None and texts.texts == sum(2 for n in range(0, ENTRIES, AN_ACT)),
        seconds=round(took_s, 1), starts_s=round(starts_s, 1), processes=hands.many,
        cpu_us_an_entry=round(used_s / ENTRIES * 1e6, 1),
        chain_alone_per_s=round(ENTRIES / chain_s), texts=texts.texts, texts_per_s=round(texts.texts / texts_s),
        grown_mb=round(grown_mb, 1), fault=found.fault, heads=len(heads),
        hashlib_alone_per_s=round(ENTRIES / sizes[0]), mean_bytes=round(sizes[1] / ENTRIES),
        load=round(os.getloadavg()[0], 1),
    )  # fmt: skip


def ours() -> list[psutil.Process]:
    """This process and those that read for it; not the database's."""
    here = psutil.Process()
    return [here, *(one for one in here.children(recursive=True) if "python" in one.name())]


def used() -> float:
    """Seconds of processor that they took so far."""
    return sum(one.cpu_times().user + one.cpu_times().system for one in ours())


def timed(work: Callable[[], Any]) -> tuple[float, Any, float]:
    """(seconds, what came of it, MB of resident memory that the last nine tenths needed above the first)."""
    seen, done = [], threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            with contextlib.suppress(psutil.NoSuchProcess):
                seen.append((time.perf_counter(), sum(one.memory_info().rss for one in ours())))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    began = time.perf_counter()
    result = work()
    took = time.perf_counter() - began
    done.set()
    watching.join()
    early = max((rss for at, rss in seen if at <= began + took / 10), default=0)
    late = max((rss for at, rss in seen if at > began + took / 10), default=early)
    return took, result, (late - early) / 1e6 if early else 0.0


def bare() -> tuple[float, int]:
    """Read every entry's bytes and hash them; (seconds that hashing the same bytes again from memory takes, bytes)."""
    import psycopg
    from django.db import connection

    hashing_s, size = 0.0, 0
    with psycopg.Cursor(connection.connection) as cursor, cursor.copy(
        "COPY (SELECT canonical FROM ledger_entry ORDER BY seq) TO STDOUT (FORMAT BINARY)"
    ) as rows:  # fmt: skip
        rows.set_types(["bytea"])
        for (canonical,) in rows.rows():
            begin = time.perf_counter()
            hashlib.sha256(canonical).digest()
            hashing_s += time.perf_counter() - begin
            size += len(canonical)
    return hashing_s, size


def fill(many: int = ENTRIES) -> None:
    """So many entries, through the house's own append, some thousands to a turn."""
    from django.db import transaction

    from oneroom.apps.ledger.models import Sealed
    from oneroom.apps.ledger.services import chain
    from oneroom.apps.ledger.services.record import Noted
    from oneroom.apps.ledger.words import commitment

    began = datetime(2026, 1, 1, tzinfo=UTC)
    facts: dict[str, dict[str, Any]] = {
        "incident.received": {"source": "phone", "safe_contact": "unknown"},
        "incident.classified": {"category": "dispute", "subcategory": "noise", "grade": 3, "reasons": [], "unit": 12},
        "ladder.started": {"rungs": 4, "stage": "dispatch", "due": "2026-01-01T00:01:00.000Z"},
    }
    for first in range(0, many, A_TURN):
        noted, sealed, of = [], [], []
        for n in range(first, min(first + A_TURN, many)):
            matter, kind = f"incident:{n // AN_ACT}", KINDS[n % AN_ACT]
            at, said = began + timedelta(milliseconds=n // AN_ACT * 997), {"incident": n // AN_ACT, **facts[kind]}
            if kind == "incident.received":
                for name, text in (("words", f"two people shout at shop {n}"), ("caller", f'{{"name": "Li {n}"}}')):
                    key = hashlib.sha256(f"{name}{n}".encode()).digest()
                    said[name] = commitment(key, text)
                    sealed.append(Sealed(matter=matter, purpose=f"report.{name}", text=text, key=key, created=at))
                    of.append(n - first)
            noted.append(Noted(kind, matter, matter, at, 7, None, "web", ("room", "unit:12"), said))
        with transaction.atomic():
            rows = Sealed.objects.bulk_create(sealed)
            chain.append_entries(noted, texts={row.pk: which for row, which in zip(rows, of, strict=True)})
        if first % (A_TURN * 20) == 0:
            say(f"{first} entries written")


def signed_heads() -> list[tuple[int, bytes, datetime]]:
    """What would have been signed while the record grew."""
    from django.db import connection

    from oneroom.engine.merkle import Heap, leaf_hash

    heap, heads = Heap(), []
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_entry")
        cursor.execute("VACUUM ANALYZE ledger_sealed")
        cursor.execute("SELECT hash FROM ledger_entry ORDER BY seq")
        for (own,) in cursor.fetchall():
            heap.add(leaf_hash(bytes(own)))
            if heap.size % A_HEAD == 0:
                heads.append((heap.size, heap.root(), datetime(2026, 11, 26, tzinfo=UTC)))
    return heads


def say(words: str) -> None:
    """How far it is, for whoever waits."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
