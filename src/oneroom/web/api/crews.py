"""Crews: the board, and what they say of themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.duty.access import crew_to_act_for
from oneroom.apps.duty.queries import board
from oneroom.apps.duty.services import come_on_duty, go_off_duty, say_state
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do

router = Router(tags=["crews"])


@router.get("crews")
def crews(request: HttpRequest) -> dict[str, Any]:
    """Crews on duty with their latest place: all for the room, those of the own station or line for its chiefs."""
    by = actor(request)
    if by.may(Right.SEE_STATION) and not by.may(Right.SEE_ROOM):
        rows = [crew for crew in board() if by.heads(crew.unit_id) or by.heads(crew.line_id)]
    else:
        by.must(Right.SEE_ROOM)
        rows = board()
    return {
        "crews": [
            {
                "id": c.id, "code": c.code, "callsign_zh": c.callsign_zh, "callsign_en": c.callsign_en,
                "unit_id": c.unit_id, "state": c.state, "state_since": c.state_since, "officers": c.officers,
                "auxiliaries": c.auxiliaries, "skills": c.skills, "kit": c.kit, "runs": c.runs,
                "lon": c.lon, "lat": c.lat, "fix_at": c.fix_at,
            }
            for c in rows
        ]
    }  # fmt: skip


@router.post("crews/{int:pk}/state")
def state(request: HttpRequest, pk: int, asked: shapes.CrewState) -> dict[str, Any]:
    """Available, at a meal, out of service …"""
    return do(request, asked, lambda by, at: say_state(crew_to_act_for(pk, by=by), asked.state, by=by, at=at))


@router.post("crews/{int:pk}/on-duty")
def on_duty(request: HttpRequest, pk: int, asked: shapes.Nothing) -> dict[str, Any]:
    """The crew comes on duty."""

    def act(by: Actor, at: datetime) -> None:
        come_on_duty(crew_to_act_for(pk, by=by), by=by, at=at)

    return do(request, asked, act)


@router.post("crews/{int:pk}/off-duty")
def off_duty(request: HttpRequest, pk: int, asked: shapes.Nothing) -> dict[str, Any]:
    """The crew goes off duty, unless it is on a call."""

    def act(by: Actor, at: datetime) -> None:
        go_off_duty(crew_to_act_for(pk, by=by), by=by, at=at)

    return do(request, asked, act)
