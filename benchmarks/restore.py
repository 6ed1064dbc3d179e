"""
A database with 1,000,000 incidents comes back from its backup: how long until it can be used, verified?

The incidents are simulated (each with a report), the 1,000,000 entries are a real chain with a signed head, with two
texts to three of them. `oneroom runarchive` makes the whole copy and takes every change; 20,000 more entries come after
the copy. Then `oneroom restore` lays the copy out, replays the changes, and verifies the whole against its signed head.

Peer, in the same run: the same files only copied.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from board import _MATTERS
from create import _REPORTS
from house import house
from line import report
from verify import ENTRIES, fill

CLAIM = "a database with 1,000,000 incidents is restored, replayed and verified"
MATTERS, LATER, BAR_S = int(os.environ.get("MATTERS", "1000000")), 20_000, 900.0


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="oneroom-restore-", dir="/tmp"))
    folder.chmod(0o711)
    os.environ["ONEROOM_BACKUPS"] = str(folder / "backups")
    os.environ["ONEROOM_HEADS"] = str(folder / "heads")
    try:
        with house("restore"):
            measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(folder: Path) -> None:
    """Fill, back up, add, restore, and the line."""
    from django.core.management import call_command

    from oneroom.apps.ledger.time import now
    from oneroom.ports.heads import sign_heads
    from oneroom.project.backup.place import Place

    call_command("migrate", verbosity=0)
    simulate()
    fill()
    where = Place(folder / "backups")
    archive = subprocess.Popen([sys.executable, "-m", "oneroom", "runarchive"], stderr=subprocess.DEVNULL)
    try:
        began = time.monotonic()
        wait_for(lambda: bool(where.bases()), "the whole copy")
        copied_s = time.monotonic() - began
        fill(LATER)
        while sign_heads(now()) == 0:  # signs some thousands of entries at a time
            time.sleep(0.01)
        where.carry_heads(folder / "heads")
        wait_for(all_taken, "every change")
    finally:
        archive.terminate()
        archive.wait(20)
    base = where.bases()[-1]
    began = time.monotonic()
    shutil.copytree(base.folder, folder / "only-copied")
    bare_s = time.monotonic() - began
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "oneroom", "restore", "--to", str(folder / "restored")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    took_s = time.monotonic() - began
    say(done.stdout + done.stderr)
    found = re.search(r"acts: (\d+) entries, whole", done.stdout)  # the copy itself is an entry too
    report(
        CLAIM, value=round(took_s, 1), unit="s", peer=f"the same files only copied {bare_s:.1f} s",
        ratio=round(took_s / bare_s, 1), bar=f"<= {BAR_S:g} s, whole",
        ok=took_s <= BAR_S and done.returncode == 0 and found is not None and int(found[1]) >= ENTRIES + LATER,
        megabytes=round(base.note.bytes / 1e6), whole_copy_s=round(copied_s, 1), entries=ENTRIES + LATER,
        matters=MATTERS, load=round(os.getloadavg()[0], 1),
    )  # fmt: skip


def simulate() -> None:
    """The matters of ten months, each with a report."""
    from django.db import connection

    from oneroom.apps.ledger.time import now
    from oneroom.apps.orgs.services import begin_unit
    from oneroom.engine.values import SYSTEM

    stations = [
        begin_unit(kind="station", code=f"s{n}", name_zh=f"{n}所", name_en=f"Station {n}", by=SYSTEM, at=now()).pk
        for n in range(40)
    ]
    given = {"now": now(), "many": MATTERS, "days": 310, "stations": stations, "open_from": MATTERS}
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_entry")
        cursor.execute("DELETE FROM ledger_chainhead")
        cursor.execute(_MATTERS, given)
        cursor.execute(_REPORTS)
    say("the matters stand")


def all_taken() -> bool:
    """Whether every change lies in the archive."""
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT restart_lsn >= pg_current_wal_flush_lsn() FROM pg_replication_slots WHERE slot_name = %s",
            [settings.BACKUP_SLOT],
        )
        found = cursor.fetchone()
    return bool(found and found[0])


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Until it holds; a quarter of an hour at most, as much as restoring may take."""
    deadline = time.monotonic() + BAR_S
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not come within {BAR_S / 60:g} minutes.")
        time.sleep(0.25)


def say(words: str) -> None:
    """How far it is, for whoever waits."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
