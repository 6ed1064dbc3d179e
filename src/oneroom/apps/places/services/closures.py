"""Closing streets for a time, and opening them again: by the room, or by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from oneroom.apps.ledger.services import note, service
from oneroom.apps.places.closed import drawn
from oneroom.apps.places.codes import CLOSURE_REASONS
from oneroom.apps.places.models import Closure
from oneroom.engine.roles import Right
from oneroom.engine.values import SYSTEM, Actor, BadInput, Overtaken

LONGEST = timedelta(days=90)


@service
def close_roads(
    *, how: str, points: Sequence[Sequence[float]], one_way: bool, reason: str, until: datetime, by: Actor, at: datetime
) -> int:
    """
    Close what was drawn (checked points, WGS-84) to those who drive through; gives the closure's id.

    It acts on the next proposal. Raises BadInput naming the field.
    """
    by.must(Right.CLOSE_ROADS)
    if reason not in CLOSURE_REASONS:
        raise BadInput("reason", "There is no such choice: %(choice)s.", choice=str(reason)[:40])
    ends = _until(until, at)
    found = drawn(how, points, one_way=one_way)
    row = Closure.objects.create(
        how=how, points=[[lon, lat] for lon, lat in points], one_way=one_way, reason=reason,
        streets=[list(names) for names in found.streets], pieces=found.pieces, length_m=found.length_m,
        author_id=by.id, since=at, until=ends,
    )  # fmt: skip
    note(
        "roads.closed", subject(row.pk), by=by, at=at, to=("room",), closure=row.pk, reason=reason, how=how,
        pieces=found.pieces, length=found.length_m, one_way=one_way, until=ends,
    )  # fmt: skip
    return row.pk


@service
def prolong_closure(closure_id: int, *, until: datetime, by: Actor, at: datetime) -> None:
    """It holds until another time. The caller checked that this person may (access.closure_for)."""
    ends = _until(until, at)
    if not Closure.objects.filter(pk=closure_id, ended=None).update(until=ends):
        raise Overtaken
    note("roads.prolonged", subject(closure_id), by=by, at=at, to=("room",), closure=closure_id, until=ends)


@service
def reopen_roads(closure_id: int, *, cause: str, by: Actor, at: datetime) -> None:
    """The streets are open again. The caller checked that this person may (access.closure_for)."""
    due = {"until__lte": at} if by == SYSTEM else {}
    if not Closure.objects.filter(pk=closure_id, ended=None, **due).update(ended=at):
        raise Overtaken
    note("roads.reopened", subject(closure_id), by=by, at=at, to=("room",), closure=closure_id, cause=cause)


def run_out(closure_id: int, at: datetime) -> None:
    """Its hour came: the clock opens the streets."""
    reopen_roads(closure_id, cause="expired", by=SYSTEM, at=at)


def subject(closure_id: int) -> str:
    """The name of a closure in the record."""
    return f"closure:{closure_id}"


def _until(until: datetime, at: datetime) -> datetime:
    if not at < until <= at + LONGEST:
        raise BadInput(
            "until", "A street is closed until a time that is still to come, at most %(most)d days.", most=LONGEST.days
        )  # fmt: skip
    return until
