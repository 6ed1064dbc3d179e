"""
The chains as Merkle trees (RFC 6962): what a signed head says of all entries, and a proof of one entry.

A leaf is an entry's own hash. The roots of each 256 entries are kept (``Subtree``), so that a head and a proof read
four thousand rows for a million entries, and the newest 256; whoever doubts them makes them again from the entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from oneroom.apps.ledger.models import Subtree, TreeHead
from oneroom.engine.merkle import Heap, consistency_proof, inclusion_proof, leaf_hash, root_of

SPAN = 256
_HASHES = {
    "acts": "SELECT seq, hash FROM ledger_entry WHERE seq > %s ORDER BY seq LIMIT %s",
    "looks": "SELECT seq, hash FROM ledger_look WHERE seq > %s ORDER BY seq LIMIT %s",
}
_TIMES = """
SELECT (seq - 1) / %s, min(recorded), max(recorded) FROM {table} WHERE seq > %s AND seq <= %s GROUP BY 1
"""
_SPAN_TIMES = {"acts": _TIMES.format(table="ledger_entry"), "looks": _TIMES.format(table="ledger_look")}
_BYTES = {
    "acts": "SELECT seq, canonical FROM ledger_entry WHERE seq = ANY(%s)",
    "looks": "SELECT seq, canonical FROM ledger_look WHERE seq = ANY(%s)",
}


class NotGapless(Exception):
    """A number is missing: there is no tree over what is not whole. ``oneroom verify`` says which."""


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head: of how many entries, when, the note that an outsider checks, and the key."""

    chain: str
    size: int
    root: bytes
    at: datetime
    note: str
    key: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That entry ``seq`` with these bytes is in the tree of ``head``: the path, lowest first."""

    seq: int
    canonical: bytes
    path: list[bytes]


def grow(chain: str, *, spans: int = 16) -> bool:
    """Keep roots and times of spans that are full by now, a bounded number at a time; True when there may be more."""
    known = Subtree.objects.filter(chain=chain).count()
    leaves = _leaves(chain, known * SPAN, spans * SPAN)
    full = len(leaves) // SPAN
    times = _times(chain, known, known + full)
    roots = [root_of(leaves[n * SPAN : (n + 1) * SPAN]) for n in range(full)]
    Subtree.objects.bulk_create(
        Subtree(chain=chain, number=n, root=root, earliest=times[n][0], latest=times[n][1])
        for n, root in enumerate(roots, known)
    )
    return full == spans


def tree(chain: str, *, size: int | None = None) -> Heap:
    """The tree of the first ``size`` entries, or of all; ``grow`` has been through."""
    upper = Heap()
    for root in _blocks(chain, None if size is None else size // SPAN):
        upper.add(root)
    heap = Heap(upper.size * SPAN, upper.peaks)
    for leaf in _leaves(chain, heap.size, SPAN if size is None else size - heap.size):
        heap.add(leaf)
    return heap


def keep_head(head: Head) -> None:
    """Keep what was signed."""
    TreeHead.objects.create(chain=head.chain, size=head.size, root=head.root, at=head.at, note=head.note, key=head.key)


def last_head(chain: str) -> Head | None:
    """The newest signed head."""
    return _head(TreeHead.objects.filter(chain=chain).order_by("-size").first())


def prove(head: Head, numbers: Sequence[int]) -> list[Proof]:
    """The paths of some entries (from 1) to the root of a head. Raises IndexError where it does not cover one."""
    full = head.size // SPAN
    roots = list(_blocks(head.chain, full))
    rest = _leaves(head.chain, full * SPAN, head.size - full * SPAN)
    upper = [*roots, root_of(rest)] if rest else roots
    texts = _bytes_of(head.chain, numbers)
    proofs = []
    for seq in numbers:
        if not 0 < seq <= head.size:
            raise IndexError(f"Entry {seq} is not among the {head.size} of this head.")
        span, index = divmod(seq - 1, SPAN)
        inner = rest if span == full else _leaves(head.chain, span * SPAN, SPAN)
        proofs.append(Proof(seq, texts[seq], inclusion_proof(inner, index) + inclusion_proof(upper, span)))
    return proofs


def prove_growth(head: Head, size: int) -> list[bytes]:
    """The path that shows that the record of ``size`` entries is the beginning of a head's (RFC 9162 §2.1.4)."""
    if not 0 < size <= head.size:
        raise ValueError(f"A record of {size} entries is not the beginning of one of {head.size}.")
    if size == head.size:
        return []
    full = head.size // SPAN
    rest = _leaves(head.chain, full * SPAN, head.size - full * SPAN)
    upper = [*_blocks(head.chain, full), *([root_of(rest)] if rest else [])]
    span, within = divmod(size, SPAN)
    if within == 0:
        return consistency_proof(upper, span)
    inner = rest if span == full else _leaves(head.chain, span * SPAN, SPAN)
    return consistency_proof(inner, within, known=span == 0) + inclusion_proof(upper, span)


def heads_between(chain: str, since: datetime, until: datetime) -> list[tuple[int, datetime]]:
    """(entries, when) of the heads that were signed in a time, oldest first."""
    rows = TreeHead.objects.filter(chain=chain, at__gte=since, at__lt=until).order_by("size")
    return list(rows.values_list("size", "at"))


def head_of(chain: str, size: int) -> Head | None:
    """The head that was signed of so many entries."""
    return _head(TreeHead.objects.filter(chain=chain, size=size).order_by("at").first())


def _head(row: TreeHead | None) -> Head | None:
    return Head(row.chain, row.size, bytes(row.root), row.at, row.note, row.key) if row else None


def _blocks(chain: str, count: int | None) -> Iterator[bytes]:
    rows = Subtree.objects.filter(chain=chain).order_by("number")
    if count is not None:
        rows = rows.filter(number__lt=count)
    for root in rows.values_list("root", flat=True).iterator():
        yield bytes(root)


def _leaves(chain: str, after: int, count: int) -> list[bytes]:
    """Leaf hashes of up to ``count`` entries after a number."""
    with connection.cursor() as cursor:
        cursor.execute(_HASHES[chain], [after, count])
        rows = cursor.fetchall()
    if rows and rows[-1][0] != after + len(rows):
        raise NotGapless(f"{chain}: a number is missing after {after}")
    return [leaf_hash(bytes(own)) for _seq, own in rows]


def _times(chain: str, first: int, end: int) -> dict[int, tuple[datetime, datetime]]:
    """The earliest and the latest time at which entries of these spans were written, by the span's number."""
    with connection.cursor() as cursor:
        cursor.execute(_SPAN_TIMES[chain], [SPAN, first * SPAN, end * SPAN])
        return {number: (earliest, latest) for number, earliest, latest in cursor.fetchall()}


def _bytes_of(chain: str, numbers: Sequence[int]) -> dict[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_BYTES[chain], [list(numbers)])
        return {seq: bytes(canonical) for seq, canonical in cursor.fetchall()}
