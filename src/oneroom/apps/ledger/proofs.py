"""
Proofs as an outsider checks them: that a matter's entries stand in a head that was signed, and that a later head
contains all of an earlier one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from oneroom.apps.ledger import tree
from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.services.chain import digest
from oneroom.engine.merkle import grew, includes, leaf_hash

MOST = 2000  # entries of one proof


def prove_matter(matter: str) -> dict[str, Any] | None:
    """
    All entries of a matter that the newest signed head covers, with their paths; None before one covers any.

    What was written since the head was signed is counted in ``later``: a minute after it, it is covered too.
    """
    numbers = list(Entry.objects.filter(matter=matter).order_by("seq").values_list("seq", flat=True)[:MOST])
    head = tree.last_head("acts")
    covered = [n for n in numbers if head is not None and n <= head.size]
    if head is None or not covered:
        return None
    return {
        "matter": matter, "chain": head.chain, "size": head.size, "note": head.note, "vkey": head.key,
        "later": len(numbers) - len(covered),
        "entries": [
            {"seq": p.seq, "entry": p.canonical.decode(), "path": [base64.b64encode(h).decode() for h in p.path]}
            for p in tree.prove(head, covered)
        ],
    }  # fmt: skip


def check_proof(said: Mapping[str, Any], *, size: int, root: bytes) -> int | None:
    """The number of the first entry that the head of this size and root does not contain as it stands, or None."""
    for one in said["entries"]:
        canonical = str(one["entry"]).encode()
        path = [base64.b64decode(h) for h in one["path"]]
        seq = int(one["seq"])
        entry = json.loads(canonical)
        whole = (entry["seq"], entry["matter"]) == (seq, said["matter"])
        if not whole or not includes(seq - 1, size, leaf_hash(digest(canonical)), path, root):
            return seq
    return None


def prove_growth(chain: str, size: int) -> dict[str, Any] | None:
    """
    The path from the record of ``size`` entries to the newest signed head; None before there is one.

    Raises ValueError where the newest head has fewer entries: then the record was set back.
    """
    head = tree.last_head(chain)
    if head is None:
        return None
    path = [base64.b64encode(h).decode() for h in tree.prove_growth(head, size)]
    return {"chain": chain, "later": head.note, "vkey": head.key, "growth": path}


def check_growth(said: Mapping[str, Any], *, size: int, root: bytes, later: int, later_root: bytes) -> bool:
    """Whether the later head contains the earlier as it was, by the path alone."""
    return grew(size, root, later, later_root, [base64.b64decode(h) for h in said["growth"]])
