"""Matters: taken, classified, sent to, closed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import access, services
from oneroom.apps.incidents.desk import draft_of
from oneroom.apps.incidents.proposals import advice_for, proposals, with_recusal
from oneroom.apps.incidents.repeats import repeats_at
from oneroom.apps.incidents.services.drafts import draft_code
from oneroom.apps.incidents.ways import route_for
from oneroom.apps.ledger.time import now
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import code_for, do, where, where_crew_is
from oneroom.web.api.advice import worded

router = Router(tags=["incidents"])


@router.post("incidents")
def take(request: HttpRequest, asked: shapes.NewIncident) -> dict[str, Any]:
    """A call becomes an incident; the code for the caller is in this answer and nowhere else."""
    by = actor(request)
    draft = draft_of(asked.draft, by=by) if asked.draft else None
    code = draft_code(draft) if draft else code_for(request.headers.get("Idempotency-Key", ""), by)
    answer = do(request, asked, lambda by, at: taken(asked, code, by, at))
    return answer | {"code": draft_code(draft, anew=True) if draft and answer.get("anew") else code}


def _answered(pk: int, asked: shapes.NewIncident | shapes.Classification, by: Actor, at: datetime) -> None:
    services.record_answers(pk, **asked.kind, answers=asked.answers, texts=asked.texts, by=by, at=at)


def taken(asked: shapes.NewIncident, code: str, by: Actor, at: datetime) -> dict[str, Any]:
    """The act itself: a call is saved, whether it is new, was sent on while it was typed, or is saved again."""
    if asked.source not in ("phone", "api", "self"):
        raise BadInput("source", "There is no such choice: %(choice)s.", choice=asked.source[:40])
    said = services.Said(asked.words, asked.caller_name, asked.caller_phone, asked.address, asked.safe_contact)
    at_place = where(asked.location)
    if asked.source == "self" and at_place is None:
        at_place = where_crew_is(by)
    draft = services.lock_draft(asked.draft, by=by) if asked.draft else None
    over = draft is not None and services.is_over(draft)
    saved = services.saved_before(draft, said) if draft is not None and over else None
    if saved is not None:
        return _told(saved, draft)
    if draft is not None and draft.report_id is not None and not over:
        saved = services.complete_draft(
            draft, said, **asked.kind, grade=asked.grade, reasons=asked.reasons, where=at_place, drill=asked.drill,
            by=by, at=at,
        )  # fmt: skip
    else:
        saved = services.take_report(
            said, source=asked.source, where=at_place, **asked.kind, grade=asked.grade, reasons=asked.reasons,
            drill=asked.drill or (draft is not None and draft.drill),
            code=draft_code(draft, anew=True) if draft is not None and over else code, number_at_last=True,
            by=by, at=at,
        )  # fmt: skip
    if asked.category:
        _answered(saved.incident_id, asked, by, at)
    if asked.call is not None:
        services.call_belongs_to(asked.call, saved.incident_id, by=by, at=at)
    if asked.draft:
        services.end_draft(asked.draft, cause="saved", saved=saved, by=by, at=at)
    return _told(saved, draft)


def _told(taken: services.Taken, draft: Any) -> dict[str, Any]:
    anew = draft is not None and services.is_anew(draft, taken.report_id)
    return {"id": taken.incident_id, "reference": taken.reference} | ({"anew": True} if anew else {})


@router.post("incidents/{int:pk}/classify")
def classify(request: HttpRequest, pk: int, asked: shapes.Classification) -> dict[str, Any]:
    """Say what it is and how grave."""

    def act(by: Actor, at: datetime) -> None:
        by.must(Right.TAKE_CALL)
        matter = access.incident_for(pk, by=by)
        services.classify(
            matter.pk, **asked.kind, grade=asked.grade, reasons=asked.reasons,
            where=where(asked.location), by=by, at=at,
        )  # fmt: skip
        _answered(matter.pk, asked, by, at)

    return do(request, asked, act)


@router.post("incidents/{int:pk}/repeats")
def repeats(request: HttpRequest, pk: int, asked: shapes.Open) -> dict[str, Any]:
    """How often there were matters at the place of a live one lately: a number. Leaves a Look, so no key is needed."""
    by, at = actor(request), now()
    found = repeats_at(access.incident_for(pk, by=by), purpose=asked.purpose, by=by, at=at)
    if found is None:
        raise BadInput("location", "Say where it is: a crossing, a road or a point on the map.")
    return {"repeats": asdict(found)}


@router.post("incidents/{int:pk}/grade")
def grade(request: HttpRequest, pk: int, asked: shapes.Grade) -> dict[str, Any]:
    """Raise the grade; lower it as shift commander."""
    return do(
        request, asked,
        lambda by, at: services.regrade(
            access.incident_for(pk, by=by).pk, grade=asked.grade, reasons=asked.reasons, by=by, at=at
        ),
    )  # fmt: skip


@router.post("incidents/{int:pk}/set-aside")
def set_aside(request: HttpRequest, pk: int, asked: shapes.SetAside) -> dict[str, Any]:
    """Cancel, or mark as no matter. What is another agency's goes through ``hand-over``, which is followed."""
    if asked.verb not in ("cancel", "invalidate"):
        raise BadInput("verb", "There is no such choice: %(choice)s.", choice=asked.verb[:40])
    return do(
        request, asked,
        lambda by, at: services.set_aside(
            access.incident_for(pk, by=by).pk, verb=asked.verb, reason=asked.reason, by=by, at=at
        ),
    )  # fmt: skip


@router.post("incidents/{int:pk}/hold")
def hold(request: HttpRequest, pk: int, asked: shapes.Hold) -> dict[str, Any]:
    """Send nobody until a time."""
    return do(
        request, asked,
        lambda by, at: services.hold(
            access.incident_for(pk, by=by).pk, reason=asked.reason, until=asked.until, by=by, at=at
        ),
    )  # fmt: skip


@router.post("incidents/{int:pk}/words")
def words(request: HttpRequest, pk: int, asked: shapes.Words) -> dict[str, Any]:
    """The room adds words."""

    def act(by: Actor, at: datetime) -> None:
        by.must(Right.TAKE_CALL)
        services.add_words(
            access.incident_for(pk, by=by).pk, words=asked.words, source="room", report_id=0, by=by, at=at
        )

    return do(request, asked, act)


@router.post("incidents/{int:pk}/safe-contact")
def safe_contact(request: HttpRequest, pk: int, asked: shapes.SafeContact) -> dict[str, Any]:
    """Whether it is safe to contact the caller of a report, as it turned out."""

    def act(by: Actor, at: datetime) -> None:
        by.must(Right.TAKE_CALL)
        found = access.report_of(access.incident_for(pk, by=by), asked.report)
        services.say_safe(
            found.pk, safe_contact=asked.safe_contact, ways=tuple(asked.ways), since=asked.since, until=asked.until,
            by=by, at=at,
        )  # fmt: skip

    return do(request, asked, act)


@router.post("incidents/{int:pk}/write")
def write(request: HttpRequest, pk: int, asked: shapes.ToCaller) -> dict[str, Any]:
    """The room writes to a caller, on the page that his code opens; refused where that is not safe."""

    def act(by: Actor, at: datetime) -> None:
        by.must(Right.TAKE_CALL)
        found = access.report_of(access.incident_for(pk, by=by), asked.report)
        services.write_to_caller(found.pk, words=asked.words, by=by, at=at)

    return do(request, asked, act)


@router.post("incidents/{int:pk}/ratings")
def ratings(request: HttpRequest, pk: int, asked: shapes.Nothing) -> dict[str, Any]:
    """What callers said to their ratings. Leaves a Look, so no key is needed."""
    return {"ratings": access.ratings(pk, by=actor(request), at=now())}


@router.post("incidents/{int:pk}/review")
def review(request: HttpRequest, pk: int, asked: shapes.Nothing) -> dict[str, Any]:
    """The scene report was read and found whole."""
    return do(request, asked, lambda by, at: services.review(access.matter_to_review(pk, by=by).pk, by=by, at=at))


@router.post("incidents/{int:pk}/close")
def close(request: HttpRequest, pk: int, asked: shapes.Closing) -> dict[str, Any]:
    """Close with outcome and category, and where the law asks with case or no case; ``review``: approve it as well."""

    def act(by: Actor, at: datetime) -> None:
        matter = access.matter_to_review(pk, by=by)
        if asked.review and matter.state == "reported":
            services.review(matter.pk, by=by, at=at)
        services.close(
            matter.pk, outcome=asked.outcome, category=asked.category, subcategory=asked.subcategory, case=asked.case,
            no_case_reason=asked.no_case_reason, by=by, at=at,
        )  # fmt: skip

    return do(request, asked, act)


@router.post("incidents/{int:pk}/offer")
def offer(request: HttpRequest, pk: int, asked: shapes.Offer) -> dict[str, Any]:
    """Send crews; what was proposed is kept beside what was chosen, with a reason if somebody gives one."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        by.must(Right.DISPATCH)
        matter = access.incident_for(pk, by=by)
        advice = advice_for(matter, at=at)
        sent = services.offer(matter.pk, asked.crews, advice=advice, reason=asked.reason, by=by, at=at)
        return {"assignments": sent}

    return do(request, asked, act)


@router.post("incidents/{int:pk}/open")
def open_personal(request: HttpRequest, pk: int, asked: shapes.Open) -> dict[str, Any]:
    """Words, caller and address, for a purpose bound to this live matter. Leaves a Look, so no key is needed."""
    return access.personal_fields(pk, purpose=asked.purpose, by=actor(request), at=now())


@router.get("incidents/{int:pk}/proposals")
def proposed(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Crews by road time with reasons, the plan's set, the excluded with the rule, who could be diverted, recusals."""
    by = actor(request)
    by.must(Right.DISPATCH)
    matter = access.incident_for(pk, by=by)
    return worded(with_recusal(proposals(matter, at=now()), matter.pk))


@router.get("incidents/{int:pk}/route")
def route(request: HttpRequest, pk: int, crew: int) -> dict[str, Any]:
    """The way by road from a crew's last position: for the room any crew, for a crew its own."""
    by = actor(request)
    if by.crew_id != crew:
        by.must(Right.DISPATCH)
    found = route_for(access.incident_for(pk, by=by), crew, at=now())
    return found or {"travel_s": None, "length_m": None, "line": []}
