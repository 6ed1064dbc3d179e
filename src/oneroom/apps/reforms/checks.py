"""What a plan would make of today's facts, and everything that stands against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.ground import Ground
from oneroom.apps.orgs.services import objections, propose
from oneroom.apps.reforms.models import ReformPlan
from oneroom.engine.organisation.changes import Outcome
from oneroom.engine.organisation.codec import Document, areas_named, read_changes, write_document
from oneroom.engine.organisation.facts import Facts
from oneroom.engine.organisation.faults import Fault
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.organisation.undo import read_written, taken_back
from oneroom.engine.values import BadInput, Conflict


@dataclass(frozen=True, slots=True)
class Checked:
    """
    ``proposal`` is None where a change cannot be made at all: ``refused`` says which and why. Otherwise ``faults`` are
    all that stands against it.
    """

    proposal: Proposal | None
    faults: list[Fault] = field(default_factory=list)
    refused: BadInput | None = None

    @property
    def sound(self) -> bool:
        """Nothing stands against it."""
        return self.proposal is not None and not self.faults


def check(plan: ReformPlan) -> Checked:
    """Look at a plan over the facts as they stand; of one that is signed, over the facts without it."""
    try:
        over = facts_without(plan)
    except Conflict:  # a later reform stands on it: it can only be looked at as it was written
        proposal = as_written(plan)
        return Checked(proposal, objections(proposal))
    return check_changes(plan.changes, plan.day, over=over)


def check_changes(changes: list[Any], day: date, *, over: Facts | None = None) -> Checked:
    """Look at these changes. Writes nothing."""
    ground = Ground()
    try:
        proposal = propose(read_changes(changes), day, over=over, ground=ground)
    except BadInput as refused:
        return Checked(None, refused=refused)
    return Checked(proposal, objections(proposal, ground=ground))


def facts_without(plan: ReformPlan) -> Facts:
    """The facts as they would be had this plan not been signed."""
    facts = stored.facts()
    if plan.written and plan.state in (ReformPlan.State.SIGNED, ReformPlan.State.IN_FORCE):
        return taken_back(facts, read_written(plan.written))
    return facts


def as_written(plan: ReformPlan) -> Proposal:
    """A signed plan by what the facts say of its day and of the day before."""
    facts, eve = stored.facts(), plan.day - timedelta(days=1)
    return Proposal(read_changes(plan.changes), plan.day, facts.as_of(eve), Outcome(facts, stored.fates_of(plan.day)))


def document_of(plan: ReformPlan) -> dict[str, Any]:
    """The plan as the JSON document that another house reads."""
    changes = read_changes(plan.changes)
    return write_document(Document(plan.name, plan.day, changes, stored.areas(areas_named(changes))))
