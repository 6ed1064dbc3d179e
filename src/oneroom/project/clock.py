"""
The project's clock: the one place that asks the machine what time it is.

In production it runs as the world does. In the demo all processes share a clock kept in a file, which may run faster,
stand still, and go on tomorrow from where it stopped today.
"""

import fcntl
import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from oneroom.project.environment import beginning

CLOCK_FILE = "ONEROOM_CLOCK_FILE"
CLOCK_BEGAN = "ONEROOM_CLOCK_BEGAN"
FASTEST = 60.0
LOOK_EVERY_S = 10.0
TOLERATED_S = 2.0

log = logging.getLogger(__name__)


class Clock(Protocol):
    def now(self) -> datetime:
        """Project time, aware, UTC."""

    def rate(self) -> float:
        """Project seconds per second; 0 while it stands still."""


class RealClock:
    """
    The machine's time when we started, and the seconds since: setting the machine's clock moves no deadline.

    Of a house on one machine "we" are all of its parts: who starts them hands its own beginning on (``CLOCK_BEGAN``),
    so that a part that dies after the clock was set comes back with the time of the others. Seconds since the machine's
    start are the same in all of its processes.
    """

    def __init__(self, handed: str = "") -> None:
        self._looked_s = time.monotonic()
        began = beginning(handed)  # what is none has its sentence before anything starts (``environment.unreadable``)
        if began is not None and began[1] <= self._looked_s:  # else it is of before the machine's last start
            self._began, self._began_s = began
        else:
            self._began, self._began_s = datetime.now(UTC), self._looked_s
        self._told_s = 0.0

    def handed_on(self) -> str:
        """Its beginning as text, for the parts that this process starts: the value of ``CLOCK_BEGAN``."""
        return f"{self._began.isoformat()} {self._began_s!r}"

    def now(self) -> datetime:
        since_s = time.monotonic()
        ours = self._began + timedelta(seconds=since_s - self._began_s)
        if since_s - self._looked_s > LOOK_EVERY_S:
            self._looked_s = since_s
            self._compare()
        return ours

    def apart_s(self) -> float:
        """By how many seconds the machine's clock is ahead of this one now."""
        ours = self._began + timedelta(seconds=time.monotonic() - self._began_s)
        return (datetime.now(UTC) - ours).total_seconds()

    def _compare(self) -> None:
        """Say once when the machine's clock was set: parts of other machines, or started apart, would not agree."""
        apart_s = self.apart_s()
        if abs(apart_s - self._told_s) > TOLERATED_S:
            self._told_s = apart_s
            log.error("the machine's clock was set by %+.1f s since this part started: restart all parts", apart_s)

    def rate(self) -> float:
        return 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """At `real` (Unix seconds) it was `project`, and since then the clock runs at `rate`."""

    real: float
    project: datetime
    rate: float

    def at(self, real: float) -> datetime:
        # Never before `project`: a machine's clock that is set back makes this one wait, not return.
        return self.project + timedelta(seconds=max(0.0, real - self.real) * self.rate)


class FileClock:
    """
    The demo's clock, one for all processes: a small JSON file, read again whenever it was written.

    Writers take a lock and replace the file in one step, so a reader sees the old reading or the new one.
    """

    def __init__(self, path: Path):
        self.path = path
        self._seen: tuple[int, int] | None = None  # when it was written, and its inode: two writes may share a tick
        self._reading: Reading | None = None

    def exists(self) -> bool:
        return self.path.exists()

    def now(self) -> datetime:
        return self._read().at(time.time())

    def rate(self) -> float:
        return self._read().rate

    def start(self, project: datetime, rate: float = 1.0) -> None:
        """Set the clock to `project`, whatever it said."""
        with self._alone():
            self._write(Reading(time.time(), project.astimezone(UTC), _checked(rate)))

    def forward(self, project: datetime) -> None:
        """Go on from this time, at the same rate; a time that is past already changes nothing."""
        with self._alone():
            now = self._read()
            real = time.time()
            if project > now.at(real):
                self._write(Reading(real, project.astimezone(UTC), now.rate))

    def resume(self, rate: float | None = None) -> None:
        """Go on from the last stored time: the hours in which nobody ran the demo did not pass in it."""
        with self._alone():
            stored = self._read()
            self._write(Reading(time.time(), stored.project, stored.rate if rate is None else _checked(rate)))

    def set_rate(self, rate: float) -> None:
        """From now on this many project seconds per second; 0 pauses. The time itself does not jump."""
        with self._alone():
            self._write_now(_checked(rate))

    def checkpoint(self) -> None:
        """Store what time it is, so that `resume` finds it. The demo does so every second and when it stops."""
        with self._alone():
            self._write_now(self._read().rate)

    def _write_now(self, rate: float) -> None:
        real = time.time()
        self._write(Reading(real, self._read().at(real), rate))

    def _read(self) -> Reading:
        status = self.path.stat()
        seen = (status.st_mtime_ns, status.st_ino)
        if self._reading is None or seen != self._seen:
            stored = json.loads(self.path.read_text())
            self._reading = Reading(stored["real"], datetime.fromisoformat(stored["project"]), stored["rate"])
            self._seen = seen
        return self._reading

    def _write(self, reading: Reading) -> None:
        written = {"real": reading.real, "project": reading.project.isoformat(), "rate": reading.rate}
        unfinished = self.path.with_suffix(".new")
        with unfinished.open("w") as file:
            json.dump(written, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _checked(rate: float) -> float:
    if not 0 <= rate <= FASTEST:
        raise ValueError(f"A clock's rate is between 0 (paused) and {FASTEST:g}, not {rate:g}.")
    return float(rate)


def chosen() -> Clock:
    path = os.environ.get(CLOCK_FILE)
    return FileClock(Path(path)) if path else RealClock(os.environ.get(CLOCK_BEGAN, ""))


clock = chosen()
