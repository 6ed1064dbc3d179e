"""Using a backup: a whole copy and the changes after it become a database again, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from oneroom.project import unprivileged
from oneroom.project.backup.opening import FOLDER, is_sealed, open_all
from oneroom.project.backup.place import PARTIAL, Base, Place, is_segment, segment_after
from oneroom.project.embedded import PORT, Embedded
from oneroom.project.trouble import Trouble

PATIENCE_S = 3600
# Whatever the configuration of the site names (libraries, certificates, an archive) is not asked for here.
_BARE = {
    "hot_standby": "off", "shared_preload_libraries": "", "archive_mode": "off", "ssl": "off",
    "restore_command": "/bin/false", "recovery_target_action": "promote", "max_wal_size": "4GB",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and how long each step took, in seconds."""

    base: Base
    segments: int
    last_commit: datetime | None
    copied_s: float
    replayed_s: float


def choose(place: Place, until: datetime | None) -> Base:
    """The newest copy that ended by then."""
    fit = [base for base in place.bases() if until is None or base.ended <= until]
    if not fit:
        raise Trouble(f"In {place.folder} is no copy{' from before that time' if until else ''}.")
    return fit[-1]


def lay_out(place: Place, base: Base, to: Path) -> int:
    """Copy all that is needed into ``to``/data; how many segments of changes. Raises Trouble where one is missing."""
    data = to / "data"
    _must_be_new(data)
    if gap := first_gap(place, base):
        raise Trouble(f"Changes are missing from {gap} on. Choose an older copy with --until, or make a new one.")
    to.mkdir(parents=True, exist_ok=True)
    shutil.copytree(base.data, data, symlinks=True)
    data.chmod(0o700)
    found = [
        path for path in place.changes.glob("*")
        if is_segment(path.name) and path.name[8:24] >= base.first_segment[8:]
    ]  # fmt: skip
    for path in found:
        there = data / "pg_wal" / path.name.removesuffix(PARTIAL)
        if not there.exists() or _filled(path) >= _filled(there):
            shutil.copy(path, there)
    for history in place.changes.glob("*.history"):
        shutil.copy(history, data / "pg_wal" / history.name)
    (data / "recovery.signal").touch()
    return len(found)


def _must_be_new(data: Path) -> None:
    if data.exists():
        raise Trouble(f"{data} is there already. Name a folder that is new: nothing is ever overwritten.")


def first_gap(place: Place, base: Base) -> str | None:
    """
    The first segment that is missing between those of a copy and the newest; None where there is none.

    Recovery ends without a word where one is missing, as if there had been no more. Which ones an encrypted copy brings
    along nobody sees before it is opened.
    """
    found = [*(base.data / "pg_wal").glob("*"), *place.changes.glob("*")]
    whole = {
        path.name[:24]: path for path in found if is_segment(path.name) and path.name[8:24] >= base.first_segment[8:]
    }
    numbers = sorted({name[8:] for name in whole})
    if not base.sealed and (not numbers or numbers[0] != base.first_segment[8:]):
        return base.first_segment
    size = base.note.segment_bytes if base.sealed else next(iter(whole.values())).stat().st_size
    for number, following in pairwise(numbers):
        expected = segment_after(base.first_segment[:8] + number, segment_bytes=size)
        if expected[8:] != following:
            return expected
    return None


def _filled(segment: Path) -> int:
    """How far something is written in a segment: the rest of one that was cut off is zeros."""
    return len(segment.read_bytes().rstrip(b"\0"))


def bring_up(to: Path, until: datetime | None) -> Embedded:
    """A server on what was laid out, reached by a socket only we can open; ``start()`` replays the changes."""
    configuration = to / "restore.conf"
    access = to / "restore.hba"
    configuration.write_text("# used for the restore alone\n")
    access.write_text("local all all trust\n")
    settings = {**_BARE, "config_file": str(configuration), "hba_file": str(access)}
    if until is not None:
        settings["recovery_target_time"] = until.isoformat(sep=" ")
    if unprivileged.is_root():
        unprivileged.make_reachable(to)
        owner = unprivileged.server_owner(to / "data")
        for path in (to / "data", configuration, access):
            owner.owns(path)
    return Embedded(to, settings=settings, patience_s=PATIENCE_S)


def restore(
    place: Place, to: Path, until: datetime | None, keys: Sequence[Any] = ()
) -> tuple[Restored, Embedded]:  # fmt: skip
    """
    The running server and what came back in it; ``keys`` open what is encrypted. Raises Trouble; what was begun stays
    to be looked at.
    """
    base = choose(place, until)
    began_s = time.monotonic()
    _must_be_new(to / "data")
    if is_sealed(place, base):
        opened, plain = open_all(place, base, to, list(keys))
        segments = lay_out(opened, plain, to)
        shutil.rmtree(to / FOLDER)
    else:
        segments = lay_out(place, base, to)
    copied_s = time.monotonic()
    server = bring_up(to, until)
    server.start()
    try:
        replayed_s = time.monotonic()
        with psycopg.connect(url(server, base)) as connection:
            (last,) = connection.execute("SELECT recorded FROM ledger_entry ORDER BY seq DESC LIMIT 1").fetchone() or (
                None,
            )
    except BaseException:
        server.stop()
        raise
    return Restored(base, segments, last, copied_s - began_s, replayed_s - copied_s), server


def url(server: Embedded, base: Base) -> str:
    """Of our database in the restored server."""
    user, name = quote(base.note.superuser, safe=""), quote(base.note.database, safe="")
    return f"postgresql://{user}@/{name}?host={quote(str(server.socket_folder), safe='')}&port={PORT}"


def verify(database_url: str, heads: Path) -> tuple[bool, str]:
    """`oneroom verify` on the restored database, against the heads that were carried along; what it says."""
    command = [sys.executable, "-m", "oneroom", "verify", *(["--heads", str(heads)] if heads.exists() else [])]
    surroundings = {name: value for name, value in os.environ.items() if name != "ONEROOM_DEMO"}
    done = subprocess.run(
        command, env={**surroundings, "ONEROOM_DATABASE_URL": database_url}, capture_output=True, text=True, check=False
    )
    return done.returncode == 0, (done.stdout + done.stderr).strip()
