import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection, connections
from django.utils.module_loading import import_string

from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.services import end_alarm, raise_alarm
from oneroom.ports.journal import has_lines
from oneroom.project.beat import Beat
from oneroom.project.database import to_url
from oneroom.project.watching.make import watch
from oneroom.web.health.probe import is_full

EVERY_S = 0.25
FAILED_S = 10.0  # a task that failed once may have met a busy moment; one that fails so long is an alarm
FROZEN_S = 8.0  # of a clock that works four times a second: then another takes over, well within R3's 15 s
LONGEST_WAIT_S = 60.0  # for what waits to be booked
LONG_S = 300.0  # for one round of housework
ONE_CLOCK = 0x0C10C4  # any number; the same in every clock process

log = logging.getLogger(__name__)


class Clockwork:
    """
    Calls each function of `settings.CLOCKWORK` with the project time, in one process at a time; those of
    `settings.HOUSEWORK` beside them, one round after the other, so that one that hangs stops no ladder.

    The right to do so is a lock in the database, held by a connection of its own: when this process or its machine
    dies, the lock goes with the connection, and a second clock that has been waiting takes over. One that stands still
    (a frozen machine) says nothing on that connection: then the database ends it, and with it the lock. When it goes
    on it finds its connection gone; what it was in the middle of meets the rungs' own rows, which say what was done.
    """

    def __init__(self, database_url: str):
        self._database_url = database_url
        self._works = {name: import_string(name) for name in settings.CLOCKWORK}
        self._housework = {name: import_string(name) for name in settings.HOUSEWORK}
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="housework")
        self._round: Future[None] | None = None
        self._round_s = 0.0
        self._closed = False
        self._lock: psycopg.Connection[Any] | None = None
        self._failing_s: dict[str, float] = {}  # since when each has failed, in this process's own time
        self._well: set[str] = set()  # known to have no alarm
        self.stands_by = False
        self._waits_s: float | None = None  # since when a journal waits to be booked

    def turn(self) -> bool:
        self.stands_by = not self._is_the_one()
        if self.stands_by or self._must_wait():
            return False
        at = now()
        self._do(self._works, at)
        if self._round is None or self._round.done():
            self._worked("housework", at)
            self._round, self._round_s = self._aside.submit(self._keep_house, at), time.monotonic()
        elif time.monotonic() - self._round_s > LONG_S:
            self._failed("housework", at)  # it holds up no ladder, and nobody would notice
        return False

    def _must_wait(self) -> bool:
        """
        What was done while the database was away is booked first, so that no rung climbs for an order that was signed
        meanwhile. Not for ever: whoever books may be gone.
        """
        if not has_lines(settings.JOURNAL_FOLDER):
            self._waits_s = None
            return False
        # While there is no room to book it, whoever books is not gone: ladders climb there, and would climb here again.
        if self._waits_s is None or (self._lock is not None and is_full(self._lock)):
            self._waits_s = time.monotonic()
        return time.monotonic() - self._waits_s < LONGEST_WAIT_S

    def _keep_house(self, at: datetime) -> None:
        close_old_connections()  # of this thread
        self._do(self._housework, at)

    def _do(self, works: Mapping[str, Callable[[datetime], object]], at: datetime) -> None:
        for name, work in works.items():
            try:
                work(at)
            except Exception:  # one that fails stops no other: a ladder must climb whatever happens to the archive
                log.exception("%s failed.", name)
                self._failed(name, at)
            else:
                self._worked(name, at)

    def _failed(self, name: str, at: datetime) -> None:
        began_s = self._failing_s.setdefault(name, time.monotonic())
        if time.monotonic() - began_s >= FAILED_S:
            self._well.discard(name)
            try:
                raise_alarm("work_failed", name[-80:], part="clock", at=at)
            except DatabaseError:
                log.exception("The alarm could not be written.")

    def _worked(self, name: str, at: datetime) -> None:
        self._failing_s.pop(name, None)
        if name not in self._well:
            end_alarm("work_failed", name[-80:], part="clock", at=at)
            self._well.add(name)

    def close(self) -> None:
        """Finish the round of housework that runs, and let another clock take over."""
        if not self._closed:
            self._closed = True
            self._aside.submit(connections.close_all)
            self._aside.shutdown()
            self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _is_the_one(self) -> bool:
        if self._lock is not None:
            try:
                self._lock.execute("SELECT 1")
                return True
            except psycopg.Error as error:  # cut off, and another clock may have it by now
                self._let_go()
                log.warning("This clock lost its turn (%s) and asks for it anew.", type(error).__name__)
        self._lock = self._find_lock()
        return self._lock is not None

    def _find_lock(self) -> psycopg.Connection[Any] | None:
        connection = psycopg.connect(self._database_url, autocommit=True)
        (ours,) = connection.execute("SELECT pg_try_advisory_lock(%s)", [ONE_CLOCK]).fetchone() or (False,)
        if ours:
            connection.execute("SELECT set_config('idle_session_timeout', %s, false)", [f"{FROZEN_S:g}s"])
            return connection
        connection.close()
        return None


class Command(BaseCommand):
    help = "Run the clock process alone: what is due happens, ladders climb."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        url = to_url(connection.settings_dict)
        clockwork, watching = Clockwork(url), watch("clock", url)
        watching.start()
        # One that stands by gives no sign: it must not make a stopped one look alive.
        Beat(EVERY_S, clockwork.turn, after=lambda worked: None if clockwork.stands_by else watching.tick(worked)).run()
        clockwork.close()
        watching.stop()
