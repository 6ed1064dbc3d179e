"""What opens of a matter with a purpose: words, callers, photos, ratings. Each opening is a Look."""

from __future__ import annotations

import base64
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from oneroom.apps.incidents.access.matters import answers_for, call_backs_due_of, incident_for, live_basis
from oneroom.apps.incidents.contact import WAYS, may_contact
from oneroom.apps.incidents.models import AddedWords, Assignment, CallBackTry, Incident, Questioning, Report, SentBack
from oneroom.apps.incidents.services.matter import subject
from oneroom.apps.incidents.telephone import calls_of
from oneroom.apps.ledger.services import Looking, open_sealed
from oneroom.apps.orders.models import Attachment
from oneroom.apps.places.access import Warned, warnings_near
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, Conflict, NotAllowed, NotFound


def personal_fields(pk: int, *, purpose: str, by: Actor, at: datetime) -> dict[str, Any]:
    """
    The words, the caller and the address of a matter: looking is an act and leaves a Look.

    ``purpose`` is "dispatch" for the room, "respond" for a crew that is on it, "review" for its station;
    each is bound to the live record it names, so a closed matter cannot be browsed with it. "complete" is a crew's
    whose report was sent back, "call_back" opens, of a closed matter, the callers that are still to be called.
    """
    row = incident_for(pk, by=by)
    by.must(Right.OPEN_PERSONAL)
    only = set(call_backs_due_of(row).values_list("report_id", flat=True)) if purpose == "call_back" else None
    return personal_of(row, looking=Looking(purpose, live_basis(row, purpose, by)), only=only, by=by, at=at)


_NOT_AT_A_DESK = ("respond", "complete")  # a crew on its way has nothing to hear a recording with


def personal_of(
    row: Incident, *, looking: Looking, only: Collection[int] | None = None, by: Actor, at: datetime
) -> dict[str, Any]:
    """
    What ``personal_fields`` gives, for who has already shown a purpose and the live record it is bound to.

    ``only`` are the reports whose callers are to be called: of these, those that may be. ``of`` of a line is the
    reference of the matter it began with, where that was merged into this one. ``recordings`` say where the exchange
    keeps what was said, for who may hear it there.
    """
    merged = dict(Incident.objects.filter(merged_into=row).values_list("pk", "reference"))
    matters = [row.pk, *merged]
    reports = list(Report.objects.filter(incident=row).select_related("words", "caller", "address").order_by("pk"))
    if only is not None:
        reports = [r for r in reports if r.pk in only and may_contact(r, "phone", at=at).ok]
    added = list(AddedWords.objects.filter(incident__in=matters).select_related("words").order_by("at", "pk"))
    notes = list(
        Assignment.objects.filter(incident__in=matters, note__isnull=False)
        .select_related("note")
        .order_by("reported_at")
    )
    gaps = list(SentBack.objects.filter(incident__in=matters).select_related("words").order_by("pk"))
    tries = list(
        CallBackTry.objects.filter(call_back__incident__in=matters, words__isnull=False)
        .select_related("words", "call_back").order_by("pk")
    )  # fmt: skip
    asked = list(
        Questioning.objects.filter(incident__in=matters, texts__isnull=False).select_related("texts").order_by("pk")
    )
    sealed: list[Any] = [s for r in reports for s in (r.words, r.caller, r.address) if s is not None]
    sealed += [q.texts for q in asked]
    sealed += [a.words for a in added] + [a.note for a in notes] + [g.words for g in gaps] + [t.words for t in tries]
    photos = list(Attachment.objects.filter(matter__in=map(subject, matters)).select_related("thumb").order_by("pk"))
    sealed += [p.thumb for p in photos]
    recorded = [] if only is not None or looking.purpose in _NOT_AT_A_DESK else calls_of(map(subject, matters))
    recorded = [call for call in recorded if call.recording]
    said: dict[Any, Any] = open_sealed(
        sealed, record=subject(row.pk), looking=looking, also=["call.recording"] if recorded else [], by=by, at=at
    )
    return {
        "recordings": [
            {"call": c.pk, "at": c.answered_at or c.ringing_at, "recording": c.recording,
             "of": merged.get(c.incident_id or 0, "")}
            for c in recorded
        ],
        "reports": [
            {
                "id": r.pk, "source": r.source, "received_at": r.received_at, "safe_contact": r.safe_contact,
                "text_only": r.text_only, "of": merged.get(r.taken_as_id or 0, ""),
                "contact": {way: _verdict(r, way, at) for way in WAYS},
                "words": said.get(r.words_id), "caller": said.get(r.caller_id), "address": said.get(r.address_id),
            }
            for r in reports
        ],
        "added": sorted(
            [
                *({"at": q.at, "source": "caller", "report": None, "words": text, "of": merged.get(q.incident_id, "")}
                  for q in asked for text in (said.get(q.texts_id) or {}).values()),
                *({"at": a.at, "source": a.source, "report": a.report_id, "words": said.get(a.words_id),
                   "of": merged.get(a.incident_id, "")}
                  for a in added),
            ],
            key=lambda line: line["at"],
        ),
        "notes": [
            {"at": a.reported_at, "crew_id": a.crew_id, "words": said.get(a.note_id),
             "of": merged.get(a.incident_id, "")}
            for a in notes
        ],
        "gaps": [{"at": g.at, "reason": g.reason, "words": said.get(g.words_id)} for g in gaps],
        "calls": [
            {"at": t.at, "report": t.call_back.report_id, "result": t.result, "words": said.get(t.words_id)}
            for t in tries
        ],
        "photos": [
            {
                "id": p.pk, "at": p.taken_at, "crew_id": p.crew_id, "width": p.width, "height": p.height,
                "of": merged.get(_matter_of(p), ""),
                "thumb": f"data:image/jpeg;base64,{said[p.thumb_id]}" if said.get(p.thumb_id) else None,
            }
            for p in photos
        ],
    }  # fmt: skip


def _matter_of(photo: Attachment) -> int:
    """The matter at which a photo was taken; it may count to another since."""
    return int(photo.matter.partition(":")[2])


def _verdict(report: Report, way: str, at: datetime) -> str:
    """ok, or why the caller may not be reached by this way now."""
    verdict = may_contact(report, way, at=at)
    return "ok" if verdict.ok else verdict.why


_RATED_LATELY = timedelta(days=30)


def ratings(pk: int, *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The ratings of a matter with their words, for the room and its station, for a month after it closed: a Look."""
    row = incident_for(pk, by=by)
    by.must(Right.OPEN_PERSONAL)
    if (
        row.closed_at is None
        or at - row.closed_at > _RATED_LATELY
        or not (by.may(Right.SEE_ROOM) or answers_for(row, by))
    ):
        raise NotAllowed("There is no live matter that this purpose belongs to.")
    rated = list(Report.objects.filter(incident=row, stars__isnull=False).select_related("rating_words").order_by("pk"))
    sealed = [r.rating_words for r in rated if r.rating_words is not None]
    look = Looking("rating", subject(row.pk))
    said = open_sealed(sealed, record=subject(row.pk), looking=look, by=by, at=at)
    return [{"report": r.pk, "stars": r.stars, "words": said.get(r.rating_words_id or 0)} for r in rated]


def photo_content(pk: int, *, purpose: str, by: Actor, at: datetime) -> bytes:
    """One photo in full, as JPEG: the same purposes and the same Look as for words."""
    found = Attachment.objects.filter(pk=pk).select_related("content").first()
    if found is None:
        raise NotFound
    taken_at = _matter_of(found)
    head = Incident.objects.filter(pk=taken_at).values_list("merged_into", flat=True).first()
    row = incident_for(head or taken_at, by=by)
    by.must(Right.OPEN_PERSONAL)
    look = Looking(purpose, live_basis(row, purpose, by))
    said = open_sealed([found.content], record=subject(row.pk), looking=look, by=by, at=at)[found.content_id]
    if said is None and found.content.erased is None:
        raise Conflict("This is not the photo that was taken: it was altered after it was recorded.")
    if said is None:
        raise NotFound("This photo was erased.")
    return base64.b64decode(said)


def warnings_for(pk: int, *, purpose: str, by: Actor, at: datetime) -> list[Warned]:
    """
    The location warnings where a live matter is, for the room and for a crew that is on it; each is a Look.

    ``purpose`` as in ``personal_fields``.
    """
    row = incident_for(pk, by=by)
    by.must(Right.OPEN_PERSONAL)
    looking = Looking(purpose, live_basis(row, purpose, by))
    if row.lon is None or row.lat is None:
        return []
    return warnings_near(row.lon, row.lat, looking=looking, by=by, at=at)


def compared_words(row: Incident, basis: str, *, by: Actor, at: datetime) -> list[str]:
    """
    What the callers of a matter said, for comparing it with the live matter ``basis``; leaves a Look at this one.

    Words only: no name, number or address is needed to tell whether two calls are about one event.
    """
    by.must(Right.TAKE_CALL)
    reports = Report.objects.filter(incident=row, words__isnull=False).select_related("words").order_by("pk")
    sealed = [r.words for r in reports if r.words is not None]
    said = open_sealed(sealed, record=subject(row.pk), looking=Looking("compare", basis), by=by, at=at)
    return [said[s.pk] for s in sealed if said[s.pk]]
