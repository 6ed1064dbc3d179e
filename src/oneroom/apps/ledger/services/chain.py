"""
Append to a chain: lock the head, number, hash, insert, move the head, wake the readers.

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

CHANNEL = "oneroom_ledger"

_LOCK = "SELECT seq, hash FROM ledger_chainhead WHERE name = %s FOR UPDATE"
_INSERT_ENTRIES = """
WITH moved AS (UPDATE ledger_chainhead SET seq = %s, hash = %s WHERE name = 'acts'),
written AS (
  INSERT INTO ledger_entry
    (seq, recorded, canonical, prev, hash, at, kind, version, subject, matter, actor, on_behalf, via, scopes, facts)
  VALUES {rows})
SELECT pg_notify('oneroom_ledger', %s)
"""
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::text::jsonb)"


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


def canonical(said: Mapping[str, Any]) -> bytes:
    """
    RFC 8785 bytes of ids, codes, times and quantities.

    All that an entry holds is plain ASCII and whole numbers, for which the standard library's sorted, compact JSON
    is the same bytes in a tenth of the time; only a fraction needs the spelling of numbers that RFC 8785 asks for.
    """
    if any(isinstance(v, float) for v in (*said.values(), *said.get("facts", {}).values())):
        return rfc8785.dumps(dict(said))
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Draft:
    """Canonical bytes of an entry with what is known only under the lock still open: prev, recorded, seq."""

    head: bytes
    tail: bytes

    def bytes(self, seq: int, recorded: str, prev: bytes) -> bytes:
        """RFC 8785 sorts keys, so that "prev", "recorded" and "seq" stand in this order between the two parts."""
        return b'%s"prev":"%s","recorded":"%s","seq":%d,%s' % (
            self.head, prev.hex().encode(), recorded.encode(), seq, self.tail,
        )  # fmt: skip


def draft(entry: Noted) -> Draft:
    """Everything that can be written of an entry before the head is locked. Field names: docs/events.md."""
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
    before = canonical({k: v for k, v in said.items() if k < "prev"})
    after = canonical({k: v for k, v in said.items() if k > "seq"})
    return Draft(before[:-1] + b",", after[1:])


def append_entries(noted: Sequence[Noted]) -> None:
    """Write all entries of a service: two statements, the second being the transaction's last."""
    drafts = [
        (draft(e), (e.at, e.kind, events.KINDS[e.kind].version, e.subject, e.matter, e.actor, e.on_behalf, e.via,
                    list(e.scopes), json.dumps(e.facts)))
        for e in noted
    ]  # fmt: skip
    sql = _INSERT_ENTRIES.format(rows=", ".join([_ROW] * len(noted)))
    seq, prev = lock_head("acts")
    recorded = now()
    stamp = events.stamp(recorded)
    values: list[Any] = []
    for unfinished, columns in drafts:
        seq += 1
        written = unfinished.bytes(seq, stamp, prev)
        own = digest(written)
        values += [seq, recorded, written, prev, own, *columns]
        prev = own
    _run(sql, [seq, prev, *values, str(seq)])
