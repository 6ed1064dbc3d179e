"""
Verify a chain row by row and name the first thing that is wrong.

Altered: the bytes do not give the hash, or the columns do not say what the bytes say. Missing: a number is
left out, or the head has more than the rows. Reordered: a row carries another row's number in its bytes. Truncated: a
head that was signed counts more entries than there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from oneroom.apps.ledger.services.chain import digest
from oneroom.engine.events import stamp
from oneroom.engine.merkle import Heap, leaf_hash

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
    """What was found: ``fault`` is None when the chain is whole, else altered, missing, reordered or truncated."""

    chain: str
    rows: int
    head: str
    fault: str | None = None
    seq: int | None = None
    detail: str = ""


class Witness:
    """
    Compares a chain, entry by entry, with heads that were signed while it grew.

    Whoever owns the database can write it anew with all its hashes, or set it back to yesterday; not what was signed.
    """

    def __init__(self, heads: Iterable[tuple[int, bytes, datetime]]) -> None:
        """``heads`` are (size, root, signed at)."""
        self._heads = sorted(heads)
        self._next = 0
        self._heap = Heap()
        self._agreed = 0
        self._against: tuple[int, datetime] | None = None

    def take(self, own: bytes) -> None:
        """The next entry's hash."""
        self._heap.add(leaf_hash(own))
        while self._next < len(self._heads) and self._heads[self._next][0] <= self._heap.size:
            size, root, at = self._heads[self._next]
            if self._against is None and size == self._heap.size:
                if root == self._heap.root():
                    self._agreed = size
                else:
                    self._against = (size, at)
            self._next += 1

    def judge(self, found: Verdict) -> Verdict:
        """What the heads say of a chain that hangs together by itself."""
        if found.fault is not None:
            return found
        if self._against is not None:
            size, at = self._against
            detail = f"a head signed at {stamp(at)} says otherwise of entries {self._agreed + 1} to {size}"
            return replace(found, fault="altered", seq=self._agreed + 1, detail=detail)
        if self._next < len(self._heads):
            size, _root, at = self._heads[-1]
            detail = f"a head signed at {stamp(at)} counts {size} entries, and here are {self._heap.size}"
            return replace(found, fault="truncated", seq=self._heap.size + 1, detail=detail)
        return replace(found, detail=f"{len(self._heads)} signed heads agree" if self._heads else "")


def verify(chain: str, heads: Iterable[tuple[int, bytes, datetime]] = ()) -> Verdict:
    """Read one chain from its first row to its head, as the database holds it at this instant."""
    witness = Witness(heads)
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:  # one snapshot, so that rows written meanwhile are neither missing nor surplus
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT seq, hash FROM ledger_chainhead WHERE name = %s", [chain])
        head = cursor.fetchone() or (0, bytes(32))
        rows = _seen(_rows(chain), witness)
        return witness.judge(check(chain, rows, head_seq=head[0], head_hash=bytes(head[1])))


def _seen(rows: Iterator[dict[str, Any]], witness: Witness) -> Iterator[dict[str, Any]]:
    for row in rows:
        witness.take(row["hash"])
        yield row


def export(chain: str) -> Iterator[bytes]:
    """The chain as lines that verify without the server: hash, tab, canonical bytes."""
    for row in _rows(chain):
        yield row["hash"].hex().encode() + b"\t" + row["canonical"] + b"\n"


def verify_export(chain: str, lines: Iterable[bytes], heads: Iterable[tuple[int, bytes, datetime]] = ()) -> Verdict:
    """The same over the lines of an export, with nothing but them and the heads that were signed."""
    witness, prev, seen = Witness(heads), bytes(32), 0
    for line in lines:
        hexed, _tab, canonical = line.rstrip(b"\n").partition(b"\t")
        number = seen + 1
        if digest(canonical).hex() != hexed.decode(errors="replace"):
            return Verdict(chain, seen, prev.hex(), "altered", number, "the bytes do not give the hash")
        said = json.loads(canonical)
        if said["seq"] > number:
            return Verdict(chain, seen, prev.hex(), "missing", number, f"the next line is number {said['seq']}")
        if said["seq"] < number:
            return Verdict(chain, seen, prev.hex(), "reordered", said["seq"], f"it stands where {number} belongs")
        if said["prev"] != prev.hex():
            return Verdict(chain, seen, prev.hex(), "altered", number, "it does not follow from the line before")
        prev, seen = digest(canonical), number
        witness.take(prev)
    return witness.judge(Verdict(chain, seen, prev.hex()))


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
