"""
The day has come: each plan is looked at once more, and all that holds takes effect in one transaction.

What stands against a plan on the day, and did not when it was signed, stops it: the facts it wrote are taken back, and
with them those of later plans that stand on it. Nothing happens half.
"""

from __future__ import annotations

from datetime import date, datetime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs.services.follow import follow
from oneroom.apps.reforms.checks import check
from oneroom.apps.reforms.models import ReformPlan
from oneroom.apps.reforms.services.plans import subject
from oneroom.apps.reforms.services.undo import take_back
from oneroom.engine.values import SYSTEM, Conflict, Refused

S = ReformPlan.State


def begin_the_day(today: date, *, at: datetime) -> int:
    """Let the plans of this day, and of days on which nothing beat, take effect; how many did or were stopped."""
    try:
        return _enter(today, at=at)
    except Refused as refused:
        return _refuse(today, str(refused.code), at=at)


@service
def _enter(today: date, *, at: datetime) -> int:
    moved = 0
    for row in _due(today):
        row.refresh_from_db()
        if row.state != S.SIGNED:  # stopped together with one that it stood on
            continue
        against = [[fault.code, fault.subject] for fault in check(row).faults]
        if against:
            _stop(row, against, at=at)
        else:
            enter(row, at=at)
        moved += 1
    follow(today, by=SYSTEM, at=at)
    return moved


@service
def _refuse(today: date, cause: str, *, at: datetime) -> int:
    """Somebody who had to follow could not: none of the day's plans takes effect."""
    rows = _due(today)
    for row in reversed(rows):
        _stop(row, [[cause, "follow"]], at=at)
    return len(rows)


def enter(row: ReformPlan, *, at: datetime) -> None:
    """The plan is in force."""
    row.state, row.ended_at = S.IN_FORCE, at
    row.save(update_fields=["state", "ended_at"])
    note("reform.in_force", subject(row.pk), by=SYSTEM, at=at, to=("room",), reform=row.pk)


def _due(today: date) -> list[ReformPlan]:
    return list(ReformPlan.objects.select_for_update().filter(state=S.SIGNED, day__lte=today).order_by("day", "pk"))


def _stop(row: ReformPlan, against: list[list[str]], *, at: datetime) -> None:
    """Take it back; where later plans stand on it, those first, the last signed of them before the others."""
    try:
        take_back(row)
    except Conflict:
        later = ReformPlan.objects.select_for_update().filter(state=S.SIGNED, signed_at__gte=row.signed_at)
        for other in later.exclude(pk=row.pk).order_by("-signed_at", "-pk"):
            _stop(other, [["stood_on", str(row.pk)]], at=at)
        take_back(row)
    row.state, row.ended_at, row.against, row.written = S.STOPPED, at, against, None
    row.save(update_fields=["state", "ended_at", "against", "written"])
    note(
        "reform.stopped", subject(row.pk), by=SYSTEM, at=at, to=("room",), reform=row.pk,
        causes=sorted({cause for cause, _subject in against}),
    )  # fmt: skip
