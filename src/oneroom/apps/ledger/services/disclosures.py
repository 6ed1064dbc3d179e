"""What left the house, and what was asked of the record: acts like any other, with an entry each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from oneroom.apps.ledger.queries import taken_out_alone
from oneroom.apps.ledger.services.record import note, service
from oneroom.engine.values import Actor


@service
def exported(
    name: str, *, form: str, rows: int, asked: Iterable[str], signature: int | None = None, by: Actor, at: datetime
) -> None:
    """
    A list went out as a file or on paper (``form``); ``asked`` are its filters as codes, never typed text, and
    ``signature`` the second person's where there was one.
    """
    note(
        "list.exported", f"list:{name}", by=by, at=at, list=name, form=form, rows=rows, asked=list(asked),
        signature=signature,
    )  # fmt: skip


_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('list.exported', %s))"


@service
def exported_alone(
    name: str, *, form: str, rows: int, asked: Iterable[str], most: int, since: datetime, by: Actor, at: datetime
) -> bool:
    """
    As `exported`, by one person alone; False, and nothing is noted, where with what he took out since then it is more
    than ``most`` rows.

    Counting and noting are one act, of which one person has one at a time: of two at once each would not see the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [by.id])
    if rows and rows + taken_out_alone(by.id, since=since) > most:
        return False
    exported(name, form=form, rows=rows, asked=asked, by=by, at=at)
    return True


@service
def searched(*, chain: str, purpose: str, basis: str, by: Actor, at: datetime, **asked: Any) -> None:
    """
    Somebody asks the record. The entry is the search: the results are read by what stands in it.

    So nobody can search without leaving what he asked, and a later page of the same search is no new one.
    """
    note("record.searched", f"account:{by.id}", by=by, at=at, chain=chain, purpose=purpose, basis=basis, **asked)
