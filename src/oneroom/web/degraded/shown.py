"""What the pages show while the database is away: the last known board with what was done on it since."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from oneroom.apps.ledger.time import clock
from oneroom.apps.places.queries import held_places
from oneroom.engine.degraded import Board
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, NotFound
from oneroom.web import tickets
from oneroom.web.degraded import phone, room
from oneroom.web.pages.intake.grading import graded
from oneroom.web.stream.http import Request
from oneroom.web.tickets import Badge


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looks: at which board, who, when, what he asked for, and how things stand (``Keeper.standing``)."""

    board: Board
    by: Actor
    at: datetime
    badge: Badge
    request: Request
    standing: dict[str, str]

    @property
    def pk(self) -> int:
        """The number in the address."""
        found = re.search(r"/(\d{1,15})(?:/|$)", self.request.path)
        return int(found[1]) if found else 0


View = Callable[[Look], dict[str, Any] | str]


def ticket(look: Look) -> dict[str, Any]:
    """A stream ticket for who shows a badge: never longer than the badge."""
    left_s = min(tickets.LIFETIME_S, look.badge.left_s)
    mine = tickets.issue(look.by, session=look.badge.session, lifetime_s=left_s)
    return {"ticket": mine, "expires_s": left_s}


def me(look: Look) -> dict[str, Any]:
    """Who am I."""
    by, person = look.by, look.board.people[look.by.id]
    return {
        "account": by.id, "name": person.name, "roles": sorted(by.roles), "unit_id": by.unit_id, "crew_id": by.crew_id,
    }  # fmt: skip


def rings(look: Look) -> dict[str, Any]:
    """What rings for me now. A ladder has the number it will keep, so a phone rings once per rung, also afterwards."""
    found = []
    for ladder in look.board.ladders.values():
        n = ladder.told.get(look.by.id)
        if n is None:
            continue
        rung = ladder.rungs[n]
        found.append({
            "delivery": 0, "ladder": ladder.id, "rung": n, "rung_code": rung.code, "loud": rung.loud,
            "subject": ladder.subject, "stage": ladder.stage, "grade": ladder.grade,
            "since": ladder.climbed_at or ladder.started, "drill": ladder.drill,
        })  # fmt: skip
    return {"rings": found}


def orders(look: Look) -> dict[str, Any]:
    """The live orders of one's own crew."""
    return {"orders": [phone.said(look.board, o) for o in phone.own(look.board, look.by)]}


def places(look: Look) -> dict[str, Any]:
    """Places by name, from memory."""
    text = plain("q", look.request.query("q"), longest=80)
    found = held_places(text) if text else []
    return {
        "places": [
            {"id": p.id, "kind": p.kind, "zh": p.name_zh, "en": p.name_en, "lon": p.lon, "lat": p.lat,
             "number": p.number}
            for p in found
        ],
        "point": None,
    }  # fmt: skip


def grade(look: Look) -> dict[str, Any]:
    """What category and answers make of a call."""
    look.by.must(Right.TAKE_CALL)
    return graded(QueryDict(look.request.query_string))


def time(look: Look) -> dict[str, Any]:
    """Project time and its rate."""
    return {"now": look.at.isoformat(), "rate": clock().rate(), "clock": "alive", "held": False}


def _in_room(view: Callable[..., str]) -> View:
    def run(look: Look) -> str:
        if not look.by.may(Right.SEE_ROOM):
            raise NotFound
        return view(look.board, by=look.by, at=look.at, pk=look.pk, asked=look.request.query, since=look.standing)

    return run


def _on_phone(view: Callable[..., str]) -> View:
    def run(look: Look) -> str:
        return view(look.board, by=look.by, at=look.at, pk=look.pk, since=look.standing)

    return run


_VIEWS: list[tuple[str, View]] = [
    (r"/api/ticket", ticket),
    (r"/api/me", me),
    (r"/api/rings", rings),
    (r"/api/orders", orders),
    (r"/api/places", places),
    (r"/room/intake/grade", grade),
    (r"/room/time|/t/clock", time),
    (r"/room/queue", _in_room(room.queue)),
    (r"/room/crews", _in_room(room.crews)),
    (r"/room/incidents/\d{1,15}", _in_room(room.matter)),
    (r"/room/", _in_room(room.page)),
    (r"/room/intake/", _in_room(room.intake)),
    (r"/t/list", _on_phone(phone.the_list)),
    (r"/t/orders/\d{1,15}", _on_phone(phone.order)),
    (r"/t/", _on_phone(phone.page)),
]


def find(path: str) -> View | None:
    """What answers a question at this address; None where it must wait."""
    return next((view for pattern, view in _VIEWS if re.fullmatch(pattern, path)), None)
