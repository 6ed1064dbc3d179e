"""
Append to a chain: lock the head, number, hash, insert, move the head, wake the readers.

Canonical bytes are RFC 8785 JSON of everything the link says, ``prev`` included; ``hash`` is SHA-256 of
them. So one row proves itself, and the row before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import rfc8785
from django.conf import settings
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
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)"


def digest(canonical: bytes) -> bytes:
    """The hash of a link."""
    return hashlib.sha256(canonical).digest()


def lock_head(name: str) -> tuple[int, bytes]:
    """(last sequence number, last hash) of the chain, with its row locked until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "INSERT INTO ledger_chainhead (name, seq, hash) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING",
                [name, bytes(32)],
            )
            cursor.execute(_LOCK, [name])
            row = cursor.fetchone()
        return row[0], bytes(row[1])


def entry_content(seq: int, recorded: datetime, prev: bytes, entry: Noted) -> dict[str, Any]:
    """What is hashed of an act. The field names are part of the format: docs/events.md."""
    return {
        "seq": seq,
        "recorded": events.stamp(recorded),
        "prev": prev.hex(),
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


def append_entries(noted: Sequence[Noted]) -> None:
    """Write all entries of a service: two statements, the second being the transaction's last."""
    if not getattr(settings, "LEDGER_ON", True):  # only benchmarks/ledger.py switches it off, to have a peer
        return
    seq, prev = lock_head("acts")
    recorded = now()
    values: list[Any] = []
    for entry in noted:
        seq += 1
        canonical = rfc8785.dumps(entry_content(seq, recorded, prev, entry))
        own = digest(canonical)
        values += [seq, recorded, canonical, prev, own, entry.at, entry.kind, events.KINDS[entry.kind].version]
        values += [entry.subject, entry.matter, entry.actor, entry.on_behalf, entry.via, list(entry.scopes)]
        values.append(json.dumps(entry.facts))
        prev = own
    rows = ", ".join([_ROW] * len(noted))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ENTRIES.format(rows=rows), [seq, prev, *values, str(seq)])
