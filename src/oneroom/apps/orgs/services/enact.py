"""Look at what a reform would make of the facts, and write it, from a day on; what is true before stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils.timezone import localtime

from oneroom.apps.ledger.services import all_objections, note, service
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.ground import Ground
from oneroom.apps.orgs.models import UnitFate
from oneroom.apps.orgs.services.follow import follow
from oneroom.apps.orgs.words import fault_words
from oneroom.engine.organisation.changes import Change, apply
from oneroom.engine.organisation.facts import Facts
from oneroom.engine.organisation.faults import Fault, faults, grown_over_limit
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.values import Actor, BadInput, Unmet


def propose(
    changes: Sequence[Change], day: date, *, over: Facts | None = None, ground: Ground | None = None
) -> Proposal:
    """What these changes would make of the facts on that day; writes nothing. ``over`` are facts already read."""
    before = stored.facts() if over is None else over
    ground = ground or Ground()
    ground.likely = {spell.area for spell in before.on(day) if spell.area is not None}
    return Proposal(tuple(changes), day, before, apply(before, changes, day, joined=ground.joined))


def objections(proposal: Proposal, *, ground: Ground | None = None) -> list[Fault]:
    """
    Everything that stands against it: of the structure, of the ground, and of whoever keeps something by unit
    (``settings.GUARDS["organisation.reform"]``), each named.
    """
    found = faults(proposal.before, proposal.outcome, proposal.day)
    found += grown_over_limit(proposal.was, proposal.will_be, settings.MANAGEMENT_PERCENT)
    found += (ground or Ground()).faults(proposal)
    return found + all_objections("organisation.reform", proposal=proposal)


@service
def enact(changes: Sequence[Change], *, day: date, by: Actor, at: datetime) -> Proposal:
    """
    Make these changes on that day, today or later. Refused, with each orphan named, while anything would be orphaned.

    On the day the house follows by itself (``follow``); for today it does so at once.
    """
    if day < localtime(at).date():
        raise BadInput("day", "The past cannot be reformed: give today or a later day.")
    ground = Ground()
    proposal = propose(changes, day, ground=ground)
    found = objections(proposal, ground=ground)
    if found:
        raise Unmet({f"{fault.code}.{fault.subject}": fault_words(fault) for fault in found})
    ground.keep()
    stored.write(proposal.before, proposal.outcome.facts)
    fates = proposal.outcome.fates
    UnitFate.objects.bulk_create(
        UnitFate(code=code, on=day, how=fate.how, heirs=list(fate.heirs)) for code, fate in fates.items()
    )
    note(
        "organisation.reformed", f"reform:{day.isoformat()}", by=by, at=at, changes=len(changes), ended=len(fates),
        day=day.isoformat(),
    )  # fmt: skip
    if day == localtime(at).date():
        follow(day, by=by, at=at)
    return proposal
