"""
Append to a chain: lock the head, number, hash, insert, move the head, wake the readers; one statement for all of it.

Canonical bytes are RFC 8785 JSON of everything the link says, ``prev`` included; ``hash`` is SHA-256 of
them. So one row proves itself, and the row before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import rfc8785
from django.db import connection

from oneroom.apps.ledger.time import now
from oneroom.engine import events

if TYPE_CHECKING:
    from oneroom.apps.ledger.services.record import Noted

# The function is made by the app's first migration (`migrations/append.sql`).
_APPEND = "SELECT ledger_append(%s::text, %s::text[], %s::text[])"
_LOCK = "SELECT seq, hash FROM ledger_chainhead WHERE name = %s FOR UPDATE"


def digest(link: bytes) -> bytes:
    """The hash of a link, over its canonical bytes."""
    return hashlib.sha256(link).digest()


def lock_head(name: str) -> tuple[int, bytes]:
    """(last sequence number, last hash) of the chain, with its row locked until the end of the transaction."""
    row = _run(_LOCK, [name]).fetchone()
    if row is None:
        _run(
            "INSERT INTO ledger_chainhead (name, seq, hash) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING",
            [name, bytes(32)],
        )
        row = _run(_LOCK, [name]).fetchone()
    return row[0], bytes(row[1])


def move_head(name: str, seq: int, own: bytes) -> None:
    """The chain ends at this link now."""
    _run("UPDATE ledger_chainhead SET seq = %s, hash = %s WHERE name = %s", [seq, own, name])


def _run(sql: str, values: Sequence[Any]) -> Any:
    """
    A prepared statement on Django's own connection and transaction.

    Django sends its values inside the text of a statement, which PostgreSQL then parses and plans each time;
    while the head is locked, that is time in which nobody else commits.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(sql, values, prepare=True)


_COMPACT = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def canonical(said: Mapping[str, Any]) -> bytes:
    """
    RFC 8785 bytes of ids, codes, times and quantities.

    All that an entry holds is plain ASCII and whole numbers, for which the standard library's sorted, compact JSON
    is the same bytes in a tenth of the time; only a fraction needs the spelling of numbers that RFC 8785 asks for.
    """
    if any(isinstance(v, float) for v in (*said.values(), *said.get("facts", {}).values())):
        return rfc8785.dumps(dict(said))
    return _COMPACT.encode(said).encode()


@dataclass(frozen=True, slots=True)
class Draft:
    """Canonical text of an entry, before and after what is known only under the lock: prev, recorded, seq."""

    before: str
    after: str


def draft(entry: Noted) -> Draft:
    """
    Everything that can be written of an entry before the head is locked. Field names: docs/events.md.

    RFC 8785 sorts keys, so that "prev", "recorded" and "seq" stand in this order between the two parts.
    """
    said = {
        "at": events.stamp(entry.at),
        "kind": entry.kind,
        "version": events.KINDS[entry.kind].version,
        "subject": entry.subject,
        "matter": entry.matter,
        "actor": entry.actor,
        "on_behalf": entry.on_behalf,
        "via": entry.via,
        "to": list(entry.scopes),
        "facts": entry.facts,
    }
    before = canonical({k: v for k, v in said.items() if k < "prev"}).decode()
    after = canonical({k: v for k, v in said.items() if k > "seq"}).decode()
    return Draft(before[:-1] + ",", "," + after[1:])


def append_entries(noted: Sequence[Noted]) -> None:
    """
    Write all entries of a service by one statement, the transaction's last.

    The database numbers, hashes and inserts (``ledger_append``): with the numbers fetched and the rows sent back, the
    head stayed locked while this process waited for its turn on the processor, and everybody else's commit with it.
    """
    drafts = [draft(entry) for entry in noted]
    _run(_APPEND, [events.stamp(now()), [d.before for d in drafts], [d.after for d in drafts]])
