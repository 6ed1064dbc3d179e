"""Who does not answer: what a duty chief or a commander sees on the phone (workflow §2.1a, upper rungs)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from oneroom.apps.duty.queries import callsigns
from oneroom.apps.incidents import codes
from oneroom.apps.incidents.queries import queue
from oneroom.apps.orders.queries import Running, rings_for, running
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor
from oneroom.web.pages.room.words import STAGES, local
from oneroom.web.pages.terminal.rows import place_of


@dataclass(frozen=True, slots=True)
class Silent:
    """An order nobody signed for, or a promise that ran out."""

    ladder: int
    answer: bool  # an order; otherwise a promise
    crew: str
    grade: int
    grade_word: Any
    category: Any
    place: str
    reference: str
    label: Any  # what was promised
    late: Any  # the same when it has run out
    started: datetime
    deadline: datetime
    alarm: bool
    mine: bool  # a rung of it rang on this person's phone
    drill: bool


def may_watch(by: Actor) -> bool:
    """Whoever answers for a station or for the room."""
    return by.may(Right.SEE_STATION) or by.may(Right.COMMAND)


def silent(*, by: Actor, at: datetime) -> list[Silent]:
    """
    What nobody answers: in the own station (for the commander, in the city), and whatever rings on this phone.

    A crew that was sent into another station's area still rings its own chief, who is told which crew and how
    grave; the matter itself is the other station's to see.
    """
    names = callsigns()
    ringing = {r.ladder for r in rings_for(by.id)}
    found = {
        ladder.id: _silent(ladder, row.incident, names, ringing)
        for row in queue(by=by, at=at)
        for ladder in row.ladders
        if ladder.stage != "sos" and (ladder.unanswered or ladder.id in ringing)
    }
    if ringing - found.keys():
        for ladder in chain.from_iterable(running().values()):
            if ladder.id in ringing and ladder.stage != "sos":
                found.setdefault(ladder.id, _silent(ladder, None, names, ringing))
    return sorted(found.values(), key=lambda s: (not s.answer, s.grade, s.started))


def _elsewhere(ladder: Running) -> str:
    """Of an order that belongs to no matter, or to one that is not this person's to see."""
    return _("Told to stand by") if ladder.subject.startswith("standby:") else _("In another station's area")


def _silent(ladder: Running, matter: Any, names: dict[int, tuple[str, str]], ringing: set[int]) -> Silent:
    """``matter`` is None where it is not this person's to see."""
    return Silent(
        ladder.id, ladder.kind == "answer", local(*names.get(ladder.crew_id or 0, ("", ""))), ladder.grade,
        codes.GRADES[ladder.grade],
        codes.CATEGORIES.get(matter.category, matter.category) if matter else "",
        place_of(matter) if matter else _elsewhere(ladder),
        matter.reference if matter else "", *STAGES[ladder.stage], ladder.started, ladder.deadline, ladder.alarm,
        ladder.id in ringing, ladder.drill,
    )  # fmt: skip
