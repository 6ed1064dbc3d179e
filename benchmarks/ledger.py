"""
Eight writers through services, three rows and two entries each, against the same services without the record.

Both halves run in turn in the same minutes, on the same server (fsync and synchronous_commit on), so the ratio
says what the record costs: numbering, canonical bytes, hashing, and waiting for the head's row lock.
"""

from __future__ import annotations

import multiprocessing
import shutil
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from line import report

WRITERS, SECONDS, ROUNDS = 8, 3.0, 5
RATIO_BAR, P99_BAR_MS = 0.6, 100.0
CLAIM = f"{WRITERS} writers through services (3 rows, 2 entries): throughput with the record against without it"


def write(url: str, ledger_on: bool, begin: object, out: object) -> None:
    """One writer: as many services as fit into the time; puts (count, latencies in ms, errors)."""
    set_up(url)
    from oneroom.apps.ledger.services import chain, note, seal, service
    from oneroom.engine.values import SYSTEM

    if not ledger_on:
        chain.append_entries = lambda noted: None  # the same services, and no record
    at = datetime(2026, 11, 22, 3, 12, tzinfo=UTC)

    @service
    def act() -> None:
        for purpose in ("report.words", "report.caller", "report.address"):
            seal("a line of words", matter="incident:1", purpose=purpose, at=at)
        note("incident.reviewed", "incident:1", by=SYSTEM, at=at, to=("room",), matter="incident:1", incident=1)
        note("incident.escalated", "incident:1", by=SYSTEM, at=at, to=("room",), matter="incident:1", incident=1,
             rung_code="alarm", stage="acknowledge")  # fmt: skip

    act()  # connect and warm up
    spans, errors = [], 0
    begin.wait()
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        started = time.perf_counter()
        try:
            act()
        except Exception:  # a deadlock is an error like any other here: it is counted
            errors += 1
        spans.append((time.perf_counter() - started) * 1e3)
    out.put((len(spans) - errors, spans, errors))


def set_up(url: str) -> None:
    """Django on this server, as a real process would have it."""
    import os

    os.environ.update(
        ONEROOM_DATABASE_URL=url, ONEROOM_SECRET_KEY="benchmark", DJANGO_SETTINGS_MODULE="oneroom.project.settings"
    )
    import django

    django.setup()


def run(url: str, *, ledger_on: bool) -> tuple[float, list[float], int]:
    """(acts per second, latencies in ms, errors) of all writers together."""
    context = multiprocessing.get_context("spawn")
    begin, out = context.Barrier(WRITERS), context.Queue()
    writers = [context.Process(target=write, args=(url, ledger_on, begin, out)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    results = [out.get(timeout=120) for _ in writers]
    for writer in writers:
        writer.join()
    return sum(r[0] for r in results) / SECONDS, [s for r in results for s in r[1]], sum(r[2] for r in results)


def main() -> None:
    folder = Path(mkdtemp(prefix="oneroom-bench-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(folder: Path) -> None:
    """The rounds, and the line."""
    from oneroom.project.embedded import Embedded

    with Embedded(folder) as server:
        url = server.url()
        set_up(url)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        with_it, without, latencies, errors = [], [], [], 0
        for _ in range(ROUNDS):
            rate, _, _ = run(url, ledger_on=False)
            without.append(rate)
            rate, spans, failed = run(url, ledger_on=True)
            with_it.append(rate)
            latencies += spans
            errors += failed
        from oneroom.apps.ledger.verify import verify

        whole = verify("acts").fault is None
    ratio = statistics.median(a / b for a, b in zip(with_it, without, strict=True))
    p99 = statistics.quantiles(latencies, n=100)[98]
    report(
        CLAIM, value=round(statistics.median(with_it)), unit="acts/s",
        peer=f"without the record {statistics.median(without):.0f} acts/s", ratio=round(ratio, 2),
        bar=f"ratio >= {RATIO_BAR}, p99 <= {P99_BAR_MS:.0f} ms, 0 errors, chain whole",
        ok=ratio >= RATIO_BAR and p99 <= P99_BAR_MS and errors == 0 and whole,
        p50_ms=round(statistics.median(latencies), 1), p99_ms=round(p99, 1), errors=errors,
    )  # fmt: skip


if __name__ == "__main__":
    main()
