"""
The closed list of acts, each on the last known board: a report comes in, crews are sent, they sign, set out and
arrive, and somebody notes a line.

Each raises what its service would raise; what this board does not know is NotKnown, because it may be there, and so
is what it would refuse as things stood when it was read: the act before may be younger than the board.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from oneroom.engine.degraded.board import Board, Crew, Matter, Order, UsedUp, take
from oneroom.engine.degraded.ladders import Start, start, stop
from oneroom.engine.lifecycle import assignment, incident
from oneroom.engine.lifecycle.assignment import ASSIGNMENT, BEGINS, CREW_STATE, ENDS
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import SYSTEM, Actor, BadInput, Conflict, IllegalMove, NotFound, Overtaken

KINDS = ("intake", "offer", "step", "note")
STEPS = ("acknowledge", "set_out", "arrive")
_SKEW = timedelta(seconds=2)

Given = dict[str, int | str]


@dataclass(slots=True)
class Done:
    """
    What came of an act: the answer for who asked, the numbers it was given, and what open screens are told (scopes,
    kind, subject, matter).
    """

    answer: dict[str, Any]
    given: Given = field(default_factory=dict)
    heard: list[tuple[list[str], str, str, str]] = field(default_factory=list)


def do(
    board: Board, kind: str, about: int | None, said: Mapping[str, Any], *, by: Actor, at: datetime,
    given: Given | None = None,
) -> Done:  # fmt: skip
    """
    Do one act and change the board. ``about`` is the matter or the order, ``said`` what was asked, already of the right
    shape. ``given`` are numbers that the act got before (read from a journal).
    """
    done = Done({}, dict(given or {}))
    board.numbers.spend(done.given)
    match kind:
        case "intake":
            _intake(board, said, done, by=by, at=at)
        case "offer":
            _offer(board, board.matter(about or 0), said["crews"], done, by=by, at=at)
        case "step":
            _step(board, board.order(about or 0), said["verb"], said.get("happened"), done, by=by, at=at)
        case "note":
            _note(board, about or 0, said, done, by=by, at=at)
        case _:
            raise ValueError(kind)
    return done


def _intake(board: Board, said: Mapping[str, Any], done: Done, *, by: Actor, at: datetime) -> None:
    if not (said.get("source") == "self" and by.crew_id is not None and by.may(Right.SCENE_REPORT)):
        by.must(Right.TAKE_CALL)
    plain("words", said.get("words"), longest=4000, required=True)
    if "incident" not in done.given:
        done.given = {"incident": take(board.numbers.matters), "reference": board.numbers.reference()}
    pk, category = int(done.given["incident"]), said.get("category") or ""
    state = incident.State.CLASSIFIED if category else incident.State.RECEIVED
    matter = Matter(
        pk, str(done.given["reference"]), state, at, at, said.get("grade") or 3, category,
        said.get("subcategory") or "", said.get("zh") or "", said.get("en") or "", said.get("lon"), said.get("lat"),
        drill=bool(said.get("drill")),
    )  # fmt: skip
    board.matters[pk] = matter
    name = f"incident:{pk}"
    board.moved.add(name)
    stage = "dispatch" if category else "classify"
    heard = start(board, Start(stage, name, name, matter.grade, drill=matter.drill), done.given, at=at)
    done.answer = {"id": pk, "reference": matter.reference}
    done.heard = [([*board.scopes(matter), *heard], "incident.received", name, name)]


def _offer(board: Board, matter: Matter, crews: Sequence[int], done: Done, *, by: Actor, at: datetime) -> None:
    by.must(Right.DISPATCH)
    if not crews:
        raise BadInput("crews", "Pick at least one crew.")
    if matter.state not in (*incident.TO_SEND, *incident.WITH_CREWS):
        raise board.no(IllegalMove("No crew can be sent to this matter as it stands."), f"incident:{matter.id}")
    found = [_may_go(board, pk) for pk in dict.fromkeys(crews)]  # all of them, before one is sent
    if not done.given and min(len(board.numbers.orders), len(board.numbers.ladders)) < len(found):
        raise UsedUp  # an order whose ladder has no number would ring nobody
    sent = []
    for crew in found:
        name = f"order:{crew.id}"
        if name not in done.given:
            done.given[name] = take(board.numbers.orders)
        lead = not any(o.lead and o.live for o in board.on(matter.id))
        order = Order(int(done.given[name]), matter.id, crew.id, assignment.State.OFFERED, at, at, lead)
        board.orders[order.id] = order
        crew.state = CREW_STATE[assignment.State.OFFERED]
        subject = f"assignment:{order.id}"
        board.moved |= {subject, f"incident:{matter.id}", f"crew:{crew.id}"}
        heard = start(board, _watched(order, matter, crew, "acknowledge"), done.given, at=at)
        done.heard.append(([*board.scopes(matter), *heard], "assignment.offered", subject, f"incident:{matter.id}"))
        sent.append(order.id)
    _follow(board, matter, done, at=at)
    done.answer = {"assignments": sent}


def _may_go(board: Board, pk: int) -> Crew:
    crew = board.crews.get(pk)
    if crew is None:
        raise Conflict("This crew is not on duty.", field="crews")
    if all(role == "auxiliary" for _, role in crew.members):
        raise Conflict("Auxiliaries are never sent alone: this crew has no officer.", field="crews")
    if not crew.led:
        raise Conflict("No officer leads this crew now: the lead is missing or is no officer.", field="crews")
    if board.order_of(pk) is not None:
        sent = Overtaken("This crew was just sent elsewhere. Nothing was sent; pick again.")
        raise board.no(sent, f"crew:{pk}")
    return crew


def _step(
    board: Board, order: Order, verb: str, happened: datetime | None, done: Done, *, by: Actor, at: datetime
) -> None:
    _must_be_his(order, by)
    if verb not in STEPS:
        raise BadInput("verb", "There is no such choice: %(choice)s.", choice=str(verb)[:40])
    subject = f"assignment:{order.id}"
    try:
        move = ASSIGNMENT.move(order.state, verb, by=by)
    except IllegalMove as illegal:
        raise board.no(illegal, subject) from illegal
    if happened is not None and happened > at + _SKEW:
        raise BadInput("happened", "This time lies in the future.")
    if happened is not None and happened < order.state_since:
        raise BadInput("happened", "This would be before the step that came before it.")
    when = min(happened or at, at)
    matter, crew = board.matter(order.matter), board.crews.get(order.crew)
    order.state, order.state_since = assignment.State(move.target), when
    if crew is not None:
        crew.state = CREW_STATE[assignment.State(move.target)]
    board.moved |= {subject, f"incident:{matter.id}", f"crew:{order.crew}"}
    if verb in ENDS:
        stop(board, subject, ENDS[verb])
    heard: list[str] = []
    for stage in BEGINS.get(verb, ()):
        heard += start(board, _watched(order, matter, crew, stage), done.given, at=when)
    done.answer = {"ok": True}
    done.heard.append(([*board.scopes(matter), *heard], f"assignment.{order.state}", subject, f"incident:{matter.id}"))
    _follow(board, matter, done, at=at)


def _note(board: Board, about: int, said: Mapping[str, Any], done: Done, *, by: Actor, at: datetime) -> None:
    plain("words", said.get("words"), longest=2000, required=True)
    order = board.order(about) if said.get("of") == "order" else None
    if order is not None:
        _must_be_his(order, by)
    else:
        by.must(Right.DISPATCH if said.get("of") == "radio" else Right.TAKE_CALL)
        if said.get("crew"):
            order = next((o for o in board.on(about) if o.crew == said["crew"] and o.live), None)
            if order is None:
                raise board.no(Conflict("This crew is not on this matter.", field="crew"), f"crew:{said['crew']}")
    matter = board.matter(order.matter if order else about)
    heard: list[str] = []
    if order is not None:
        subject = f"assignment:{order.id}"
        for stage in ("first_word", "welfare"):
            stop(board, subject, stage)
        if order.state == assignment.State.ON_SCENE and not order.reported:
            heard = start(board, _watched(order, matter, board.crews.get(order.crew), "welfare"), done.given, at=at)
    done.answer = {"ok": True}
    name = f"incident:{matter.id}"
    done.heard.append(([*board.scopes(matter), *heard], "incident.words_added", name, name))


def _must_be_his(order: Order, by: Actor) -> None:
    if not ((by.may(Right.CREW_ACT) and by.crew_id == order.crew) or by.may(Right.DISPATCH)):
        raise NotFound


def _watched(order: Order, matter: Matter, crew: Crew | None, stage: str) -> Start:
    return Start(
        stage, f"assignment:{order.id}", f"incident:{matter.id}", matter.grade, order.crew,
        crew.unit_id if crew else None, matter.drill,
    )  # fmt: skip


def _follow(board: Board, matter: Matter, done: Done, *, at: datetime) -> None:
    """The matter's state follows its crews, as `apps.incidents.services.matter.follow` lets it."""
    orders = board.on(matter.id)
    target = incident.following(
        matter.state, [o.state for o in orders], lead_reported=any(o.lead and o.reported for o in orders)
    )
    if target == matter.state:
        return
    incident.INCIDENT.move(matter.state, f"follow_{target.value}", by=SYSTEM)
    before, matter.state, matter.state_since = matter.state, target, at
    name = f"incident:{matter.id}"
    if target in incident.WITH_CREWS and before in incident.TO_SEND:
        stop(board, name, "dispatch")
    done.heard.append((board.scopes(matter), "incident.state", name, name))
