"""
Verify a chain row by row and name the first thing that is wrong.

Altered: the bytes do not give the hash, or the columns do not say what the bytes say. Missing: a number is
left out, or the head has more than the rows. Reordered: a row carries another row's number in its bytes. Truncated: a
head that was signed counts more entries than there are.

The chain is read in parts, by several processes where there are hands for it. Each part starts from the hash of the
row before it, as that row has it; whether the row has it rightly is said of the part before. So the first part in which
something is wrong names what one process alone would have named.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter

from django.db import connection

from oneroom.apps.ledger.hands import Hands, snapshot
from oneroom.apps.ledger.reading import AFTER_ALL, BEFORE_ALL, CHAINS, Reading, Row, fetch, read_json, rows
from oneroom.apps.ledger.services.chain import digest
from oneroom.engine.events import stamp
from oneroom.engine.merkle import Heap, leaf_hash, root_over

__all__ = ["CHAINS", "Verdict", "export", "verify", "verify_export"]
# Entries of a part. A power of two, so that the tree over whole parts grows as the tree over their entries does.
SPAN = 65_536
_size = itemgetter(0)  # of a head


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: ``fault`` is None when the chain is whole, else altered, missing, reordered or truncated."""

    chain: str
    rows: int
    head: str
    fault: str | None = None
    seq: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """
    What was found in one part: the last row before anything wrong, by number and hash, and what is wrong.

    ``ended``: there are no rows after it. ``peaks`` are the tree over its entries (`Heap`), at its end and, in
    ``at_heads``, at each size of which a signed head was told.
    """

    seen: int
    prev: bytes
    fault: str | None = None
    seq: int | None = None
    detail: str = ""
    ended: bool = False
    peaks: Sequence[bytes] = ()
    at_heads: dict[int, Sequence[bytes]] = field(default_factory=dict)


class Witness:
    """
    Compares a chain, part by part, with heads that were signed while it grew.

    Whoever owns the database can write it anew with all its hashes, or set it back to yesterday; not what was signed.
    """

    def __init__(self, heads: Iterable[tuple[int, bytes, datetime]]) -> None:
        """``heads`` are (size, root, signed at)."""
        self._heads = sorted(heads)
        self._next = self._size = self._agreed = 0
        self._parts = Heap()  # of the whole parts before: each is one leaf here
        self._against: tuple[int, datetime] | None = None

    def sizes(self, above: int, upto: int) -> list[int]:
        """The sizes of heads that stand within a part."""
        first, last = bisect_right(self._heads, above, key=_size), bisect_right(self._heads, upto, key=_size)
        return sorted({size for size, _root, _at in self._heads[first:last]})

    def take(self, part: Part) -> None:
        """The next part, whole, or the last."""
        while self._next < len(self._heads) and self._heads[self._next][0] <= part.seen:
            size, root, at = self._heads[self._next]
            if self._against is None and size in part.at_heads:
                if root == root_over([*self._parts.peaks, *part.at_heads[size]]):
                    self._agreed = size
                else:
                    self._against = (size, at)
            self._next += 1
        self._size = part.seen
        if not part.ended:
            self._parts.add(part.peaks[0])

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
            detail = f"a head signed at {stamp(at)} counts {size} entries, and here are {self._size}"
            return replace(found, fault="truncated", seq=self._size + 1, detail=detail)
        return replace(found, detail=f"{len(self._heads)} signed heads agree" if self._heads else "")


def verify(
    chain: str, heads: Iterable[tuple[int, bytes, datetime]] = (), *, hands: Hands | None = None, span: int = SPAN
) -> Verdict:
    """
    Read one chain from its first row to its head, as the database holds it at this instant.

    ``span`` is a power of two.
    """
    witness = Witness(heads)
    with snapshot():
        with connection.cursor() as cursor:
            cursor.execute("SELECT seq, hash FROM ledger_chainhead WHERE name = %s", [chain])
            head_seq, head_hash = cursor.fetchone() or (0, bytes(32))
        # The head may lie: the last part has no end, and the first that finds nothing after it is the last.
        parts = range(0, max(head_seq, 0) + 1, span)
        tasks = ((chain, above, span, above == parts[-1], witness.sizes(above, above + span)) for above in parts)
        found = Part(0, bytes(32), ended=True)
        for part in (hands or Hands(1)).in_order(check_part, tasks):
            found = part
            if part.fault is not None:
                return Verdict(chain, part.seen, part.prev.hex(), part.fault, part.seq, part.detail)
            witness.take(part)
            if part.ended:
                break
        if found.seen != head_seq:
            detail = f"the head is number {head_seq}"
            return Verdict(chain, found.seen, found.prev.hex(), "missing", found.seen + 1, detail)
        if found.prev != bytes(head_hash):
            detail = "the head holds another hash"
            return Verdict(chain, found.seen, found.prev.hex(), "altered", head_seq, detail)
        return witness.judge(Verdict(chain, found.seen, found.prev.hex()))


def check_part(chain: str, above: int, span: int, last: bool, sizes: Sequence[int]) -> Part:
    """
    The rows above one number, ``span`` of them or, in the last part, all: the first that is not what it must be.

    Where a number is left out before the end of the part it is the row after that says so, wherever it stands.
    """
    reading, prev = Reading(chain), bytes(32)
    if above:
        before = fetch(f"SELECT hash FROM {reading.table} WHERE seq = %s", [above])  # nosec B608: a table of ours
        if not before:  # then the part before says so
            return Part(above, prev, ended=True)
        prev = before[0][0]
    upto = AFTER_ALL if last else above + span
    part = _check(reading, reading.rows(above or BEFORE_ALL, upto), above, prev, sizes)
    if part.fault is not None or part.seen == upto:
        return part
    beyond = part if last else _check(reading, reading.rows(upto), part.seen, part.prev, ())
    return replace(part, ended=True) if beyond.fault is None else beyond


def _check(reading: Reading, found: Iterator[Row], seen: int, prev: bytes, sizes: Sequence[int]) -> Part:
    """Rows one after the other, from a number and its hash on."""
    branch = _Branch(sizes)

    def fault(kind: str, seq: int, detail: str) -> Part:
        return Part(seen, prev, kind, seq, detail)

    for row in found:
        seq, canonical, link, own = row[:4]
        if hashlib.sha256(canonical).digest() != own:
            return fault("altered", seq, "the bytes do not give the hash")
        try:
            said = read_json(canonical.decode())
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
        branch.add(seq, own)
    return branch.part(seen, prev)


class _Branch:
    """The tree over the entries of one part."""

    def __init__(self, sizes: Iterable[int]) -> None:
        """``sizes`` are those of the signed heads within the part."""
        self._heap, self._wanted = Heap(), frozenset(sizes)
        self._at_heads: dict[int, Sequence[bytes]] = {}

    def add(self, seq: int, own: bytes) -> None:
        """The next entry's hash."""
        self._heap.add(leaf_hash(own))
        if seq in self._wanted:
            self._at_heads[seq] = tuple(self._heap.peaks)

    def part(self, seen: int, prev: bytes, *, ended: bool = False) -> Part:
        """As it stands now."""
        return Part(seen, prev, ended=ended, peaks=tuple(self._heap.peaks), at_heads=self._at_heads)


def export(chain: str) -> Iterator[bytes]:
    """The chain as lines that verify without the server: hash, tab, canonical bytes."""
    for _seq, canonical, own in rows(CHAINS[chain][0], ["seq", "canonical", "hash"], BEFORE_ALL, AFTER_ALL):
        yield own.hex().encode() + b"\t" + canonical + b"\n"


def verify_export(chain: str, lines: Iterable[bytes], heads: Iterable[tuple[int, bytes, datetime]] = ()) -> Verdict:
    """The same over the lines of an export, with nothing but them and the heads that were signed."""
    witness, prev, seen, rest = Witness(heads), bytes(32), 0, iter(lines)
    branch = _Branch(witness.sizes(0, SPAN))
    for line in rest:
        hexed, _tab, canonical = line.rstrip(b"\n").partition(b"\t")
        number = seen + 1
        own = digest(canonical)
        if own.hex() != hexed.decode(errors="replace"):
            return Verdict(chain, seen, prev.hex(), "altered", number, "the bytes do not give the hash")
        try:
            said = read_json(canonical.decode())
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
        prev, seen = own, number
        branch.add(seen, prev)
        if seen % SPAN == 0:
            witness.take(branch.part(seen, prev))
            branch = _Branch(witness.sizes(seen, seen + SPAN))
    witness.take(branch.part(seen, prev, ended=True))
    return witness.judge(Verdict(chain, seen, prev.hex()))


def _number(line: bytes) -> int | None:
    """The number that a line of an export says it has."""
    try:
        said = json.loads(line.partition(b"\t")[2])
        return int(said["seq"])
    except (ValueError, KeyError, TypeError):
        return None
