"""The room's pieces while the database is away, in the same places of the page as otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from oneroom.apps.incidents import codes
from oneroom.engine.degraded import Board, Crew, Matter, Order
from oneroom.engine.geo import distance_m
from oneroom.engine.lifecycle.assignment import ASSIGNMENT
from oneroom.engine.lifecycle.incident import TO_SEND, WITH_CREWS
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound
from oneroom.web.context import house
from oneroom.web.pages.room.words import CREW_STATES, GLYPHS, MATTER_STATES, ORDER_STATES, kind_named, local, named

Asked = Callable[[str], str | None]
NEAREST = 12


def queue(board: Board, *, by: Actor, at: datetime, pk: int, asked: Asked, since: Any) -> str:
    """The left column: every open matter, gravest and oldest first."""
    rows = sorted(board.matters.values(), key=lambda m: (m.state not in TO_SEND, m.grade, m.received_at))
    return _drawn("degraded/_queue.html", {"rows": [_row(board, m) for m in rows], "since": since})


def crews(board: Board, *, by: Actor, at: datetime, pk: int, asked: Asked, since: Any) -> str:
    """The crews board."""
    return _drawn("degraded/_crews.html", {"crews": [_crew(c) for c in board.crews.values()]})


def matter(board: Board, *, by: Actor, at: datetime, pk: int, asked: Asked, since: Any) -> str:
    """One matter: its orders with their next step, the crews that could go, a line to note."""
    if pk not in board.matters:
        raise NotFound
    return _drawn("degraded/_matter.html", _opened(board, board.matters[pk], by))


def page(board: Board, *, by: Actor, at: datetime, pk: int, asked: Asked, since: Any) -> str:
    """The whole screen, for who opens it anew."""
    rows = sorted(board.matters.values(), key=lambda m: (m.state not in TO_SEND, m.grade, m.received_at))
    wanted = asked("open") or ""
    opened = board.matters.get(int(wanted)) if wanted.isdecimal() and len(wanted) < 16 else None
    return _drawn("degraded/room.html", {
        "rows": [_row(board, m) for m in rows], "crews": [_crew(c) for c in board.crews.values()], "since": since,
        "wanted": opened.id if opened else None, **(_opened(board, opened, by) if opened else {}),
    })  # fmt: skip


def intake(board: Board, *, by: Actor, at: datetime, pk: int, asked: Asked, since: Any) -> str:
    """The form for a call, for who opens it anew."""
    by.must(Right.TAKE_CALL)
    shown = {"since": since, "grades": codes.GRADES, "safe_contact": codes.SAFE_CONTACT}
    return _drawn("degraded/intake.html", shown)


def _row(board: Board, m: Matter) -> dict[str, Any]:
    orders = [
        {"id": o.id, "crew": o.crew, "name": _name(board.crews.get(o.crew)), "state": o.state}
        for o in board.on(m.id) if o.live
    ]  # fmt: skip
    late = [x for x in board.ladders.values() if x.matter == f"incident:{m.id}" and x.kind == "answer" and max(x.done)]
    return {
        "m": m, "place": _place(m), "kind": kind_named(m.category, m.subcategory) or _("not yet classified"),
        "status": named(MATTER_STATES, m.state), "orders": orders, "unanswered": bool(late),
    }  # fmt: skip


def _opened(board: Board, m: Matter, by: Actor) -> dict[str, Any]:
    sends = by.may(Right.DISPATCH) and m.state in (*TO_SEND, *WITH_CREWS)
    return {
        **_row(board, m), "orders": [_order(board, o, by) for o in board.on(m.id) if o.live],
        "near": _near(board, m) if sends else [], "sends": sends, "notes": by.may(Right.TAKE_CALL),
    }  # fmt: skip


def _order(board: Board, o: Order, by: Actor) -> dict[str, Any]:
    verbs = {"acknowledge": _("Sign for it"), "set_out": _("Set off"), "arrive": _("Arrived")}
    name, said = _name(board.crews.get(o.crew)), named(ORDER_STATES, o.state)
    open_now = ASSIGNMENT.open_to(o.state, by.roles) if by.may(Right.DISPATCH) else ()
    return {
        "id": o.id, "name": name, "state": said, "since": o.state_since,
        "verbs": [(verb, word) for verb, word in verbs.items() if verb in open_now],
    }  # fmt: skip


def _near(board: Board, m: Matter) -> list[dict[str, Any]]:
    """Free crews that an officer leads, by the straight line from where they last were: roads are not asked now."""
    free = [c for c in board.crews.values() if c.state == "available" and c.led and board.order_of(c.id) is None]
    found = []
    for crew in free:
        away_m = None
        if crew.lon is not None and crew.lat is not None and m.lon is not None and m.lat is not None:
            away_m = float(distance_m(m.lon, m.lat, crew.lon, crew.lat))
        found.append(_crew(crew) | {"away_km": None if away_m is None else round(away_m / 1000, 1), "m": away_m})
    found.sort(key=lambda c: (c["m"] is None, c["m"] or 0.0))
    return found[:NEAREST]


def _crew(c: Crew) -> dict[str, Any]:
    return {
        "id": c.id, "name": _name(c), "state": named(CREW_STATES, c.state), "code": c.state,
        "glyph": GLYPHS.get(c.state, c.state),
    }  # fmt: skip


def _name(c: Crew | None) -> str:
    return local(c.zh, c.en) if c else ""


def _place(m: Matter) -> str:
    name = local(m.zh, m.en)
    return name if name or m.lat is None else f"{m.lat:.5f}, {m.lon:.5f}"


def _drawn(template: str, shown: dict[str, Any]) -> str:
    return render_to_string(template, {**house(None), **shown})
