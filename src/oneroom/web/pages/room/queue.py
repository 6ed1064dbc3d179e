"""The left column: what needs the room first, oldest breach on top; then the rest by grade and age."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oneroom.apps.incidents.codes import GRADES
from oneroom.apps.incidents.queries import Row, live
from oneroom.apps.orders.queries import Running
from oneroom.engine.lifecycle.incident import NOT_BEGUN
from oneroom.engine.values import Actor
from oneroom.web.pages.room.clocks import Clock, LadderView, clock, ladder
from oneroom.web.pages.room.filters import Chosen, passing
from oneroom.web.pages.room.words import MATTER_STATES, ORDER_STATES, kind_named, local, named, span


@dataclass(frozen=True, slots=True)
class Sent:
    """A crew that is on a matter now, as far as the command line needs to know."""

    assignment: int
    crew: int
    name: str
    state: str
    return_asked: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """
    One matter in the queue. No personal field.

    ``silent`` says whose order the whole room is told of, ``free`` which crew became free for it.
    """

    id: int
    reference: str
    number: str
    grade: int
    grade_word: str
    place: str
    category: str
    status: str
    silent: str
    owner: str
    clock: Clock | None
    ladder: LadderView | None
    free: str
    needs: bool
    unanswered: bool
    alarm: bool
    commander: bool
    received: datetime
    drill: bool
    supervised: bool
    lon: float | None
    lat: float | None
    crews: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class QueueView:
    """
    ``groups`` are the rest, one for each grade that has any; ``hidden`` of them are kept back by the filters on.

    ``waiting`` are those of the rest that wait for a crew and nobody holds, gravest and oldest first, filtered or not.
    """

    needs: tuple[RowView, ...]
    groups: tuple[tuple[int, str, tuple[RowView, ...]], ...]
    rest: int
    next_limit: RowView | None
    filters: tuple[Chosen, ...] = ()
    hidden: int = 0
    waiting: tuple[int, ...] = ()


def queue_view(rows: list[Row], *, on: list[Chosen], by: Actor, at: datetime) -> QueueView:
    """
    Every open matter once: in one of the two lists, never in both. Filters keep back only what is calm, and never a
    life at risk that nobody was sent to.
    """
    needing = sorted((r for r in rows if _needs(r, at)), key=lambda r: _urgency(r, at))
    every = [r for r in rows if not _needs(r, at)]
    passed = {r.incident.pk for r in passing(every, on, by=by)} if on else set()
    calm = [r for r in every if not on or r.incident.pk in passed or (r.incident.grade == 1 and r.waits(at))]
    groups = []
    for grade, word in GRADES.items():
        mine = tuple(row_view(r, at=at) for r in calm if r.incident.grade == grade)
        if mine:
            groups.append((grade, str(word), mine))
    timed = [v for _grade, _word, views in groups for v in views if v.clock]
    soonest = min(timed, key=lambda v: v.clock.deadline, default=None)  # type: ignore[union-attr]
    return QueueView(
        tuple(row_view(r, at=at) for r in needing), tuple(groups), len(calm), soonest, tuple(on),
        len(every) - len(calm), tuple(r.incident.pk for r in every if r.waits(at)),
    )  # fmt: skip


def _needs(row: Row, at: datetime) -> bool:
    return row.needs_room(at) or row.comes_back(at)


def _urgency(row: Row, at: datetime) -> tuple[Any, ...]:
    """What is late comes by its breach; what only came back after it, gravest and oldest first."""
    i = row.incident
    if row.needs_room(at):
        return (0, _breach(row, at), i.pk)
    return (1, i.grade, i.received_at, i.pk)


def _breach(row: Row, at: datetime) -> datetime:
    """Since when the matter has needed somebody: the first promise of it that ran out."""
    return min((r.deadline for r in row.ladders if r.deadline <= at or r.unanswered), default=at)


def row_view(row: Row, *, at: datetime) -> RowView:
    """One matter as its row shows it."""
    i = row.incident
    on_it = live(row)
    unanswered = [r for r in row.ladders if r.unanswered]
    ringing = min(unanswered, key=lambda r: (not r.alarm, r.started), default=None)
    return RowView(
        id=i.pk, reference=i.reference, number=i.reference[4:], grade=i.grade, grade_word=named(GRADES, i.grade),
        place=place_of(i), category=kind_named(i.category, i.subcategory) or _("not yet classified"),
        status=_status(row), silent=_silent(row), owner=_owner(row.clock.running, row) if row.clock else "",
        clock=clock(row.clock.running, at=at) if row.clock else None,
        ladder=ladder(ringing, at=at) if ringing else None,
        free=_free(row), needs=_needs(row, at), unanswered=bool(unanswered), alarm=row.alarm,
        commander=any(s.code == "shift_commander" for r in unanswered for s in r.climbed),
        received=i.received_at, drill=i.drill, supervised=i.supervised, lon=i.lon, lat=i.lat,
        crews=tuple(
            Sent(a.pk, a.crew_id, local(a.crew.callsign_zh, a.crew.callsign_en), a.state, bool(a.return_reason))
            for a in on_it
        ),
    )  # fmt: skip


def place_of(incident: object) -> str:
    """The public place in the page's language, or that it has no name, or that there is none yet."""
    name = local(getattr(incident, "place_zh", ""), getattr(incident, "place_en", ""))
    if name:
        return name
    return _("place not yet known") if getattr(incident, "lon", None) is None else _("a point on the map")


def _status(row: Row) -> str:
    """Who has it and what they are doing; for more than two crews their number."""
    crews = live(row)
    if not crews and row.incident.held_until is not None and row.incident.state in NOT_BEGUN:
        return _("held until %(time)s") % {"time": localtime(row.incident.held_until).strftime("%H:%M")}
    if not crews:
        return named(MATTER_STATES, row.incident.state)
    if len(crews) > 2:
        return ngettext("%(n)d crew", "%(n)d crews", len(crews)) % {"n": len(crews)}
    return _standing(crews)


def _silent(row: Row) -> str:
    """The crews whose order went up to the alarm; a promise of no crew is said as the matter stands."""
    at_alarm = {r.crew_id for r in row.ladders if r.alarm}
    return _standing(a for a in live(row) if a.crew_id in at_alarm) or _status(row)


def _standing(crews: Iterable[Any]) -> str:
    return _(", ").join(
        _("%(crew)s %(state)s")
        % {"crew": local(a.crew.callsign_zh, a.crew.callsign_en), "state": named(ORDER_STATES, a.state)}
        for a in crews
    )


def _free(row: Row) -> str:
    """The crew that became free for a matter that waits, and how long it would take."""
    if row.offered is None:
        return ""
    crew = local(row.offered.callsign_zh, row.offered.callsign_en)
    if row.offered.travel_s is None:
        return _("%(crew)s free") % {"crew": crew}
    return _("%(crew)s free, %(time)s") % {"crew": crew, "time": span(row.offered.travel_s)}


def _owner(running: Running, row: Row) -> str:
    """Who has the promise: the crew of an order, or nobody by name for what the room itself must do."""
    for a in row.crews:
        if a.crew_id == running.crew_id:
            return local(a.crew.callsign_zh, a.crew.callsign_en)
    return ""
