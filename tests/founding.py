"""
The town of most tests, founded once by the services and then copied: the same rows each time, at a tenth of the cost.

What is copied is all that the services wrote, record and heads included. A database whose user may not switch triggers
off gets it founded anew each time.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime

from django.db import connection, transaction

from tests.emptying import full_tables, may_switch
from tests.town import Town, found_town

# The town, its rows by table, and how far each sequence had counted: a test that makes tables anew starts them again.
_KEPT: dict[datetime, tuple[Town, dict[str, bytes], dict[str, int]]] = {}


def founded(at: datetime) -> Town:
    """The town at a time. Where something stands already it is founded by the services, after that."""
    with connection.cursor() as cursor:
        apart = full_tables(cursor) or not may_switch(cursor)
    if apart:
        return found_town(at)
    if at in _KEPT:
        town, rows, counted = _KEPT[at]
        with transaction.atomic():
            _put(rows, counted)
        return deepcopy(town)
    town = found_town(at)
    _KEPT[at] = deepcopy(town), _taken(), _counted()
    return town


def _taken() -> dict[str, bytes]:
    """What stands in each table, under the columns that can be written."""
    found = {}
    with connection.cursor() as cursor:
        for table in full_tables(cursor):
            cursor.execute(
                "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                [table],
            )
            (columns,) = cursor.fetchone()
            with cursor.copy(f"COPY (SELECT {columns} FROM {table}) TO STDOUT") as copy:
                found[f"{table} ({columns})"] = b"".join(copy)
    return found


def _counted() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        return dict(cursor.fetchall())


def _put(rows: dict[str, bytes], counted: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # they were checked when they were written
        for table, content in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(content)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(
            "SELECT setval(quote_ident(sequencename)::regclass, least) FROM pg_sequences"
            " JOIN unnest(%s::text[], %s::bigint[]) AS kept (name, least) ON name = sequencename"
            " WHERE last_value IS NULL OR last_value < least",
            [list(counted), list(counted.values())],
        )
