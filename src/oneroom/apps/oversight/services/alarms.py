"""
Raise an alarm, and say that it is over.

An alarm is no act and leaves no entry: the record is among the things that an alarm may be about.
"""

from __future__ import annotations

import socket
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from oneroom.apps.oversight.models import Alarm


def raise_alarm(
    kind: str, subject: str, *, part: str, matter: str = "", since: datetime | None = None, at: datetime, **detail: Any
) -> bool:
    """Say that something is wrong, once while it is; True when it is news. ``detail`` holds ids, codes and counts."""
    if _open(kind, subject, part).exists():
        return False
    Alarm.objects.create(
        what=Alarm.What.RAISED, part=part, node=socket.gethostname()[:64], kind=kind, subject=subject, matter=matter,
        since=since or at, at=at, detail=detail,
    )  # fmt: skip
    return True


def end_alarm(kind: str, subject: str, *, part: str, at: datetime) -> bool:
    """It is so no longer; True when it had been raised."""
    rows = list(_open(kind, subject, part))
    for row in rows:
        try:
            with transaction.atomic():
                Alarm.objects.create(
                    what=Alarm.What.OVER, part=part, node=socket.gethostname()[:64], kind=kind, subject=subject,
                    matter=row.matter, since=row.since, at=at, of=row,
                )  # fmt: skip
        except IntegrityError:  # another process said so at the same moment
            continue
    return bool(rows)


def _open(kind: str, subject: str, part: str) -> Any:
    return Alarm.objects.filter(what=Alarm.What.RAISED, kind=kind, subject=subject, part=part, over=None)
