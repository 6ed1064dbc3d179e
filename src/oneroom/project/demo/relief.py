"""
The relief of those who answer for others: the shift commander and the duty chief of every station, at each watch.

By the same service as a real relief (`duty.begin_spell`): who takes over says so, and who held the role until then is
relieved in that moment, so nobody's rung ever rings in an empty room. While a visitor sits in the commander's seat the
room is his, whatever the watch.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import Error

from oneroom.apps.duty import queries as duty_queries
from oneroom.apps.duty import services as duty
from oneroom.apps.orgs.queries import find_unit
from oneroom.apps.people.queries import actor_of, find_account
from oneroom.engine.roles import Role
from oneroom.engine.values import Refused
from oneroom.project.demo import shifts
from oneroom.project.demo.names import chief_of, commander_of
from oneroom.project.demo.room import Room

log = logging.getLogger(__name__)

EVERY_S = 2.0
VISITING_COMMANDER = "demo-commander"
SPARE = timedelta(minutes=30)  # a relief may be late: until then the old watch answers


class Relief:
    """Looks who holds each duty role, and lets the watch on duty take over what it does not hold yet."""

    def __init__(self, room: Room, zone: ZoneInfo):
        self._room, self._zone = room, zone
        self._units = {number: unit for code, number in room.stations.items() if (unit := find_unit(code))}
        self._done: tuple[datetime, bool] | None = None

    def look(self, now: datetime) -> None:
        """Once for each watch, and when a visitor takes or leaves the commander's seat."""
        visited = "commander" in self._room.visitors
        state = (shifts.began(now, self._zone), visited)
        if state == self._done:
            return
        watch = shifts.watch_at(now, self._zone)
        until = shifts.ends(now, self._zone) + SPARE
        _take_over(Role.SHIFT_COMMANDER, VISITING_COMMANDER if visited else commander_of(watch), None, until, now)
        for number, unit in self._units.items():
            _take_over(Role.DUTY_CHIEF, chief_of(number, watch), unit.pk, until, now)
        self._done = state


def _take_over(role: Role, username: str, unit_id: int | None, until: datetime, at: datetime) -> None:
    account = find_account(username)
    if account is None or account.pk in {a.pk for a in duty_queries.who(role, at=at, crew_id=None, unit_id=unit_id)}:
        return
    duty.begin_spell(role=role, account_id=account.pk, unit_id=unit_id, until=until, by=actor_of(account), at=at)


async def keep_relief(relief: Relief, now: Callable[[], datetime]) -> None:
    """Look again and again until cancelled."""
    while True:
        try:
            await asyncio.to_thread(relief.look, now())
        except (Refused, Error) as error:
            log.info("nobody could be relieved (%s)", error)
        await asyncio.sleep(EVERY_S)
