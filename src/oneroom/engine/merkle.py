"""
Tree heads and proofs after RFC 6962: that an entry is in the record, and that a later record only grew from an earlier.

Everything is over leaf hashes (``leaf_hash``), as 32 bytes each. ``Heap`` takes them one by one and keeps only the
roots of its perfect subtrees, so that the head of a million entries needs twenty hashes of memory. The proofs are lists
of 32 bytes, lowest first, in the order in which RFC 9162 §2.1.3 and §2.1.4 read them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf: a leaf and a node can never be taken for one another."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Heap:
    """A tree that only grows. ``size`` leaves have been taken; ``root()`` is the head's hash at this size."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)  # of the perfect subtrees, largest first: one for each bit that is set in ``size``
        if len(self.peaks) != size.bit_count():
            raise ValueError(f"A tree of {size} leaves has {size.bit_count()} perfect subtrees, not {len(self.peaks)}.")

    def add(self, leaf: bytes) -> None:
        """Take one more leaf hash."""
        merged = leaf
        for _ in range((~self.size & self.size + 1).bit_length() - 1):  # as many ones as ``size`` ends in
            merged = node_hash(self.peaks.pop(), merged)
        self.peaks.append(merged)
        self.size += 1

    def root(self) -> bytes:
        """The Merkle tree hash of the leaves so far."""
        return root_over(self.peaks)


def root_over(peaks: Sequence[bytes]) -> bytes:
    """
    The Merkle tree hash over perfect subtrees, largest first.

    The last two may be of one size, as when a part of the leaves was taken by itself: to join them is what comes first.
    """
    if not peaks:
        return EMPTY
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of these leaf hashes."""
    heap = Heap()
    for leaf in leaves:
        heap.add(leaf)
    return heap.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path from leaf ``index`` (from 0) to the root of these leaf hashes."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} among {len(leaves)}.")
    begin, end, path = 0, len(leaves), []
    while end - begin > 1:
        middle = begin + _left(end - begin)
        if index < middle:
            path.append(root_of(leaves[middle:end]))
            end = middle
        else:
            path.append(root_of(leaves[begin:middle]))
            begin = middle
    return path[::-1]


def consistency_proof(leaves: Sequence[bytes], size: int, *, known: bool = True) -> list[bytes]:
    """
    That the tree of the first ``size`` leaf hashes is the beginning of the tree of all; empty where they are one.

    ``known``: whoever asks has the root of these ``size`` already, which is so unless they are part of a larger tree.
    """
    if not 0 < size <= len(leaves):
        raise ValueError(f"A tree of {size} is not the beginning of one of {len(leaves)}.")
    begin, end, path = 0, len(leaves), []
    while size != end:
        middle = begin + _left(end - begin)
        if size <= middle:
            path.append(root_of(leaves[middle:end]))
            end = middle
        else:
            path.append(root_of(leaves[begin:middle]))
            begin, known = middle, False
    if not known:
        path.append(root_of(leaves[begin:end]))
    return path[::-1]


def includes(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that ``leaf`` stands at ``index`` of the tree with this root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def grew(size: int, root: bytes, later: int, later_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of ``later`` begins with the tree of ``size`` (RFC 9162 §2.1.4.2)."""
    if not 0 < size <= later:
        return False  # about an empty tree a proof says nothing
    if size == later:
        return not proof and root == later_root
    path = [root, *proof] if size & size - 1 == 0 else list(proof)
    if not proof or not path:
        return False
    at, last = size - 1, later - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == root and new == later_root


def _left(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1
