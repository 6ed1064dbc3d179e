"""The one way to write."""

from oneroom.apps.ledger.services.disclosures import exported, searched
from oneroom.apps.ledger.services.given import given_id, given_reference, numbers_given, reserve_ids
from oneroom.apps.ledger.services.once import looked_up, once
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
    seal_all,
    seal_many,
)
from oneroom.apps.ledger.services.seams import all_objections, ask_guards

__all__ = [
    "Looking",
    "afterwards",
    "all_objections",
    "ask_guards",
    "compared",
    "erase",
    "exported",
    "given_id",
    "given_reference",
    "hand_over_seals",
    "looked",
    "looked_up",
    "note",
    "numbers_given",
    "once",
    "open_sealed",
    "reseal",
    "reserve_ids",
    "seal",
    "seal_all",
    "seal_many",
    "searched",
    "service",
]
