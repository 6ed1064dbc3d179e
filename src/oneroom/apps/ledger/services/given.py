"""
Numbers that an act got before it is booked: taken down while the database was away, it is written under the reference
and the ids that people and phones know it by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

_given: ContextVar[Mapping[str, int | str] | None] = ContextVar("given", default=None)


@contextmanager
def numbers_given(numbers: Mapping[str, int | str]) -> Iterator[None]:
    """Within this, rows are made under these numbers, by name: "incident", "reference", "order:3", …"""
    token = _given.set(numbers)
    try:
        yield
    finally:
        _given.reset(token)


def given_id(name: str) -> int | None:
    """The id under which this row is to be made; None: the next one."""
    found = (_given.get() or {}).get(name)
    return None if found is None else int(found)


def given_reference() -> str | None:
    """The reference that a caller was told already."""
    found = (_given.get() or {}).get("reference")
    return None if found is None else str(found)


def reserve_ids(table: str, many: int) -> list[int]:
    """Ids of a table that no row gets but one that is made under them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, many])
        return [n for (n,) in cursor.fetchall()]
