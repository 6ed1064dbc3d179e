"""The proof of one matter: its entries, and for each the path to a head that was signed, as an outsider checks it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from oneroom.apps.ledger import tree
from oneroom.apps.ledger.models import Entry
from oneroom.apps.ledger.services.chain import digest
from oneroom.engine.merkle import includes, leaf_hash

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
