"""
The simulated city by fast-forward: its people decide as in the demo, through the same API, as fast as it can be done.

    city = lived(crews=12, at=EVENING)
    city.live(minutes=30)
    city.told("assignment.reported")

A few stations of Shanghai and the streets about them. Whoever acts goes through the whole house (session, rights,
services); what falls away is the wire, the stream that would tell a phone to read again, and the waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import numpy as np
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

from oneroom.apps.duty.services import Fix, record_positions
from oneroom.apps.incidents.clock import bring_back
from oneroom.apps.ledger.queries import Line, entries_since
from oneroom.apps.orders.clock import climb
from oneroom.engine.geo import distance_m
from oneroom.project.demo import calls, world
from oneroom.project.demo.aftercare import Aftercare
from oneroom.project.demo.city import SEED, bundled
from oneroom.project.demo.client import House, Refusal
from oneroom.project.demo.driving import Streets
from oneroom.project.demo.phones import Phone
from oneroom.project.demo.relief import Relief
from oneroom.project.demo.room import Room
from oneroom.project.demo.simulator import phones_of
from tests.clock import HAND

ZONE = ZoneInfo("Asia/Shanghai")
STEP_S = 20.0
AFTERCARE_EVERY = 9  # steps
STATIONS, AROUND_M = 4, 900.0
ORDERS = [f"assignment.{what}" for what in ("offered", "withdrawn", "lapsed", "returned", "diverted")]


class NoWire(httpx.AsyncBaseTransport):
    """Requests go to Django in the one thread that works here."""

    def __init__(self) -> None:
        self._house = httpx.WSGITransport(get_wsgi_application(), raise_app_exceptions=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return await asyncio.to_thread(self._answer, request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = self._house.handle_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.read())


class LivedCity:
    """
    So many crews by day, at a few stations, with ``busy`` times the usual calls.

    ``refused`` are the acts for which somebody was quicker.
    """

    def __init__(self, *, crews: int, at: datetime, busy: float = 1.0):
        whole = bundled("shanghai", crews)
        middle = whole.stations[0]
        near = sorted(whole.stations, key=lambda s: distance_m(s["lon"], s["lat"], middle["lon"], middle["lat"]))
        self.city = replace(whole, stations=near[:STATIONS])
        HAND.set(at)
        world.load(self.city, at=at)
        self.streets, self.homes = Streets(self.city.graph(), ZONE), self._homes()
        house = House("http://127.0.0.1", NoWire())
        stations = {station["code"]: n for n, station in enumerate(self.city.stations, 1)}
        due = calls.calls_after(at, SEED, self.homes, crews=round(crews * busy), zone=ZONE) if busy else iter(())
        self.room = Room(house, due, stations, ZONE, real_s=lambda: HAND.now().timestamp())
        self.relief, self.aftercare = Relief(self.room, ZONE), Aftercare(self.room)
        self.refused: list[str] = []
        self._runner = asyncio.Runner()
        self._runner.get_loop().set_default_executor(ThreadPoolExecutor(1))
        self.phones: dict[int, Phone] = {
            phone.crew.id: phone for phone in self._runner.run(phones_of(self.city, house, self.room, self.streets))
        }
        self._seen = self._steps = 0

    def _homes(self) -> calls.Streets:
        """Streets of homes about the stations."""
        found = calls.streets(self.city.graph())
        tail = found.graph.edge_tail[found.edges]
        lon, lat = found.graph.node_lon[tail], found.graph.node_lat[tail]
        near = np.zeros(len(found.edges), bool)
        for station in self.city.stations:
            near |= distance_m(lon, lat, station["lon"], station["lat"]) < AROUND_M
        metres = np.diff(found.up_to_m, prepend=0.0)[near]
        return calls.Streets(found.graph, found.edges[near], np.cumsum(metres))

    def live(self, *, minutes: float, step_s: float = STEP_S) -> None:
        """Let so much project time pass."""
        self._runner.run(self._live(HAND.now() + timedelta(minutes=minutes), step_s))

    def told(self, *kinds: str) -> list[Line]:
        """Every entry of these kinds."""
        return entries_since(0, kinds=kinds, limit=100_000)

    def close(self) -> None:
        """Nothing is left open."""
        self._runner.run(asyncio.to_thread(connections.close_all))
        self._runner.close()

    async def _live(self, until: datetime, step_s: float) -> None:
        while HAND.now() < until:
            HAND.forward(step_s)
            now = HAND.now()
            await asyncio.to_thread(climb, now)
            await asyncio.to_thread(bring_back, now)
            await self.relief.look(now)
            await self.room.look(now)
            self._steps += 1
            if self._steps % AFTERCARE_EVERY == 0:
                await self.aftercare.look(now)
            for crew in await asyncio.to_thread(self._changed):
                await self.phones[crew].read()
            for phone in self.phones.values():
                await self._turn(phone, now)
            fixes = [fix for phone in self.phones.values() for fix in self._fixes(phone, now)]
            await asyncio.to_thread(record_positions, fixes, now)

    async def _turn(self, phone: Phone, now: datetime) -> None:
        phone.crew.move(now)
        if (act := phone.crew.next_act(now)) is None:
            return
        try:
            await phone.do(act)
        except Refusal as refusal:
            self.refused.append(f"{act.path} {refusal}")
        await phone.read()

    def _changed(self) -> set[int]:
        lines = entries_since(self._seen, kinds=ORDERS, limit=10_000)
        self._seen = max((line.seq for line in lines), default=self._seen)
        return {line.facts["crew"] for line in lines}

    def _fixes(self, phone: Phone, now: datetime) -> Iterator[Fix]:
        for fix in phone.crew.fixes(now, at_most=1):
            at = datetime.fromisoformat(fix["at"])
            yield Fix(phone.crew.id, fix["lon"], fix["lat"], at, fix["accuracy_m"], fix["speed_kmh"], fix["heading"])


def settle(given: object) -> None:
    """The settings of the demo."""
    given.DEMO = True  # type: ignore[attr-defined]
    given.CALLS_TOKEN = "the exchange of the test"  # type: ignore[attr-defined]
    given.PASSWORD_HASHERS = ["oneroom.project.demo.credentials.MadeByMachine"]  # type: ignore[attr-defined]
    assert settings.DEMO
