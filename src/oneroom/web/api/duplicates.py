"""Matters that may be about the same event: proposed by the machine, merged or told apart by a person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import access, services
from oneroom.apps.incidents.duplicates import Alike, like_call, like_incident
from oneroom.apps.ledger.time import now
from oneroom.engine.roles import Right
from oneroom.engine.text import phone, plain
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do, where
from oneroom.web.pages.room.compare import comparison

router = Router(tags=["duplicates"])


@router.get("incidents/{int:pk}/duplicates")
def of_incident(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Matters that may be about the same event as this one, most alike first, with what speaks for each."""
    by = actor(request)
    by.must(Right.TAKE_CALL)
    return _said(like_incident(access.incident_for(pk, by=by), at=now()))


@router.post("duplicates")
def of_call(request: HttpRequest, asked: shapes.CallSoFar) -> dict[str, Any]:
    """The same for a call that is still being taken. Nothing of it is kept, and no word of another call is told."""
    actor(request).must(Right.TAKE_CALL)
    place = where(asked.location)
    found = like_call(
        words=plain("words", asked.words, longest=4000), phone=phone("caller_phone", asked.caller_phone),
        lon=place.lon if place else None, lat=place.lat if place else None,
        accuracy_m=place.accuracy_m if place else None, category=asked.category, subcategory=asked.subcategory,
        at=now(),
    )  # fmt: skip
    return _said(found)


@router.post("incidents/{int:pk}/merge")
def merge(request: HttpRequest, pk: int, asked: shapes.Merge) -> dict[str, Any]:
    """Its callers count to the other matter from now on; each keeps the own report and code."""

    def act(by: Actor, at: Any) -> None:
        by.must(Right.TAKE_CALL)
        into = access.incident_for(asked.into, by=by)
        services.merge(access.incident_for(pk, by=by).pk, into=into.pk, by=by, at=at)

    return do(request, asked, act)


@router.post("incidents/{int:pk}/unmerge")
def unmerge(request: HttpRequest, pk: int, asked: shapes.Nothing) -> dict[str, Any]:
    """The merging was a mistake: it stands by itself again."""

    def act(by: Actor, at: Any) -> None:
        by.must(Right.TAKE_CALL)
        services.unmerge(access.incident_for(pk, by=by).pk, by=by, at=at)

    return do(request, asked, act)


@router.post("incidents/{int:pk}/distinct")
def distinct(request: HttpRequest, pk: int, asked: shapes.Other) -> dict[str, Any]:
    """Somebody compared the two: they are not the same, and are not proposed to each other again."""

    def act(by: Actor, at: Any) -> None:
        by.must(Right.TAKE_CALL)
        other = access.incident_for(asked.other, by=by)
        services.tell_apart(access.incident_for(pk, by=by).pk, other=other.pk, by=by, at=at)

    return do(request, asked, act)


def _said(found: list[Alike]) -> dict[str, Any]:
    return {
        "alike": [
            {
                "id": a.incident.pk, "reference": a.incident.reference, "grade": a.incident.grade,
                "category": a.incident.category, "state": a.incident.state, "received_at": a.incident.received_at,
                "place_zh": a.incident.place_zh, "place_en": a.incident.place_en, "lon": a.incident.lon,
                "lat": a.incident.lat, "may_merge": a.may_merge, "bits": round(a.bits, 1),
                "evidence": [{"code": e.code, "bits": round(e.bits, 1), "quantity": e.quantity} for e in a.evidence],
            }
            for a in found
        ]
    }  # fmt: skip


@router.post("incidents/{int:pk}/compare")
def compare(request: HttpRequest, pk: int, asked: shapes.Other) -> dict[str, Any]:
    """Both side by side, with the words they have in common marked. Opening the words of both leaves a Look at each."""
    by, at = actor(request), now()
    by.must(Right.TAKE_CALL)
    mine, other = access.incident_for(pk, by=by), access.incident_for(asked.other, by=by)
    purpose = f"incident:{mine.pk}"
    return comparison(mine, other, words=[access.compared_words(i, purpose, by=by, at=at) for i in (mine, other)])
