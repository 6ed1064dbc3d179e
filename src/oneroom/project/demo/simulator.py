"""
The whole simulation in one process beside the web: the crews' phones, the room, and a look at what visitors hold.

Project time is read anew at every tick, so pause and speed act at once. While a visitor holds a crew the demo runs at
real speed: a person cannot sign an order that lapses after four seconds. The speed that it had comes back afterwards.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from oneroom.apps.duty.queries import board
from oneroom.apps.ledger.time import clock
from oneroom.engine import roads
from oneroom.project.clock import FileClock
from oneroom.project.demo import before, calls, past, surge
from oneroom.project.demo.aftercare import Aftercare, keep_aftercare
from oneroom.project.demo.city import SEED, City, posts
from oneroom.project.demo.client import House
from oneroom.project.demo.crews import SimulatedCrew, character_of
from oneroom.project.demo.driving import Streets
from oneroom.project.demo.phones import GOES_ON, Phone
from oneroom.project.demo.relief import Relief, keep_relief
from oneroom.project.demo.room import AHEAD, Room, keep_room

log = logging.getLogger(__name__)

TICK_S = 0.2
VISITORS_EVERY_S = 2.0
REAL_SPEED = 1.0
FEW = 3  # open matters: with fewer, a start brings a few calls at once
ARRIVES_TOGETHER = 2  # phones that sign in at a time: the first visitor goes before them


class Simulator:
    """Runs until cancelled."""

    def __init__(self, city: City, address: str, zone: ZoneInfo, *, surge: bool = False, with_past: bool = False):
        self._city, self._zone, self._surge, self._with_past = city, zone, surge, with_past
        self._storm_since = ""
        self._house = House(address)
        self._clock = clock()
        self._speed_before: float | None = None

    async def run(self) -> None:
        await self._house.until_open()
        if self._with_past and isinstance(self._clock, FileClock) and await asyncio.to_thread(past.is_new):
            await asyncio.to_thread(past.live_through, self._city, self._clock, self._zone)
        graph = self._city.graph()
        await asyncio.to_thread(roads.warm)  # seven seconds on the very first start, while the first page is served
        streets = Streets(graph, self._zone)
        stations = {station["code"]: n for n, station in enumerate(self._city.stations, 1)}
        room = Room(self._house, iter(()), stations, self._zone)
        relief = await asyncio.to_thread(Relief, room, self._zone)
        await self._patiently(room, "crews", "crews")
        await room.exchange.hang_up(self._clock.now())
        phones = await phones_of(self._city, self._house, room, streets)
        self._homes = calls.streets(graph)
        room.due = calls.calls_after(await self._from(room), SEED, self._homes, crews=self._city.crews, zone=self._zone)
        if self._surge:
            await room.dispatcher.act("demo/surge", {})
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_room(room, self._clock.now))
            tasks.create_task(self._watch_visitors(room, phones))
            tasks.create_task(self._tick(phones))
            tasks.create_task(keep_relief(relief, self._clock.now))
            tasks.create_task(keep_aftercare(Aftercare(room), self._clock.now))
            for n, phone in enumerate(sorted(phones, key=lambda phone: not phone.crew.on_duty)):
                tasks.create_task(_after(n // ARRIVES_TOGETHER * TICK_S, phone.run))
            if self._with_past:
                tasks.create_task(_after(len(phones) // ARRIVES_TOGETHER * TICK_S, self._bring_in_weeks))

    async def _bring_in_weeks(self) -> None:
        await asyncio.to_thread(before.bring_in, self._city, self._clock.now(), self._zone)

    async def _from(self, room: Room) -> datetime:
        """Calls go on from now; a quiet city also gets those of the last minutes, all at once."""
        queue = await self._patiently(room, "demo/queue", "queue")
        return self._clock.now() - AHEAD if len(queue) < FEW else self._clock.now()

    async def _patiently(self, room: Room, path: str, part: str) -> list[dict[str, Any]]:
        while True:
            try:
                found: list[dict[str, Any]] = (await room.dispatcher.get(path))[part]
                return found
            except GOES_ON as error:
                log.warning("the simulated room is not let in yet (%s)", error)
                await asyncio.sleep(VISITORS_EVERY_S)

    async def _tick(self, phones: Sequence[Phone]) -> None:
        while True:
            if self._clock.rate() > 0:
                now = self._clock.now()
                for phone in phones:
                    phone.tick(now)
            await asyncio.sleep(TICK_S)

    async def _watch_visitors(self, room: Room, phones: Sequence[Phone]) -> None:
        client = self._house.client()
        while True:
            try:
                answer = await client.get("/start/held")
                if answer.status_code == 200:
                    await self._let_go(answer.json(), room, phones)
            except GOES_ON as error:
                log.info("nobody tells who is visiting (%s)", error)
            await asyncio.sleep(VISITORS_EVERY_S)

    async def _let_go(self, seen: dict[str, Any], room: Room, phones: Sequence[Phone]) -> None:
        room.held = frozenset(seen.get("crews", ()))
        room.visitors = frozenset(seen.get("roles", ()))
        if (since := seen.get("surge") or "") and since != self._storm_since:
            self._storm_since = since
            began, many = datetime.fromisoformat(since), self._city.crews
            brought = surge.storm(SEED, began, self._homes, crews=many, zone=self._zone)
            room.begin_storm([call for call in brought if call.at >= self._clock.now() - AHEAD])
        for phone in phones:
            phone.crew.held = phone.crew.id in room.held
        rate = self._clock.rate()
        if room.held and rate > REAL_SPEED:
            self._speed_before = rate
            await room.dispatcher.act("demo/time", {"rate": REAL_SPEED})
        elif not room.held and self._speed_before is not None:
            if rate == REAL_SPEED:  # nobody chose another meanwhile
                await room.dispatcher.act("demo/time", {"rate": self._speed_before})
            self._speed_before = None


async def phones_of(city: City, house: House, room: Room, streets: Streets) -> list[Phone]:
    """The crews where they were left, or at their stations."""
    known = {crew.code: crew for crew in await asyncio.to_thread(board, on_duty=False)}
    phones = []
    for post in posts(city):
        home, at = city.stations[post.station], known[post.code]
        lon, lat = at.lon or home["lon"], at.lat or home["lat"]
        room.posts[at.id] = post
        crew = SimulatedCrew(
            post.number, streets, (home["lon"], home["lat"]), *streets.to_street(lon, lat),
            character_of(post.number), post.watch, id=at.id, on_duty=at.state != "off_duty",
        )  # fmt: skip
        phones.append(Phone(house, crew, room.dispatcher))
    return phones


async def _after(pause_s: float, then: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(pause_s)
    await then()
