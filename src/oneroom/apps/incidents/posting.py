"""
Where crews should wait at some hours of the week, from the public's calls of the last weeks (前置屯警, row T27).

Only calls of the public (``pastcalls``): what crews found themselves draws no crew (no feedback loop). Nothing of a
person and no address is in it, and what too few addresses stand behind is not told (``engine.coverage.posting``).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.db.models import Count, F

from oneroom.apps.duty.models import Crew
from oneroom.apps.incidents.counting import assignments
from oneroom.apps.incidents.coverage import counted_cells, live_picture
from oneroom.apps.incidents.models import StandBy
from oneroom.apps.incidents.pastcalls import calls_of_the_public, newest_batch
from oneroom.apps.incidents.services.standby import Post
from oneroom.apps.incidents.standbys import live_standbys
from oneroom.apps.incidents.ways import hour_of
from oneroom.apps.orgs.queries import names, station_at, stations_at
from oneroom.apps.places.queries import Loaded, find_network, locate
from oneroom.engine import coverage, roads
from oneroom.engine.coverage import posting
from oneroom.engine.lifecycle.standby import State
from oneroom.engine.values import Conflict, NotFound, Refused

HOURS = 4  # a block: fewer calls than these hold would say little
BLOCKS = 7 * 24 // HOURS
WITHIN_S = 300  # the promise that coverage is asked of, too
USUAL_POINTS, MOST_POINTS = 5, 12
_CANDIDATES = 250
_SAME_M = 200  # half a square: who stands by so near a point stands by there
_KEPT_S = 600.0
_RESPONSE_DAYS = 28
_QUARTER = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A point, its junction (which is its name to ``post_at``), where it is, and what it rests on."""

    node: int
    lon: float
    lat: float
    zh: str
    en: str
    point: posting.Point


@dataclass(frozen=True, slots=True)
class Suggestions:
    """For one block of the week: the points, of how many calls in how many weeks, and how many the best could reach."""

    day: int  # 0 Monday
    hour: int  # the first of the block
    weeks: float
    calls: int
    reached: int
    bound: int
    points: tuple[Suggested, ...]


_lock = threading.Lock()
_kept: dict[tuple[str, int, int, int, int], tuple[datetime, Suggestions]] = {}


def block_of(at: datetime) -> tuple[int, int]:
    """(day of the week from Monday 0, first hour of the block) of a moment, in the city's time."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.weekday(), local.hour // HOURS * HOURS


def suggestions(day: int, hour: int, *, count: int, at: datetime) -> Suggestions | None:
    """The points for a block of the week; None without roads. Kept for ten minutes, as calls are counted anew."""
    loaded = find_network()
    if loaded is None:
        return None
    key = (loaded.sha256, newest_batch(), day, hour, count)
    with _lock:
        held = _kept.get(key)
        if held is None or not timedelta(0) <= at - held[0] < timedelta(seconds=_KEPT_S):
            if len(_kept) >= BLOCKS:
                _kept.clear()
            held = _kept[key] = (at, _suggest(loaded, day, hour, count, at))
        return held[1]


def forget() -> None:
    """Work everything out anew, for a test or another database."""
    with _lock:
        _kept.clear()


def _suggest(loaded: Loaded, day: int, hour: int, count: int, at: datetime) -> Suggestions:
    since = at - timedelta(days=settings.COVERAGE_DAYS)
    calls = calls_of_the_public(since, at)
    weeks = max((at.timestamp() - (calls.at[0] if len(calls) else at.timestamp())) / (7 * 86_400), 1.0)
    cells = counted_cells(loaded, at)
    here = coverage.cell_at(cells, calls.lon, calls.lat)
    now = _within(calls.at, day, hour)
    busiest = np.bincount(here[now], minlength=len(cells))
    places = np.argsort(-busiest, kind="stable")[:_CANDIDATES]
    places = places[busiest[places] > 0]
    found = posting.Posting((), int(now.sum()), 0, int(now.sum()))
    if len(places):
        points = roads.snap(
            loaded.index, cells.graph.node_lon[cells.node[places]], cells.graph.node_lat[cells.node[places]]
        )
        reached = coverage.covers(cells, loaded.free_metric(hour + HOURS // 2), points, WITHIN_S)
        x, y = cells.graph.plane.to_xy(calls.lon, calls.lat)
        found = posting.suggest(
            reached[:, here], x, y, now=now, count=min(count, MOST_POINTS), weeks=weeks, blocks=BLOCKS
        )
    named = tuple(_named(cells, int(places[p.place]), p) for p in found.points)
    return Suggestions(day, hour, round(weeks, 1), found.calls, found.reached, found.bound, named)


def _within(at: np.ndarray, day: int, hour: int) -> np.ndarray:
    """Which of the times (seconds since 1970) lie within the block, in the city's time."""
    zone = ZoneInfo(settings.TIME_ZONE)
    hours, whose = np.unique(np.floor(at / 3600).astype(np.int64), return_inverse=True)
    local = [datetime.fromtimestamp(int(h) * 3600, zone) for h in hours]
    fits = np.array([t.weekday() == day and t.hour // HOURS * HOURS == hour for t in local], bool)
    return fits[whose] if len(hours) else np.zeros(0, bool)


def _named(cells: coverage.Cells, cell: int, point: posting.Point) -> Suggested:
    node = int(cells.node[cell])
    lon, lat = float(cells.graph.node_lon[node]), float(cells.graph.node_lat[node])
    return Suggested(node, lon, lat, *_called(lon, lat), point)


def _called(lon: float, lat: float) -> tuple[str, str]:
    """A junction by its crossing or street; where those have no name, by the station's ground and its coordinates."""
    try:
        place = locate(lon, lat)
    except Refused:
        return "", ""
    zh, en = place.crossing_zh or place.road_zh, place.crossing_en or place.road_en
    if zh or en:
        return zh, en
    station, spot = station_at(lon, lat), f"{lat:.4f}, {lon:.4f}"
    return (f"{station.name_zh} {spot}", f"{station.name_en} {spot}") if station else ("", "")


def post_at(node: int, day: int, hour: int, *, count: int, at: datetime) -> tuple[int, Post]:
    """
    (crew, post): the free crew nearest by road to a suggested point that stands by nowhere, and the order for it.

    Raises NotFound for a point that is not suggested (any more), Conflict for other hours than the present ones, where
    somebody stands by there already (a second click sends nobody), and where no crew is free.
    """
    if (day, hour) != block_of(at):
        raise Conflict("These are not the hours of now. Nobody was sent.")
    found = suggestions(day, hour, count=count, at=at)
    one = next((s for s in found.points if s.node == node), None) if found is not None else None
    picture, loaded = live_picture(at=at), find_network()
    if found is None or one is None or picture is None or loaded is None:
        raise NotFound("This point is not suggested any more. Look again.")
    standing = live_standbys()
    _must_be_empty(one, standing, loaded)
    away = {row.crew_id for row in standing}
    place = roads.snap(loaded.index, np.array([one.lon]), np.array([one.lat]))
    near = roads.nearest(loaded.graph, loaded.metric(hour_of(at)), picture.starts, place[0])
    for index, ms in zip(near.index.tolist(), near.ms.tolist(), strict=True):
        crew = picture.crews[index]
        if crew.id not in away:
            gain = one.point.calls / found.calls if found.calls else 0.0
            days = round(found.weeks * 7)
            return crew.id, Post(
                one.lon, one.lat, one.zh, one.en, StandBy.Why.POSTING, gain, one.point.calls, days, round(ms / 1000)
            )  # fmt: skip
    raise Conflict("No crew is free to stand by there now.")


def _must_be_empty(point: Suggested, standing: Sequence[StandBy], loaded: Loaded) -> None:
    if not standing:
        return
    x, y = loaded.graph.plane.to_xy(
        np.array([point.lon, *(row.lon for row in standing)]), np.array([point.lat, *(row.lat for row in standing)])
    )
    if np.hypot(x[1:] - x[0], y[1:] - y[0]).min() < _SAME_M:
        raise Conflict("A crew was told to stand by there already. Nobody was sent.")


@dataclass(frozen=True, slots=True)
class Circle:
    """Of the orders whose crew was within so many seconds by road (None: farther): how many, and their 90 % time."""

    within_s: int | None
    orders: int
    p90_s: int | None


def response_by_circle(at: datetime) -> list[Circle]:
    """From the order to the scene, nine in ten, by the circle that the crew was in when it was ordered; four weeks."""
    rows = assignments().filter(
        on_scene_at__isnull=False, travel_s__isnull=False, offered_at__gt=at - timedelta(days=_RESPONSE_DAYS),
        offered_at__lte=at,
    )  # fmt: skip
    told = rows.values_list("travel_s", F("on_scene_at") - F("offered_at"))
    took = np.array([(travel, spent.total_seconds()) for travel, spent in told]).reshape(-1, 2)
    circles, before = [], -1.0
    for limit in (*coverage.LIMITS_S, None):
        mine = took[(took[:, 0] > before) & (took[:, 0] <= (np.inf if limit is None else limit)), 1]
        circles.append(Circle(limit, len(mine), round(float(np.quantile(mine, 0.9))) if len(mine) else None))
        before = float(limit or 0)
    return circles


@dataclass(frozen=True, slots=True)
class AreaReview:
    """
    A station's ground: how often crews were sent to stand by there in the quarter and went, and its share of all; and
    its calls and their share (None without roads), beside which the first can be judged.
    """

    zh: str
    en: str
    accepted: int
    share: float
    calls: int | None
    calls_share: float | None


def review(at: datetime) -> Sequence[AreaReview]:
    """
    Suggestions accepted in the last quarter by area beside its calls, most first: the review for disparity (scope.md
    §5.2). What a crew declined sent nobody. Empty where none was accepted.
    """
    rows = StandBy.objects.filter(why=StandBy.Why.POSTING, ordered_at__gt=at - _QUARTER, ordered_at__lte=at)
    counted = rows.exclude(state=State.DECLINED).values_list("area").annotate(n=Count("pk"))
    accepted: dict[int | None, int] = dict(counted)
    loaded = find_network()
    calls = _calls_by_area(counted_cells(loaded, at)) if loaded is not None and accepted else {}
    called, sent, all_calls = names(), sum(accepted.values()), sum(calls.values())
    found = [
        AreaReview(
            *(called.get(area, ("", "")) if area is not None else ("", "")), accepted.get(area, 0),
            accepted.get(area, 0) / sent, calls.get(area, 0) if calls else None,
            calls.get(area, 0) / all_calls if all_calls else None,
        )
        for area in {*accepted, *(calls if accepted else ())}
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.accepted, -(one.calls or 0), one.zh))


def _calls_by_area(cells: coverage.Cells) -> dict[int | None, int]:
    """The calls of the squares of the city by the station whose ground the middle of each is; None outside all."""
    which = np.flatnonzero(cells.calls)
    lon, lat = cells.middle
    places = list(zip(lon[which].tolist(), lat[which].tolist(), strict=True))
    found: dict[int | None, int] = {}
    for area, n in zip(stations_at(places), cells.calls[which].tolist(), strict=True):
        found[area] = found.get(area, 0) + round(n)
    return found


def free_crews() -> int:
    """How many crews are free now."""
    return Crew.objects.filter(state=Crew.State.AVAILABLE).count()
