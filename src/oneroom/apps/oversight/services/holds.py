"""
Legal holds (scope G5): who has a reason in law keeps a matter past its terms; two persons of two units let it go again.

A hold without an end would be hidden retention: each names its basis and when it is looked at again, a year ahead at
most, and past that day it is an alarm until somebody has.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import get_current_timezone, localtime

from oneroom.apps.incidents.models import Incident
from oneroom.apps.incidents.services.matter import subject as matter_subject
from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.oversight.kinds import HOLD_REASONS
from oneroom.apps.oversight.models import Hold
from oneroom.apps.people.models import Signature
from oneroom.apps.people.services import ask_second
from oneroom.engine.roles import Right
from oneroom.engine.signatures import Act
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound, Overtaken

LONGEST = timedelta(days=366)


def subject(pk: int) -> str:
    """The hold's name in the record."""
    return f"hold:{pk}"


@service
def place_hold(reference: str, *, reason: str, basis: str, review_on: date | None, by: Actor, at: datetime) -> int:
    """Keep a matter, by its number, and all that hangs on it; gives the hold. ``basis`` names the order or file."""
    by.must(Right.HOLD)
    number = plain("matter", reference, longest=16, required=True)
    if reason not in HOLD_REASONS:
        raise BadInput("reason", "There is no such choice here. Pick one of the list.")
    said = plain("basis", basis, longest=200, required=True)
    until = _review(review_on, at)
    # The row stands still: what erases it waits, and then finds the hold.
    row = Incident.objects.select_for_update(of=("self",)).filter(reference=number).first()
    if row is None:
        raise BadInput("matter", "There is no matter of this number.")
    sealed, commitment = seal(said, matter=matter_subject(row.pk), purpose="hold.basis", at=at)
    try:
        with transaction.atomic():
            hold = Hold.objects.create(
                incident=row, reason=reason, basis=sealed, placed_by_id=by.id, placed_at=at, review_at=until
            )
    except IntegrityError as twice:
        raise Conflict("This matter is held for this reason already.") from twice
    note(
        "hold.placed", subject(hold.pk), by=by, at=at, matter=matter_subject(row.pk), hold=hold.pk, incident=row.pk,
        reason=reason, basis=commitment, review=until,
    )  # fmt: skip
    return hold.pk


@service
def review_hold(pk: int, *, review_on: date | None, by: Actor, at: datetime) -> None:
    """Somebody looked: the reason still holds, until the next review."""
    by.must(Right.HOLD)
    row = Hold.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    until = _review(review_on, at)
    if not Hold.objects.filter(pk=pk, released_at=None).update(review_at=until):
        raise Overtaken
    note(
        "hold.reviewed", subject(pk), by=by, at=at, matter=matter_subject(row.incident_id), hold=pk,
        incident=row.incident_id, review=until,
    )  # fmt: skip


@service
def ask_release(pk: int, *, words: str, by: Actor, at: datetime) -> int:
    """Ask for the second signature that lets a held matter go; gives the request."""
    by.must(Right.HOLD)
    row = Hold.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    if row.released_at is not None:
        raise Overtaken
    about = matter_subject(row.incident_id)
    return ask_second(Act.RELEASE_HOLD, about, details={"hold": pk}, words=words, by=by, at=at)


def release(signed: Signature, *, by: Actor, at: datetime) -> None:
    """The second person has signed (``settings.SIGNED_ACTS``): from now on the terms are the matter's only ones."""
    pk = int(signed.details["hold"])
    if not Hold.objects.filter(pk=pk, released_at=None).update(released_at=at, signature=signed):
        raise Overtaken
    incident_id = Hold.objects.values_list("incident_id", flat=True).get(pk=pk)
    note(
        "hold.released", subject(pk), by=by, at=at, matter=matter_subject(incident_id), hold=pk, incident=incident_id,
        signature=signed.pk,
    )  # fmt: skip


def _review(day: date | None, at: datetime) -> datetime:
    if day is None:
        raise BadInput("review_on", "Say on which day somebody looks whether it is still needed.")
    zone = get_current_timezone()
    if not localtime(at).date() < day <= localtime(at + LONGEST).date():
        raise BadInput("review_on", "A day from tomorrow on, within a year.")
    return datetime.combine(day, time(), tzinfo=zone)
