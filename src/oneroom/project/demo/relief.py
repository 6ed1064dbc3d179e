"""
The relief of those who answer for others: the shift commander and the duty chief of every station, at each watch.

By the same acts as a real relief. Command passes as the house wants it (docs/adr/0010-handover.md): the outgoing signs
what is open, the incoming signs for it with his own password, and commands from that second. A chief takes over by
saying so (`duty.begin_spell`). While a visitor sits in the commander's seat the room is his, whatever the watch;
should he hand it over to one of the simulated, that one signs.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import Error

from oneroom.apps.duty import queries as duty_queries
from oneroom.apps.duty import services as duty
from oneroom.apps.incidents import shift
from oneroom.apps.orgs.queries import find_unit
from oneroom.apps.people.queries import actor_of, find_account
from oneroom.engine.roles import Role
from oneroom.engine.values import Refused
from oneroom.project.demo import shifts
from oneroom.project.demo.calls import MARK_ZH
from oneroom.project.demo.credentials import password_of
from oneroom.project.demo.names import chief_of, commander_of
from oneroom.project.demo.phones import GOES_ON
from oneroom.project.demo.room import Room
from oneroom.project.demo.shifts import Watch

log = logging.getLogger(__name__)

EVERY_S = 2.0
VISITING_COMMANDER = "demo-commander"
SPARE = timedelta(minutes=30)  # a relief may be late: until then the old watch answers
NOTE = f"{MARK_ZH}在办警情见清单，无特殊交代。"
READS = timedelta(seconds=60)  # so long the incoming reads what is open before he signs


class Relief:
    """Looks who holds each duty role, and lets the watch on duty take over what it does not hold yet."""

    def __init__(self, room: Room, zone: ZoneInfo):
        self._room, self._zone = room, zone
        self._done: tuple[datetime, bool] | None = None

    async def look(self, now: datetime) -> None:
        """Once for each watch, and when a visitor takes or leaves the commander's seat; a handover in its time."""
        visited = "commander" in self._room.visitors
        state = (shifts.began(now, self._zone), visited)
        if state != self._done or await asyncio.to_thread(duty_queries.commander, now) is None:
            to_sign = await asyncio.to_thread(self._take_over, now, visited)
            if to_sign is not None:
                await self._begin_handover(*to_sign, now)
            self._done = state
        await self._sign(now)

    def _take_over(self, now: datetime, visited: bool) -> tuple[str, int] | None:
        """Chiefs, and command where nobody hands it over; else (who hands over, the account that takes over)."""
        watch, until = shifts.watch_at(now, self._zone), self._until(now)
        for code, number in self._room.stations.items():
            unit = find_unit(code)
            if unit is not None and unit.valid_to is None:  # a reform may have ended it: its heir has chiefs
                _begin(Role.DUTY_CHIEF, chief_of(number, watch), unit.pk, until, now)
        wanted = commander_of(watch)
        commands = duty_queries.commander(now)
        outgoing = next((w for w in map(commander_of, Watch) if (a := find_account(w)) and a.pk == commands), None)
        incoming = find_account(wanted)
        if visited or outgoing is None or incoming is None:
            _begin(Role.SHIFT_COMMANDER, VISITING_COMMANDER if visited else wanted, None, until, now)
            return None
        return None if outgoing == wanted else (outgoing, incoming.pk)

    def _until(self, now: datetime) -> datetime:
        return shifts.ends(now, self._zone) + SPARE

    async def _begin_handover(self, outgoing: str, incoming: int, now: datetime) -> None:
        said = {"incoming": incoming, "until": self._until(now).isoformat(), "note": NOTE}
        key = f"sim-handover-{shifts.began(now, self._zone):%Y%m%d%H}"
        await self._room.person(outgoing).act("handovers", said, key)

    async def _sign(self, now: datetime) -> None:
        """A simulated commander who is named in a handover reads it, and signs."""
        for pk, username in await asyncio.to_thread(_to_sign, now - READS):
            await self._room.person(username).act(f"handovers/{pk}/sign", {"password": password_of(username)})


def _to_sign(begun_by: datetime) -> list[tuple[int, str]]:
    simulated = {account.pk: w for w in map(commander_of, Watch) if (account := find_account(w))}
    reader = next((find_account(username) for username in simulated.values()), None)
    if reader is None:
        return []
    return [
        (h.pk, simulated[h.incoming_id])
        for h in shift.handovers(by=actor_of(reader), limit=5)
        if h.signed_at is None and h.dropped_at is None and h.incoming_id in simulated and h.at <= begun_by
    ]


def _begin(role: Role, username: str, unit_id: int | None, until: datetime, at: datetime) -> None:
    account = find_account(username)
    if account is None or account.pk in {a.pk for a in duty_queries.who(role, at=at, crew_id=None, unit_id=unit_id)}:
        return
    duty.begin_spell(role=role, account_id=account.pk, unit_id=unit_id, until=until, by=actor_of(account), at=at)


async def keep_relief(relief: Relief, now: Callable[[], datetime]) -> None:
    """Look again and again until cancelled."""
    while True:
        try:
            await relief.look(now())
        except (Refused, Error, *GOES_ON) as error:
            log.info("nobody could be relieved (%s)", error)
        await asyncio.sleep(EVERY_S)
