"""What an opening lets its holder read, and what the inspectors see of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from oneroom.apps.incidents.access.opened import personal_of
from oneroom.apps.incidents.models import Incident, Opening
from oneroom.apps.ledger.services import Looking, open_sealed
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound

_SHOWN_FOR = timedelta(days=30)
_RIGHT = {Opening.Cause.BREAK_GLASS: Right.BREAK_GLASS, Opening.Cause.UNSEALED: Right.COUNTERSIGN}


def opening_for(pk: int, *, by: Actor, at: datetime) -> Opening:
    """One's own opening while it runs and the role that it was opened by is held; else there is no such record."""
    row = Opening.objects.filter(pk=pk, account_id=by.id, ended_at=None, until__gt=at).first()
    if row is None or not by.may(_RIGHT[Opening.Cause(row.cause)]):
        raise NotFound
    return row


def openings_of(*, by: Actor, at: datetime) -> list[Opening]:
    """One's own openings that run."""
    rows = Opening.objects.filter(account_id=by.id, ended_at=None, until__gt=at).select_related("incident")
    return [row for row in rows.order_by("pk") if by.may(_RIGHT[Opening.Cause(row.cause)])]


def read_opening(pk: int, *, by: Actor, at: datetime) -> tuple[Opening, Incident, dict[str, Any]]:
    """The matter of one's own opening with its words, callers and address: a Look that is bound to the opening."""
    opening = opening_for(pk, by=by, at=at)
    row = Incident.objects.select_related("unit").defer("unit__area").get(pk=opening.incident_id)
    looking = Looking(opening.cause, f"opening:{opening.pk}")
    return opening, row, personal_of(row, looking=looking, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken glass as the inspectors see it."""

    row: Opening
    reason: str
    runs: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for their review, and how many of these for too long."""

    reviews: int
    late: int


def reviews_waiting(*, by: Actor, at: datetime) -> Waiting:
    """Of all broken glass, however much is shown at once."""
    by.must(Right.INSPECT)
    rows = Opening.objects.filter(cause=Opening.Cause.BREAK_GLASS, reviewed_at=None)
    return Waiting(rows.count(), rows.filter(review_due__lte=at).count())


def broken_glass(*, by: Actor, at: datetime, most: int = 100) -> list[Broken]:
    """What waits for its review first, the longest due before all; then the last thirty days. Reading why is a look."""
    by.must(Right.INSPECT)
    rows = Opening.objects.filter(cause=Opening.Cause.BREAK_GLASS)
    rows = rows.filter(Q(reviewed_at=None) | Q(opened_at__gt=at - _SHOWN_FOR))
    rows = rows.select_related("account", "incident", "reason", "reviewed_by")
    found = []
    for row in rows.order_by(F("reviewed_at").desc(nulls_first=True), "review_due", "-pk")[:most]:
        record = f"opening:{row.pk}"
        said = open_sealed([row.reason], record=record, looking=Looking("glass_review", record), by=by, at=at)
        late = row.reviewed_at is None and row.review_due is not None and row.review_due <= at
        found.append(Broken(row, said[row.reason_id] or "", row.ended_at is None and row.until > at, late))
    return found
