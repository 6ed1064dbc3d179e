"""
Append to a chain: lock the head, number, hash, insert, move the head, wake the readers; one statement for all of it.

Canonical bytes are RFC 8785 JSON of everything the link says, ``prev`` included; ``hash`` is SHA-256 of
them. So one row proves itself, and the row before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rfc8785

from oneroom.apps.ledger.prepared import run
from oneroom.apps.ledger.time import now
from oneroom.engine import events

if TYPE_CHECKING:
    from oneroom.apps.ledger.services.record import Noted

# The function is made by the app's first migration (`migrations/append.sql`).
_APPEND = "SELECT ledger_append(%s::text, %s::text[], %s::text[])"
# How many entries before the last one that of a text stands.
_BIND = """
UPDATE ledger_sealed s SET entry = appended.seq - v.back
FROM appended, unnest(%s::bigint[], %s::bigint[]) AS v(id, back) WHERE s.id = v.id"""
_LOCK = "SELECT seq, hash FROM ledger_chainhead WHERE name = %s FOR UPDATE"


def digest(link: bytes) -> bytes:
    """The hash of a link, over its canonical bytes."""
    return hashlib.sha256(link).digest()


def lock_head(name: str) -> tuple[int, bytes]:
    """(last sequence number, last hash) of the chain, with its row locked until the end of the transaction."""
    row: Any = run(_LOCK, [name]).fetchone()
    if row is None:
        run(
            "INSERT INTO ledger_chainhead (name, seq, hash) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING",
            [name, bytes(32)],
        )
        row = run(_LOCK, [name]).fetchone()
    return row[0], bytes(row[1])


def move_head(name: str, seq: int, own: bytes) -> None:
    """The chain ends at this link now."""
    run("UPDATE ledger_chainhead SET seq = %s, hash = %s WHERE name = %s", [seq, own, name])


_COMPACT = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def canonical(said: Mapping[str, Any]) -> bytes:
    """
    RFC 8785 bytes of ids, codes, times and quantities.

    All that an entry holds is plain ASCII and whole numbers, for which the standard library's sorted, compact JSON
    is the same bytes in a tenth of the time; only a fraction needs the spelling of numbers that RFC 8785 asks for.
    """
    if any(isinstance(v, float) for v in (*said.values(), *said.get("facts", {}).values())):
        return rfc8785.dumps(dict(said))
    return _COMPACT.encode(said).encode()


@dataclass(frozen=True, slots=True)
class Last:
    """A statement that changes a row of the act's own, and may wait until its end."""

    sql: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """Canonical text of an entry, before and after what is known only under the lock: prev, recorded, seq."""

    before: str
    after: str


def draft(entry: Noted) -> Draft:
    """
    Everything that can be written of an entry before the head is locked. Field names: docs/events.md.

    RFC 8785 sorts keys, so that "prev", "recorded" and "seq" stand in this order between the two parts.
    """
    said = {
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
    before = canonical({k: v for k, v in said.items() if k < "prev"}).decode()
    after = canonical({k: v for k, v in said.items() if k > "seq"}).decode()
    return Draft(before[:-1] + ",", "," + after[1:])


def append_entries(
    noted: Sequence[Noted], *, last: Last | None = None, texts: Mapping[int, int] | None = None
) -> None:  # fmt: skip
    """
    Write all entries of a service by one statement, the transaction's last; ``last`` goes with it, and so do the
    numbers of the entries that ``texts`` (row of a text -> which of these entries commits to it) are to know.

    The database numbers, hashes and inserts (``ledger_append``): with the numbers fetched and the rows sent back, the
    head stayed locked while this process waited for its turn on the processor, and everybody else's commit with it.
    """
    drafts = [draft(entry) for entry in noted]
    entries = [events.stamp(now()), [d.before for d in drafts], [d.after for d in drafts]]
    steps = [f"last AS ({last.sql})"] if last is not None else []
    values: list[Any] = [*last.values] if last is not None else []
    if texts:
        # The entries are what is asked for: they are written whether or not the text's row is still there.
        steps += [f"appended AS MATERIALIZED ({_APPEND} AS seq)", f"bound AS ({_BIND})"]
        values += [*entries, list(texts), [len(drafts) - 1 - n for n in texts.values()]]
        run(f"WITH {', '.join(steps)} SELECT seq FROM appended", values)  # nosec B608: statements of ours, values apart
    elif steps:
        run(f"WITH {steps[0]} {_APPEND}", [*values, *entries])
    else:
        run(_APPEND, entries)
