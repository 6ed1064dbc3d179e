"""
Verify the entries of one matter: what a screen does before it says "record intact".

Each entry must give its hash, say in its columns what its bytes say, and hang together with its neighbours in the
chain, whoever's they are. So a row that was rewritten, hash and all, is found out by the row after it. A row that was
taken away whole is found by ``verify`` over all of the chain, which counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from oneroom.apps.ledger.services.chain import digest
from oneroom.apps.ledger.verify import CHAINS
from oneroom.apps.ledger.words import compare
from oneroom.engine.events import stamp

_NEIGHBOURS = """
SELECT e.seq, e.canonical, e.prev, e.hash, {columns}, before.hash, after.prev
FROM {table} e
LEFT JOIN {table} before ON before.seq = e.seq - 1
LEFT JOIN {table} after ON after.seq = e.seq + 1
WHERE {which} ORDER BY e.seq
"""
_TABLES = {"acts": "ledger_entry", "looks": "ledger_look"}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """
    What was found: ``broken_at`` is the number of the first entry that is not as it was written, or None; ``words``
    says that its bytes are whole, and a text that it committed to is altered or gone.

    ``mark`` is one digest for all of them, as 64 hex digits: SHA-256 over their hashes, one after the other in order.
    It goes onto paper, and whoever has the record makes it again (``oneroom verify --matter``).
    """

    entries: int
    last: int
    broken_at: int | None = None
    first: int = 0
    mark: str = ""
    words: bool = False


def verify_matter(*matters: str, upto: int | None = None) -> Excerpt:
    """
    Recompute the hashes of a matter's entries, or of several together, from the bytes as the database holds them now,
    and the marks of the texts that they committed to.

    ``upto`` is the last number that counts: what is on paper stays to be verified while the matter goes on.
    """
    return _verify("acts", "e.matter = ANY(%s) AND e.seq <= %s", [list(matters), upto or 2**63 - 1])


def verify_numbers(numbers: list[int], *, chain: str = "acts") -> Excerpt:
    """The same for some numbers of a chain: the page of a search."""
    return _verify(chain, "e.seq = ANY(%s)", [numbers])


def _verify(chain: str, which: str, values: list[Any]) -> Excerpt:
    columns = CHAINS[chain][1]
    names = list(columns)
    said = {"columns": ", ".join(f"e.{name}" for name in names), "table": _TABLES[chain], "which": which}
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS.format(**said), values)
        rows = cursor.fetchall()
    if not rows:
        return Excerpt(0, 0, mark=digest(b"").hex())
    broken = next((row[0] for row in rows if not _whole(row, names, columns)), None)
    words = None
    if chain == "acts" and (words := compare([row[0] for row in rows]).seq) is not None:
        broken = words if broken is None else min(broken, words)
    mark = digest(b"".join(digest(bytes(row[1])) for row in rows)).hex()
    return Excerpt(len(rows), rows[-1][0], broken, rows[0][0], mark, words is not None and words == broken)


def _whole(row: tuple[Any, ...], names: list[str], columns: dict[str, str]) -> bool:
    seq, canonical, prev, own = row[0], bytes(row[1]), bytes(row[2]), bytes(row[3])
    before, after = row[-2], row[-1]
    if digest(canonical) != own:
        return False
    try:
        said = json.loads(canonical)
    except ValueError:
        return False
    linked = (before is None or bytes(before) == prev) and (after is None or bytes(after) == own)
    if said.get("seq") != seq or said.get("prev") != prev.hex() or not linked:
        return False
    return all(_plain(value, name) == said.get(columns[name]) for name, value in zip(names, row[4:-2], strict=True))


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if name == "facts" and isinstance(value, str):
        return json.loads(value)
    return value
