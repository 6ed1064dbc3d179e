"""The phone's pieces while the database is away: the own crew's orders, and their next step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string

from oneroom.apps.incidents import codes
from oneroom.engine.degraded import Board, Ladder, Order
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound
from oneroom.web.context import house
from oneroom.web.pages.room.words import STAGES, kind_named, local
from oneroom.web.pages.terminal import rows


def own(board: Board, by: Actor) -> list[Order]:
    """The live orders of one's own crew."""
    if by.crew_id is None or not by.may(Right.CREW_ACT):
        return []
    return sorted((o for o in board.orders.values() if o.crew == by.crew_id and o.live), key=lambda o: o.id)


def said(board: Board, o: Order) -> dict[str, Any]:
    """One order as the API says it."""
    m = board.matters[o.matter]
    return {
        "id": o.id, "incident": m.id, "reference": m.reference, "grade": m.grade, "category": m.category,
        "place_zh": m.zh, "place_en": m.en, "lon": m.lon, "lat": m.lat, "state": o.state, "lead": o.lead,
        "offered_at": o.offered_at,
    }  # fmt: skip


def the_list(board: Board, *, by: Actor, at: datetime, pk: int, since: Any) -> str:
    """What I must do now."""
    crew = board.crews.get(by.crew_id or 0)
    shown = {"crew": crew, "to_do": [_order(board, o, by) for o in own(board, by)], "done": [], "helps": []}
    return _drawn("terminal/list.html", shown)


def order(board: Board, *, by: Actor, at: datetime, pk: int, since: Any) -> str:
    """One order of the own crew."""
    found = next((o for o in own(board, by) if o.id == pk), None)
    if found is None:
        raise NotFound
    verb = next((verb for verb, *_, needs in rows.STEPS if needs == found.state), "")
    facts = {
        "order": _order(board, found, by), "others": (), "outcomes": codes.OUTCOMES, "by": by, "next_verb": verb,
        "return_reasons": codes.RETURN_REASONS,
    }  # fmt: skip
    return _drawn("terminal/order.html", facts)


def page(board: Board, *, by: Actor, at: datetime, pk: int, since: Any) -> str:
    """The whole screen, for who opens it anew."""
    crew = board.crews.get(by.crew_id or 0)
    found = [(_order(board, o, by), _next(o)) for o in own(board, by)]
    name = local(crew.zh, crew.en) if crew else ""
    return _drawn("degraded/terminal.html", {"crew": name, "orders": found, "since": since})


def _next(o: Order) -> tuple[str, Any] | None:
    """The next button that is open now: reporting must wait."""
    return next(((verb, word) for verb, word, _, _, needs in rows.STEPS if needs == o.state and verb != "report"), None)


def _order(board: Board, o: Order, by: Actor) -> rows.Order:
    m = board.matters[o.matter]
    subject = f"assignment:{o.id}"
    mine = [x for x in board.ladders.values() if x.subject == subject]
    looks = {"offered": 0, "acknowledged": 1, "en_route": 2, "on_scene": 3}
    steps = tuple(
        rows.Step(n + 1, verb, word, meaning, None, ("is-done", "is-now", "is-later")[(n >= here) + (n > here)])
        for here in [looks[o.state]]
        for n, (verb, word, meaning, _, _) in enumerate(rows.STEPS)
    )
    return rows.Order(
        o.id, m.id, m.reference, m.grade, codes.GRADES[m.grade], kind_named(m.category, m.subcategory),
        local(m.zh, m.en) or (f"{m.lat:.5f}, {m.lon:.5f}" if m.lat is not None else ""), m.lon, m.lat, o.state, True,
        o.lead, m.drill, o.offered_at, None, rows.TO_DO[o.state], _promise(mine), may_speak=o.state != "offered",
        steps=steps,
    )  # fmt: skip


def _promise(ladders: list[Ladder]) -> rows.Promise | None:
    found = [
        rows.Promise(x.stage, STAGES[x.stage][0], x.started, x.started + timedelta(seconds=limit))
        for x in ladders
        if (limit := limit_s(x.stage, x.grade)) is not None
    ]
    return min(found, key=lambda p: p.deadline, default=None)


def _drawn(template: str, shown: dict[str, Any]) -> str:
    return render_to_string(template, {**house(None), **shown})
