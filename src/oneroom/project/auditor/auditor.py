"""The auditor's work: one round every two seconds, in one process at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from oneroom.project.auditor.rounds import ONE_AUDITOR, Finding, Moment, lines, look, write
from oneroom.project.watching.wire import Wire

PATIENCE_S = 20.0
# Real seconds for which something must be seen before it is said: one look may fall into the moment in which the
# demo's time was set forward and its clock catches up. The signing of heads catches up with thousands of entries.
SETTLES_S = 1.5
STARTS_S = 20.0  # after its own start, when the clock may be starting too and catches up with what fell due meanwhile
SETTLES_LATER_S = {"heads_stale": 30.0}

log = logging.getLogger(__name__)


class Auditor:
    """
    ``moment`` gives project time. Of several auditors one works and the others stand by, as with the clock: the right
    to is a lock of the very connection that the work needs, and goes with it.
    """

    def __init__(self, url: str, *, node: str, moment: Callable[[], Moment]) -> None:
        self._wire = Wire(url, name="oneroom auditor", patience_s=PATIENCE_S)
        self._node, self._moment = node, moment
        self.stands_by = False
        self._has_lock = False
        self._began_s = time.monotonic()
        self._seen_s: dict[tuple[str, str], float] = {}  # since when each was seen, of what is seen now

    def turn(self) -> bool:
        """One round. Raises psycopg.Error where it could not be done: then nothing is known, which is not nothing."""
        self._has_lock = self._has_lock and self._wire.is_open
        with self._wire.use() as connection:
            if not self._has_lock:
                found = connection.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AUDITOR]).fetchone()
                self._has_lock = bool(found and found[0])
            self.stands_by = not self._has_lock
            if self.stands_by:
                return False
            moment = self._moment()
            found = look(connection, moment)
            settled = self._settled(found, at_s=time.monotonic())
            new, over = write(connection, found, settled, node=self._node, at=moment.at)
        _log(new, over)
        return False

    def _settled(self, found: list[Finding], *, at_s: float) -> list[Finding]:
        """What has been seen for long enough to say so."""
        self._seen_s = {key: self._seen_s.get(key, at_s) for key in ((f.kind, f.subject) for f in found)}
        if at_s - self._began_s < STARTS_S:
            return []
        return [
            f for f in found
            if at_s - self._seen_s[f.kind, f.subject] >= SETTLES_LATER_S.get(f.kind, SETTLES_S)
        ]  # fmt: skip

    def close(self) -> None:
        """Let another auditor take over."""
        self._wire.close()
        self._has_lock = False


def _log(new: list[Finding], over: list[Finding]) -> None:
    for line in lines(new):
        log.error("FOUND %s", line)
    for line in lines(over):
        log.warning("over: %s", line)
