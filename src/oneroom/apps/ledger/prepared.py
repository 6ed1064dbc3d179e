"""
Statements that the database parses and plans once for each connection, and new rows that go in by them.

Django writes its values into the text of a statement, which it builds anew and PostgreSQL parses and plans anew, each
time: of an act that is asked for often that is the greater part, on both sides. So the statements of such an act go
this way; all others Django's. Both are of one connection and one transaction.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
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


def run_last(sql: str, values: Sequence[Any] = ()) -> psycopg.Cursor[Any]:
    """
    The same for the last statement of the transaction that the outermost ``atomic`` holds open: it is sent with the
    COMMIT, so what it answers is there, and what it raises is raised, when the transaction has ended.
    """
    connection.validate_no_broken_transaction()
    cursor = psycopg.Cursor(connection.connection)
    with_commit: Any = getattr(connection, "with_commit")  # noqa: B009 (of the house's own backend, not of Django's)
    with_commit(lambda: cursor.execute(sql, values, prepare=True))
    return cursor


def find(model: type[M], pk: Any) -> M | None:
    """The row of a model with this id: what ``get(pk=pk)`` finds."""
    row = run(_finding(model), [model._meta.pk.to_python(pk)]).fetchone()  # noqa: SLF001
    return None if row is None else model.from_db(connection.alias, [f.attname for f in fields_of(model)], row)


@functools.cache
def _finding(model: type[Model]) -> str:
    quote, table = connection.ops.quote_name, model._meta  # noqa: SLF001
    columns = ", ".join(quote(field.column) for field in fields_of(model))
    # Quoted names of a model's own fields; for models whose values need no converting from the database.
    return f"SELECT {columns} FROM {quote(table.db_table)} WHERE {quote(table.pk.column)} = %s"  # nosec B608


def insert(*rows: M) -> tuple[M, ...]:
    """
    Put in new rows of one model, and give them their ids: what ``save(force_insert=True)`` and ``bulk_create`` do.

    All or none of them have an id already; fields that the database fills are left to it.
    """
    if not rows:
        return rows
    fields = given_fields(rows[0])
    values = [f.get_db_prep_save(f.pre_save(row, True), connection) for row in rows for f in fields]
    made = run(_inserting(type(rows[0]), fields, len(rows)), values).fetchall()
    for row, (pk,) in zip(rows, made, strict=True):
        is_made(row, pk)
    return rows


def fields_of(model: type[Model]) -> Iterable[Any]:
    """Of a model, what has a column. (Django's stubs know fields, and not those of relations.)"""
    return model._meta.concrete_fields  # noqa: SLF001 (Django's documented Model._meta)


def given_fields(row: Model) -> tuple[Any, ...]:
    """Those that go in with a new row: not its id where the database gives one, nor what the database fills."""
    return tuple(
        field for field in fields_of(type(row))
        if not isinstance(row.__dict__.get(field.attname), DatabaseDefault)
        and not (field.primary_key and row.pk is None)
    )  # fmt: skip


def is_made(row: Model, pk: Any) -> None:
    """This row is in the database, under this id."""
    row.pk = pk
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 (as Django's documentation does)


@functools.cache
def _inserting(model: type[Model], fields: tuple[Field[Any, Any], ...], many: int) -> str:
    quote, table = connection.ops.quote_name, model._meta  # noqa: SLF001
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * many)
    pk = quote(table.pk.column)
    # Quoted names of a model's own fields; every value is a parameter.
    return f"INSERT INTO {quote(table.db_table)} ({columns}) VALUES {places} RETURNING {pk}"  # nosec B608
