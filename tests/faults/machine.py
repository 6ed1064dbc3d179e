"""
How much of the machine the house had: what others on it took while it worked.

"Within two seconds" is promised on a machine of one's own. Where others take nine tenths of the processor the same work
takes ten times as long, and that is no fault of the house; what its own load takes is.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from datetime import datetime

import psutil

from oneroom.apps.ledger.time import now

EVERY_S = 0.5
LEAST = 0.05


class Machine(threading.Thread):
    """Looks twice a second; ``share(begin, end)`` is the part of the processor that was the house's, or idle."""

    def __init__(self) -> None:
        super().__init__(name="machine", daemon=True)
        self._looks: list[tuple[datetime, float, float]] = []  # when, what others used since the last look, of how much
        self._used: dict[int, float] = {}
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        busy, whole = _times()
        self._ours()
        while not self._stopping.wait(EVERY_S):
            busy_now, whole_now = _times()
            others = max(0.0, busy_now - busy - self._ours())
            self._looks.append((now(), others, whole_now - whole))
            busy, whole = busy_now, whole_now

    def share(self, begin: datetime, end: datetime) -> float:
        """Between ``LEAST`` and 1; 1 where nothing was seen."""
        within = [(others, whole) for at, others, whole in list(self._looks) if begin <= at <= end]
        whole = sum(w for _others, w in within)
        return max(LEAST, 1.0 - sum(o for o, _whole in within) / whole) if whole else 1.0

    def _ours(self) -> float:
        """Processor seconds of this process and everything below it since the last look."""
        me, total = psutil.Process(os.getpid()), 0.0
        for process in [me, *me.children(recursive=True)]:
            with suppress(psutil.Error):
                times = process.cpu_times()
                used = times.user + times.system
                total += max(0.0, used - self._used.get(process.pid, 0.0))
                self._used[process.pid] = used
        return total


def _times() -> tuple[float, float]:
    """Busy and all processor seconds of the machine."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    whole = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return whole - idle, whole
