"""
The tail: the one thread of a process that reads the ledger for all its listeners.

It LISTENs and also asks each second, because a notification may be lost and the
table cannot. "seq > last" misses nothing here: numbers are given in commit order
(ADR 0001). It has its own connection, survives the loss of the database, and can
be cut loose from a hung one, which server-side timeouts cannot do.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg

from oneroom.web.connecting import own
from oneroom.web.stream.ring import Event

log = logging.getLogger(__name__)

BATCH = 500
POLL_S = 1.0
PACE_S = 0.02  # what is written in quick succession is read together; a single entry is read at once
HUNG_S = 5.0
RETRY_S = (0.2, 0.5, 1.0, 2.0)
CHANGES_KEPT = 20_000  # access changes read at the start: far more than happen in a ticket's life

_CONNECTION = own("tail")
_NEXT = """
    SELECT seq, kind, subject, matter, scopes,
        CASE WHEN kind = 'access.changed' THEN (facts->>'version')::int END,
        CASE WHEN kind = 'session.closed' THEN facts->>'session' END, hash
    FROM ledger_entry WHERE seq > %s ORDER BY seq LIMIT %s"""
_LAST = """
    SELECT seq, kind, subject, matter, scopes,
        CASE WHEN kind = 'access.changed' THEN (facts->>'version')::int END,
        CASE WHEN kind = 'session.closed' THEN facts->>'session' END, hash
    FROM ledger_entry ORDER BY seq DESC LIMIT %s"""
_VERSIONS = """
    SELECT subject, max(version) FROM (
        SELECT subject, (facts->>'version')::int AS version FROM ledger_entry
        WHERE kind = 'access.changed' ORDER BY seq DESC LIMIT %s) AS changes
    GROUP BY subject"""
_CLOSED = """
    SELECT facts->>'session' FROM ledger_entry
    WHERE kind = 'session.closed' AND facts ? 'session' ORDER BY seq DESC LIMIT %s"""
# The whole table: one row for each crew on duty. Asking "received > last" would need a clock that all web
# processes and the demo's pause agree on, and would not see who left.
_POSITIONS = "SELECT crew_id, lon, lat, extract(epoch FROM at)::float8, speed_kmh, heading FROM duty_position"


class Tail(threading.Thread):
    """
    Calls back from its own thread:

    ``on_restart(head, events, versions, closed)`` when it begins, or finds another past than the one it
    told (a database restored from a backup); ``on_events(events)``; ``on_positions(moved, gone)``
    at most once a second.
    """

    def __init__(
        self,
        database_url: str,
        *,
        ring_size: int,
        on_restart: Callable[[int, list[Event], dict[int, int], list[str]], object],
        on_events: Callable[[list[Event]], object],
        on_positions: Callable[[list[dict[str, object]], list[int]], object],
    ) -> None:
        super().__init__(name="oneroom-tail", daemon=True)
        self._url = database_url
        self._ring_size = ring_size
        self._on_restart, self._on_events, self._on_positions = on_restart, on_events, on_positions
        self._stopping = threading.Event()
        self._head: int | None = None
        self._head_hash: bytes | None = None
        self._positions_due = 0.0
        self._told: dict[int, float] = {}
        self._contact: float | None = None
        self._asking_since: float | None = None
        self._answered: float | None = None
        self._connected = False
        self._wire: socket.socket | None = None
        self._wire_lock = threading.Lock()

    # -- seen from the event loop -------------------------------------------

    @property
    def lag_s(self) -> float | None:
        """Seconds since the ledger was last read to its end; None before the first time."""
        return None if self._contact is None else time.monotonic() - self._contact

    @property
    def in_contact(self) -> bool:
        lag_s = self.lag_s
        return lag_s is not None and lag_s < HUNG_S

    @property
    def silent_s(self) -> float | None:
        """
        For how many seconds the database owes an answer, or cannot be reached; None if it never answered.

        Not the same as being behind: in a burst of entries the tail may be that while every question is answered.
        """
        asking_since, answered = self._asking_since, self._answered
        if asking_since is not None:
            return time.monotonic() - asking_since
        if self._connected:
            return 0.0
        return None if answered is None else time.monotonic() - answered

    def cut_if_hung(self) -> None:
        """Shut the socket under a query that gets no answer, so that the thread can start afresh."""
        asking_since = self._asking_since
        if asking_since is not None and time.monotonic() - asking_since > HUNG_S:
            log.warning("the database does not answer; the tail connects again")
            self._cut()

    def stop(self) -> None:
        self._stopping.set()
        self._cut()

    # -- the thread ----------------------------------------------------------

    def run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._url, **_CONNECTION) as conn, self._wired(conn):
                    self._begin(conn)
                    self._connected, failures = True, 0
                    self._follow(conn)
            except (psycopg.Error, OSError) as error:
                self._connected = False
                if self._stopping.is_set():
                    return
                log.warning("the tail lost the database (%s)", type(error).__name__)
                self._stopping.wait(RETRY_S[min(failures, len(RETRY_S) - 1)])
                failures += 1

    def _begin(self, conn: psycopg.Connection[Any]) -> None:
        conn.execute("LISTEN oneroom_ledger")  # before reading, so that nothing falls between
        if self._head is None or not self._same_past(conn):
            rows = self._ask(conn, _LAST, self._ring_size)[::-1]
            versions = {
                int(subject.partition(":")[2]): version
                for subject, version in self._ask(conn, _VERSIONS, CHANGES_KEPT)
                if version is not None
            }
            self._head = rows[-1][0] if rows else 0
            self._head_hash = rows[-1][7] if rows else None
            closed = [session for (session,) in self._ask(conn, _CLOSED, CHANGES_KEPT)]
            self._on_restart(self._head, [Event.of(*row[:7]) for row in rows], versions, closed)
        self._read(conn)

    def _same_past(self, conn: psycopg.Connection[Any]) -> bool:
        found = self._ask(conn, "SELECT hash FROM ledger_entry WHERE seq = %s", self._head)
        return (found[0][0] if found else None) == self._head_hash

    def _follow(self, conn: psycopg.Connection[Any]) -> None:
        read_s = 0.0
        while not self._stopping.is_set():
            for _ in conn.notifies(timeout=POLL_S, stop_after=1):
                pass
            if (early_s := read_s + PACE_S - time.monotonic()) > 0:
                self._stopping.wait(early_s)
                for _ in conn.notifies(timeout=0):  # those are read by the same question
                    pass
            read_s = time.monotonic()
            self._read(conn)
            if time.monotonic() >= self._positions_due:
                self._positions_due = time.monotonic() + POLL_S
                self._read_positions(conn)

    def _read(self, conn: psycopg.Connection[Any]) -> None:
        while True:
            rows = self._ask(conn, _NEXT, self._head, BATCH)
            if rows:
                self._head, self._head_hash = rows[-1][0], rows[-1][7]
                self._on_events([Event.of(*row[:7]) for row in rows])
            if len(rows) < BATCH:
                self._contact = time.monotonic()
                return

    def _read_positions(self, conn: psycopg.Connection[Any]) -> None:
        rows = self._ask(conn, _POSITIONS)
        moved = [
            {
                "crew": crew,
                "lon": round(lon, 6),  # a tenth of a metre
                "lat": round(lat, 6),
                "at": datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds"),
                "speed_kmh": speed_kmh,
                "heading": heading,
            }
            for crew, lon, lat, at, speed_kmh, heading in rows
            if self._told.get(crew) != at
        ]
        now_told = {row[0]: row[3] for row in rows}
        gone = sorted(self._told.keys() - now_told.keys())
        self._told = now_told
        if moved or gone:
            self._on_positions(moved, gone)

    def _ask(self, conn: psycopg.Connection[Any], query: Any, *values: object) -> list[Any]:
        self._asking_since = time.monotonic()
        try:
            rows = conn.execute(query, values).fetchall()
            self._answered = time.monotonic()
            return rows
        finally:
            self._asking_since = None

    # -- the wire, kept apart so that another thread can cut it ----------------

    @contextlib.contextmanager
    def _wired(self, conn: psycopg.Connection[Any]) -> Any:
        with self._wire_lock:
            self._wire = socket.socket(fileno=os.dup(conn.pgconn.socket))
        try:
            yield
        finally:
            with self._wire_lock:
                self._wire.close()
                self._wire = None

    def _cut(self) -> None:
        with self._wire_lock, contextlib.suppress(OSError):
            if self._wire is not None:
                self._wire.shutdown(socket.SHUT_RDWR)
