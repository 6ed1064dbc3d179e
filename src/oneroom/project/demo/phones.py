"""Simulated crews at their phones: each signs in, listens, reads its orders after a change, acts, says where it is."""

import asyncio
import logging
import time
from datetime import datetime

import httpx

from oneroom.project.demo.client import House, Person, Refusal
from oneroom.project.demo.crews import Act, Character, SimulatedCrew
from oneroom.project.demo.photos import picture

log = logging.getLogger(__name__)

COALESCE_S = 0.15  # the entries of one act arrive together
# Real seconds between two messages of one crew, however fast the demo runs.
SAY_EVERY_S, STANDING_SAY_EVERY_S = 2.0, 5.0
REREAD_S = 60.0  # orders are read again now and then, should a change have been missed
AFTER_NO_S = 2.0
GOES_ON = (httpx.HTTPError, Refusal)


class Phone:
    """
    One crew's phone, switched on while the crew serves. The simulator calls ``tick``; all that is slow runs in tasks.

    A crew that has only a radio acts through ``radio``, the dispatcher who taps for it.
    """

    def __init__(self, house: House, crew: SimulatedCrew, radio: Person):
        self.crew = crew
        self.person = Person(house, f"sim-{crew.number:03d}a", phone=True)
        self._radio = radio
        self._serving = asyncio.Event()
        self._changed = asyncio.Event()
        self._acting: asyncio.Task[None] | None = None
        self._saying: asyncio.Task[None] | None = None
        self._said_s = time.monotonic() + crew.number % 20 / 10  # not all of them in the same moment
        self._fresh = False  # the orders were read since the last act: they say what comes next
        self._rung: set[int] = set()

    async def run(self) -> None:
        """Listen and read while the crew is on duty, until cancelled."""
        while True:
            await self._serving.wait()
            both = [asyncio.create_task(self.person.listen(self._heard)), asyncio.create_task(self._read_orders())]
            try:
                while self.crew.on_duty:
                    await asyncio.wait(both, timeout=AFTER_NO_S)
            finally:
                for task in both:
                    task.cancel()
                await asyncio.gather(*both, return_exceptions=True)

    def _heard(self, kind: str) -> None:
        if kind == "reset" or kind.startswith(("assignment.", "standby.")):
            self._changed.set()

    async def _read_orders(self) -> None:
        while True:
            try:
                async with asyncio.timeout(REREAD_S):
                    await self._changed.wait()
            except TimeoutError:
                pass
            await asyncio.sleep(COALESCE_S)
            self._changed.clear()
            try:
                await self.read()
            except GOES_ON as error:
                log.info("crew %d could not read its orders (%s)", self.crew.number, error)
                await asyncio.sleep(AFTER_NO_S)
                self._changed.set()

    async def read(self) -> None:
        """What the crew's orders are now; and of a new one, that it rang."""
        self.crew.told((await self.person.get("orders"))["orders"])
        self.crew.told_to_stand_by((await self.person.get("standbys"))["standbys"])
        self._fresh = True
        await self._say_that_it_rang()

    async def _say_that_it_rang(self) -> None:
        """As the page does: a receipt that the order has arrived. Of a crew's phones, the lead's is on."""
        order = self.crew.order
        if order is None or order["state"] != "offered" or order["id"] in self._rung or self.crew.held:
            return
        if self.crew.character is Character.RADIO:
            return  # the phone lies at the station
        self._rung.add(order["id"])
        for ring in (await self.person.get("rings"))["rings"]:
            if ring["subject"] == f"assignment:{order['id']}":
                await self.person.act(f"deliveries/{ring['delivery']}/receipt", {"what": "delivered"})

    def tick(self, now: datetime) -> None:
        """Move, and begin what is due. ``now`` is project time."""
        self.crew.move(now)
        real_s = time.monotonic()
        (self._serving.set if self.crew.on_duty else self._serving.clear)()
        if (
            _idle(self._acting)
            and (self._fresh or not self.crew.on_duty)
            and (act := self.crew.next_act(now)) is not None
        ):
            self._fresh = False
            self._acting = asyncio.create_task(self._do(act))
        every_s = SAY_EVERY_S if self.crew.drive else STANDING_SAY_EVERY_S
        if _idle(self._saying) and real_s - self._said_s >= every_s and (fixes := self.crew.fixes(now)):
            self._said_s = real_s
            self._saying = asyncio.create_task(self._say(fixes))

    async def do(self, act: Act) -> None:
        """What the crew decided. Raises Refusal where somebody was quicker."""
        by_radio = self.crew.character is Character.RADIO and act.path.startswith("assignments/")
        who = self._radio if by_radio else self.person
        try:
            if act.path.endswith("/photo"):
                await who.send(act.path, act.said, {"photo": ("scene.png", picture(act.key), "image/png")}, act.key)
            else:
                await who.act(act.path, act.said, act.key)
        except Refusal as refusal:
            if not act.path.startswith("crews/") or refusal.code != "overtaken":  # it was so already
                raise
        if act.path.startswith("crews/"):
            self.crew.on_duty = act.path.endswith("/on-duty")
        if act.said.get("verb") == "acknowledge" and self.crew.order is not None and not by_radio:
            # Who has only a radio hears the words over it.
            await self.person.act(f"incidents/{self.crew.order['incident']}/open", {"purpose": "respond"})

    async def _do(self, act: Act) -> None:
        try:
            await self.do(act)
        except GOES_ON as error:
            # Somebody was quicker, or the web process is being restarted: read again what holds now.
            log.info("crew %d was refused %s (%s)", self.crew.number, act.path, error)
            await asyncio.sleep(AFTER_NO_S)
        self._changed.set()

    async def _say(self, fixes: list[dict[str, object]]) -> None:
        try:
            await self.person.say_where(fixes)
        except GOES_ON as error:
            log.info("crew %d could not say where it is (%s)", self.crew.number, error)


def _idle(task: asyncio.Task[None] | None) -> bool:
    return task is None or task.done()
