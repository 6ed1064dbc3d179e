"""A silent call for help: raised by one thumb, answered by a person, ended by the room with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from oneroom.apps.duty.queries import find_position, riders
from oneroom.apps.ledger.services import note, service
from oneroom.apps.orders.models import Sos
from oneroom.apps.orders.services.ladders import start_sos, stop
from oneroom.engine.lifecycle.sos import SOS
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, IllegalMove, Overtaken

END_REASONS = ("helped", "safe_now", "mistake", "test")
# A phone that had no network for longer than this says so by the time it carries; the call still rings.
_SKEW = timedelta(seconds=2)


@service
def raise_sos(*, matter: str = "", happened: datetime | None = None, by: Actor, at: datetime) -> int:
    """
    Ring for help; gives its id. Pressing again while it is open changes nothing and gives the same id.

    ``matter`` is what the crew is on now, if anything. The place is the crew's last one, on duty only.
    """
    by.must(Right.CALL_HELP)
    if happened is not None and happened > at + _SKEW:
        raise BadInput("happened", "This time lies in the future.")
    place = find_position(by.crew_id) if by.crew_id is not None else None
    row = None
    while row is None:  # pressed twice at once, or while the room ends the one before: one of the two is open or free
        try:
            with transaction.atomic():
                row = Sos.objects.create(
                    account_id=by.id, crew_id=by.crew_id, unit_id=by.unit_id, matter=matter,
                    raised_at=min(happened or at, at), lon=place.lon if place else None,
                    lat=place.lat if place else None, fix_at=place.at if place else None,
                )  # fmt: skip
        except IntegrityError:
            found = Sos.objects.filter(account_id=by.id, ended_at=None).values_list("pk", flat=True).first()
            if found is not None:
                return found
    _note("sos.raised", row, by=by, at=row.raised_at, account=by.id, unit=row.unit_id, placed=place is not None)
    # From when it came in, not from when it was pressed: nobody is told late things all at once.
    start_sos(f"sos:{row.pk}", account_id=by.id, crew_id=by.crew_id, unit_id=by.unit_id, by=by, at=at)
    return row.pk


@service
def answer_sos(pk: int, *, by: Actor, at: datetime) -> None:
    """A person has it: nobody further is rung, and it stays on the room's screen until it is ended."""
    row = lock_sos(pk)
    move = SOS.move(row.state, "answer", by=by)
    _move(row, move.source, state=move.target, answered_by=by.id, answered_at=at)
    _note("sos.answered", row, by=by, at=at)
    stop(f"sos:{pk}", cause="answered", by=by, at=at)


@service
def say_mistake(pk: int, *, by: Actor, at: datetime) -> None:
    """Who called says "pressed by mistake". It rings on: he may have been made to say so, and the room decides."""
    row = lock_sos(pk)
    if row.ended_at is not None:
        raise IllegalMove("This call for help is over.")
    if row.mistake_at is None:
        Sos.objects.filter(pk=pk).update(mistake_at=at)
        _note("sos.mistake", row, by=by, at=at)


@service
def end_sos(pk: int, *, reason: str, by: Actor, at: datetime) -> None:
    """The room ends it, with a reason."""
    row = lock_sos(pk)
    move = SOS.move(row.state, "end", by=by)
    if reason not in END_REASONS:
        raise BadInput("reason", "Say why it is over: pick one of the reasons.")
    _move(row, move.source, state=move.target, ended_at=at, end_reason=reason)
    _note("sos.ended", row, by=by, at=at, reason=reason)
    stop(f"sos:{pk}", cause="ended", by=by, at=at)


@service
def bind_sos(pk: int, *, matter: str, incident: int, by: Actor, at: datetime) -> None:
    """Crews were sent: from now on the call belongs to this matter. Sending is answering."""
    row = lock_sos(pk)
    if row.ended_at is not None:
        raise IllegalMove("This call for help is over.")
    Sos.objects.filter(pk=pk).update(matter=matter)
    row.matter = matter
    if SOS.find(row.state, "answer"):
        answer_sos(pk, by=by, at=at)
    _note("sos.sent", row, by=by, at=at, incident=incident)


def lock_sos(pk: int) -> Sos:
    """The call with its row locked."""
    return Sos.objects.select_for_update().get(pk=pk)


def _move(row: Sos, source: str, **to: object) -> None:
    if not Sos.objects.filter(pk=row.pk, state=source).update(**to):
        raise Overtaken


def _note(kind: str, row: Sos, *, by: Actor, at: datetime, **facts: Any) -> None:
    to = {"room", f"account:{row.account_id}"}
    if row.crew_id is not None:
        to.add(f"crew:{row.crew_id}")
    if kind == "sos.raised":
        to.update(f"account:{account}" for account in riders(row.crew_id))
    if row.unit_id is not None:
        to.add(f"unit:{row.unit_id}")
    note(
        kind, f"sos:{row.pk}", by=by, at=at, to=to, matter=row.matter or f"sos:{row.pk}", sos=row.pk,
        crew=row.crew_id, **facts,
    )  # fmt: skip
