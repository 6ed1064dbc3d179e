"""
The first hour of a new city, lived through in seconds: who opens the demo finds a city amid its evening.

The calls are those that the day has for this hour; whoever would act does so, through the services, and the city's
clock is put forward to the time of each act, so that the record is written in these times too. The pages are open
meanwhile: a visitor sees the evening pass. What is under way at the end is left as it stands, and the simulated
city goes on with it. Plainer than life: the nearest free crew of the prompt ones is sent, every
order is signed for, and of several callers about one event only the first one rings.
"""

import heapq
import logging
from collections.abc import Generator
from datetime import datetime, timedelta
from itertools import count, takewhile
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from oneroom.apps.duty import queries as duty_queries
from oneroom.apps.duty import services as duty
from oneroom.apps.incidents import services
from oneroom.apps.incidents.duties import call_backs_due
from oneroom.apps.incidents.models import Incident
from oneroom.apps.people.queries import actor_of, find_account
from oneroom.apps.places.services import raise_warning
from oneroom.engine.geo import distance_m
from oneroom.engine.lifecycle.incident import State
from oneroom.engine.values import Actor, Refused
from oneroom.project.clock import FileClock
from oneroom.project.demo import calls, shifts
from oneroom.project.demo.aftercare import RESULTS, SAID
from oneroom.project.demo.city import SEED, City, posts
from oneroom.project.demo.crews import ANSWER_S, FIRST_WORD_S, SET_OUT_S, WELL_EVERY_S, Character, character_of
from oneroom.project.demo.names import chief_of, commander_of
from oneroom.project.demo.room import SEND_S, ending
from oneroom.web.actors import with_crew
from oneroom.web.api.acts import where
from oneroom.web.api.shapes import Place

log = logging.getLogger(__name__)

LASTS = timedelta(minutes=60)
KMH = 20.0  # as the crow flies, through the evening's streets
SEEN_SHARE, WARNED_SHARE = 0.06, 0.06
REVIEWED_S, CLOSED_S, CALLED_S = (60.0, 240.0), (15.0, 60.0), (120.0, 900.0)

Story = Generator[datetime, None, None]  # yields when it goes on
Spot = tuple[float, float]


class Past:
    """Many stories at once, each told until it waits for something."""

    def __init__(self, city: City, clock: FileClock, zone: ZoneInfo):
        self._city, self._clock, self._zone = city, clock, zone
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._count = count()
        self._actors: dict[str, Actor] = {}
        self._codes = {crew.id: crew.code for crew in duty_queries.board()}
        prompt = {post.code for post in posts(city) if character_of(post.number) is Character.PROMPT}
        self._at = {c.id: (c.lon, c.lat) for c in duty_queries.board() if c.lon is not None and c.lat is not None}
        self._free = {pk for pk, code in self._codes.items() if code in prompt}
        self._drives: dict[int, tuple[Spot, Spot, datetime, datetime]] = {}
        self._stations = {station["code"]: n for n, station in enumerate(city.stations, 1)}

    def live(self, until: datetime) -> None:
        """From the clock's time to this one."""
        since, homes = self._clock.now(), calls.streets(self._city.graph())
        chance = Random(f"oneroom past {self._city.code} {since}")
        day = calls.calls_after(since, SEED, homes, crews=self._city.crews, zone=self._zone)
        rung = [call for call in takewhile(lambda call: call.at < until, day) if call.is_first]
        for call in rung:
            self._begin(self._matter(call))
        for n in range(round(len(rung) * SEEN_SHARE)):
            self._begin(self._seen(since + (until - since) * chance.random(), f"past-{n}"))
        while self._waiting and self._waiting[0][0] < until:
            at, _, story = heapq.heappop(self._waiting)
            self._clock.forward(at)
            try:
                self._begin(story)
            except Refused as refused:  # a visitor was quicker: from here on it is his
                log.info("a story of the past ended early (%s)", refused)
        self._clock.forward(until)
        places = ((crew, *self._place(crew, until)) for crew in self._at)
        duty.record_positions([duty.Fix(crew, lon, lat, until, 10.0, 0.0, None) for crew, lon, lat in places], until)

    def _begin(self, story: Story) -> None:
        """Begin a story, or go on with it; it waits for its next moment."""
        if (at := next(story, None)) is not None:
            heapq.heappush(self._waiting, (at, next(self._count), story))

    def _seen(self, at: datetime, key: str) -> Story:
        """A crew comes upon something."""
        yield at
        if self._free:
            crew = min(self._free)
            said, (lon, lat) = calls.seen(Random(f"oneroom seen {key}")), self._at[crew]
            call = calls.Call(
                key, at, lon, lat, said["category"], said["subcategory"], said["grade"], tuple(said["reasons"]),
                said["words"], "", "unknown", crews=1, web=False, event=key,
            )  # fmt: skip
            yield from self._matter(call, crew)

    def _matter(self, call: calls.Call, found_by: int | None = None) -> Story:
        """A call is taken, or a crew tells what it found; somebody is sent or none."""
        yield (at := call.at)
        taker = self._who(f"{self._codes[found_by]}a" if found_by else "sim-calltaker")
        chance = Random(f"oneroom past {call.key}")
        kind: dict[str, Any] = {"category": call.category, "subcategory": call.subcategory}
        taken = services.take_report(
            services.Said(call.words, caller_phone=call.phone, safe_contact=call.safe_contact),
            source="self" if found_by else "phone",
            where=where(Place(lon=call.lon, lat=call.lat)), **kind, grade=call.grade, reasons=call.reasons,
            drill=call.drill, by=taker, at=at,
        )  # fmt: skip
        answers, texts = ({}, {}) if found_by else calls.answered(call)
        services.record_answers(taken.incident_id, **kind, answers=answers, texts=texts, by=taker, at=at)
        yield (at := at + _drawn(chance, SEND_S[call.grade]))
        if aside := calls.ends_without_crew(call.category, chance):
            services.set_aside(taken.incident_id, verb=aside[0], reason=aside[1], by=taker, at=at)
            return
        while len(crews := self._nearest(call)) < call.crews:
            yield (at := at + timedelta(minutes=1))
        self._free -= set(crews)
        sent = services.offer(taken.incident_id, crews, by=self._who("sim-dispatcher"), at=at)
        for crew, order in zip(crews, sent, strict=True):
            self._begin(self._order(taken.incident_id, call, crew, order, at))

    def _order(self, matter: int, call: calls.Call, crew: int, order: int, at: datetime) -> Story:
        """A crew signs, sets out, arrives, says a word, reports and is free."""
        by, chance, there = self._who(f"{self._codes[crew]}a"), Random(f"oneroom past {order}"), (call.lon, call.lat)
        yield (at := at + _drawn(chance, ANSWER_S[Character.PROMPT][call.grade]))
        services.step(order, "acknowledge", by=by, at=at)
        yield (at := at + _drawn(chance, SET_OUT_S))
        services.step(order, "set_out", by=by, at=at)
        arrives = at + timedelta(seconds=30 + float(distance_m(*self._at[crew], *there)) / KMH * 3.6)
        self._drives[crew] = self._at[crew], there, at, arrives
        yield (at := arrives)
        services.step(order, "arrive", by=by, at=at)
        del self._drives[crew]
        self._at[crew] = there
        done = at + timedelta(seconds=calls.stay_s(chance))
        if (at := at + _drawn(chance, FIRST_WORD_S)) < done:
            yield at
            services.say_word(order, words=calls.ARRIVED, by=by, at=at)
            if chance.random() < WARNED_SHARE:
                lon, lat = there
                raise_warning(lon=lon, lat=lat, **calls.warning(chance), matter=f"incident:{matter}", by=by, at=at)
        while call.grade <= 2 and (at := at + timedelta(seconds=WELL_EVERY_S)) < done:
            yield at
            services.say_well(order, by=by, at=at)
        yield done
        outcome, words = calls.scene_report(call.category, chance)
        services.report_and_clear(order, outcome=outcome, words=words, by=by, at=done)
        self._free.add(crew)
        if Incident.objects.get(pk=matter).state == State.REPORTED:
            self._begin(self._end(matter, done))

    def _end(self, matter: int, at: datetime) -> Story:
        """The report is read, the matter closed, whoever is owed a call is called."""
        chance = Random(f"oneroom past end {matter}")
        row = Incident.objects.select_related("unit").get(pk=matter)
        watch, station = shifts.watch_at(at, self._zone), self._stations.get(row.unit.code if row.unit else "")
        chief = self._who(chief_of(station, watch) if station else commander_of(watch))
        yield (at := at + _drawn(chance, REVIEWED_S))
        services.review(matter, by=chief, at=at)
        yield (at := at + _drawn(chance, CLOSED_S))
        said: dict[str, Any] = {**ending(vars(row))}
        services.close(matter, **said, by=chief, at=at)
        yield (at := at + _drawn(chance, CALLED_S))
        taker = self._who("sim-calltaker")
        for owed in call_backs_due(by=taker, at=at):
            if owed.incident_id == matter:
                result = chance.choices(list(RESULTS), list(RESULTS.values()))[0]
                words = f"{calls.MARK_ZH}{SAID[result]}" if result in SAID else ""
                services.call_back(matter, report_id=owed.report_id, result=result, words=words, by=taker, at=at)

    def _nearest(self, call: calls.Call) -> list[int]:
        """Free crews, the nearest first, as many as the call needs."""
        away = {crew: float(distance_m(*self._at[crew], call.lon, call.lat)) for crew in self._free}
        return sorted(away, key=lambda crew: (away[crew], crew))[: call.crews]

    def _place(self, crew: int, at: datetime) -> Spot:
        """Where a crew is: on its way, or where it was last."""
        if crew not in self._drives:
            return self._at[crew]
        (x, y), (to_x, to_y), began, arrives = self._drives[crew]
        part = (at - began) / (arrives - began)
        return x + (to_x - x) * part, y + (to_y - y) * part

    def _who(self, username: str) -> Actor:
        if username not in self._actors:
            account = find_account(username)
            assert account is not None
            self._actors[username] = with_crew(actor_of(account))
        return self._actors[username]


def _drawn(chance: Random, between_s: tuple[float, float]) -> timedelta:
    return timedelta(seconds=round(chance.uniform(*between_s), 1))


def is_new() -> bool:
    """Nothing has happened in this city yet."""
    return not Incident.objects.exists()


def live_through(city: City, clock: FileClock, zone: ZoneInfo) -> None:
    """The first hour, in a thread of its own; it lets go of its connection."""
    with connection.cursor() as cursor:  # a past that is lost with the machine's power is no loss
        cursor.execute("SET synchronous_commit TO off")
    try:
        Past(city, clock, zone).live(clock.now() + LASTS)
    finally:
        connection.close()
