"""The loop of a process that does one thing again and again (`clock`, `courier`), whatever happens to one round."""

import logging
import signal
import threading
from collections.abc import Callable

from django.db import close_old_connections

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
        except Exception:
            log.exception("A turn failed; the next one comes in %g s.", self._every_s)
            return False, False
