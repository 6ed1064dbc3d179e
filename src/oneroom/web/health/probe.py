"""
The probe: a thread that tries the database, the disks and the clocks every two seconds and keeps what it found.

The door reads the last finding and its age, so that it answers also while the database hangs: then the findings grow
old. The database is tried by a commit that it must have written down (a message in its log that nobody reads): that
needs no table, waits for no lock, and fails where a mere SELECT would not, as on a standby. Its log has room taken in
advance, so a full disk is seen by another question: one whose answer it must lay down beside it for a moment.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from oneroom.apps.ledger.time import Compared, clock, now
from oneroom.web import away
from oneroom.web.connecting import own
from oneroom.web.health.parts import Part

EVERY_S = 2.0
SILENT_S = 10.0
SKEW_S = 2.0  # promise R11
BEHIND_S = 10.0  # a rung that is due happens within two seconds; by then several turns of the clock were missed
BACKUP_S = 60.0  # promise R17: no more than a minute is lost
MB = 1_000_000

log = logging.getLogger(__name__)


def backup_slot() -> str:
    """
    Where the database knows how far changes are in safety: where they go out encrypted, that is when they lie in the
    second place, and not when they were written down beside it.
    """
    return str(settings.SHIPPED_SLOT if settings.BACKUP_KEY else settings.BACKUP_SLOT)


_CONNECTION = own("probe")
_WRITE = "SELECT pg_logical_emit_message(true, 'oneroom', 'alive')"
_WORK = """
    SELECT coalesce((SELECT extract(epoch FROM %(at)s - min(r.due))::float8 FROM orders_rung r
            JOIN orders_ladder l ON l.id = r.ladder_id
            WHERE r.done IS NULL AND r.due <= %(at)s AND l.stopped IS NULL), 0),
        (SELECT count(*) FROM orders_delivery WHERE state = 'queued')"""
# How long ago each part last said that its work goes well, by the database's own clock; NULL: never.
_SIGNS = """
    SELECT part, (SELECT extract(epoch FROM clock_timestamp() - written)::float8 FROM oversight_alarm a
        WHERE a.what = 'beat' AND a.kind = 'working' AND a.part = asked.part ORDER BY written DESC LIMIT 1)
    FROM unnest(%s::text[]) AS asked(part)"""
_ARCHIVED = """
    SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::int8,
        (SELECT pg_wal_lsn_diff(restart_lsn, '0/0')::int8 FROM pg_replication_slots WHERE slot_name = %s)"""
# Half a megabyte that does not fit the memory allowed for it (`work_mem`): a file of the moment on the database's disk.
_ROOM = "SET work_mem = '64kB'; SELECT count(*) FROM generate_series(1, 20000); RESET work_mem"
_TIME = "SELECT extract(epoch FROM clock_timestamp())::float8"


@dataclass(frozen=True, slots=True)
class Database:
    """
    A write that was kept, how long it took, how far the database's clock is ahead of this machine's, and whether its
    disk is full.
    """

    seen_s: float  # by time.monotonic()
    write_ms: float
    ahead_s: float
    full: bool


@dataclass(frozen=True, slots=True)
class Disks:
    """The folder with the least room."""

    seen_s: float
    free_mb: float


@dataclass(frozen=True, slots=True)
class Work:
    """What is due and has not happened: seconds by which the oldest rung is late, messages not taken yet."""

    seen_s: float
    behind_s: float
    messages: int


class Probe(threading.Thread):
    """
    ``parts()`` never waits and may be asked from any thread. ``slot`` names the place in the database where the archive
    fetches changes; empty where there is none. ``watched`` are the parts whose signs of life the database holds, each
    silent after ``silent_s``; a house may do without those of ``once_heard``, which are named from their first sign on.
    """

    def __init__(
        self, database_url: str, *, folders: Iterable[Path], least_free_mb: float, slot: str = "",
        watched: Iterable[str] = (), once_heard: Iterable[str] = (), silent_s: float = 30.0,
    ) -> None:  # fmt: skip
        super().__init__(name="oneroom-probe", daemon=True)
        self._url = database_url
        self._folders = list(folders)
        self._least_free_mb = least_free_mb
        self._stopping = threading.Event()
        self._began_s = time.monotonic()
        self._database: Database | None = None
        self._disks: Disks | None = None
        self._work: Work | None = None
        self._lost = False
        self._slot = slot
        self._once_heard = tuple(once_heard)
        # when each was last seen, by time.monotonic()
        self._signs: dict[str, float | None] = dict.fromkeys((*watched, *self._once_heard))
        self._silent_s = silent_s
        self._written: tuple[int, float] | None = None  # how far the database had written, and when we saw that
        self._taken_s: float | None = None  # all that was written by then is in the archive

    def stop(self) -> None:
        self._stopping.set()

    # -- seen from outside ---------------------------------------------------

    def parts(self) -> list[Part]:
        disks = [self._disks_part()] if self._folders else []
        backup = [self._backup_part()] if self._slot else []
        signs = [
            Part(part, _since_s(seen_s), self._silent_s)
            for part, seen_s in self._signs.items()
            if seen_s is not None or part not in self._once_heard
        ]
        first = [self._database_part(), self._room_part(), self._ladders_part()]
        return [*first, *signs, self._clocks_part(), *disks, *backup]

    def _backup_part(self) -> Part:
        """How much would be lost with the database; ``unseen_s``: nothing was seen to be taken in so long a time."""
        unseen = {} if self._taken_s is not None else {"unseen_s": round(time.monotonic() - self._began_s)}
        return Part("backup", _since_s(self._taken_s), BACKUP_S, figures=unseen)

    def _database_part(self) -> Part:
        found = self._database
        figures = {} if found is None else {"write_ms": round(found.write_ms, 1)}
        return Part("database", _age_s(found), SILENT_S, wrong=self._lost, vital=True, figures=figures)

    def _room_part(self) -> Part:
        """The database's disk: while it is full the acts of the closed list go on from the journal."""
        found = self._database
        return Part("database_room", _age_s(found), SILENT_S, wrong=found is not None and found.full)

    def _ladders_part(self) -> Part:
        """The clock's work seen from outside: whatever it says of itself, what is due must happen."""
        found = self._work
        figures: dict[str, object] = {"limit_behind_s": BEHIND_S}
        if found is not None:
            figures |= {"behind_s": round(found.behind_s, 1), "messages_waiting": found.messages}
        late = found is not None and found.behind_s > BEHIND_S
        return Part("ladders", _age_s(found), SILENT_S, wrong=late, figures=figures)

    def _clocks_part(self) -> Part:
        """Against the database's machine, and against the time at which this process started to count."""
        found, ours = self._database, clock()
        skews = [ours.apart_s()] if isinstance(ours, Compared) else []
        if found is not None:
            skews.append(found.ahead_s)
        worst_s = max(skews, key=abs, default=0.0)
        figures = {"skew_s": round(worst_s, 3), "limit_skew_s": SKEW_S}
        return Part("clock_skew", _age_s(found), SILENT_S, wrong=abs(worst_s) > SKEW_S, figures=figures)

    def _disks_part(self) -> Part:
        found = self._disks
        figures: dict[str, object] = {"limit_free_mb": self._least_free_mb}
        if found is not None:
            figures["free_mb"] = round(found.free_mb)
        short = found is not None and found.free_mb < self._least_free_mb
        return Part("disk", _age_s(found), SILENT_S, wrong=short, figures=figures)

    # -- the thread ------------------------------------------------------------

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._url, **_CONNECTION) as connection:
                    connection.execute("SET statement_timeout = '2s'")
                    while not self._stopping.is_set():
                        self._look_at_disks()
                        self._try(connection)
                        self._stopping.wait(EVERY_S)
            except (psycopg.Error, OSError) as error:
                if not self._stopping.is_set():
                    log.warning("the probe lost the database (%s)", type(error).__name__)
                self._lost = True
                self._look_at_disks()
                self._stopping.wait(EVERY_S)

    def _try(self, connection: psycopg.Connection[Any]) -> None:
        began_s = time.monotonic()
        connection.execute(_WRITE)
        write_ms = (time.monotonic() - began_s) * 1000
        asked = time.time()
        row = connection.execute(_TIME).fetchone()
        answered = time.time()
        assert row is not None
        # Its answer was made somewhere between question and answer: only what lies outside of that is skew.
        ahead_s = max(row[0] - answered, 0.0) + min(row[0] - asked, 0.0)
        self._database = Database(began_s, write_ms, ahead_s, is_full(connection))
        self._lost = False
        if self._slot:
            self._look_at_archive(connection, began_s)
        self._look_at_work(connection, began_s)

    def _look_at_work(self, connection: psycopg.Connection[Any], seen_s: float) -> None:
        """The questions here that a lock on a table can hold up: they are given up soon, and the rest goes on."""
        try:
            row = connection.execute(_WORK, {"at": now()}).fetchone()
            if self._signs:
                for part, age_s in connection.execute(_SIGNS, [list(self._signs)]).fetchall():
                    if age_s is not None:
                        self._signs[part] = seen_s - age_s
        except (psycopg.errors.QueryCanceled, psycopg.errors.UndefinedTable) as error:
            log.warning("what is due cannot be seen (%s)", type(error).__name__)
            return
        assert row is not None
        self._work = Work(seen_s, row[0] / (clock().rate() or 1.0), row[1])

    def _look_at_archive(self, connection: psycopg.Connection[Any], seen_s: float) -> None:
        """Until what was once seen written is fetched, the archive counts as standing where it stood."""
        row = connection.execute(_ARCHIVED, [self._slot]).fetchone()
        assert row is not None
        written, fetched = row
        if self._written is not None and fetched is not None and fetched >= self._written[0]:
            self._taken_s = self._written[1]
            self._written = None
        if self._written is None:
            self._written = (written, seen_s)

    def _look_at_disks(self) -> None:
        seen_s = time.monotonic()
        free = []
        for folder in self._folders:
            try:
                free.append(shutil.disk_usage(_existing(folder)).free)
            except OSError as error:
                log.warning("the room in %s cannot be seen (%s)", folder, error.strerror)
                return
        if free:
            self._disks = Disks(seen_s, min(free) / MB)


def is_full(connection: psycopg.Connection[Any]) -> bool:
    """Whether the database finds no room for another half a megabyte; it is told where acts are answered."""
    try:
        connection.execute(_ROOM, prepare=False)
    except psycopg.errors.DiskFull:
        away.found_full()
        return True
    return False


def _existing(folder: Path) -> Path:
    """The folder itself, or where it will be made."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _age_s(found: Database | Disks | Work | None) -> float | None:
    return _since_s(None if found is None else found.seen_s)


def _since_s(seen_s: float | None) -> float | None:
    return None if seen_s is None else time.monotonic() - seen_s
