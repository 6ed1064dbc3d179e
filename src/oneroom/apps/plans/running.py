"""
The planner part's work: takes up runs that wait, one after the other, computes them, and says what came of it.

A beat beside the work gives the run's sign of life every two seconds. When it hears that the run is not wanted any more
it ends the processes that compute. A run whose process was killed has no beat: the next process takes it up anew.
"""

from __future__ import annotations

import errno
import logging
import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from oneroom.apps.ledger.time import now
from oneroom.apps.plans import spreading
from oneroom.apps.plans.kinds import KINDS
from oneroom.apps.plans.models import Run
from oneroom.apps.plans.services.runs import beat, end_run, take_up
from oneroom.apps.plans.troubles import Trouble, of_refusal
from oneroom.engine.simulate.world import Unrunnable
from oneroom.engine.values import BadInput

STALE_S = 60.0
BEAT_S = 2.0
S = Run.State

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The run is not wanted any more, or another process has it."""


class _Beside(threading.Thread):
    """The run's beat while it is computed; ``ended`` once it is to stop."""

    def __init__(self, pk: int, began_at: datetime, alive: Callable[[], None]):
        super().__init__(name="oneroom-run", daemon=True)
        self._pk, self._began_at, self._alive = pk, began_at, alive
        self._over = threading.Event()
        self.ended = threading.Event()

    def run(self) -> None:
        try:
            while not self._over.wait(BEAT_S):
                self._alive()
                try:
                    wanted = beat(self._pk, self._began_at)
                except DatabaseError as away:
                    log.warning("A run's beat did not reach the database (%s).", type(away).__name__)
                    connection.close()
                    continue
                if not wanted:
                    self.ended.set()
                    spreading.stop()
        finally:
            connection.close()  # this thread's own

    def close(self) -> None:
        self._over.set()
        self.join()


def turn(*, alive: Callable[[], None] = lambda: None, stale_s: float = STALE_S) -> bool:
    """Take up a run and compute it, if one waits; ``alive`` is called every few seconds meanwhile."""
    run = take_up(at=now(), stale_s=stale_s)
    if run is None:
        return False
    assert run.began_at is not None
    beside = _Beside(run.pk, run.began_at, alive)
    beside.start()

    def tick(done: int, of: int) -> None:
        assert run.began_at is not None
        if beside.ended.is_set() or not beat(run.pk, run.began_at, done=done, of=of):
            raise Cancelled

    said: dict[str, Any] = {}
    try:
        results = import_string(KINDS[run.kind].answer)(run, tick)
        state, said = S.DONE, {"results": results, "assumed": results.pop("assumed", [])}
    except Cancelled:
        state = S.CANCELLED
    except Exception as error:
        trouble = _trouble(error)
        if beside.ended.is_set():
            state = S.CANCELLED  # its processes were ended because it was
        else:
            state, said = S.FAILED, {"trouble": trouble.code, "said": trouble.said}
    finally:
        beside.close()
    if Run.objects.filter(pk=run.pk, began_at=run.began_at).exists():  # else another process took it up meanwhile
        _end(run.pk, state, said)
    return True


def _end(pk: int, state: str, said: dict[str, Any]) -> None:
    try:
        end_run(pk, state, **said, at=now())
    except DatabaseError as error:  # no room for the results: there is for a word about it, or it is taken up anew
        trouble = _trouble(error)
        end_run(pk, S.FAILED, trouble=trouble.code, said=trouble.said, at=now())


def _trouble(error: Exception) -> Trouble:
    """What is said of an error; of a fault of ours its number, under which the log has it."""
    match error:
        case Trouble():
            return error
        case BadInput():
            return of_refusal(error)
        case Unrunnable():
            return Trouble("unrunnable", why=str(error))
        case MemoryError():
            return Trouble("no_memory")
        case spreading.WorkerDied():
            return Trouble("worker_died")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Trouble("disk_full")
    if isinstance(error.__cause__, psycopg.errors.DiskFull):
        return Trouble("disk_full")
    number = secrets.token_hex(4)
    log.error("A run failed; told as %s.", number, exc_info=error)
    return Trouble("fault", id=number)
