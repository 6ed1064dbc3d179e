"""The archive process: every change of the database as it is written down, and a whole copy each day."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from oneroom.apps.ledger.time import now
from oneroom.project.backup.copying import Source, copy_whole, follow
from oneroom.project.backup.place import Base, Place, place
from oneroom.project.backup.sealing import Seal, seal_of
from oneroom.project.backup.shipping import Shipping
from oneroom.project.backup.telling import tell
from oneroom.project.beat import Beat
from oneroom.project.database import to_url
from oneroom.project.trouble import Trouble
from oneroom.project.watching import signs

PART = "archive"
EVERY_S = 5.0
WHOLE_EVERY = timedelta(days=1)
AGAIN_AFTER = timedelta(minutes=15)  # a whole copy that failed

log = logging.getLogger(__name__)


class Archive:
    """
    ``turn()`` sees to it that changes are taken, and that the newest whole copy is not older than a day. The copy is
    made by a thread of its own: it may take hours, and changes leave the house meanwhile.
    """

    def __init__(
        self, where: Place, source: Source, heads: Path | None, keep: timedelta, at: Callable[[], datetime],
        told: Callable[[Base], object] = lambda _made: None, shipping: Shipping | None = None, seal: Seal | None = None,
    ):  # fmt: skip
        self._where, self._source, self._heads, self._keep, self._at = where, source, heads, keep, at
        self._told, self._shipping, self._seal = told, shipping, seal
        self._taking: subprocess.Popen[Any] | None = None
        self._not_before: datetime | None = None
        self._copying: threading.Thread | None = None
        self._begun = False

    def turn(self) -> bool:
        self._where.make()
        if not self._begun and self._shipping is None:
            self._source.nothing_shipped()
        self._begun = True
        self._ship()
        if self._taking is None or self._taking.poll() is not None:
            self._taking = follow(self._where, self._source, self._shipping.spool if self._shipping else None)
        self._where.carry_heads(self._heads, self._seal)
        self._copy(self._at())
        return False

    def _ship(self) -> None:
        """What cannot be brought away is not taken any more: then the database knows that it was not, and so do we."""
        if self._shipping is None:
            return
        upto = self._source.fetched()
        try:
            self._shipping.ship()
        except OSError:
            self.close()
            raise
        self._source.shipped(upto)

    def close(self) -> None:
        if self._taking is not None:
            self._taking.terminate()
            self._taking.wait()
            self._taking = None

    def copied(self) -> None:
        """Wait for the whole copy that is being made, if one is."""
        if self._copying is not None:
            self._copying.join()

    def _copy(self, at: datetime) -> None:
        if self._copying is not None and self._copying.is_alive():
            return
        bases = self._where.bases()
        if (bases and at - bases[-1].ended < WHOLE_EVERY) or (self._not_before and at < self._not_before):
            return
        self._copying = threading.Thread(target=self._copy_now, args=(at,), name="oneroom-copy", daemon=True)
        self._copying.start()

    def _copy_now(self, at: datetime) -> None:
        try:
            made = copy_whole(self._where, self._source, at, self._heads, self._seal)
            self._told(made)
            gone = self._where.forget(before=at - self._keep)
            log.warning("A whole copy was made: %s. Removed: %s.", made.folder.name, ", ".join(gone) or "none")
        except Trouble as trouble:
            self._not_before = at + AGAIN_AFTER
            log.error("No whole copy was made: %s", trouble)
        except Exception:
            self._not_before = at + AGAIN_AFTER
            log.exception("The whole copy was not made, or what comes after it failed.")
        finally:
            connection.close()  # this thread's own


def alive(worked: bool = True) -> None:
    """
    A sign of life by its file: the supervisor ends a part that hangs, and starts it again. That what it does goes well
    is seen from outside (`/healthz`, `backup_behind`).
    """
    if settings.SIGNS_FOLDER is None:
        return
    try:
        signs.give(settings.SIGNS_FOLDER, PART, worked_at_s=time.monotonic() if worked else None)
    except OSError as fault:
        log.error("a sign of life could not be written (%s)", fault.strerror)


class Command(BaseCommand):
    help = "Run the archive process alone: every change goes to ONEROOM_BACKUPS, and a whole copy each day."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        source = Source(to_url(connection.settings_dict))
        keep = timedelta(days=settings.BACKUP_DAYS)
        where, seal = place(), seal_of(settings.BACKUP_KEY)
        shipping = Shipping(where, settings.BACKUP_SPOOL, seal, alive=alive) if seal else None
        archive = Archive(where, source, settings.HEADS_FOLDER, keep, now, tell, shipping, seal)
        try:
            Beat(EVERY_S, archive.turn, after=alive).run()
        finally:
            archive.close()
            if settings.SIGNS_FOLDER is not None:
                signs.take_back(settings.SIGNS_FOLDER, PART)
