"""Consoles of a secured room: their browsers hold a key, and need no lock when nobody touches them (CJIS AC-11)."""

from __future__ import annotations

import secrets
from datetime import datetime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.models import Console
from oneroom.apps.people.queries import console_mark
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, NotFound


@service
def secure_console(name: str, *, by: Actor, at: datetime) -> str:
    """This console stands in a secured room; gives the key that its browser is to hold."""
    by.must(Right.MANAGE_ACCOUNTS)
    said, key = plain("name", name, longest=40, required=True), secrets.token_urlsafe(32)
    row = Console.objects.create(name=said, mark=console_mark(key), by_id=by.id, at=at)
    note("console.secured", f"console:{row.pk}", by=by, at=at, console=row.pk)
    return key


@service
def end_console(pk: int, *, by: Actor, at: datetime) -> None:
    """It no longer does."""
    by.must(Right.MANAGE_ACCOUNTS)
    if not Console.objects.filter(pk=pk, ended_at=None).update(ended_at=at):
        raise NotFound
    note("console.ended", f"console:{pk}", by=by, at=at, console=pk)
