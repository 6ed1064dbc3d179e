"""Take back what a signed plan wrote into the facts."""

from __future__ import annotations

from oneroom.apps.orgs import facts as stored
from oneroom.apps.reforms.models import ReformPlan
from oneroom.engine.organisation.undo import read_written, taken_back


def take_back(row: ReformPlan) -> None:
    """The facts are as if it had not been signed. Raises ``Conflict`` where a later reform stands on it."""
    if row.written is None:
        return
    facts = stored.facts()
    what = read_written(row.written)
    before = taken_back(facts, what)
    stored.write(facts, before)
    stored.forget_fates({spell.code for spell in what.gone | what.new}, row.day)
