"""
New rows of several models that speak of each other, by one prepared statement: one way to the database and back.

An act that makes a matter makes ten rows in five tables; one after the other they cost more for being sent and planned
than for being written.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import BooleanField, CharField, IntegerField, Model, TextField

from oneroom.apps.ledger.prepared import fields_of, given_fields, is_made, run


@dataclass(frozen=True, slots=True)
class NameOf:
    """Where a text stands in a row: the name of another row of the same statement, "incident:" and its id."""

    kind: str
    row: Model


# What stands at a value's place in the statement: itself, where it is one of those that most rows have; the id, or name
# (kind), of the row n of a group; else None, and the value is a parameter.
_Place = str | tuple[int, int, str] | None
_Shape = tuple[type[Model], tuple[Any, ...], tuple[tuple[_Place, ...], ...]]


def insert_together(*rows: Model) -> None:
    """
    Put them in, and give them their ids, as ``prepared.insert`` does.

    Rows of a model that follow each other are a group, and go in together. A row may speak of one of a group before its
    own that has no id yet: by a foreign key, or in a text as ``NameOf``, which is that name afterwards.
    """
    groups = [tuple(same) for _, same in groupby(rows, type)]
    at = {id(row): (g, n) for g, group in enumerate(groups) for n, row in enumerate(group)}
    shapes: list[_Shape] = []
    values: list[Any] = []
    for group in groups:
        fields, places = given_fields(group[0]), []
        for row in group:
            own = tuple(_place(row, field, at) for field in fields)
            values += [
                field.get_db_prep_save(field.pre_save(row, True), connection)
                for field, place in zip(fields, own, strict=True) if place is None
            ]  # fmt: skip
            places.append(own)
        shapes.append((type(group[0]), fields, tuple(places)))
    made = run(_statement(tuple(shapes)), values).fetchone()
    for group, ids in zip(groups, made or (), strict=True):
        for row, pk in zip(group, ids, strict=True):
            is_made(row, pk)
    for row in rows:
        for field in fields_of(type(row)):
            said = row.__dict__.get(field.attname)
            if isinstance(said, NameOf):
                setattr(row, field.attname, f"{said.kind}:{said.row.pk}")
            elif said is None and field.is_relation and field.is_cached(row):
                setattr(row, field.attname, getattr(field.get_cached_value(row), "pk", None))


def _place(row: Model, field: Any, at: dict[int, tuple[int, int]]) -> _Place:
    said = row.__dict__.get(field.attname)
    if said is None:
        other = field.get_cached_value(row) if field.is_relation and field.is_cached(row) else None
        return "NULL" if other is None else (*at[id(other)], "")
    if isinstance(said, NameOf):
        return (*at[id(said.row)], said.kind)
    # With more than fifty parameters psycopg would read the statement anew each time.
    if said == "" and isinstance(field, CharField | TextField):
        return "''"
    if isinstance(field, BooleanField):
        return str(said is True).lower()
    if type(said) is int and 0 <= said < 10 and isinstance(field, IntegerField):
        return str(said)
    return None


@functools.lru_cache(maxsize=1000)
def _statement(shapes: tuple[_Shape, ...]) -> str:
    quote, steps = connection.ops.quote_name, []
    for g, (model, fields, places) in enumerate(shapes):
        table = model._meta  # noqa: SLF001 (Django's documented Model._meta)
        columns = ", ".join(quote(field.column) for field in fields)
        values = ", ".join(f"({', '.join(_spelt(place, shapes) for place in own)})" for own in places)
        # Quoted names of a model's own fields; values are parameters, or written as ``_place`` says.
        put = f"INSERT INTO {quote(table.db_table)} ({columns}) VALUES {values}"  # nosec B608
        steps.append(f"rows{g} AS ({put} RETURNING {quote(table.pk.column)} AS id)")
    made = ", ".join(f"ARRAY(SELECT id FROM rows{g})" for g in range(len(shapes)))  # nosec B608: as above
    return f"WITH {', '.join(steps)} SELECT {made}"  # nosec B608: as above


def _spelt(place: _Place, shapes: tuple[_Shape, ...]) -> str:
    if place is None:
        return "%s"
    if isinstance(place, str):
        return place
    group, n, kind = place
    which = f" OFFSET {n} LIMIT 1" if len(shapes[group][2]) > 1 else ""
    found = f"(SELECT id FROM rows{group}{which})"  # nosec B608: two numbers
    return f"'{kind}:' || {found}" if kind else found
