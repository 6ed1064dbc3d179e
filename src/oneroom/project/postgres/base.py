"""The backend, by the name that Django asks for (`ENGINE` in `database.py`)."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from oneroom.project.postgres.waits import WAITS

_COMMIT = "COMMIT"
TRUSTED_S = 1.0  # longer ago the server is asked once more whether it is there


class Cuttable(psycopg.Connection[Any]):
    """
    A connection that says when it waits for the server, and whose wire another thread may cut.

    The wire is a second handle of the socket, so that cutting never hits a number that was given to another file since.
    """

    _wire: socket.socket | None = None
    heard_s = 0.0  # when the server last answered

    def wait(self, gen: Any, *limits: Any, **named_limits: Any) -> Any:
        if self._wire is None:
            self._wire = socket.socket(fileno=os.dup(self.pgconn.socket))
        with WAITS.waiting(self._wire):
            found = super().wait(gen, *limits, **named_limits)
        self.heard_s = time.monotonic()
        return found

    def is_quiet(self) -> bool:
        """Whether nothing came by itself since the last answer: a server that ends says so, and closes the wire."""
        if self.closed:
            return False
        looking = select.poll()
        looking.register(self.pgconn.socket, select.POLLIN | select.POLLHUP | select.POLLERR)
        return not looking.poll(0)

    def close(self) -> None:
        super().close()
        if self._wire is not None:
            self._wire.close()
            self._wire = None


class _Driver:
    """psycopg, as Django calls it, but for how a connection is made."""

    connect = staticmethod(Cuttable.connect)

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseWrapper(base.DatabaseWrapper):
    """
    ``with_commit`` takes the last statement of the transaction that is open; it goes to the server with the COMMIT.

    Both are on their way before either is answered (libpq's pipeline): what the statement locks is locked while the
    server writes, and not while this process waits for its turn on the processor. If the statement fails the server
    skips the COMMIT, and whoever commits gets the statement's error.
    """

    Database = _Driver()
    _last: Callable[[], object] | None = None

    def with_commit(self, statement: Callable[[], object]) -> None:
        """Call this in the commit. Its answer is there after it."""
        self._last = statement

    def _commit(self) -> None:
        last, self._last = self._last, None
        if last is None or self.connection is None:
            super()._commit()  # type: ignore[misc]  # Django's stubs leave these three out
            return
        with self.wrap_database_errors, self.connection.pipeline():
            last()
            psycopg.Cursor(self.connection).execute(_COMMIT, prepare=False)

    def _rollback(self) -> None:
        self._last = None
        super()._rollback()  # type: ignore[misc]

    def _close(self) -> None:
        self._last = None
        super()._close()  # type: ignore[misc]

    def is_usable(self) -> bool:
        """Asked before each request. Of a server that answered just now, only that it did not end the connection."""
        held = self.connection
        if isinstance(held, Cuttable) and time.monotonic() - held.heard_s < TRUSTED_S and held.is_quiet():
            return True
        return bool(super().is_usable())
