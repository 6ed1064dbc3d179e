"""Crews that stand by at a place: ordered by who commands, answered on the phone, ended by the room."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from oneroom.apps.duty.access import must_command
from oneroom.apps.incidents.coverage import live_picture
from oneroom.apps.incidents.services import order_standby, step_standby
from oneroom.apps.incidents.standbys import live_standbys, standby_for, standby_of, station_post
from oneroom.apps.ledger.time import now
from oneroom.engine.lifecycle.standby import LIVE, STANDBY
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, Conflict
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.api.acts import do

router = Router(tags=["coverage"])


@router.get("standbys")
def standbys(request: HttpRequest) -> dict[str, Any]:
    """Who stands by where: every crew for the room, for a crew its own."""
    by, at = actor(request), now()
    if by.may(Right.SEE_ROOM):
        rows = live_standbys()
    else:
        by.must(Right.CREW_ACT)
        own = standby_of(by.crew_id, at=at) if by.crew_id is not None else None
        rows = [own] if own is not None and own.state in LIVE else []
    return {"standbys": [_said(row, by) for row in rows]}


@router.post("standbys")
def order(request: HttpRequest, asked: shapes.StandBy) -> dict[str, Any]:
    """The shift commander lets a free crew stand at a station for a time; ``gone`` are crews that leave the gap."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        must_command(by, at=at)
        picture = live_picture(at=at)
        if picture is None:
            raise Conflict("There are no roads to work this out on.")
        post = station_post(picture, asked.crew, asked.station, gone=asked.gone, at=at)
        return {"standby": order_standby(asked.crew, post, minutes=asked.minutes, by=by, at=at)}

    return do(request, asked, act)


@router.post("standbys/{int:pk}/step")
def step(request: HttpRequest, pk: int, asked: shapes.StandByStep) -> dict[str, Any]:
    """The crew signs, is there, or declines with a reason; the room ends it."""
    if asked.verb not in STANDBY.verbs:
        raise BadInput("verb", "There is no such choice: %(choice)s.", choice=asked.verb[:40])
    return do(
        request, asked,
        lambda by, at: step_standby(
            standby_for(pk, by=by).pk, asked.verb, reason=asked.reason or "", by=by, at=at
        ),
    )  # fmt: skip


def _said(row: Any, by: Actor) -> dict[str, Any]:
    return {
        "id": row.pk, "crew": row.crew_id, "state": row.state, "lon": row.lon, "lat": row.lat,
        "place_zh": row.place_zh, "place_en": row.place_en, "why": row.why, "gain": round(row.gain, 4),
        "calls": row.calls, "days": row.days, "until": row.until, "ordered_at": row.ordered_at,
        "acknowledged_at": row.acknowledged_at, "there_at": row.there_at,
        "verbs": STANDBY.open_to(row.state, by.roles),
    }  # fmt: skip
