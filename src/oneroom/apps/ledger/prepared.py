"""
Statements that the database parses and plans once for each connection, and new rows that go in by them.

Django writes its values into the text of a statement, which it builds anew and PostgreSQL parses and plans anew, each
time: of an act that is asked for often that is the greater part, on both sides. So the statements of such an act go
this way; all others Django's. Both are of one connection and one transaction.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, TypeVar

import psycopg
from django.db import connection
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault
from django.db.models.fields import Field

M = TypeVar("M", bound=Model)


def run(sql: str, values: Sequence[Any] = ()) -> psycopg.Cursor[Any]:
    """A prepared statement on Django's own connection and transaction. Raises what Django raises."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(sql, values, prepare=True)


def run_each(sql: str, many: Sequence[Sequence[Any]]) -> None:
    """The same statement with each of these values, in order; the way to the database and back is waited for once."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        psycopg.Cursor(connection.connection).executemany(sql, many)


def insert(*rows: M) -> tuple[M, ...]:
    """
    Put in new rows of one model, and give them their ids: what ``save(force_insert=True)`` and ``bulk_create`` do.

    All or none of them have an id already; fields that the database fills are left to it.
    """
    if not rows:
        return rows
    first = rows[0]
    fields = tuple(
        field for field in type(first)._meta.concrete_fields  # noqa: SLF001 (Django's documented Model._meta)
        if not isinstance(getattr(first, field.attname), DatabaseDefault)
        and not (field.primary_key and first.pk is None)
    )  # fmt: skip
    values = [f.get_db_prep_save(f.pre_save(row, True), connection) for row in rows for f in fields]
    made = run(_inserting(type(first), fields, len(rows)), values).fetchall()
    for row, (pk,) in zip(rows, made, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 (as Django's documentation does)
    return rows


@functools.cache
def _inserting(model: type[Model], fields: tuple[Field[Any, Any], ...], many: int) -> str:
    quote, table = connection.ops.quote_name, model._meta  # noqa: SLF001
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * many)
    pk = quote(table.pk.column)
    # Quoted names of a model's own fields; every value is a parameter.
    return f"INSERT INTO {quote(table.db_table)} ({columns}) VALUES {places} RETURNING {pk}"  # nosec B608
