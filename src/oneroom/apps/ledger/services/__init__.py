"""The one way to write."""

from oneroom.apps.ledger.services.chain import Named
from oneroom.apps.ledger.services.disclosures import exported, exported_alone, searched
from oneroom.apps.ledger.services.given import given_id, given_reference, numbers_given, reserve_ids
from oneroom.apps.ledger.services.once import once
from oneroom.apps.ledger.services.record import afterwards, named_at_last, note, service
from oneroom.apps.ledger.services.seals import (
    Looking,
    are_sealed,
    compared,
    erase,
    hand_over_seals,
    looked,
    open_sealed,
    reseal,
    seal,
    seal_all,
    seal_many,
    sealed_rows,
)
from oneroom.apps.ledger.services.seams import all_objections, ask_guards

__all__ = [
    "Looking",
    "Named",
    "afterwards",
    "all_objections",
    "are_sealed",
    "ask_guards",
    "compared",
    "erase",
    "exported",
    "exported_alone",
    "given_id",
    "given_reference",
    "hand_over_seals",
    "looked",
    "named_at_last",
    "note",
    "numbers_given",
    "once",
    "open_sealed",
    "reseal",
    "reserve_ids",
    "seal",
    "seal_all",
    "seal_many",
    "sealed_rows",
    "searched",
    "service",
]
