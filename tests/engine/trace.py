"""
A dispatch log of a city without a road network, replayed: the first week fits everything, the second is predicted.

The columns are those of San Francisco's "Fire Department Calls for Service". Grades of its calls: 1, with lights to a
life in danger or a fire; 2, with lights to anything else (alarms above all); 3, without lights. What has no group of
call types was booked by crews for themselves (transports of the lockdown) and is left out, as nobody waited for it.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from oneroom.engine.dispatch import Policy
from oneroom.engine.geo import Box, Plane
from oneroom.engine.measures.loop import Loop
from oneroom.engine.simulate.city import run
from oneroom.engine.simulate.demand import MOBILISE, recorded
from oneroom.engine.simulate.fitting import pace, span
from oneroom.engine.simulate.ground import made_ready
from oneroom.engine.simulate.plain import plain
from oneroom.engine.simulate.world import DAY_S, Crew, Habits, Kind, Span, Watch, World
from oneroom.engine.siting import ground as siting
from oneroom.engine.siting.median import p_median

WEEK_S = 7 * DAY_S
LONGEST_S = 2 * 3600.0  # a longer time is a forgotten button
LEAST_S = 5.0  # and a shorter one two buttons at once
BRINGS = {"ENGINE": 1, "TRUCK": 2, "MEDIC": 4, "PRIVATE": 4}  # what a unit of each type brings, as a bit
FIGHTS = 1 | 2  # engines and trucks stand at stations and are on duty all day
LEAST = 5  # runs of a week that make a unit a crew, and calls that make a kind
STEP_M = 250.0
ROUNDS = 3
AT_ONCE = Span(0.0)


@dataclass(frozen=True)
class Ride:
    """A unit on a call: seconds from the beginning of the log, None where the log has none."""

    unit: str
    bit: int
    dispatched: float | None
    set_out: float | None
    there: float | None
    free: float | None


@dataclass(frozen=True)
class Was:
    """A call as it was. ``waited_s``: until the first unit, of any type, was there; None where none came."""

    at_s: float
    hour: int
    lon: float
    lat: float
    station: str
    sort: str
    grade: int
    rides: tuple[Ride, ...]
    waited_s: float | None


def read(lines) -> tuple[datetime, list[Was]]:
    """The midnight on which the log begins, and its calls of grades 1 to 3 in the order in which they came."""
    calls = defaultdict(list)
    for row in csv.DictReader(lines):
        calls[row["Call Number"]].append(row)
    first = min(_time(rows[0]["Received DtTm"]) for rows in calls.values())
    midnight = first.replace(hour=0, minute=0, second=0)
    found = [_call(rows, midnight) for rows in calls.values() if rows[0]["Call Type Group"]]
    return midnight, sorted(found, key=lambda call: call.at_s)


def _call(rows, midnight) -> Was:
    at = _time(rows[0]["Received DtTm"])

    def seconds(row, column):
        return (_time(row[column]) - midnight).total_seconds() if row[column] else None

    at_s = (at - midnight).total_seconds()
    there = [s for row in rows if (s := seconds(row, "On Scene DtTm")) is not None and 0 < s - at_s < LONGEST_S]
    rides = tuple(
        Ride(row["Unit ID"], BRINGS.get(row["Unit Type"], 0), seconds(row, "Dispatch DtTm"),
             seconds(row, "Response DtTm"), seconds(row, "On Scene DtTm"), seconds(row, "Available DtTm"))
        for row in rows
    )  # fmt: skip
    lights = rows[0]["Final Priority"] == "3"
    grave = rows[0]["Call Type Group"] in ("Potentially Life-Threatening", "Fire")
    return Was(
        at_s, at.hour, float(rows[0]["lon"]), float(rows[0]["lat"]), rows[0]["Station Area"], rows[0]["Call Type"],
        3 if not lights else 1 if grave else 2, rides, min(there) - at_s if there else None,
    )  # fmt: skip


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC)


class Fitted:
    """A world and its habits, all from these calls of one week; other calls can be run through it."""

    def __init__(self, midnight: datetime, calls: list[Was]):
        self.box = Box(
            min(c.lon for c in calls), min(c.lat for c in calls), max(c.lon for c in calls), max(c.lat for c in calls)
        )
        self.plane = Plane((self.box.west + self.box.east) / 2, (self.box.south + self.box.north) / 2)
        self.watch_of = self._watches(calls)
        self.posts = self._posts(calls)
        self.pace = self._pace(calls)
        self.kinds, self.kind_of = self._kinds(calls)
        self.city = plain(self.box, step_m=STEP_M, pace=self.pace)
        self.areas = {name: n for n, name in enumerate(sorted({c.station for c in calls}))}
        watches, crews = self._crews(calls)
        slower = self.pace.slower
        speed = tuple(float(slower[0] / slower[grade]) for grade in range(4))
        self.world = World(
            self.city.graph, crews, self.kinds, midnight, watches,
            Habits(answer=AT_ONCE, silent=0.0, handover_s=0.0, speed=speed),
            Policy(other_area_s=(0.0,) * 4, run_s=(0.0,) * 4, skill_missing_s=600.0),
        )  # fmt: skip
        self.ground = made_ready(self.world)
        self.settle(calls, rounds=ROUNDS)

    def _posts(self, calls):
        """
        Where each unit stands. Engines and trucks in the middle of their station's calls. Of the others the log does
        not say: they are dealt, in the order in which their watches begin, over those stations from which as many as
        are on duty at a time have the least way to all calls.
        """
        of_station, orders = defaultdict(list), Counter()
        for c in calls:
            of_station[c.station].append((c.lon, c.lat))
            orders.update((ride.unit, ride.bit) for ride in c.rides if ride.bit)
        stations = {name: np.median(places, axis=0) for name, places in of_station.items()}
        posts = {unit: stations[unit[1:]] for (unit, bit), n in orders.items()
                 if n >= LEAST and bit & FIGHTS and unit[1:] in stations}  # fmt: skip
        others = [unit for (unit, bit), n in orders.items() if n >= LEAST and not bit & FIGHTS]
        if others:
            at_once = round(sum(self.watch_of[unit].lasts_s for unit in others) / DAY_S)
            sites = self._spread(calls, np.array(list(stations.values())), max(1, at_once))
            others.sort(key=lambda unit: (self.watch_of[unit].on_s, unit))
            posts |= {unit: sites[n % len(sites)] for n, unit in enumerate(others)}
        return posts

    def _spread(self, calls, places, count):
        """The places from which so many units have the least way to all these calls."""
        x, y = self.plane.to_xy(np.array([c.lon for c in calls]), np.array([c.lat for c in calls]))
        px, py = self.plane.to_xy(places[:, 0], places[:, 1])
        metres = np.hypot(x[:, None] - px, y[:, None] - py).astype(np.int32)
        return places[list(p_median(siting.Ground(metres, np.ones(len(calls))), count, seed=1).sites)]

    def _watches(self, calls):
        """Of each unit: engines and trucks all day; others the hours that hold all but a twentieth of their orders."""
        hours, bits = defaultdict(list), {}
        for c in calls:
            for ride in c.rides:
                hours[ride.unit].append(c.hour)
                bits[ride.unit] = ride.bit
        return {unit: Watch(0, DAY_S) if bits[unit] & FIGHTS else _hours(mine) for unit, mine in hours.items()}

    def _metres(self, c, unit):
        x, y = self.plane.to_xy(np.array([c.lon, self.posts[unit][0]]), np.array([c.lat, self.posts[unit][1]]))
        return float(np.hypot(x[1] - x[0], y[1] - y[0]))

    def _rides(self, calls):
        """Of each ride with all its times: the call, the ride, metres, seconds from the order until it was there."""
        for c in calls:
            for ride in c.rides:
                if ride.unit in self.posts and ride.dispatched is not None and ride.there is not None:
                    took = ride.there - ride.dispatched
                    if LEAST_S < took < LONGEST_S:
                        yield c, ride, self._metres(c, ride.unit), took

    def _pace(self, calls):
        """Of engines and trucks, whose place before the call is known best, from the door to the street."""
        rides = [(m, ride.there - ride.set_out, c.hour, c.grade) for c, ride, m, _took in self._rides(calls)
                 if ride.bit & FIGHTS and ride.set_out is not None and ride.there - ride.set_out > LEAST_S]  # fmt: skip
        return pace(*zip(*rides, strict=True))

    def _kinds(self, calls):
        """
        One kind for each sort of call and grade that is not rare, one of each grade for the rest: what more than half
        of them were sent, how long until the first order, how long from the order what the way does not explain, and
        how long a unit stays.
        """
        often = Counter((c.sort, c.grade) for c in calls)
        key_of = {key: key if n >= LEAST * 6 else ("other", key[1]) for key, n in often.items()}
        groups = defaultdict(list)
        for c in calls:
            groups[key_of[c.sort, c.grade]].append(c)
        kinds, place = [], {}
        for (sort, grade), mine in sorted(groups.items()):
            place[sort, grade] = len(kinds)
            sent = Counter(bit for c in mine for bit in {ride.bit for ride in c.rides if ride.bit})
            bits = [bit for bit, n in sent.items() if n > len(mine) / 2] or [sent.most_common(1)[0][0]]
            first = [min(orders) - c.at_s for c in mine if (orders := [r.dispatched for r in c.rides if r.dispatched])]
            rides = list(self._rides(mine))
            left = [took - float(self.pace.takes_s(m, c.hour, c.grade)) for c, _r, m, took in rides]
            stays = [r.free - r.there for _c, r, _m, _t in rides if r.free and 0 < r.free - r.there < LONGEST_S]
            kinds.append(Kind(sort, grade, len(bits), sum(bits), scene=span(stays), paper=AT_ONCE,
                              decide=span(first), mobilise=span(left)))  # fmt: skip
        kind_of = {key: place[known] for key, known in key_of.items()}
        for grade in (1, 2, 3):
            kind_of.setdefault(("other", grade), next(n for n, kind in enumerate(kinds) if kind.grade == grade))
            if ("other", grade) in place:
                kind_of["other", grade] = place["other", grade]
        return tuple(kinds), kind_of

    def _crews(self, calls):
        bits = {ride.unit: ride.bit for c in calls for ride in c.rides}
        watches, crews = {Watch(0, DAY_S): 0}, []
        for n, unit in enumerate(sorted(self.posts), 1):
            watch = watches.setdefault(self.watch_of[unit], len(watches))
            post = int(self.city.node(*self.posts[unit])[()])
            crews.append(Crew(n, self.areas.get(unit[1:], -1), post, watch, skills=bits[unit]))
        return tuple(watches), tuple(crews)

    def settle(self, calls: list[Was], *, rounds: int) -> None:
        """
        Shift what comes before the way until the week it was fitted on comes out at its own median, kind by kind.

        The first of several units is there sooner than each of them, and who is nearest on paper is not on the street.
        """
        was = np.array([np.nan if c.waited_s is None else c.waited_s for c in calls])
        kind = np.array([self._kind(c) for c in calls])
        for _ in range(rounds):
            off = was - self.predicted(calls, seeds=(4,))
            shifted = []
            for n, each in enumerate(self.world.kinds):
                mine = off[(kind == n) & np.isfinite(off)]
                shift = float(np.median(mine)) if len(mine) else 0.0
                before = each.mobilise
                shifted.append(replace(each, mobilise=Span(max(5.0, before.median_s + shift), before.sigma)))
            self.world = replace(self.world, kinds=tuple(shifted))

    def _kind(self, c: Was) -> int:
        return self.kind_of.get((c.sort, c.grade), self.kind_of["other", c.grade])

    def predicted(self, calls: list[Was], seeds=(1, 2, 3)) -> np.ndarray:
        """
        Seconds that each of these calls of one week waits, the median over the seeds; nan where nobody came.

        The room decides and crews set out as the middle of them does; how long crews stay, and so who is free, is
        drawn.
        """
        week = calls[0].at_s // WEEK_S * WEEK_S
        at_s, node = [c.at_s - week for c in calls], self.city.node([c.lon for c in calls], [c.lat for c in calls])
        area, kind = [self.areas.get(c.station, -1) for c in calls], [self._kind(c) for c in calls]
        found = np.full((len(seeds), len(calls)), np.nan)
        for n, seed in enumerate(seeds):
            met, loop = recorded(at_s, node, area, kind, seed=[seed]), Loop()
            normal = met.normal.copy()
            normal[:, :, MOBILISE] = 0.0
            these = replace(met, decide=np.zeros(len(calls)), normal=normal)
            run(self.world, these, loop.take, days=8, ground=self.ground)
            for order in loop.orders(loop.counted()):
                if order.arrived is not None:
                    call = int(order.matter.partition(":")[2]) - 1
                    waited = (order.arrived - loop.calls[order.matter].received) / timedelta(seconds=1)
                    found[n, call] = np.fmin(found[n, call], waited)
        return np.nanmedian(found, axis=0)


@dataclass(frozen=True)
class Errors:
    """
    How far a prediction was from what came, in seconds, over some calls: of each call (mean), and of the median of
    each hour (mean over the hours); ``hours`` are those in which it was no farther off than last week's median.
    """

    calls: int
    each_s: float
    last_each_s: float
    hourly_s: float
    last_hourly_s: float
    hours: tuple[int, ...]
    behind: tuple[int, ...]


def errors(before: list[Was], after: list[Was], predicted: np.ndarray) -> dict[int, Errors]:
    """By grade: the prediction of the later week beside the median that each grade and hour had in the week before."""
    found = {}
    for grade in sorted({c.grade for c in after}):
        was, hour, ours = (
            np.array(column) for column in zip(*((c.waited_s, c.hour, p) for c, p in zip(after, predicted, strict=True)
                                                 if c.grade == grade and c.waited_s is not None), strict=True)
        )  # fmt: skip
        waits = [[c.waited_s for c in before if (c.grade, c.hour) == (grade, h) and c.waited_s] for h in range(24)]
        known = [h for h in range(24) if waits[h] and (hour == h).sum() >= LEAST]
        last = np.array([np.median(waits[h]) if waits[h] else np.nan for h in range(24)])
        ask = np.isin(hour, known)
        off = {h: abs(float(np.median(ours[hour == h]) - np.median(was[hour == h]))) for h in known}
        last_off = {h: abs(float(last[h] - np.median(was[hour == h]))) for h in known}
        found[grade] = Errors(
            int(ask.sum()), float(np.abs(ours - was)[ask].mean()), float(np.abs(last[hour] - was)[ask].mean()),
            float(np.mean(list(off.values()))), float(np.mean(list(last_off.values()))),
            tuple(h for h in known if off[h] <= last_off[h]), tuple(h for h in known if off[h] > last_off[h]),
        )  # fmt: skip
    return found


def _hours(hours) -> Watch:
    """The shortest watch, from an hour on, that holds all but a twentieth of these hours of the day."""
    count = np.bincount(hours, minlength=24)
    for lasts in range(8, 24):
        held = [np.roll(count, -begin)[:lasts].sum() for begin in range(24)]
        if max(held) >= 0.95 * count.sum():
            return Watch(int(np.argmax(held)) * 3600, lasts * 3600)
    return Watch(0, DAY_S)
