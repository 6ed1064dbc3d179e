"""Who am I, and a ticket for the stream."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.web import tickets
from oneroom.web.actors import actor

router = Router(tags=["session"])


@router.get("me")
def me(request: HttpRequest) -> dict[str, Any]:
    """The account, its roles, unit and crew."""
    by = actor(request)
    name = getattr(request.user, "name", "")
    return {"account": by.id, "name": name, "roles": sorted(by.roles), "unit_id": by.unit_id, "crew_id": by.crew_id}


@router.get("ticket")
def ticket(request: HttpRequest) -> dict[str, Any]:
    """A signed, short-lived ticket for /live and, for a crew, /positions."""
    mine = tickets.issue(actor(request), session=tickets.session_marker(request))
    return {"ticket": mine, "expires_s": tickets.LIFETIME_S}
