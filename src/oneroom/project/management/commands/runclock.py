import logging
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.module_loading import import_string

from oneroom.apps.ledger.time import now
from oneroom.project.beat import Beat
from oneroom.project.database import to_url

EVERY_S = 0.25
ONE_CLOCK = 0x0C10C4  # any number; the same in every clock process

log = logging.getLogger(__name__)


class Clockwork:
    """
    Calls each function of `settings.CLOCKWORK` with the project time, in one process at a time.

    The right to do so is a lock in the database, held by a connection of its own: when this process or its machine
    dies, the lock goes with the connection, and a second clock that has been waiting takes over.
    """

    def __init__(self, database_url: str):
        self._database_url = database_url
        self._works = {name: import_string(name) for name in settings.CLOCKWORK}
        self._lock: psycopg.Connection[Any] | None = None

    def turn(self) -> bool:
        if not self._is_the_one():
            return False
        at = now()
        for name, work in self._works.items():
            try:
                work(at)
            except Exception:  # one that fails stops no other: a ladder must climb whatever happens to the archive
                log.exception("%s failed.", name)
        return False

    def close(self) -> None:
        """Let another clock take over."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _is_the_one(self) -> bool:
        if self._lock is None:
            self._lock = self._find_lock()
            return self._lock is not None
        try:
            self._lock.execute("SELECT 1")
        except psycopg.Error:  # cut off, and another clock may have it by now
            self.close()
            raise
        return True

    def _find_lock(self) -> psycopg.Connection[Any] | None:
        connection = psycopg.connect(self._database_url, autocommit=True)
        (ours,) = connection.execute("SELECT pg_try_advisory_lock(%s)", [ONE_CLOCK]).fetchone() or (False,)
        if ours:
            return connection
        connection.close()
        return None


class Command(BaseCommand):
    help = "Run the clock process alone: what is due happens, ladders climb."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        Beat(EVERY_S, Clockwork(to_url(connection.settings_dict)).turn).run()
