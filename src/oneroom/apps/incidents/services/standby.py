"""A crew is ordered to stand by at a place, answers, and is let go: by the room, a call, or when its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from oneroom.apps.duty.access import must_command
from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import led_crews
from oneroom.apps.incidents.models import StandBy
from oneroom.apps.ledger.services import note, service
from oneroom.apps.orders.services import start_answer, stop
from oneroom.apps.orgs.queries import station_at
from oneroom.engine.lifecycle.standby import LIVE, STANDBY, State
from oneroom.engine.values import SYSTEM, Actor, BadInput, Conflict, IllegalMove, Overtaken

GRADE = 3  # rings and climbs as an order that nobody's life hangs on
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=12)
DECLINE_REASONS = ("busy", "cannot_go", "end_of_shift")
_TIME_OF = {State.ACKNOWLEDGED: "acknowledged_at", State.THERE: "there_at"}


@dataclass(frozen=True, slots=True)
class Post:
    """Where to stand by, and what it rests on: the part of past calls it wins (0 to 1), of so many in so many days."""

    lon: float
    lat: float
    zh: str
    en: str
    why: str
    gain: float
    calls: int
    days: int
    drive_s: int | None = None


@service
def order_standby(crew_id: int, post: Post, *, minutes: int, by: Actor, at: datetime) -> int:
    """
    The shift commander sends a free crew to stand by at a place: its phones ring until somebody signs. Gives the id.

    The crew stays available. Raises NotAllowed for who does not command, Conflict for a crew that is not free or stands
    by already, BadInput for another time than ten minutes to twelve hours.
    """
    must_command(by, at=at)
    if not SHORTEST <= timedelta(minutes=minutes) <= LONGEST:
        raise BadInput("minutes", "Stand by from ten minutes up to twelve hours.")
    crew = Crew.objects.select_for_update(no_key=True).filter(pk=crew_id).first()
    if crew is None or crew.state != Crew.State.AVAILABLE:
        raise Conflict("This crew is not free any more. Nothing was sent; look again.", field="crew")
    if crew.pk not in led_crews([crew.pk]):
        raise Conflict("No officer leads this crew now: the lead is missing or is no officer.", field="crew")
    try:
        with transaction.atomic():
            row = StandBy.objects.create(
                crew=crew, lon=post.lon, lat=post.lat, place_zh=post.zh, place_en=post.en,
                area=station_at(post.lon, post.lat), why=post.why, gain=post.gain, calls=post.calls, days=post.days,
                drive_s=post.drive_s, until=at + timedelta(minutes=minutes), state_since=at, ordered_at=at,
            )  # fmt: skip
    except IntegrityError as refused:
        raise Conflict("This crew stands by already. End that first.", field="crew") from refused
    _note(
        "standby.ordered", row, by=by, at=at, why=row.why, gain=round(row.gain, 4), calls=row.calls, days=row.days,
        drive_s=row.drive_s, until=row.until, area=row.area_id,
    )  # fmt: skip
    start_answer(
        subject(row), matter=subject(row), grade=GRADE, drill=False, crew_id=crew.pk, unit_id=crew.unit_id, by=by,
        at=at,
    )  # fmt: skip
    return row.pk


@service
def step_standby(pk: int, verb: str, *, reason: str = "", by: Actor, at: datetime) -> None:
    """The crew signs, says that it is there, or declines with a reason; or the room ends it."""
    row = _locked(pk)
    move = STANDBY.move(row.state, verb, by=by)
    if verb == "decline" and reason not in DECLINE_REASONS:
        raise BadInput("reason", "Say why not: pick one of the reasons.")
    if verb == "end":
        _end(row, "room", by=by, at=at)
        return
    state = State(move.target)
    facts: dict[str, Any] = {_TIME_OF[state]: at} if state in _TIME_OF else {"ended_at": at, "cause": reason}
    _move(row, move.source, state=state, state_since=at, **facts)
    _note(f"standby.{state.value}", row, by=by, at=at, **({"reason": reason} if verb == "decline" else {}))
    stop(subject(row), cause=state.value, by=by, at=at)


@service
def end_standby_of(crew_id: int, *, cause: str, by: Actor, at: datetime) -> None:
    """A call, or the end of its duty, ends what a crew stands by for, if it does."""
    row = StandBy.objects.select_for_update().filter(crew_id=crew_id, state__in=LIVE).first()
    if row is not None:
        _end(row, cause, by=by, at=at)


@service
def end_over(pk: int, *, at: datetime) -> bool:
    """The time is over: False where somebody ended it before."""
    row = _locked(pk)
    if row.state not in LIVE or row.until > at:
        return False
    _end(row, "time", by=SYSTEM, at=at)
    return True


def subject(row: StandBy) -> str:
    """Its name in the record."""
    return f"standby:{row.pk}"


def _locked(pk: int) -> StandBy:
    return StandBy.objects.select_for_update(of=("self",)).select_related("crew").get(pk=pk)


def _end(row: StandBy, cause: str, *, by: Actor, at: datetime) -> None:
    if row.state not in LIVE:
        raise IllegalMove
    _move(row, row.state, state=State.ENDED, state_since=at, ended_at=at, cause=cause)
    _note("standby.ended", row, by=by, at=at, cause=cause)
    stop(subject(row), cause=cause, by=by, at=at)


def _move(row: StandBy, source: str, **to: Any) -> None:
    if not StandBy.objects.filter(pk=row.pk, state=source).update(**to):
        raise Overtaken


def _note(kind: str, row: StandBy, *, by: Actor, at: datetime, **facts: Any) -> None:
    to = ("room", f"unit:{row.crew.unit_id}", f"crew:{row.crew_id}")
    note(kind, subject(row), by=by, at=at, to=to, matter=subject(row), standby=row.pk, crew=row.crew_id, **facts)
