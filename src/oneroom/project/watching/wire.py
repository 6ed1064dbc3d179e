"""A connection of one's own that is opened when it is needed and never waits for ever."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import psycopg

CONNECT_S = 5
# psycopg adds keepalives; these make a vanished server known within seconds.
_CONNECTION: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": CONNECT_S,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class Wire:
    """
    One connection, kept while it works.

    A server that hangs (rather than refuses) answers no timeout of its own, so the socket is cut from here once
    ``patience_s`` are over: the statement then fails like any other.
    """

    def __init__(self, url: str, *, name: str, patience_s: float) -> None:
        self._url, self._name, self._patience_s = url, name, patience_s
        self._connection: psycopg.Connection[Any] | None = None

    @contextlib.contextmanager
    def use(self) -> Iterator[psycopg.Connection[Any]]:
        """The connection, for as long as ``patience_s`` allows. Raises psycopg.Error; the next use connects anew."""
        connection = self._connection
        if connection is None or connection.closed:
            connection = self._connection = psycopg.connect(self._url, application_name=self._name, **_CONNECTION)
        with socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
            cut = threading.Timer(self._patience_s, _cut, [line])
            cut.daemon = True
            cut.start()
            try:
                yield connection
            except BaseException:
                self.close()
                raise
            finally:
                cut.cancel()
                cut.join()  # it may be at the socket this very moment

    @property
    def is_open(self) -> bool:
        """Whether the connection of the last use is still there."""
        return self._connection is not None and not self._connection.closed

    def close(self) -> None:
        """Give the connection up."""
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
