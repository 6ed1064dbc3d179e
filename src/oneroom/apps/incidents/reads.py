"""Who opened what of a matter. Reading that is an act as well: it leaves a Look, which stands in the next reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.incidents.access import incident_for
from oneroom.apps.incidents.services.matter import subject
from oneroom.apps.ledger.queries import looks_at
from oneroom.apps.ledger.services import Looking, looked, service
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor


@dataclass(frozen=True, slots=True)
class Read:
    """One look. ``account`` is None where this person is not told whose it was."""

    at: datetime
    account: int | None
    purpose: str
    fields: tuple[str, ...]


@service
def reads_of(pk: int, *, by: Actor, at: datetime) -> list[Read]:
    """
    The looks at a matter that this person may see, newest first.

    Everybody sees when and why it was read, and which of the looks were his own; whose the others were is for who
    commands the room, and for who verifies the record.
    """
    row = incident_for(pk, by=by)
    named = by.may(Right.COMMAND) or by.may(Right.VERIFY_RECORD)
    found = [
        Read(look.at, look.actor if named or look.actor == by.id else None, look.purpose, tuple(look.fields))
        for look in looks_at(subject(row.pk))
    ]
    looked(subject(row.pk), ["looks"], looking=Looking("audit", subject(row.pk)), by=by, at=at)
    return found
