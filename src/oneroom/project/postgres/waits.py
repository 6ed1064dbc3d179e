"""Which connections of this process wait for the server, and since when."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Iterator


class Waits:
    """One of them for a process. Every wait of every connection passes here, so it costs little more than a clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = itertools.count()
        self._since: dict[int, tuple[float, socket.socket]] = {}

    @contextlib.contextmanager
    def waiting(self, wire: socket.socket) -> Iterator[None]:
        """While the server is asked over this wire."""
        mine = next(self._number)
        self._since[mine] = (time.monotonic(), wire)
        try:
            yield
        finally:
            with self._lock:  # whoever cuts is done with this wire before it can be closed
                del self._since[mine]

    def cut(self, older_than_s: float) -> int:
        """Shut the wires on which the server is silent for longer; how many. Whoever waits there gets an error."""
        limit = time.monotonic() - older_than_s
        with self._lock:
            hung = [wire for since, wire in list(self._since.values()) if since < limit]
            for wire in hung:
                with contextlib.suppress(OSError):  # the server, or its machine, was quicker
                    wire.shutdown(socket.SHUT_RDWR)
        return len(hung)


WAITS = Waits()
