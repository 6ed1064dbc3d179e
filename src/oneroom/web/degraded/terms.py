"""
The terms of journals of this machine that were put aside, kept by who holds its journal: the clock may be on another.

In a thread of its own: to overwrite a long file takes a while, and the board must not grow old meanwhile.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.retention import NotAllGone, keep_class

EVERY_S = 600.0

log = logging.getLogger(__name__)


class Terms:
    """What is due goes when ``look`` is called, at most so often and never twice at once."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="degraded-terms")
        self._working: Future[None] | None = None
        self._next_s = 0.0

    def look(self) -> None:
        """Begin, where it is time; returns at once."""
        if time.monotonic() < self._next_s or (self._working is not None and not self._working.done()):
            return
        self._next_s = time.monotonic() + EVERY_S
        self._working = self._thread.submit(self._keep)

    def close(self) -> Future[None]:
        """Take nothing more; done when the thread's connections are closed."""
        last = self._thread.submit(connections.close_all)
        self._thread.shutdown(wait=False)
        return last

    def _keep(self) -> None:
        close_old_connections()
        try:
            keep_class("journal", now())
        except (DatabaseError, InterfaceError, OSError, NotAllGone) as fault:
            log.error("a journal that was put aside did not go (%s)", type(fault).__name__)
        finally:
            close_old_connections()
