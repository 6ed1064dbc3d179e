"""
Breaking the glass (scope G7): who must read a matter that is not his opens it, at once and before an inspector.

Half an hour, with a reason; the inspector is told at once and reviews it within three days. It gives nothing but
reading: no act on the matter becomes possible by it. The same half hour, by two persons, opens the words of a matter
that is over (``signed.unseal``).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from oneroom.apps.incidents.codes import OPENING_FINDINGS, OPENING_REASONS
from oneroom.apps.incidents.models import Incident, Opening
from oneroom.apps.incidents.services.matter import known
from oneroom.apps.incidents.services.matter import subject as matter_subject
from oneroom.apps.ledger.models import Sealed
from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.orders.services import start_overdue, stop
from oneroom.apps.people.queries import holders
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.roles import Right, Role
from oneroom.engine.text import plain
from oneroom.engine.values import SYSTEM, Actor, BadInput, Conflict, IllegalMove, NotAllowed, NotFound, Overtaken

LASTS = timedelta(minutes=30)
REVIEW_STAGE = "look_review"
_GRADE = 1


def subject(pk: int) -> str:
    """The opening's name in the record."""
    return f"opening:{pk}"


@service
def break_glass(reference: str, *, why: str, words: str, by: Actor, at: datetime) -> int:
    """Open a matter by its number for half an hour; gives the opening. The inspectors hear of it with this act."""
    by.must(Right.BREAK_GLASS)
    known("why", why, OPENING_REASONS)
    said = plain("words", words, longest=400, required=True)
    row = Incident.objects.filter(reference=plain("matter", reference, longest=16, required=True)).first()
    if row is None:
        raise BadInput("matter", "There is no matter of this number.")
    reason, commitment = seal(said, matter=matter_subject(row.pk), purpose="opening.reason", at=at)
    limit = limit_s(REVIEW_STAGE, _GRADE) or 0
    opening = open_for(
        row, Opening.Cause.BREAK_GLASS, why=why, reason=reason, review_due=at + timedelta(seconds=limit), by=by, at=at
    )
    note(
        "glass.broken", subject(opening.pk), by=by, at=at, to=[f"account:{a.pk}" for a in holders(Role.INSPECTOR)],
        matter=matter_subject(row.pk), opening=opening.pk, incident=row.pk, account=by.id, why=why, words=commitment,
        until=opening.until,
    )  # fmt: skip
    start_overdue(
        subject(opening.pk), stage=REVIEW_STAGE, limit_s=limit, matter=subject(opening.pk), grade=_GRADE, drill=False,
        by=by, at=at,
    )  # fmt: skip
    return opening.pk


def open_for(
    row: Incident, cause: str, *, why: str, reason: Sealed, review_due: datetime | None = None, by: Actor, at: datetime
) -> Opening:
    """The row of an opening, part of the act that has the entry. Raises Conflict where it is open to him already."""
    Opening.objects.filter(account_id=by.id, incident=row, ended_at=None, until__lte=at).update(ended_at=at)
    try:
        with transaction.atomic():
            return Opening.objects.create(
                cause=cause, account_id=by.id, incident=row, why=why, reason=reason, opened_at=at, until=at + LASTS,
                review_due=review_due,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Conflict("This matter is open to you already, until the half hour is over.") from twice


@service
def end_opening(pk: int, *, by: Actor, at: datetime) -> None:
    """Over: by the person himself, or by the clock when its time is up."""
    row = Opening.objects.filter(pk=pk).first()
    if row is None or (by != SYSTEM and row.account_id != by.id):
        raise NotFound
    if not Opening.objects.filter(pk=pk, ended_at=None).update(ended_at=at):
        raise Overtaken
    note(
        "glass.closed", subject(pk), by=by, at=at, matter=matter_subject(row.incident_id), opening=pk,
        incident=row.incident_id, account=row.account_id, cause="time" if by == SYSTEM else "by_himself",
    )  # fmt: skip


@service
def review_opening(pk: int, *, finding: str, by: Actor, at: datetime) -> None:
    """The inspector has looked at what was read and why: it was called for, or it was not."""
    by.must(Right.INSPECT)
    known("finding", finding, OPENING_FINDINGS)
    row = Opening.objects.filter(pk=pk, review_due__isnull=False).first()
    if row is None:
        raise NotFound
    if row.account_id == by.id:
        raise NotAllowed("Nobody reviews what he opened himself.")
    if row.ended_at is None and row.until > at:
        raise IllegalMove("It is still open: review it when the half hour is over.")
    done = Opening.objects.filter(pk=pk, reviewed_at=None).update(reviewed_at=at, reviewed_by_id=by.id, finding=finding)
    if not done:
        raise Overtaken
    note(
        "glass.reviewed", subject(pk), by=by, at=at, matter=matter_subject(row.incident_id), opening=pk,
        incident=row.incident_id, account=row.account_id, finding=finding,
    )  # fmt: skip
    stop(subject(pk), cause="reviewed", by=by, at=at)
