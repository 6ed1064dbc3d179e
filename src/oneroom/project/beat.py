"""The loop of a process that does one thing again and again (`clock`, `courier`), whatever happens to one round."""

import logging
import signal
import threading
from collections.abc import Callable

import psycopg
from django.db import DatabaseError, InterfaceError, close_old_connections

log = logging.getLogger(__name__)


class Beat:
    """
    Calls `turn` every `every_s` seconds, and again at once while it says that there is more; ends on SIGTERM or Ctrl-C.

    A turn that fails is logged, and the next one begins with a database connection that works: one that broke is
    dropped here, and Django opens another when it is next asked something. ``after`` hears of each turn whether it
    went well: that is the sign of life of a loop, which a thread beside it could not give.
    """

    def __init__(
        self, every_s: float, turn: Callable[[], bool], *, after: Callable[[bool], None] = lambda worked: None
    ):
        self._every_s = every_s
        self._turn = turn
        self._after = after
        self._stopping = threading.Event()

    def stop(self, *_: object) -> None:
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """It was told to end: a turn that takes long looks at this."""
        return self._stopping.is_set()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self._stopping.is_set():
            more, worked = self._once()
            self._after(worked)
            self._stopping.wait(0 if more else self._every_s)

    def _once(self) -> tuple[bool, bool]:
        try:
            close_old_connections()
            return self._turn(), True
        except Exception as error:
            if (gone := _gone(error)) is not None:
                log.warning("A turn failed (%s); the next one comes in %g s.", gone, self._every_s)
            else:
                log.exception("A turn failed; the next one comes in %g s.", self._every_s)
            return False, False


def _gone(error: Exception) -> str | None:
    """
    What the database said when it went, or ended this session (57…, 25P03); None for a fault to look for.

    One line says all of it: a trace four times a second would hide what else happens meanwhile.
    """
    cause = error.__cause__ if isinstance(error, DatabaseError | InterfaceError) else error
    if not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate is None and not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return None
    if cause.sqlstate is not None and cause.sqlstate[:2] not in ("08", "57") and cause.sqlstate != "25P03":
        return None
    return f"{type(cause).__name__}: {str(cause).strip().partition(chr(10))[0]}"
