"""Who am I, and a ticket for the stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from oneroom.apps.duty.services import silence, sound_again
from oneroom.apps.ledger.time import now
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web import standing, tickets
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do

router = Router(tags=["session"])


@router.get("me")
def me(request: HttpRequest) -> dict[str, Any]:
    """The account, its roles, unit and crew."""
    by = actor(request)
    name = getattr(request.user, "name", "")
    return {"account": by.id, "name": name, "roles": sorted(by.roles), "unit_id": by.unit_id, "crew_id": by.crew_id}


@router.get("ticket")
def ticket(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """A signed, short-lived ticket for /live and, for a crew, /positions; and a badge for when the database is away."""
    by, session, lasts = actor(request), tickets.session_marker(request), standing.left_s(request, at=now())
    mine = tickets.issue(by, session=session, lifetime_s=lasts)
    if not standing.state(request, roles=by.roles, at=now()):  # a locked screen gets no badge: it would act by it
        badge_s = standing.acts_s(request, by.roles, at=now(), most=tickets.BADGE_LIFETIME_S)
        tickets.give_badge(response, by, session=session, lifetime_s=badge_s)
    return {"ticket": mine, "expires_s": lasts}


@router.post("desk/silence")
def desk_silence(request: HttpRequest, asked: shapes.Reason) -> dict[str, Any]:
    """No sound at this desk, for a reason that the commander sees."""
    return do(request, asked, lambda by, at: silence(reason=asked.reason, by=by, at=at))


@router.post("desk/sound")
def desk_sound(request: HttpRequest, asked: shapes.Nothing) -> dict[str, Any]:
    """Sound at this desk again."""

    def act(by: Actor, at: datetime) -> None:
        by.must(Right.SEE_ROOM)
        sound_again(account_id=by.id, by=by, at=at)

    return do(request, asked, act)
