"""Reading the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from oneroom.apps.ledger.models import ChainHead, Entry, Look


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a timeline shows it."""

    seq: int
    at: datetime
    recorded: datetime
    kind: str
    subject: str
    actor: int
    on_behalf: int | None
    via: str
    facts: dict[str, Any]


_COLUMNS = ("seq", "at", "recorded", "kind", "subject", "actor", "on_behalf", "via", "facts")


def timeline(matter: str) -> list[Line]:
    """Every entry of a matter, oldest first by when it was recorded."""
    return [Line(*row) for row in Entry.objects.filter(matter=matter).order_by("seq").values_list(*_COLUMNS)]


def entries_since(seq: int, *, kinds: Iterable[str] = (), limit: int = 1000) -> list[Line]:
    """Entries after a sequence number, for folds and feeds inside the house."""
    rows = Entry.objects.filter(seq__gt=seq)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    return [Line(*row) for row in rows.order_by("seq").values_list(*_COLUMNS)[:limit]]


def head_seq(chain: str = "acts") -> int:
    """The last sequence number of a chain; 0 when it is empty."""
    return ChainHead.objects.filter(pk=chain).values_list("seq", flat=True).first() or 0


def last_seq(scopes: Iterable[str]) -> int:
    """The last entry that any of these scopes heard of; 0 when none. Two index look-ups, whatever the length."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(seq) FROM ledger_entry WHERE scopes && %s::varchar[]", [list(scopes)])
        return cursor.fetchone()[0] or 0


def looks_at(record: str) -> list[Look]:
    """Who opened personal fields of this record, newest first."""
    return list(Look.objects.filter(record=record).order_by("-seq"))
