"""A watch as the settings describe it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings

from oneroom.apps.ledger.time import now
from oneroom.apps.orders.channel import channels
from oneroom.project.watching.outside import Outside
from oneroom.project.watching.watch import Seen, Watch


def watch(
    part: str, url: str, *, heard: Callable[[Seen], None] | None = None, also: Callable[[], Iterable[str]] = tuple
) -> Watch:
    """For one part, over a connection to ``url``; it tells the addresses of the settings."""
    return Watch(
        part, url=url, folder=settings.SIGNS_FOLDER, now=now, silent_s=settings.SILENT_S, outside=outside(),
        heard=heard, also=also,
    )  # fmt: skip


def outside() -> Outside:
    """The way out that needs no database."""
    return Outside(channels(), {"email": settings.ALARM_EMAIL, "sms": settings.ALARM_SMS}, settings.SIGNS_FOLDER)
