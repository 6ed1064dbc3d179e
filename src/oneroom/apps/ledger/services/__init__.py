"""The one way to write."""

from oneroom.apps.ledger.services.disclosures import exported, searched
from oneroom.apps.ledger.services.once import once
from oneroom.apps.ledger.services.record import afterwards, note, service
from oneroom.apps.ledger.services.seals import (
    Looking,
    compared,
    erase,
    hand_over_seals,
    looked,
    open_sealed,
    reseal,
    seal,
)
from oneroom.apps.ledger.services.seams import ask_guards

__all__ = [
    "Looking",
    "afterwards",
    "ask_guards",
    "compared",
    "erase",
    "exported",
    "hand_over_seals",
    "looked",
    "note",
    "once",
    "open_sealed",
    "reseal",
    "seal",
    "searched",
    "service",
]
