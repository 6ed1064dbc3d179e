"""What duty does when something happened elsewhere."""

from __future__ import annotations

from oneroom.apps.duty.services import sound_again
from oneroom.apps.ledger.services.record import Noted
from oneroom.engine.values import Actor


def sound_after(entry: Noted, *, by: Actor) -> None:
    """Whoever signs out leaves no silent desk behind."""
    sound_again(account_id=entry.facts["account"], by=by, at=entry.at)
