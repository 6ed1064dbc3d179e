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

_KEPT: dict[datetime, tuple[Town, dict[str, bytes]]] = {}


def founded(at: datetime) -> Town:
    """The town at a time, in an empty database."""
    if at in _KEPT:
        town, rows = _KEPT[at]
        with transaction.atomic():
            _put(rows)
        return deepcopy(town)
    town = found_town(at)
    with transaction.atomic(), connection.cursor() as cursor:
        if may_switch(cursor):
            _KEPT[at] = deepcopy(town), _taken()
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


def _put(rows: dict[str, bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # they were checked when they were written
        for table, content in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(content)
        cursor.execute("SET LOCAL session_replication_role = origin")
