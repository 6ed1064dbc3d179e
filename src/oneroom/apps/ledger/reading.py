"""
How the rows of a chain are read, and compared with their bytes.

A record of years is read whole, so this does per row only what it must: rows come some thousands at a time in the
database's binary form, times stay numbers, and what is between times and facts is compared at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.numeric import Int8BinaryLoader

from oneroom.engine.events import stamp

# column in the table -> name in the canonical bytes
_ACTS = {"at": "at", "kind": "kind", "version": "version", "subject": "subject", "matter": "matter", "actor": "actor",
         "on_behalf": "on_behalf", "via": "via", "scopes": "to", "facts": "facts", "recorded": "recorded"}  # fmt: skip
_LOOKS = {"at": "at", "actor": "actor", "record": "record", "fields": "fields", "purpose": "purpose", "basis": "basis",
          "quarter": "quarter", "recorded": "recorded"}  # fmt: skip
CHAINS = {"acts": ("ledger_entry", _ACTS), "looks": ("ledger_look", _LOOKS)}
_TIMES = ("at", "recorded", "quarter")
LINK = ("seq", "canonical", "prev", "hash")
BEFORE_ALL, AFTER_ALL = -(2**63), 2**63 - 1
_PAGE = 4096
_SINCE_2000 = datetime(2000, 1, 1, tzinfo=UTC)
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]

# seq, canonical, prev, hash, and the columns as `Reading` orders them
Row = tuple[Any, ...]


class Reading:
    """The rows of one chain, and whether their columns say what their bytes say."""

    def __init__(self, chain: str) -> None:
        self.chain = chain
        self.table, names = CHAINS[chain]
        times = [name for name in names if name in _TIMES]
        plain = [name for name in names if name not in _TIMES and name != "facts"]
        self._facts = ["facts"] if "facts" in names else []
        self._columns = [*times, *plain, *self._facts]
        self._names = [names[name] for name in self._columns]
        self._times = [(len(LINK) + n, names[name]) for n, name in enumerate(times)]
        self._plain = slice(len(LINK) + len(times), len(LINK) + len(times) + len(plain))
        self._said = itemgetter(*(names[name] for name in plain))

    def rows(self, above: int = BEFORE_ALL, upto: int = AFTER_ALL) -> Iterator[Row]:
        """In order of their numbers, those above one number up to another."""
        columns = [*self._columns[: len(self._columns) - len(self._facts)], *(f"{name}::text" for name in self._facts)]
        return rows(self.table, [*LINK, *columns], above, upto)

    def agrees(self, row: Row, said: Mapping[str, Any]) -> bool:
        """Whether the columns say what the bytes say."""
        return (
            row[self._plain] == self._said(said)
            and (not self._facts or read_json(row[-1]) == said["facts"])
            and all(_spelled(row[at]) == said[name] for at, name in self._times)
        )

    def differs(self, row: Row, said: Mapping[str, Any]) -> str:
        """Which column does not."""
        for column, name, value in zip(self._columns, self._names, row[len(LINK) :], strict=True):
            if column in _TIMES:
                value = _spelled(value)
            if (json.loads(value) if column == "facts" else value) != said[name]:
                return column
        return ""


def read_json(text: str) -> Any:
    """JSON without what `json.loads` does around it, a fifth of the whole; ValueError where it is none."""
    try:
        value, end = _scan(text, 0)
    except StopIteration as nothing:
        raise ValueError("no JSON") from nothing
    if end != len(text):
        raise ValueError("more than one JSON value")
    return value


def rows(table: str, columns: Sequence[str], above: int, upto: int) -> Iterator[Row]:
    """
    The rows of a table with ``seq``, its first column, above one number up to another, in order: flat in memory.

    Times are microseconds since 2000, as they travel. Of the database's two ways to send many rows this one costs this
    process half: COPY is read row by row.
    """
    page = (
        f"SELECT {', '.join(columns)} FROM {table} "  # nosec B608: names of ours
        f"WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT {_PAGE}"
    )
    while found := fetch(page, [above, upto]):
        yield from found
        if len(found) < _PAGE:
            return
        above = found[-1][0]


def fetch(sql: str, values: Sequence[Any]) -> list[Row]:
    """What a statement on Django's connection answers, in binary; times are microseconds since 2000."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.adapters.register_loader("timestamptz", Int8BinaryLoader)
        return cursor.execute(sql, values, binary=True).fetchall()


@lru_cache(maxsize=1024)
def _spelled(since_2000_us: int) -> str:
    """As the bytes spell a time. The entries of an act share theirs."""
    return stamp(_SINCE_2000 + timedelta(microseconds=since_2000_us))
