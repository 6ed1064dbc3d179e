"""The late list: every promise that has run out, whose it is, how late, and whom it has reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from oneroom.apps.incidents.codes import GRADES
from oneroom.apps.incidents.duties import to_reopen
from oneroom.apps.incidents.queries import Row
from oneroom.apps.orders.queries import Running
from oneroom.engine.lifecycle.incident import OPEN, State
from oneroom.engine.roles import Right, Role
from oneroom.engine.values import Actor
from oneroom.web.pages.room.clocks import Clock, clock
from oneroom.web.pages.room.queue import place_of
from oneroom.web.pages.room.words import RUNGS, kind_named, local, named


@dataclass(frozen=True, slots=True)
class LateLine:
    """
    One promise that has run out. ``owner`` is a crew, or whoever else owes it: the station from the report on, the room
    before; ``grades`` are those that this person may give the matter instead.
    """

    id: int
    incident: int
    reference: str
    grade: int
    place: str
    kind: str
    owner: str
    clock: Clock
    reached: str
    commander: bool
    supervised: bool
    drill: bool
    grades: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A closed matter whose caller asks, or gives a reason, for it to be opened again: the commander decides."""

    id: int
    reference: str
    grade: int
    place: str
    kind: str
    since: datetime
    drill: bool


@dataclass(frozen=True, slots=True)
class LateView:
    """Oldest breach first; ``may_supervise`` where this person may put a matter under supervision."""

    lines: tuple[LateLine, ...]
    may_supervise: bool
    again: tuple[AskedAgain, ...]


def late_view(rows: list[Row], *, by: Actor, at: datetime) -> LateView:
    """Every late or unanswered promise of these matters, one line each."""
    found = [
        (running.deadline, _line(row, running, by, at))
        for row in rows
        for running in row.ladders
        if running.deadline <= at or running.unanswered
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].id))
    return LateView(tuple(line for _, line in found), Role.SHIFT_COMMANDER in by.roles, _again(by, at))


def _again(by: Actor, at: datetime) -> tuple[AskedAgain, ...]:
    return tuple(
        AskedAgain(
            i.pk, i.reference, i.grade, place_of(i), kind_named(i.category, i.subcategory), i.state_since, i.drill
        )
        for i in to_reopen(by=by, at=at)
    )  # fmt: skip


def _line(row: Row, running: Running, by: Actor, at: datetime) -> LateLine:
    i = row.incident
    crews = {a.crew_id: local(a.crew.callsign_zh, a.crew.callsign_en) for a in row.crews}
    climbed = running.climbed
    else_ = _("station") if i.state in (State.REPORTED, State.REVIEWED) else _("room")
    return LateLine(
        running.id, i.pk, i.reference, i.grade, place_of(i), kind_named(i.category, i.subcategory),
        crews.get(running.crew_id or 0) or else_, clock(running, at=at),
        named(RUNGS, climbed[-1].code) if climbed else "", any(s.code == "shift_commander" for s in climbed),
        i.supervised, i.drill, _grades(i, by),
    )  # fmt: skip


def _grades(incident: Any, by: Actor) -> tuple[int, ...]:
    """The grades that this person may give the matter from here: graver ones, and as shift commander lesser ones."""
    if incident.state not in OPEN or not by.may(Right.RAISE):
        return ()
    return tuple(g for g in GRADES if g < incident.grade or (g > incident.grade and by.may(Right.COMMAND)))
