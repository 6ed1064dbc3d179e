"""
Verify a chain row by row and name the first thing that is wrong.

Altered: the bytes do not give the hash, or the columns do not say what the bytes say. Missing: a number is
left out, or the head has more than the rows. Reordered: a row carries another row's number in its bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from oneroom.apps.ledger.services.chain import digest
from oneroom.engine.events import stamp

# column in the table -> name in the canonical bytes
_ACTS = {"at": "at", "kind": "kind", "version": "version", "subject": "subject", "matter": "matter", "actor": "actor",
         "on_behalf": "on_behalf", "via": "via", "scopes": "to", "facts": "facts", "recorded": "recorded"}  # fmt: skip
_LOOKS = {"at": "at", "actor": "actor", "record": "record", "fields": "fields", "purpose": "purpose", "basis": "basis",
          "quarter": "quarter", "recorded": "recorded"}  # fmt: skip
_READ_ACTS = """
SELECT seq, canonical, prev, hash, at, kind, version, subject, matter, actor, on_behalf, via, scopes, facts, recorded
FROM ledger_entry WHERE seq > %s ORDER BY seq LIMIT %s"""
_READ_LOOKS = """
SELECT seq, canonical, prev, hash, at, actor, record, fields, purpose, basis, quarter, recorded
FROM ledger_look WHERE seq > %s ORDER BY seq LIMIT %s"""
CHAINS = {"acts": (_READ_ACTS, _ACTS), "looks": (_READ_LOOKS, _LOOKS)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: ``fault`` is None when the chain is whole, else altered, missing or reordered."""

    chain: str
    rows: int
    head: str
    fault: str | None = None
    seq: int | None = None
    detail: str = ""


def verify(chain: str) -> Verdict:
    """Read one chain from its first row to its head, as the database holds it at this instant."""
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:  # one snapshot, so that rows written meanwhile are neither missing nor surplus
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT seq, hash FROM ledger_chainhead WHERE name = %s", [chain])
        head = cursor.fetchone() or (0, bytes(32))
        return check(chain, _rows(chain), head_seq=head[0], head_hash=bytes(head[1]))


def check(chain: str, rows: Iterator[dict[str, Any]], *, head_seq: int, head_hash: bytes) -> Verdict:
    """The same over any source of rows, in order of ``seq``: an export verifies without the server."""
    columns = CHAINS[chain][1]
    prev, expected, seen = bytes(32), 1, 0
    for row in rows:
        seq = row["seq"]
        said = json.loads(row["canonical"])
        if digest(row["canonical"]) != row["hash"]:
            return Verdict(chain, seen, prev.hex(), "altered", seq, "the bytes do not give the hash")
        if said["seq"] != seq:
            return Verdict(chain, seen, prev.hex(), "reordered", seq, f"the row says it is number {said['seq']}")
        if seq != expected:
            return Verdict(chain, seen, prev.hex(), "missing", expected, f"the next row is number {seq}")
        if row["prev"] != prev or said["prev"] != prev.hex():
            return Verdict(chain, seen, prev.hex(), "altered", seq, "it does not follow from the row before")
        for column, name in columns.items():
            value = row[column]
            if (stamp(value) if isinstance(value, datetime) else value) != said[name]:
                return Verdict(chain, seen, prev.hex(), "altered", seq, f"column {column} does not say what was hashed")
        prev, expected, seen = row["hash"], seq + 1, seen + 1
    if expected - 1 != head_seq:
        return Verdict(chain, seen, prev.hex(), "missing", expected, f"the head is number {head_seq}")
    if prev != head_hash:
        return Verdict(chain, seen, prev.hex(), "altered", head_seq, "the head holds another hash")
    return Verdict(chain, seen, prev.hex())


def _rows(chain: str, batch: int = 5000) -> Iterator[dict[str, Any]]:
    query, columns = CHAINS[chain]
    names = ["seq", "canonical", "prev", "hash", *columns]
    last = -1
    with connection.cursor() as cursor:
        while True:
            cursor.execute(query, [last, batch])
            rows = cursor.fetchall()
            for row in rows:
                values = dict(zip(names, row, strict=True))
                for name in ("canonical", "prev", "hash"):
                    values[name] = bytes(values[name])
                if isinstance(values.get("facts"), str):
                    values["facts"] = json.loads(values["facts"])
                yield values
            if len(rows) < batch:
                return
            last = rows[-1][0]
