"""Other agencies: handed over to, brought in, and asked what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents import access, desk, services
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do

router = Router(tags=["referrals"])


@router.post("incidents/{int:pk}/hand-over")
def hand_over(request: HttpRequest, pk: int, asked: shapes.HandOver) -> dict[str, Any]:
    """To another agency: the whole matter, or as a joint one whose police part stays open here."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        matter = access.incident_for(pk, by=by)
        if asked.joint:
            made = services.bring_in(
                matter.pk, agency=asked.agency, reference=asked.reference, due=asked.due, by=by, at=at
            )
            return {"referral": made}
        services.set_aside(
            matter.pk, verb="transfer", reason=asked.agency, reference=asked.reference, due=asked.due, by=by, at=at
        )
        return {"referral": desk.referrals_of(matter.pk)[-1].pk}

    return do(request, asked, act)


@router.post("referrals/{int:pk}/answer")
def answer(request: HttpRequest, pk: int, asked: shapes.ReferralAnswer) -> dict[str, Any]:
    """The agency answered, gave it back, or nobody knows whose it is."""
    return do(
        request, asked,
        lambda by, at: services.answer_referral(pk, result=asked.result, reference=asked.reference, by=by, at=at),
    )  # fmt: skip


@router.get("referrals")
def referrals(request: HttpRequest) -> dict[str, Any]:
    """What agencies have not answered yet."""
    actor(request).must(Right.SEE_ROOM)
    return {
        "referrals": [
            {
                "id": r.pk, "incident": r.incident_id, "matter": r.incident.reference, "agency": r.agency,
                "joint": r.joint, "reference": r.reference, "made_at": r.made_at, "due_at": r.due_at,
            }
            for r in desk.referrals_open()
        ]
    }  # fmt: skip
