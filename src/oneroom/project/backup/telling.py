"""A copy of everything leaves an entry: when, how much, and who sat at the console."""

from __future__ import annotations

import logging

from django.db import DatabaseError

from oneroom.apps.ledger.time import now
from oneroom.apps.oversight.services import copied
from oneroom.engine.values import SYSTEM, Actor
from oneroom.project.backup.place import Base
from oneroom.project.console import operator

log = logging.getLogger(__name__)


def tell(made: Base, *, by: Actor = SYSTEM) -> None:
    """Note it. A database that takes no entry (a standby) can be copied all the same: then a log line says so."""
    try:
        copied(made.folder.name.lower(), size=made.note.bytes, operator=operator(), by=by, at=now())
    except DatabaseError:
        log.exception("The copy %s stands, but the record could not be told of it.", made.folder.name)
