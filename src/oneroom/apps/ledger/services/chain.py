"""
Append to a chain: lock the head, number, hash, insert, move the head, wake the readers; one statement for all of it.

Canonical bytes are RFC 8785 JSON of everything the link says, ``prev`` included; ``hash`` is SHA-256 of
them. So one row proves itself, and the row before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import rfc8785

from oneroom.apps.ledger.prepared import run, run_last
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
class Named:
    """
    Steps of one statement, by name and in order, of which the last gives ``name``: one that others wait for until the
    commit, so the act's last statement gives it. ``stands`` for it in what is said before.
    """

    steps: Mapping[str, str]
    values: Sequence[Any]
    stands: str
    heard: Callable[[Any], object]

    def now(self) -> None:
        """Give it at once."""
        self.heard(run(f"WITH {_steps(self.steps)} SELECT name FROM {[*self.steps][-1]}", self.values).fetchone()[0])  # type: ignore[index]  # nosec B608: statements of ours, values apart


def _steps(steps: Mapping[str, str]) -> str:
    return ", ".join(f"{name} AS ({sql})" for name, sql in steps.items())


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
    noted: Sequence[Noted], *, named: Named | None = None, last: Last | None = None,
    texts: Mapping[int, int] | None = None, commits: bool = False,
) -> psycopg.Cursor[Any]:  # fmt: skip
    """
    Write all entries of a service by one statement, the transaction's last; ``last`` goes with it, and so do the
    numbers of the entries that ``texts`` (row of a text -> which of these entries commits to it) are to know. A name
    that is ``named`` comes before (its locks before the head's, as everywhere), and is what the statement answers.

    The database numbers, hashes and inserts (``ledger_append``): with the numbers fetched and the rows sent back, the
    head stayed locked while this process waited for its turn on the processor, and everybody else's commit with it.
    Where it ``commits`` the transaction it is sent with the COMMIT, for the same reason.
    """
    drafts = [draft(entry) for entry in noted]
    steps: dict[str, str] = {}
    values: list[Any] = []
    if named is not None:
        steps |= named.steps
        values += named.values
    if last is not None:
        steps["last"] = last.sql
        values += last.values
    values += [events.stamp(now()), [d.before for d in drafts], [d.after for d in drafts]]
    # Nothing is locked by the entries before the name is given: each step waits for all rows of what it counts.
    before = f" FROM (SELECT count(*) FROM {[*named.steps][-1]}) AS first" if named is not None else ""  # nosec B608: a step's own name
    steps["appended"] = f"{_APPEND} AS seq{before}"
    if texts:
        # The entries are what is asked for: they are written whether or not the text's row is still there.
        steps["bound"] = _BIND
        values += [list(texts), [len(drafts) - 1 - n for n in texts.values()]]
    answered = "NULL" if named is None else f"(SELECT name FROM {[*named.steps][-1]})"  # nosec B608: as above
    # Statements of ours, and values apart. A step that is only a question is asked once all the same: it is volatile.
    statement = f"WITH {_steps(steps)} SELECT seq, {answered} FROM appended"  # nosec B608
    return (run_last if commits else run)(statement, values)
