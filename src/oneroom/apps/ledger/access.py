"""Who may read the record itself."""

from __future__ import annotations

from oneroom.apps.ledger.models import Look
from oneroom.apps.ledger.queries import looks_at
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor


def looks(record: str, *, by: Actor) -> list[Look]:
    """The looks at one record, for those who verify (inspector, outside oversight)."""
    by.must(Right.VERIFY_RECORD)
    return looks_at(record)
