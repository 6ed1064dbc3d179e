"""
What comes after and beside the loop: callers are called back, some rate, and a crew that calls for help is heard.

The call-taker rings whom the house says it owes a call, and only those; what they say is drawn by the number of the
report. Where a visitor sits in the room's seats, help is his to answer first.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from oneroom.project.demo.calls import MARK_ZH
from oneroom.project.demo.phones import GOES_ON
from oneroom.project.demo.room import Room

log = logging.getLogger(__name__)

EVERY_S = 4.0
RATES_EVERY_S = 60.0  # real: the public's door is limited per address, and a visitor shares ours
RATE_SHARE = 0.3
ANSWER_S, END_S = 12.0, 150.0
VISITOR_FIRST_S = 90.0
RESULTS = {"reached_satisfied": 70, "not_reached": 16, "reached_dissatisfied": 8, "declined": 6}
SAID = {"reached_satisfied": "满意，没有别的。", "reached_dissatisfied": "来得慢，不太满意。"}


class Aftercare:
    """One look after another at who waits for a call, and who called for help."""

    def __init__(self, room: Room):
        self._room = room
        self._tried: set[tuple[int, int]] = set()
        self._rated_s = -RATES_EVERY_S

    async def look(self, now: datetime) -> None:
        for sos in (await self._room.dispatcher.get("sos"))["sos"]:
            await self._hear(sos, now)
        owed = (await self._room.call_taker.get("call-backs"))["call_backs"]
        for call in owed:
            if (call["report"], call["tries"]) not in self._tried:
                self._tried.add((call["report"], call["tries"]))
                await self._call_back(call)
                break  # one at a time: there is one telephone
        await self._rate()
        await self._room.exchange.call_back(now, visited="calltaker" in self._room.visitors)

    async def _hear(self, sos: dict[str, Any], now: datetime) -> None:
        since_s = (now - datetime.fromisoformat(sos["raised_at"])).total_seconds()
        first_s = VISITOR_FIRST_S if self._room.visitors & {"dispatcher", "commander"} else 0.0
        if sos["answered_at"] is None:
            if since_s > ANSWER_S + first_s:
                said = {"verb": "answer"}
                await self._room.dispatcher.act(f"sos/{sos['id']}/answer", said, f"sim-sos-{sos['id']}-answer")
        elif since_s > END_S + first_s:
            reason = Random(f"oneroom sos {sos['id']}").choice(("safe_now", "mistake", "helped"))
            said = {"verb": "end", "reason": reason}
            await self._room.dispatcher.act(f"sos/{sos['id']}/answer", said, f"sim-sos-{sos['id']}-end")

    async def _call_back(self, call: dict[str, Any]) -> None:
        chance = Random(f"oneroom call back {call['report']} {call['tries']}")
        result = chance.choices(list(RESULTS), list(RESULTS.values()))[0]
        words = f"{MARK_ZH}{SAID[result]}" if result in SAID else ""
        said = {"report": call["report"], "result": result, "words": words}
        key = f"sim-call-back-{call['report']}-{call['tries']}"
        await self._room.call_taker.act(f"incidents/{call['incident']}/call-back", said, key)

    async def _rate(self) -> None:
        """A caller with a code who has seen the end of it says how it was."""
        if self._room.real_s() - self._rated_s < RATES_EVERY_S or not self._room.codes:
            return
        self._rated_s = self._room.real_s()
        code = self._room.codes.pop(0)
        chance = Random(f"oneroom rating {code}")
        if chance.random() < RATE_SHARE:
            stars = chance.choices((5, 4, 3, 2, 1), (46, 30, 12, 7, 5))[0]
            await self._room.citizen.rate({"code": code, "stars": stars}, code)


async def keep_aftercare(aftercare: Aftercare, now: Callable[[], datetime]) -> None:
    """Look again and again until cancelled."""
    while True:
        try:
            await aftercare.look(now())
        except GOES_ON as error:
            log.info("nobody could be called back (%s)", error)
        await asyncio.sleep(EVERY_S)
