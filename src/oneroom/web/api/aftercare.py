"""After the report: sent back and completed, closed many at once, called back, opened again, supervised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import access, duties, services
from oneroom.apps.ledger.time import now
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do
from oneroom.web.faults import answer

router = Router(tags=["incidents"])


@router.post("incidents/{int:pk}/send-back")
def send_back(request: HttpRequest, pk: int, asked: shapes.SendBack) -> dict[str, Any]:
    """The report has a gap: back to the crew and its station, with a reason and one sentence."""
    return do(
        request, asked,
        lambda by, at: services.send_back(
            access.matter_to_review(pk, by=by).pk, reason=asked.reason, words=asked.words, by=by, at=at
        ),
    )  # fmt: skip


@router.post("incidents/{int:pk}/complete")
def complete(request: HttpRequest, pk: int, asked: shapes.Completion) -> dict[str, Any]:
    """What was missing in a report that was sent back."""
    return do(
        request, asked,
        lambda by, at: services.complete(
            access.incident_for(pk, by=by).pk, words=asked.words, outcome=asked.outcome, **asked.kind,
            by=by, at=at,
        ),
    )  # fmt: skip


@router.post("incidents/close")
def close_many(request: HttpRequest, asked: shapes.CloseMany) -> dict[str, Any]:
    """Close those of these matters that may be closed as they stand; for each other one, what it still needs."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        ids = [access.matter_to_review(pk, by=by).pk for pk in dict.fromkeys(asked.incidents)]
        refused = services.close_many(ids, by=by, at=at)
        return {
            "closed": [pk for pk in ids if pk not in refused],
            "refused": [{"id": pk, **answer(why)} for pk, why in refused.items()],
        }

    return do(request, asked, act)


@router.post("incidents/{int:pk}/call-back")
def call_back(request: HttpRequest, pk: int, asked: shapes.CallBack) -> dict[str, Any]:
    """A caller was called back, or it was tried."""
    return do(
        request, asked,
        lambda by, at: services.call_back(
            access.matter_to_call(pk, by=by).pk, report_id=asked.report, result=asked.result, words=asked.words,
            by=by, at=at,
        ),
    )  # fmt: skip


@router.get("call-backs")
def call_backs(request: HttpRequest) -> dict[str, Any]:
    """Whom to call back, the most pressing first: all for the room, the own station's for its chiefs. No number."""
    by, at = actor(request), now()
    if not by.may(Right.SEE_STATION):
        by.must(Right.SEE_ROOM)
    return {
        "call_backs": [
            {
                "incident": c.incident_id, "report": c.report_id, "reference": c.reference, "grade": c.grade,
                "category": c.category, "place_zh": c.place_zh, "place_en": c.place_en, "why": c.why,
                "deadline": c.deadline, "late": c.late, "tries": c.tries, "drill": c.drill,
            }
            for c in duties.call_backs_due(by=by, at=at)
        ]
    }  # fmt: skip


@router.post("incidents/{int:pk}/reopen")
def reopen(request: HttpRequest, pk: int, asked: shapes.Reason) -> dict[str, Any]:
    """Open a closed matter again, as who commands at this minute."""
    return do(
        request, asked,
        lambda by, at: services.reopen(access.incident_for(pk, by=by).pk, reason=asked.reason, by=by, at=at),
    )  # fmt: skip


@router.post("incidents/{int:pk}/supervise")
def supervise(request: HttpRequest, pk: int, asked: shapes.Supervision) -> dict[str, Any]:
    """Watch a matter from above, or no longer."""
    return do(
        request, asked,
        lambda by, at: services.supervise(
            access.matter_to_supervise(pk, by=by).pk, on=asked.on, reason=asked.reason, by=by, at=at
        ),
    )  # fmt: skip
