"""
The planner part's work: takes up runs that wait, one after the other, computes them, and says what came of it.

A beat beside the work gives the run's sign of life every two seconds. When it hears that the run is not wanted any more
it ends the processes that compute. A run whose process was killed has no beat: the next process takes it up anew. One
whose part is told to stop waits again.
"""

from __future__ import annotations

import errno
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from oneroom.apps.ledger.time import now
from oneroom.apps.plans import spreading
from oneroom.apps.plans.kinds import KINDS
from oneroom.apps.plans.models import Run
from oneroom.apps.plans.services.runs import beat, end_run, put_back, still_mine, take_up
from oneroom.apps.plans.troubles import Trouble, of_refusal
from oneroom.engine.simulate.world import Undrivable
from oneroom.engine.values import BadInput

STALE_S = 60.0
BEAT_S = 2.0
AWAY_S = (0.1, 1.0, 4.0, 16.0, None)  # so long is waited for a database that is away before a run ends unsaid
LOOK_S = 0.25  # how often is looked whether the part is to stop: it has little time then
S = Run.State

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The run is not wanted any more, or another process has it."""


class _Beside(threading.Thread):
    """The run's beat while it is computed; ``ended``: it is to stop, ``put_back``: because the part is."""

    def __init__(self, run: Run, alive: Callable[[], None], stopping: Callable[[], bool]):
        super().__init__(name="oneroom-run", daemon=True)
        self._run_row, self._alive, self._stopping = run, alive, stopping
        self._over = threading.Event()
        self.ended, self.put_back = threading.Event(), False

    def run(self) -> None:
        try:
            beaten_s = time.monotonic()
            while not self._over.wait(LOOK_S):
                if self._stopping():
                    self.put_back = True
                    self._end()
                elif time.monotonic() - beaten_s >= BEAT_S:
                    beaten_s = time.monotonic()
                    self._alive()
                    if not _wanted(self._run_row):
                        self._end()
        finally:
            connection.close()  # this thread's own

    def close(self) -> None:
        self._over.set()
        self.join()

    def _end(self) -> None:
        self.ended.set()
        self._over.set()
        spreading.stop()


def _wanted(run: Run, **far: int) -> bool:
    """A beat of the run. While the database is away it is wanted still: an hour's work is not thrown away for that."""
    try:
        return beat(run, **far)
    except DatabaseError as away:
        log.warning("A run's beat did not reach the database (%s).", type(away).__name__)
        connection.close()
        return True


def turn(
    *, alive: Callable[[], None] = lambda: None, stopping: Callable[[], bool] = lambda: False, stale_s: float = STALE_S
) -> bool:
    """
    Take up a run and compute it, if one waits. Meanwhile ``alive`` is called every few seconds, and ``stopping`` asked
    whether the part is to end.
    """
    run = take_up(at=now(), stale_s=stale_s)
    if run is None:
        return False
    beside = _Beside(run, alive, stopping)
    beside.start()

    def tick(done: int, of: int) -> None:
        if beside.ended.is_set() or not _wanted(run, done=done, of=of):
            raise Cancelled

    said: dict[str, Any] = {}
    try:
        results = import_string(KINDS[run.kind].answer)(run, tick)
        state, said = S.DONE, {"results": results, "assumed": results.pop("assumed", [])}
    except Cancelled:
        state = S.CANCELLED
    except Exception as error:
        if beside.ended.is_set():  # its processes were ended because it was
            state = S.CANCELLED
        else:
            trouble = _trouble(error)
            state, said = S.FAILED, {"trouble": trouble.code, "said": trouble.said}
    finally:
        beside.close()
    if beside.put_back and state == S.CANCELLED:
        put_back(run)
    else:
        _end(run, state, said)
    return True


def _end(run: Run, state: str, said: dict[str, Any]) -> None:
    """Say that it is over, and as what; where the database is away, as soon as it is back."""
    for wait_s in AWAY_S:
        try:
            if still_mine(run):  # else another process took it up meanwhile
                end_run(run.pk, state, **said, at=now())
            return
        except DatabaseError as error:
            if connection.is_usable() or wait_s is None:  # no room for the results: there is for a word about it
                trouble = _trouble(error)
                end_run(run.pk, S.FAILED, trouble=trouble.code, said=trouble.said, at=now())
                return
            connection.close()
            time.sleep(wait_s)


def _trouble(error: Exception) -> Trouble:
    """What is said of an error; of a fault of ours its number, under which the log has it."""
    match error:
        case Trouble():
            return error
        case BadInput():
            return of_refusal(error)
        case Undrivable():
            return Trouble("beat", crew=error.crew)
        case MemoryError():
            return Trouble("no_memory")
        case spreading.WorkerDied():
            return Trouble("worker_died")
    if any(_is_full(cause) for cause in _causes(error)):
        return Trouble("disk_full")
    number = secrets.token_hex(4)
    log.error("A run failed; told as %s.", number, exc_info=error)
    return Trouble("fault", id=number)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came of: what is handed to a process is packed first, and that may be what failed."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_full(error: BaseException) -> bool:
    out_of_room = isinstance(error, OSError) and error.errno == errno.ENOSPC
    return out_of_room or isinstance(error, psycopg.errors.DiskFull)
