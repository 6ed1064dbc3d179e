"""Who may see which matter. Unknown and forbidden look the same."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from oneroom.apps.incidents.contact import WAYS, may_contact
from oneroom.apps.incidents.models import (
    AddedWords,
    Assignment,
    CallBack,
    CallBackTry,
    Incident,
    Questioning,
    Report,
    SentBack,
)
from oneroom.apps.incidents.services.intake import code_hash
from oneroom.apps.incidents.services.matter import subject
from oneroom.apps.incidents.services.talk import TO_CALLER
from oneroom.apps.ledger.services import Looking, looked, open_sealed
from oneroom.apps.orders.models import Attachment
from oneroom.apps.places.access import Warned, warnings_near
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.roles import Right, Role
from oneroom.engine.values import CITIZEN, Actor, NotAllowed, NotFound


def incident_for(pk: int, *, by: Actor) -> Incident:
    """A matter: any for the room, the own station's for its chiefs, for a crew those it is on now."""
    row = Incident.objects.filter(pk=pk).select_related("unit").defer("unit__area").first()
    if row is None or not _may_see(row, by):
        raise NotFound
    return row


def matters_for(*, by: Actor) -> QuerySet[Incident]:
    """The matters whose row this person may see in a list, open and closed: all, or those of his stations."""
    by.must(Right.SEE_MATTERS)
    rows = Incident.objects.select_related("unit").defer("unit__area")
    if by.may(Right.SEE_ROOM) or by.may(Right.INSPECT):
        return rows
    return rows.filter(unit_id__in=by.units)


def inspected(pk: int, *, basis: str, by: Actor, at: datetime) -> Incident:
    """
    A matter opened by an inspector: within an inspection that he names, and looking is an act.

    ``basis`` is the reference of the inspection or complaint; nothing personal opens with it.
    """
    by.must(Right.INSPECT)
    row = Incident.objects.filter(pk=pk).select_related("unit").defer("unit__area").first()
    if row is None:
        raise NotFound
    looked(subject(row.pk), ["matter"], looking=Looking("inspection", basis), by=by, at=at)
    return row


def matter_to_review(pk: int, *, by: Actor) -> Incident:
    """A matter whose report this person may judge: a chief's word counts at his own station, also when he rides out."""
    row = incident_for(pk, by=by)
    if by.may(Right.SEE_STATION) and not by.may(Right.COMMAND) and not by.heads(row.unit_id):
        raise NotAllowed
    return row


def matter_to_call(pk: int, *, by: Actor) -> Incident:
    """A matter whose caller this person may call back: any for the room, the own station's for its chiefs."""
    row = Incident.objects.filter(pk=pk).select_related("unit").defer("unit__area").first()
    if row is None or not (by.may(Right.SEE_ROOM) or by.heads(row.unit_id)):
        raise NotFound
    return row


def matter_to_supervise(pk: int, *, by: Actor) -> Incident:
    """A matter that this person may put under supervision: any for the inspector, else those he may see."""
    row = Incident.objects.filter(pk=pk).first() if Role.INSPECTOR in by.roles else incident_for(pk, by=by)
    if row is None:
        raise NotFound
    return row


def assignment_for(pk: int, *, by: Actor) -> Assignment:
    """An assignment: of the own crew, or any for the room."""
    row = Assignment.objects.filter(pk=pk).select_related("incident", "crew").first()
    own = row is not None and by.may(Right.CREW_ACT) and by.crew_id == row.crew_id
    if row is None or not (own or by.may(Right.DISPATCH)):
        raise NotFound
    return row


def report_of(matter: Incident, pk: int) -> Report:
    """A report of this matter."""
    found = Report.objects.filter(pk=pk, incident=matter).first()
    if found is None:
        raise NotFound
    return found


def report_by_code(code: str) -> Report:
    """A report by the code that its caller was given."""
    found = Report.objects.filter(code_hash=code_hash(code)).select_related("incident").first()
    if found is None:
        raise NotFound("We know no such code. Check it letter by letter.")
    return found


def personal_fields(pk: int, *, purpose: str, by: Actor, at: datetime) -> dict[str, Any]:
    """
    The words, the caller and the address of a matter: looking is an act and leaves a Look.

    ``purpose`` is "dispatch" for the room, "respond" for a crew that is on it, "review" for its station;
    each is bound to the live record it names, so a closed matter cannot be browsed with it. "complete" is a crew's
    whose report was sent back, "call_back" opens, of a closed matter, the callers that are still to be called.
    """
    row = incident_for(pk, by=by)
    by.must(Right.OPEN_PERSONAL)
    only = set(_due_call_backs(row).values_list("report_id", flat=True)) if purpose == "call_back" else None
    return personal_of(row, looking=Looking(purpose, live_basis(row, purpose, by)), only=only, by=by, at=at)


def personal_of(
    row: Incident, *, looking: Looking, only: Collection[int] | None = None, by: Actor, at: datetime
) -> dict[str, Any]:
    """
    What ``personal_fields`` gives, for who has already shown a purpose and the live record it is bound to.

    ``only`` are the reports whose callers are to be called: of these, those that may be. ``of`` of a line is the
    reference of the matter it began with, where that was merged into this one.
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
    said: dict[Any, Any] = open_sealed(sealed, record=subject(row.pk), looking=looking, by=by, at=at)
    return {
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
    return may_contact(report, way, at=at).why


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of the talk on a caller's page."""

    id: int
    at: datetime
    mine: bool
    words: str | None


@dataclass(frozen=True, slots=True)
class Talk:
    """What a caller's page shows of it. ``why`` is ok, or why no words appear there; ``open`` while he may write."""

    lines: tuple[Spoken, ...]
    why: str
    open: bool


def talk_of(report: Report, *, after: int = 0, at: datetime) -> Talk:
    """
    The lines of one caller and those the room wrote to him, after line ``after``: never another caller's.

    Where words on the page could betray him, there are none: not even his own.
    """
    matter = report.incident
    verdict = may_contact(report, "page", at=at)
    if not verdict.ok:
        return Talk((), verdict.why, matter.state in OPEN)
    rows = list(
        AddedWords.objects.filter(report=report, source__in=("caller", TO_CALLER), pk__gt=after)
        .select_related("words").order_by("pk")[:200]
    )  # fmt: skip
    looking = Looking("own", f"report:{report.pk}")
    said = open_sealed([r.words for r in rows], record=subject(matter.pk), looking=looking, by=CITIZEN, at=at)
    lines = tuple(Spoken(r.pk, r.at, r.source == "caller", said.get(r.words_id)) for r in rows)
    return Talk(lines, "ok", matter.state in OPEN)


_RATED_LATELY = timedelta(days=30)


def ratings(pk: int, *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The ratings of a matter with their words, for the room and its station, for a month after it closed: a Look."""
    row = incident_for(pk, by=by)
    by.must(Right.OPEN_PERSONAL)
    if (
        row.closed_at is None
        or at - row.closed_at > _RATED_LATELY
        or not (by.may(Right.SEE_ROOM) or _answers_for(row, by))
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


def _may_see(row: Incident, by: Actor) -> bool:
    if by.may(Right.SEE_ROOM):
        return True
    if _answers_for(row, by):
        return True
    if by.may(Right.CREW_ACT) and by.crew_id is not None:
        mine = Assignment.objects.filter(incident=row, crew_id=by.crew_id)
        return mine.filter(state__in=LIVE).exists() or _to_complete(row, by) is not None
    return False


def _to_complete(row: Incident, by: Actor) -> SentBack | None:
    """The sending back that this person's crew has to answer, if there is one."""
    if by.crew_id is None:
        return None
    return SentBack.objects.filter(incident=row, assignment__crew_id=by.crew_id, ended_at=None).first()


def _due_call_backs(row: Incident) -> QuerySet[CallBack]:
    return CallBack.objects.filter(incident=row, round=row.reopened, due=True, ended_at=None)


def _answers_for(row: Incident, by: Actor) -> bool:
    """For a chief: the matters of his area, and those his own crews are on, as he is told when they do not answer."""
    if not by.may(Right.SEE_STATION):
        return False
    return (
        by.heads(row.unit_id)
        or Assignment.objects.filter(incident=row, crew__unit_id__in=by.units, state__in=LIVE).exists()
    )


def live_basis(row: Incident, purpose: str, by: Actor) -> str:
    """The live record that the purpose is bound to, or NotAllowed where there is none."""
    if purpose == "respond" and by.crew_id is not None:
        live = Assignment.objects.filter(incident=row, crew_id=by.crew_id, state__in=LIVE).first()
        if live is not None:
            return f"assignment:{live.pk}"
    if purpose == "dispatch" and by.may(Right.SEE_ROOM) and row.state in OPEN:
        return subject(row.pk)
    if purpose == "review" and (by.may(Right.SEE_ROOM) or _answers_for(row, by)) and row.state in OPEN:
        return subject(row.pk)
    if purpose == "complete":
        gap = _to_complete(row, by)
        if gap is not None:
            return f"send_back:{gap.pk}"
    if purpose == "call_back" and (by.may(Right.SEE_ROOM) or _answers_for(row, by)):
        due = _due_call_backs(row).order_by("deadline").first()
        if due is not None:
            return f"call_back:{due.pk}"
    raise NotAllowed("There is no live matter that this purpose belongs to.")
