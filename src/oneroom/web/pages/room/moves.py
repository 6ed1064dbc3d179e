"""Who could stand where to cover more of the city, and who stands by: the dialog over the room (key U)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oneroom.apps.incidents.coverage import shared_picture
from oneroom.apps.incidents.moves import move_ups
from oneroom.apps.incidents.standbys import declined_lately, live_standbys
from oneroom.apps.ledger.time import now
from oneroom.apps.orders.queries import Running, running
from oneroom.engine.coverage import TooLarge
from oneroom.engine.roles import Right
from oneroom.web.actors import actor
from oneroom.web.pages.room.coverage import line_of
from oneroom.web.pages.room.views import in_room
from oneroom.web.pages.room.words import RUNGS, STANDBY_DECLINED, STANDBY_STATES, local, named

_OFFERED = 5


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A crew that could move up, in words: what it wins in per cent, and the drive in minutes."""

    crew: int
    name: str
    station: int
    place: str
    gain: float
    drive_min: int


@dataclass(frozen=True, slots=True)
class StandByLine:
    """A crew that stands by, or was told to; ``rung`` whom an order has reached that nobody signed for."""

    id: int
    name: str
    place: str
    state: Any
    until: datetime
    rung: Any


@dataclass(frozen=True, slots=True)
class DeclinedLine:
    """A crew that would not stand by, a moment ago, and why."""

    id: int
    name: str
    place: str
    reason: Any
    at: datetime


@require_GET
@in_room
def moves(request: HttpRequest) -> HttpResponse:
    """The moves that win most now, and everybody who stands by."""
    by = actor(request)
    context = {
        "cover": line_of(), "moves": _moves(), "standbys": _standbys(), "declined": _declined(),
        "may_command": by.may(Right.COMMAND), "may_end": by.may(Right.DISPATCH), "days": settings.COVERAGE_DAYS,
    }  # fmt: skip
    return render(request, "room/_moves.html", context)


def _moves() -> list[MoveLine]:
    try:
        picture = shared_picture(at=now())
    except TooLarge:
        return []
    return [
        MoveLine(
            m.crew.id, local(m.crew.callsign_zh, m.crew.callsign_en), m.station_id, local(m.station_zh, m.station_en),
            m.gain * 100, max(1, round(m.drive_s / 60)),
        )
        for m in (move_ups(picture, (), count=_OFFERED) if picture is not None else [])
    ]  # fmt: skip


def _standbys() -> list[StandByLine]:
    rows = live_standbys()
    ladders = running({f"standby:{row.pk}" for row in rows}) if rows else {}
    return [
        StandByLine(
            row.pk, local(row.crew.callsign_zh, row.crew.callsign_en), local(row.place_zh, row.place_en),
            named(STANDBY_STATES, row.state), row.until, _reached(ladders.get(f"standby:{row.pk}", [])),
        )
        for row in rows
    ]  # fmt: skip


def _declined() -> list[DeclinedLine]:
    return [
        DeclinedLine(
            row.pk, local(row.crew.callsign_zh, row.crew.callsign_en), local(row.place_zh, row.place_en),
            named(STANDBY_DECLINED, row.cause), row.ended_at or row.state_since,
        )
        for row in declined_lately(at=now())
    ]  # fmt: skip


def _reached(ladders: list[Running]) -> Any:
    climbed = [step for ladder in ladders if ladder.unanswered for step in ladder.climbed]
    return named(RUNGS, climbed[-1].code) if climbed else ""
