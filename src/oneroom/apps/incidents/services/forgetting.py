"""
A matter without the people in it: what is left says what happened, when, and what the police did.

The row, its entries and its figures stay; texts go with their keys, so do the place, the caller's code by which it was
followed, and what other tables hold of it: calls, drafts, numbers of other agencies, where somebody called for help.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from oneroom.apps.incidents.models import Call, Draft, Incident, Referral, Report
from oneroom.apps.incidents.services.calls import forget_call, forget_recordings
from oneroom.apps.incidents.services.drafts import draft_subject
from oneroom.apps.incidents.services.matter import scopes, subject
from oneroom.apps.ledger.services import erase, note, service
from oneroom.apps.orders.models import Sos
from oneroom.engine.values import Actor

_NO_PLACE = {"lon": None, "lat": None, "accuracy_m": None, "given": "", "place_zh": "", "place_en": ""}


@service
def deidentify(incident_id: int, *, cause: str, by: Actor, at: datetime) -> None:
    """One matter that is over, for good; a second time changes nothing. What is held raises (``GUARDS``)."""
    row = Incident.objects.select_for_update(of=("self",)).get(pk=incident_id)
    erase(subject(row.pk), cause=cause, by=by, at=at)
    if row.deidentified_at is not None:
        return
    for call in Call.objects.filter(incident=row).order_by("pk"):
        forget_call(call.pk, cause=cause, at=at)
    forget_recordings(Call.objects.filter(incident=row))
    for draft in Draft.objects.filter(incident=row).order_by("pk"):
        erase(draft_subject(draft.pk), cause=cause, by=by, at=at)
    Draft.objects.filter(incident=row).update(content=None, reasons=[], **_NO_PLACE)
    Referral.objects.filter(incident=row).update(reference="")
    Sos.objects.filter(matter=subject(row.pk)).update(lon=None, lat=None, fix_at=None)
    for report in Report.objects.filter(incident=row).order_by("pk"):
        # A code that nobody has: the caller's own opens nothing any more.
        Report.objects.filter(pk=report.pk).update(
            code_hash=secrets.token_bytes(32), safe_ways=[], safe_since=None, safe_until=None
        )
    Incident.objects.filter(pk=row.pk).update(deidentified_at=at, **_NO_PLACE)
    note(
        "incident.deidentified", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, cause=cause,
    )  # fmt: skip


@service
def erase_parts(incident_id: int, purposes: Iterable[str], *, by: Actor, at: datetime) -> None:
    """Photos, notes or words of a matter, where a force keeps these shorter than the matter."""
    row = Incident.objects.select_for_update(of=("self",)).get(pk=incident_id)
    erase(subject(row.pk), purposes=purposes, cause="term", by=by, at=at)
