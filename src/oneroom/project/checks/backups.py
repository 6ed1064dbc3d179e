"""The backups: whether there are any, how old they are, and whether nothing is missing between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import connection

from oneroom.apps.ledger.time import now
from oneroom.project.backup.place import Place, place
from oneroom.project.backup.restoring import first_gap
from oneroom.project.checks import Finding

FAR_MB = 64  # four segments; a busy hour writes about one a minute
OLDEST = timedelta(hours=26)  # one each day, and an hour or two to make it


def copies() -> Iterator[Finding]:
    """What lies in the folder."""
    if not settings.BACKUPS:
        yield Finding(
            "ONEROOM_BACKUPS is not set: with this disk everything is lost. Name a folder on another machine, or write "
            "“elsewhere” if the database is backed up by other means."
        )
    if not settings.ARCHIVED:
        return
    where = place()
    bases = where.bases()
    if not bases:
        yield Finding(f"There is no whole copy in {where.folder}. Run `oneroom serve`, or `oneroom backup`.")
        return
    old = now() - bases[-1].ended
    if old > OLDEST:
        yield Finding(f"The newest whole copy in {where.folder} is {old.total_seconds() / 3600:.0f} hours old.")
    yield from _whole(where)
    if not settings.BACKUP_KEY:
        yield Finding(
            "The backups are not encrypted: whoever reads the folder reads everything. `oneroom backup --new-key FILE` "
            "makes a key; put its public half into ONEROOM_BACKUP_KEY.",
            grave=False,
        )
    data = settings.DATA_FOLDER
    if data and data.exists() and where.folder.stat().st_dev == data.stat().st_dev:
        yield Finding(f"{where.folder} is on the same disk as this machine's own data: name another.", grave=False)


def _whole(where: Place) -> Iterator[Finding]:
    if gap := first_gap(where, where.bases()[-1]):
        yield Finding(f"Changes are missing in {where.changes} from {gap} on. Run `oneroom backup` now.")


def slot() -> Iterator[Finding]:
    """What the database keeps for an archive that does not come for it fills its disk."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT active, coalesce(wal_status, 'lost'), pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) / 1000000,"
            " current_setting('max_slot_wal_keep_size') FROM pg_replication_slots WHERE slot_name = %s",
            [settings.BACKUP_SLOT],
        )
        row = cursor.fetchone()
    if row is None:
        if settings.ARCHIVED:
            yield Finding("No archive ever came for the changes of the database. Does `oneroom serve` run?")
        return
    active, status, behind_mb, most = row
    if status == "lost":
        yield Finding("The archive came too late, and changes are lost to it. Run `oneroom backup` now.")
    elif not active:
        yield Finding(f"No archive takes the changes, and {behind_mb or 0:,.0f} MB wait for it on the database's disk.")
    if most == "-1":
        yield Finding(
            "max_slot_wal_keep_size is not limited: an archive that stands still fills the database's disk. Set it to "
            "what that disk can spare.",
            grave=False,
        )


def shipped() -> Iterator[Finding]:
    """Encrypted changes are safe when they lie in the folder of backups: a slot of its own says how far that is."""
    if not (settings.ARCHIVED and settings.BACKUP_KEY):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(wal_status, 'lost'), pg_wal_lsn_diff(pg_current_wal_flush_lsn(), restart_lsn) / 1000000"
            " FROM pg_replication_slots WHERE slot_name = %s",
            [settings.SHIPPED_SLOT],
        )
        row = cursor.fetchone()
    if row is None:
        yield Finding(
            f"No change was ever brought to {settings.BACKUPS} ({settings.SHIPPED_SLOT} is missing): what was done "
            "since the last whole copy is lost with this machine. Does `oneroom serve` run?"
        )
    elif row[0] == "lost":
        yield Finding(f"Changes were thrown away before they lay in {settings.BACKUPS}. Run `oneroom backup` now.")
    elif (row[1] or 0) > FAR_MB:
        yield Finding(
            f"{row[1]:,.0f} MB of changes do not lie in {settings.BACKUPS} yet, and would be lost with this machine. "
            "Can it be written, and has it room?"
        )
