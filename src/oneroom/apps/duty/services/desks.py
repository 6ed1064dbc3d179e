"""A desk of the room may be silent for a reason, and whoever commands knows of it."""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.duty.models import Silence
from oneroom.apps.ledger.services import note, service
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput

SILENCE_REASONS = ("headset", "caller_near", "briefing", "other_desk")


@service
def silence(*, reason: str, by: Actor, at: datetime) -> None:
    """New P1s and alarms do not sound at this desk any more; a reason is said, and the commander is shown it."""
    by.must(Right.SEE_ROOM)
    if reason not in SILENCE_REASONS:
        raise BadInput("reason", "Say why the sound is off: pick one of the reasons.")
    Silence.objects.update_or_create(account_id=by.id, defaults={"reason": reason, "since": at})
    note("desk.silenced", f"account:{by.id}", by=by, at=at, to=("room",), account=by.id, reason=reason)


@service
def sound_again(*, account_id: int, by: Actor, at: datetime) -> None:
    """The desk sounds again: its own word, or its person signed out."""
    if Silence.objects.filter(account_id=account_id).delete()[0]:
        note("desk.sounding", f"account:{account_id}", by=by, at=at, to=("room",), account=account_id)
