"""
The simulated telephone exchange: every call rings before somebody answers, and some hang up before.

It tells the house by the same feed as a real one (`ports/feeds/calls.py`). Whoever hung up is called back by the
call-taker, unless a visitor sits there and is quicker.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings

from oneroom.apps.incidents.desk import calls_to_return
from oneroom.apps.incidents.models import Call
from oneroom.project.demo import calls
from oneroom.project.demo.calls import CALLER_PHONES
from oneroom.project.demo.client import House, Person, answer_of

log = logging.getLogger(__name__)

WAITS_S = (2.0, 14.0)  # most are answered within the standard's fifteen seconds
WAITS_LONG_S, LONG_SHARE = (15.0, 40.0), 0.06
FOR_A_VISITOR_S = 25.0  # so long a call rings where a visitor takes calls
HANGS_UP_SHARE = 0.05  # beside each call: somebody who is not heard out
HANGS_UP_S = (8.0, 30.0)
TALKS_S = (40.0, 160.0)
NETWORK_SHARE, RADIUS_M = 0.4, (50.0, 300.0)  # of calls the network says where they come from
RETURNED_AFTER_S, VISITOR_FIRST_S = 60.0, 240.0
RESULTS = {"no_matter": 65, "not_reached": 35}
DESKS = 6


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call that nobody has answered yet."""

    call: calls.Call
    id: int
    until: datetime


class Exchange:
    """Rings, is answered, goes on; keeps in mind only what rings now."""

    def __init__(self, house: House, operator: Person):
        self._house, self._operator = house, operator
        self._http = house.client()
        self._ringing: list[Ringing] = []
        self._ending: list[tuple[datetime, dict[str, Any]]] = []

    async def hang_up(self, now: datetime) -> None:
        """What rang or was talked about when the demo was stopped is over."""
        for exchange_id in await asyncio.to_thread(_unended) if self.is_there else ():
            await self._tell({"event": "ended", "call": exchange_id, "at": now.isoformat()})

    async def ring(self, call: calls.Call, *, visited: bool) -> None:
        """The call rings; perhaps another one beside it, that will not wait. Raises Refusal."""
        chance = Random(f"oneroom exchange {call.key}")
        wait_s = chance.uniform(*(WAITS_LONG_S if chance.random() < LONG_SHARE else WAITS_S))
        rings: dict[str, Any] = {
            "event": "ringing",
            "call": f"sim-{call.key}",
            "at": call.at.isoformat(),
            "number": call.phone,
        }
        rings |= {"desk": f"{chance.randint(1, DESKS):02d}", "recording": f"rec-{call.key}"}
        if chance.random() < NETWORK_SHARE:
            place = {"lon": call.lon, "lat": call.lat, "datum": "WGS84"}
            rings["place"] = place | {"radius_m": round(chance.uniform(*RADIUS_M))}
        answer = await self._tell(rings)
        until = call.at + timedelta(seconds=max(wait_s, FOR_A_VISITOR_S) if visited else wait_s)
        self._ringing.append(Ringing(call, answer["call"], until))
        if chance.random() < HANGS_UP_SHARE:
            other = {"call": f"sim-{call.key}-lost", "number": f"{CALLER_PHONES}{chance.randrange(10000):04d}"}
            await self._tell(other | {"event": "ringing", "at": call.at.isoformat()})
            gone = call.at + timedelta(seconds=chance.uniform(*HANGS_UP_S))
            self._ending.append((gone, {"call": other["call"], "event": "abandoned", "at": gone.isoformat()}))

    async def answered(self, now: datetime) -> list[tuple[calls.Call, int]]:
        """The calls that the simulated call-taker takes now, each with its number at the house."""
        for due, event in [each for each in self._ending if each[0] <= now]:
            self._ending.remove((due, event))
            await self._tell(event)
        waited = [ringing for ringing in self._ringing if ringing.until <= now]
        if not waited:
            return []
        free = {c["id"] for c in (await self._operator.get("calls"))["calls"] if c["state"] == "ringing"}
        taken = []
        for ringing in waited:
            self._ringing.remove(ringing)
            exchange_id, until = f"sim-{ringing.call.key}", ringing.until
            answers = {"event": "answered", "call": exchange_id, "at": until.isoformat()}
            if ringing.id in free:
                answers["operator"] = self._operator.username
                taken.append((ringing.call, ringing.id))
            await self._tell(answers)  # else a visitor was quicker: he hears what he likes
            talks_s = Random(f"oneroom talk {ringing.call.key}").uniform(*TALKS_S)
            ends = until + timedelta(seconds=talks_s)
            self._ending.append((ends, {"event": "ended", "call": exchange_id, "at": ends.isoformat()}))
        return taken

    async def call_back(self, now: datetime, *, visited: bool) -> None:
        """One of those who hung up is called back."""
        patience_s = VISITOR_FIRST_S if visited else RETURNED_AFTER_S
        for call in await asyncio.to_thread(calls_to_return):
            if (now - call.ringing_at).total_seconds() < patience_s:
                continue
            await self._operator.act(f"calls/{call.pk}/open", {"purpose": "return_call"})
            result = Random(f"oneroom return {call.pk}").choices(list(RESULTS), list(RESULTS.values()))[0]
            await self._operator.act(f"calls/{call.pk}/return", {"result": result}, f"sim-return-{call.pk}")
            return

    @property
    def is_there(self) -> bool:
        """A house without the feed's token has no exchange."""
        return bool(settings.CALLS_TOKEN)

    async def _tell(self, event: dict[str, Any]) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {settings.CALLS_TOKEN}"}
        async with self._house.desks:
            answer = await self._http.post("/api/calls", json=event, headers=bearer)
        told: dict[str, Any] = answer_of(answer)
        return told


def _unended() -> list[str]:
    going_on = Call.objects.filter(state__in=[Call.State.RINGING, Call.State.ANSWERED], exchange_id__startswith="sim-")
    return list(going_on.values_list("exchange_id", flat=True))
