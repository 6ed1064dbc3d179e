"""
Writing with a caller who cannot speak or hear: his lines and the room's, on the page that his code opens.

Both are words added to the matter, sealed, each with its entry, so they stand in its timeline with everything else.
"""

from __future__ import annotations

from datetime import datetime, time

from oneroom.apps.incidents.codes import SAFE_CONTACT
from oneroom.apps.incidents.contact import WAYS, must_contact
from oneroom.apps.incidents.models import AddedWords, Report
from oneroom.apps.incidents.services.matter import known, lock_matter_of, must_be_open, scopes, subject
from oneroom.apps.ledger.services import note, seal, service
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput

TO_CALLER = "to_caller"


@service
def write_to_caller(report_id: int, *, words: str, by: Actor, at: datetime) -> None:
    """The room writes; the line appears on the caller's page, if the record says that this is safe."""
    by.must(Right.TAKE_CALL)
    text = plain("words", words, longest=1000, required=True)
    row = must_be_open(lock_matter_of(report_id))
    found = Report.objects.select_related("incident").get(pk=report_id)
    must_contact(found, "page", at=at)
    sealed, commitment = seal(text, matter=subject(row.pk), purpose="added.words", at=at)
    AddedWords.objects.create(incident=row, report=found, source=TO_CALLER, account_id=by.id, at=at, words=sealed)
    note(
        "incident.words_added", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, report=report_id, words=commitment, source=TO_CALLER,
    )  # fmt: skip


@service
def say_safe(
    report_id: int,
    *,
    safe_contact: str,
    ways: tuple[str, ...] = (),
    since: time | None = None,
    until: time | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """
    Whether, how and when it is safe to contact this caller: as he says himself on his page, or as the room knows.

    The record has whether and how; the hours stand with the report alone.
    """
    if not by.may(Right.REPORT_MATTER):
        by.must(Right.TAKE_CALL)
    known("safe_contact", safe_contact, SAFE_CONTACT)
    for way in ways:
        known("ways", way, WAYS)
    if (since is None) != (until is None):
        raise BadInput("since", "Say both: from when and until when.")
    row = lock_matter_of(report_id)
    found = Report.objects.get(pk=report_id)
    now = {"safe_contact": safe_contact, "safe_ways": list(ways), "safe_since": since, "safe_until": until}
    # Whatever is said anew is newer than what two persons decided without knowing it.
    lives = found.overridden_until is not None and at < found.overridden_until
    if all(getattr(found, name) == value for name, value in now.items()) and not lives:
        return
    before = found.safe_contact
    Report.objects.filter(pk=report_id).update(**now, **({"overridden_until": at} if lives else {}))
    note(
        "incident.safe_contact", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, report=report_id, before=before, safe_contact=safe_contact, ways=list(ways) or None,
    )  # fmt: skip
