"""Calls while they are being taken: kept by the desk, seen by the room, sent on by the dispatcher."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import desk, services
from oneroom.apps.ledger.time import now
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound, Refused
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do, where

router = Router(tags=["drafts"])


@router.post("drafts")
def keep(request: HttpRequest, asked: shapes.DraftSaved) -> dict[str, Any]:
    """
    What the desk has typed so far. Needs no key: the same saving twice is one.

    ``over`` says that the call was saved or given up already, elsewhere.
    """
    by, at = actor(request), now()
    try:
        place = where(asked.location)
    except Refused:
        place = None  # half a place is no place; what was typed of it is kept all the same
    shown = services.Shown(
        asked.category, asked.subcategory, asked.grade, tuple(asked.reasons), place, asked.drill, asked.safe_contact
    )
    row = services.keep_draft(asked.key, asked.n, asked.content, shown, by=by, at=at)
    if row is None:
        return {"over": True}
    reference = row.incident.reference if row.incident else ""
    return {"over": False, "id": row.pk, "n": row.n, "incident": row.incident_id, "reference": reference}


@router.get("drafts")
def drafts(request: HttpRequest) -> dict[str, Any]:
    """Calls that are being taken: grade, kind, place and age, nothing of what is said."""
    actor(request).must(Right.SEE_ROOM)
    return {
        "drafts": [
            {
                "id": d.draft.pk, "started": d.draft.started, "touched": d.draft.touched, "grade": d.draft.grade,
                "category": d.draft.category, "subcategory": d.draft.subcategory, "lon": d.draft.lon,
                "lat": d.draft.lat, "place_zh": d.draft.place_zh, "place_en": d.draft.place_en, "drill": d.draft.drill,
                "desk": d.desk,
            }
            for d in desk.drafts()
        ]
    }  # fmt: skip


@router.get("drafts/mine")
def mine(request: HttpRequest) -> dict[str, Any]:
    """What I typed and have not saved, with its content."""
    return {"drafts": desk.own_drafts(by=actor(request), at=now())}


@router.post("drafts/end")
def end(request: HttpRequest, asked: shapes.DraftKey) -> dict[str, Any]:
    """This call came to nothing; what was typed is erased."""
    return do(request, asked, lambda by, at: services.end_draft(asked.key, cause="given_up", by=by, at=at))


@router.post("drafts/{int:pk}/open")
def open_draft(request: HttpRequest, pk: int, asked: shapes.Open) -> dict[str, Any]:
    """The words as they stand, for the dispatcher; leaves a Look."""
    said = desk.draft_words(pk, purpose=asked.purpose, by=actor(request), at=now())
    return {"words": _fields(said).get("words", "")}


@router.post("drafts/{int:pk}/send-on")
def send_on(request: HttpRequest, pk: int, asked: shapes.Nothing) -> dict[str, Any]:
    """Make a matter of it now, while the desk goes on typing."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        said = desk.draft_words(pk, purpose="dispatch", by=by, at=at)
        taken = services.send_on(pk, words=_fields(said).get("words", ""), by=by, at=at)
        return {"id": taken.incident_id, "reference": taken.reference}

    return do(request, asked, act)


@router.post("drafts/{int:pk}/drop")
def drop(request: HttpRequest, pk: int, asked: shapes.Nothing) -> dict[str, Any]:
    """Nobody types this any more: put it away."""

    def act(by: Actor, at: datetime) -> None:
        by.must(Right.DISPATCH)
        services.drop_draft(pk, cause="put_away", by=by, at=at)

    return do(request, asked, act)


def _fields(said: Any) -> dict[str, Any]:
    """The form's fields in what a desk sent; a desk of another make may have sent something else."""
    fields = said.get("fields") if hasattr(said, "get") else None
    if not isinstance(fields, dict):
        raise NotFound
    return {k: v if isinstance(v, str) else "" for k, v in fields.items()}
