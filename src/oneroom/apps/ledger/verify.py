"""
Verify a chain row by row and name the first thing that is wrong.

Altered: the bytes do not give the hash, or the columns do not say what the bytes say. Missing: a number is
left out, or the head has more than the rows. Reordered: a row carries another row's number in its bytes. Truncated: a
head that was signed counts more entries than there are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

import psycopg
from django.db import connection, transaction

from oneroom.apps.ledger.services.chain import digest
from oneroom.engine.events import stamp
from oneroom.engine.merkle import Heap, leaf_hash

# column in the table -> name in the canonical bytes
_ACTS = {"at": "at", "kind": "kind", "version": "version", "subject": "subject", "matter": "matter", "actor": "actor",
         "on_behalf": "on_behalf", "via": "via", "scopes": "to", "facts": "facts", "recorded": "recorded"}  # fmt: skip
_LOOKS = {"at": "at", "actor": "actor", "record": "record", "fields": "fields", "purpose": "purpose", "basis": "basis",
          "quarter": "quarter", "recorded": "recorded"}  # fmt: skip
CHAINS = {"acts": ("ledger_entry", _ACTS), "looks": ("ledger_look", _LOOKS)}
# What the columns are when they are read: times as they travel, microseconds since 2000, and facts as text.
_TIMES = ("at", "recorded", "quarter")
_TYPES = {"version": "int2", "actor": "int8", "on_behalf": "int8", "scopes": "text[]", "fields": "text[]"}
_LINK = ("seq", "canonical", "prev", "hash")
_LINK_TYPES = ("int8", "bytea", "bytea", "bytea")
_PAGE = 50_000
_SINCE_2000 = datetime(2000, 1, 1, tzinfo=UTC)
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]

# seq, canonical, prev, hash, and the columns as `_Reading` orders them
Row = tuple[Any, ...]


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
        reading = _Reading(chain)
        with closing(reading.rows()) as rows:
            found = check(reading, rows, witness, head_seq=head[0], head_hash=bytes(head[1]))
        return witness.judge(found)


def export(chain: str) -> Iterator[bytes]:
    """The chain as lines that verify without the server: hash, tab, canonical bytes."""
    for _seq, canonical, own in _copied(CHAINS[chain][0], ["seq", "canonical", "hash"], ["int8", "bytea", "bytea"]):
        yield own.hex().encode() + b"\t" + canonical + b"\n"


def verify_export(chain: str, lines: Iterable[bytes], heads: Iterable[tuple[int, bytes, datetime]] = ()) -> Verdict:
    """The same over the lines of an export, with nothing but them and the heads that were signed."""
    witness, prev, seen, rest = Witness(heads), bytes(32), 0, iter(lines)
    for line in rest:
        hexed, _tab, canonical = line.rstrip(b"\n").partition(b"\t")
        number = seen + 1
        if digest(canonical).hex() != hexed.decode(errors="replace"):
            return Verdict(chain, seen, prev.hex(), "altered", number, "the bytes do not give the hash")
        try:
            said = json.loads(canonical)
            said = {"seq": int(said["seq"]), "prev": str(said["prev"])}
        except (ValueError, KeyError, TypeError):
            return Verdict(chain, seen, prev.hex(), "altered", number, "the bytes are no entry")
        if said["seq"] > number and any(_number(later) == number for later in rest):
            detail = f"number {said['seq']} stands in its place, and it comes later"
            return Verdict(chain, seen, prev.hex(), "reordered", number, detail)
        if said["seq"] > number:
            return Verdict(chain, seen, prev.hex(), "missing", number, f"the next line is number {said['seq']}")
        if said["seq"] < number:
            return Verdict(chain, seen, prev.hex(), "reordered", said["seq"], f"it stands where {number} belongs")
        if said["prev"] != prev.hex():
            return Verdict(chain, seen, prev.hex(), "altered", number, "it does not follow from the line before")
        prev, seen = digest(canonical), number
        witness.take(prev)
    return witness.judge(Verdict(chain, seen, prev.hex()))


def _number(line: bytes) -> int | None:
    """The number that a line of an export says it has."""
    try:
        said = json.loads(line.partition(b"\t")[2])
        return int(said["seq"])
    except (ValueError, KeyError, TypeError):
        return None


def check(reading: _Reading, rows: Iterable[Row], witness: Witness, *, head_seq: int, head_hash: bytes) -> Verdict:
    """The chain's rows one after the other, in order of ``seq``: the first that is not what it must be."""
    prev, seen = bytes(32), 0

    def fault(kind: str, seq: int, detail: str) -> Verdict:
        return Verdict(reading.chain, seen, prev.hex(), kind, seq, detail)

    for row in rows:
        seq, canonical, link, own = row[:4]
        if hashlib.sha256(canonical).digest() != own:
            return fault("altered", seq, "the bytes do not give the hash")
        try:
            said = _read(canonical.decode())
            if said["seq"] != seq:
                return fault("reordered", seq, f"the row says it is number {said['seq']}")
            if seq != seen + 1:
                return fault("missing", seen + 1, f"the next row is number {seq}")
            if link != prev or said["prev"] != prev.hex():
                return fault("altered", seq, "it does not follow from the row before")
            if not reading.agrees(row, said):
                return fault("altered", seq, f"column {reading.differs(row, said)} does not say what was hashed")
        except (ValueError, KeyError, TypeError):
            return fault("altered", seq, "the bytes are no entry")
        prev, seen = own, seq
        witness.take(own)
    if seen != head_seq:
        return fault("missing", seen + 1, f"the head is number {head_seq}")
    if prev != head_hash:
        return fault("altered", head_seq, "the head holds another hash")
    return Verdict(reading.chain, seen, prev.hex())


class _Reading:
    """
    How the rows of a chain are read and compared with their bytes.

    A record of years is read whole, so this does per row only what it must: times stand first, facts last, and what is
    between them is compared at once.
    """

    def __init__(self, chain: str) -> None:
        self.chain = chain
        self._table, names = CHAINS[chain]
        times = [name for name in names if name in _TIMES]
        plain = [name for name in names if name not in _TIMES and name != "facts"]
        self._facts = ["facts"] if "facts" in names else []
        self._columns = [*times, *plain, *self._facts]
        self._names = [names[name] for name in self._columns]
        self._times = [(len(_LINK) + n, names[name]) for n, name in enumerate(times)]
        self._plain = slice(len(_LINK) + len(times), len(_LINK) + len(times) + len(plain))
        self._said = itemgetter(*(names[name] for name in plain))

    def rows(self) -> Generator[Row, None, None]:
        columns = [*self._columns[: len(self._columns) - len(self._facts)], *(f"{name}::text" for name in self._facts)]
        types = ["int8" if name in _TIMES else _TYPES.get(name, "text") for name in self._columns]
        return _copied(self._table, [*_LINK, *columns], [*_LINK_TYPES, *types])

    def agrees(self, row: Row, said: Mapping[str, Any]) -> bool:
        """Whether the columns say what the bytes say."""
        return (
            row[self._plain] == self._said(said)
            and (not self._facts or _read(row[-1]) == said["facts"])
            and all(_spelled(row[at]) == said[name] for at, name in self._times)
        )

    def differs(self, row: Row, said: Mapping[str, Any]) -> str:
        """Which column does not."""
        for column, name, value in zip(self._columns, self._names, row[len(_LINK) :], strict=True):
            if column in _TIMES:
                value = _spelled(value)
            if (json.loads(value) if column == "facts" else value) != said[name]:
                return column
        return ""


def _read(text: str) -> Any:
    """JSON without what `json.loads` does around it, a fifth of the whole; ValueError where it is none."""
    try:
        value, end = _scan(text, 0)
    except StopIteration as nothing:
        raise ValueError("no JSON") from nothing
    if end != len(text):
        raise ValueError("more than one JSON value")
    return value


@lru_cache(maxsize=1024)
def _spelled(since_2000_us: int) -> str:
    """As the bytes spell a time. The entries of an act share theirs."""
    return stamp(_SINCE_2000 + timedelta(microseconds=since_2000_us))


def _copied(table: str, columns: Sequence[str], types: Sequence[str]) -> Generator[Row, None, None]:
    """
    The rows of a table in order of ``seq``, its first column, while the database is still sending: flat in memory.

    By pages, so that who stops early need not wait for the rest of the table.
    """
    connection.ensure_connection()
    picked = ", ".join(columns)
    last, found = -(2**63), _PAGE
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        while found == _PAGE:
            page = f"SELECT {picked} FROM {table} WHERE seq > {last} ORDER BY seq LIMIT {_PAGE}"  # nosec B608: names and numbers of ours
            found = 0
            with cursor.copy(f"COPY ({page}) TO STDOUT (FORMAT BINARY)") as copy:
                copy.set_types(types)
                rows = copy.rows()
                try:
                    for row in rows:
                        yield row
                        found, last = found + 1, row[0]
                finally:
                    for _unread in rows:  # to cancel it would end the whole transaction
                        pass
