"""
Journals that were put aside because a line of them could be booked nowhere: how they go at their term.

Such a file holds what callers said, and no table knows of it. It is an alarm until somebody took it away
(`journal_aside`); whoever forgets it must not keep it for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from oneroom.apps.ledger.retention import Keeper
from oneroom.engine.retention import Due
from oneroom.ports.journal import left_aside, take_away


def _due(due: Due, without: Collection[str], limit: int) -> list[str]:
    """Those that are over their term; none while a matter is held, since what they say of it may stand nowhere else."""
    folder = settings.JOURNAL_FOLDER
    if folder is None or due.holds.matters:
        return []
    found = []
    for name in left_aside(folder):
        with suppress(FileNotFoundError):  # somebody took it away since it was seen
            if name not in without and datetime.fromtimestamp((folder / name).stat().st_mtime, UTC) < due.before:
                found.append(name)
    return found[:limit]


def _forget(names: Sequence[str], _due: Due, _at: datetime) -> None:
    for name in names:
        with suppress(FileNotFoundError):
            take_away(Path(settings.JOURNAL_FOLDER or ""), name)


journals = Keeper(_due, _forget, batch=20, of_machine=True)
