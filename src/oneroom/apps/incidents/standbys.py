"""Who stands by where: the one way to fetch a stand-by for somebody, and what the room and a phone show of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings

from oneroom.apps.duty.models import Crew
from oneroom.apps.duty.queries import board
from oneroom.apps.incidents.coverage import PROMISE_S, Picture, new_picture
from oneroom.apps.incidents.models import StandBy
from oneroom.apps.incidents.moves import at_their_posts
from oneroom.apps.incidents.services.standby import Post
from oneroom.apps.incidents.ways import hour_of
from oneroom.apps.orgs.queries import units
from oneroom.apps.places.queries import find_network
from oneroom.engine import coverage, roads
from oneroom.engine.lifecycle.standby import LIVE, State
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound

_STILL_SAID = timedelta(minutes=15)  # so long a phone says that one is over, and the room that one was declined


def standby_for(pk: int, *, by: Actor) -> StandBy:
    """A stand-by: of the own crew, or any for the room."""
    row = StandBy.objects.filter(pk=pk).select_related("crew").first()
    own = row is not None and by.may(Right.CREW_ACT) and by.crew_id == row.crew_id
    if row is None or not (own or by.may(Right.DISPATCH)):
        raise NotFound
    return row


def live_standbys() -> list[StandBy]:
    """Every crew that stands by, or was told to, the oldest order first."""
    return list(StandBy.objects.filter(state__in=LIVE).select_related("crew", "area").order_by("ordered_at", "pk"))


def declined_lately(*, at: datetime) -> list[StandBy]:
    """What crews declined a moment ago, the latest first: whoever ordered it must decide again."""
    rows = StandBy.objects.filter(state=State.DECLINED, ended_at__gt=at - _STILL_SAID, ended_at__lte=at)
    return list(rows.select_related("crew").order_by("-ended_at", "-pk"))


def standby_of(crew_id: int, *, at: datetime) -> StandBy | None:
    """What a crew stands by for, or what of it was ended by others a moment ago."""
    rows = StandBy.objects.filter(crew_id=crew_id).order_by("-ordered_at", "-pk")
    last = rows.first()
    if last is None or last.state in LIVE:
        return last
    ended_by_others = last.state == State.ENDED and last.cause in ("room", "time")
    return last if ended_by_others and last.ended_at and at - last.ended_at < _STILL_SAID else None


def station_post(now: Picture, crew_id: int, station_id: int, *, gone: Sequence[int], at: datetime) -> Post:
    """
    A crew at a station meanwhile: what of the past calls that wins (0 where it wins nothing now), and the drive.

    Whether it is free, its state says; a picture made before it became free is made anew. Raises BadInput for a station
    that is none, Conflict for a crew that is not free any more, or of which no recent position is known.
    """
    station = next((u for u in units("station") if u.pk == station_id and u.lon is not None), None)
    loaded = find_network()
    if station is None or loaded is None or loaded.graph is not now.reach.cells.graph:
        raise BadInput("station", "There is no such station on the map.")
    if not now.index_of([crew_id]):
        now = _with_crew(now, crew_id, at)
    now, _movable = at_their_posts(now, loaded)
    mine = now.index_of([crew_id])
    metric = loaded.metric(hour_of(now.at))
    place = roads.snap(loaded.index, np.array([station.lon]), np.array([station.lat]))
    movable = np.zeros(len(now.crews), bool)
    movable[mine] = True
    found = coverage.best_moves(
        now.reach, metric, now.starts, place, now.weight, limit_s=PROMISE_S, movable=movable,
        leaving=[i for i in now.index_of(gone) if i not in mine], count=1,
    )  # fmt: skip
    there = roads.nearest(loaded.graph, metric, now.starts, place[0])
    drive = {int(i): int(ms) for i, ms in zip(there.index, there.ms, strict=True)}.get(mine[0])
    return Post(
        float(station.lon or 0.0), float(station.lat or 0.0), station.name_zh, station.name_en,
        StandBy.Why.GAP if gone else StandBy.Why.COVER,
        found[0].gain if found else 0.0, now.calls, settings.COVERAGE_DAYS,
        None if drive is None else round(drive / 1000),
    )  # fmt: skip


def _with_crew(now: Picture, crew_id: int, at: datetime) -> Picture:
    crew = next(iter(board(crew_ids=[crew_id])), None)
    if crew is None or crew.state != Crew.State.AVAILABLE:
        raise Conflict("This crew is not free any more. Nothing was sent; look again.", field="crew")
    if not (crew.led and crew.officers):
        raise Conflict("No officer leads this crew now: the lead is missing or is no officer.", field="crew")
    anew = new_picture(at=at)
    if anew is None or not anew.index_of([crew_id]):
        raise Conflict("No recent position of this crew is known, so its drive is not. Call it by radio.", field="crew")
    return anew
