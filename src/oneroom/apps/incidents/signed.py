"""What is done to a matter when the second person has signed (``settings.SIGNED_ACTS``)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from oneroom.apps.incidents.models import Incident, Opening, Report
from oneroom.apps.incidents.services.forgetting import deidentify
from oneroom.apps.incidents.services.matter import scopes, subject
from oneroom.apps.incidents.services.openings import open_for
from oneroom.apps.incidents.services.openings import subject as opening_subject
from oneroom.apps.ledger.services import note
from oneroom.apps.people.models import Signature
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.values import Actor, IllegalMove, NotFound

CONTACT_LASTS = timedelta(minutes=30)


def unseal(signed: Signature, *, by: Actor, at: datetime) -> None:
    """The words, callers and addresses of a matter that is over open to who asked, for half an hour."""
    row = _over(signed)
    opening = open_for(row, Opening.Cause.UNSEALED, why="signed", reason=signed.reason, by=by, at=at)
    note(
        "incident.unsealed", opening_subject(opening.pk), by=by, at=at, matter=subject(row.pk), opening=opening.pk,
        incident=row.pk, account=by.id, signature=signed.pk, until=opening.until,
    )  # fmt: skip


def erase_words(signed: Signature, *, by: Actor, at: datetime) -> None:
    """
    Names, numbers, addresses, words, photos and the place of a matter that is over are gone for good, with their keys,
    and so is what other tables hold of it; also of those that were merged into it.
    """
    row = _over(signed)
    if row.supervised:
        raise IllegalMove("Somebody above watches this matter: nothing of it is erased before that ends.")
    for pk in [*Incident.objects.filter(merged_into=row).order_by("pk").values_list("pk", flat=True), row.pk]:
        deidentify(pk, cause="two_signed", by=by, at=at)


def let_contact(signed: Signature, *, by: Actor, at: datetime) -> None:
    """A caller may be reached by one way, for half an hour, though it is not known to be safe."""
    row = _matter(signed)
    report, way = int(signed.details["report"]), str(signed.details["way"])
    until = at + CONTACT_LASTS
    merged = Q(incident=row) | Q(incident=row.merged_into_id)  # into another matter while it waited
    if not Report.objects.filter(merged, pk=report).update(overridden_way=way, overridden_until=until):
        raise NotFound
    note(
        "incident.contact_overridden", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, report=report, way=way, until=until, signature=signed.pk,
    )  # fmt: skip


def _over(signed: Signature) -> Incident:
    row = _matter(signed)
    if row.state in OPEN:
        raise IllegalMove("This matter is not over: it opens by what is being done for it.")
    return row


def _matter(signed: Signature) -> Incident:
    row = Incident.objects.select_for_update(of=("self",)).filter(pk=int(signed.about.partition(":")[2])).first()
    if row is None:
        raise NotFound
    return row
