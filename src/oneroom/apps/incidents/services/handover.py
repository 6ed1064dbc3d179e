"""
The room changes hands: what is open is listed and frozen, both sign, and command passes at that second (T15).

There is always one commander. Until the incoming signs, the outgoing commands; nobody can be relieved by a note left on
a desk. A handover that waits too long climbs like any other promise.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from oneroom.apps.duty.access import must_command
from oneroom.apps.duty.services import begin_spell
from oneroom.apps.incidents.models import Handover
from oneroom.apps.incidents.shift import open_board
from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.orders.services import start_overdue, stop
from oneroom.apps.people.queries import holders
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.roles import Role
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Conflict, IllegalMove, NotAllowed, Overtaken

LONGEST_SHIFT = timedelta(hours=24)
_GRADE = 2  # by whose times an unsigned handover climbs


def subject(pk: int) -> str:
    """The handover's name in the record."""
    return f"handover:{pk}"


@service
def begin_handover(*, incoming: int, until: datetime, words: str = "", by: Actor, at: datetime) -> int:
    """The commander signs what is handed over: the board of this minute, and a note. Gives the handover."""
    must_command(by, at=at)
    if incoming == by.id:
        raise BadInput("incoming", "You command already. Name who takes over.")
    if incoming not in {a.pk for a in holders(Role.SHIFT_COMMANDER)}:
        raise BadInput("incoming", "This person is no shift commander.")
    if not at < until <= at + LONGEST_SHIFT:
        raise BadInput("until", "A shift ends within the next 24 hours.")
    text = plain("note", words, longest=2000)
    board = open_board(by=by, at=at)
    try:
        with transaction.atomic():
            row = Handover.objects.create(outgoing_id=by.id, incoming_id=incoming, at=at, until=until, board=board)
    except IntegrityError as waiting:
        raise Conflict("A handover waits for its second signature. Sign it, or take it back first.") from waiting
    facts: dict[str, Any] = {}
    if text:
        row.note, facts["note"] = seal(text, matter=subject(row.pk), purpose="handover.note", at=at)
        row.save(update_fields=["note"])
    note(
        "handover.begun", subject(row.pk), by=by, at=at, to=("room",), matter=subject(row.pk), handover=row.pk,
        incoming=incoming, open=len(board["incidents"]), late=sum(1 for i in board["incidents"] if i["late"]),
        crews=len(board["crews"]), **facts,
    )  # fmt: skip
    start_overdue(
        subject(row.pk), stage="handover", limit_s=limit_s("handover", _GRADE), matter=subject(row.pk), grade=_GRADE,
        drill=False, by=by, at=at,
    )  # fmt: skip
    return row.pk


@service
def sign_handover(pk: int, *, by: Actor, at: datetime) -> None:
    """The incoming signs: from this second on he commands, and the outgoing no longer."""
    row = _waiting(pk)
    if by.id != row.incoming_id:
        raise NotAllowed("Only the person named as taking over signs here.")
    if Role.SHIFT_COMMANDER not in by.roles:
        raise NotAllowed
    if row.until <= at:
        raise IllegalMove("The shift that this handover names is over. Take it back and begin a new one.")
    _end(row, signed_at=at)
    begin_spell(role=Role.SHIFT_COMMANDER, account_id=row.incoming_id, until=row.until, by=by, at=at)
    note(
        "handover.signed", subject(pk), by=by, at=at, to=("room",), matter=subject(pk), handover=pk,
        outgoing=row.outgoing_id, incoming=row.incoming_id, until=row.until,
    )  # fmt: skip
    stop(subject(pk), cause="signed", stage="handover", by=by, at=at)


@service
def drop_handover(pk: int, *, by: Actor, at: datetime) -> None:
    """The outgoing takes it back before it is signed, or who commands now does: a new one lists what is open then."""
    row = _waiting(pk)
    if by.id != row.outgoing_id:
        must_command(by, at=at)
    _end(row, dropped_at=at)
    note(
        "handover.dropped", subject(pk), by=by, at=at, to=("room",), matter=subject(pk), handover=pk,
        incoming=row.incoming_id,
    )  # fmt: skip
    stop(subject(pk), cause="dropped", stage="handover", by=by, at=at)


def _waiting(pk: int) -> Handover:
    row = Handover.objects.select_for_update().get(pk=pk)
    if row.signed_at is not None or row.dropped_at is not None:
        raise Overtaken("This handover is over already. Look again.")
    return row


def _end(row: Handover, **how: datetime) -> None:
    Handover.objects.filter(pk=row.pk).update(**how)
