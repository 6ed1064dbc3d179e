"""Ladders on the last known board: they start, stop and climb as they do in `apps.orders.services.ladders`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oneroom.engine import escalation
from oneroom.engine.degraded.board import Board, Ladder, take
from oneroom.engine.escalation import Rung
from oneroom.engine.lifecycle.limits import limit_s


@dataclass(frozen=True, slots=True)
class Told:
    """A message that a rung causes: to whom, and by which way."""

    account: int
    channel: str


@dataclass(frozen=True, slots=True)
class Start:
    """A ladder that is to begin; ``stage`` "acknowledge" is an order's answer, any other a promise."""

    stage: str
    subject: str
    matter: str
    grade: int
    crew_id: int | None = None
    unit_id: int | None = None
    drill: bool = False


def start(board: Board, what: Start, given: dict[str, int | str], *, at: datetime) -> list[str]:
    """
    Begin to watch; the scopes of whom the first rung tells. Nothing where this grade is promised nothing.

    Its number comes from ``given``, or is taken from the reserve and put there.
    """
    answer = what.stage == "acknowledge"
    limit = limit_s(what.stage, what.grade)
    if not answer and limit is None:
        return []
    rungs = escalation.answer_ladder(what.grade) if answer else escalation.overdue_ladder(limit or 0, stage=what.stage)
    name = f"ladder:{what.subject}:{what.stage}"
    if name not in given:
        if not board.numbers.ladders:
            return []
        given[name] = take(board.numbers.ladders)
    ladder = Ladder(
        int(given[name]), "answer" if answer else "overdue", what.stage, what.subject, what.matter, what.grade, at,
        list(rungs), [], what.crew_id, what.unit_id, drill=what.drill,
    )  # fmt: skip
    board.ladders[ladder.id] = ladder
    heard: list[str] = []
    for rung in rungs:
        if rung.after_s == 0:
            told = climb(board, ladder, rung, at=at)
            heard += [f"account:{one.account}" for one in told]
    return heard


def stop(board: Board, subject: str, stage: str | None = None) -> None:
    """Nobody is told any more."""
    for ladder in list(board.ladders.values()):
        if ladder.subject == subject and stage in (None, ladder.stage):
            del board.ladders[ladder.id]


def due(board: Board, at: datetime) -> list[tuple[Ladder, Rung]]:
    """Rungs that should have happened by now and have not."""
    return [
        (ladder, rung)
        for ladder in board.ladders.values()
        for rung in escalation.due(ladder.rungs, since=ladder.started, now=at, done=ladder.done)
    ]


def climb(board: Board, ladder: Ladder, rung: Rung, *, at: datetime) -> list[Told]:
    """Let one rung happen: who is told, and how. Each happens once."""
    if rung.n in ladder.done:
        return []
    ladder.done.append(rung.n)
    ladder.climbed_at = at
    people = {
        p.id: p
        for target in rung.tell
        for p in board.who(target, at=at, crew_id=ladder.crew_id, unit_id=ladder.unit_id)
        if p.id != ladder.never
    }
    told = [Told(p.id, channel) for p in people.values() for channel in rung.channels]
    for one in told:
        if one.channel == "app":
            ladder.told[one.account] = rung.n
    return told
