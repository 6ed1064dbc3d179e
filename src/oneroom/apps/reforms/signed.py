"""What is done when the second person has signed a reform (``settings.SIGNED_ACTS``)."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from oneroom.apps.ledger.services import note
from oneroom.apps.orgs.services import enact
from oneroom.apps.people.models import Signature
from oneroom.apps.reforms.models import ReformPlan
from oneroom.apps.reforms.services.day import enter
from oneroom.apps.reforms.services.plans import digest_of, subject
from oneroom.engine.organisation.codec import read_changes
from oneroom.engine.organisation.undo import write_written, written
from oneroom.engine.values import Actor, Overtaken


def enact_plan(signed: Signature, *, by: Actor, at: datetime) -> None:
    """
    Write the plan into the facts, from its day on. All is looked at anew: what stands against it by now is named, and
    the signature is not given.
    """
    pk = int(signed.about.partition(":")[2])
    row = ReformPlan.objects.select_for_update().get(pk=pk)
    if row.state != ReformPlan.State.ASKED or digest_of(row)[:32] != signed.details["digest"]:
        raise Overtaken("The plan is another than the one that was asked for.")
    proposal = enact(read_changes(row.changes), day=row.day, by=by, at=at)
    row.state, row.signed_at, row.signature = ReformPlan.State.SIGNED, at, signed
    row.written = write_written(written(proposal.before, proposal.outcome.facts))
    row.save(update_fields=["state", "signed_at", "signature", "written"])
    note("reform.signed", subject(pk), by=by, at=at, reform=pk, signature=signed.pk, day=row.day.isoformat(),
         ended=len(proposal.outcome.fates))  # fmt: skip
    if row.day == localtime(at).date():
        enter(row, at=at)
