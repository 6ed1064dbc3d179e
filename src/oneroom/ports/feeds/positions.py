"""
Positions from crews' devices: JSON over HTTP, strict in what it takes.

A crew may tell only its own place, and only while its ticket names it. Fixes wait in a
bounded buffer of this process and are written four times a second in one go, so
that a shift change of ten thousand phones costs the database forty transactions. An
abrupt end loses what waits, so no more is taken while the oldest waits for two seconds
already, whatever holds up the writing: the phone keeps its fixes and sends them again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError
from django.utils.translation import gettext_noop as _

from oneroom.apps.duty.services.positions import Fix
from oneroom.engine.values import BadInput, NotAllowed, Refused

log = logging.getLogger(__name__)

MAX_BYTES = 128 * 1024
MAX_FIXES = 500
MAX_AHEAD = timedelta(seconds=60)  # clocks of phones differ
MAX_AGE = timedelta(hours=24)  # a phone that was offline for a whole shift
BUFFER = 20_000
FLUSH_S = 0.25
RETRY_S = 1.0
HELD_S = 2.0  # from the first to the last of the fixes that an abrupt end may take with it (docs/operate.md)
STOP_S = 3.0

# What a database says that is there and at work: the same again would fail again. Anything else is its absence, also a
# session that it ended meanwhile, which psycopg takes for an internal error (25P03).
OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
_FIELDS = frozenset({"lon", "lat", "at", "accuracy_m", "speed_kmh", "heading"})


class TooLarge(Refused):
    status = 413
    code = "too_large"
    message = _("This is too much at once. Send at most %(fixes)d fixes and %(kilobytes)d kB.")


class Busy(Refused):
    status = 503
    code = "busy"
    message = _("Positions cannot be stored fast enough just now. Keep them and send them again.")


def parse(body: bytes, *, crew_id: int, now: datetime) -> list[Fix]:
    """
    The fixes in a batch ``{"fixes": [{"lon", "lat", "at", …}]}``; all or nothing.

    ``now`` is project time. Raises BadInput naming the field (``fixes.3.lat``), or TooLarge.
    """
    if len(body) > MAX_BYTES:
        raise _too_large()
    try:
        data = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:  # also UnicodeDecodeError
        raise BadInput("body", _("This is not valid JSON.")) from error
    if not isinstance(data, dict) or not isinstance(data.get("fixes"), list):
        raise BadInput("fixes", _("A list of fixes is expected here."))
    if data.keys() - {"fixes"}:
        raise BadInput(_name(min(data.keys() - {"fixes"})), _("There is no such field."))
    if len(data["fixes"]) > MAX_FIXES:
        raise _too_large()
    return [_fix(f"fixes.{n}", item, crew_id, now) for n, item in enumerate(data["fixes"])]


def _fix(where: str, item: object, crew_id: int, now: datetime) -> Fix:
    if not isinstance(item, dict):
        raise BadInput(where, _("A fix is an object with lon, lat and at."))
    if unknown := item.keys() - _FIELDS:
        raise BadInput(f"{where}.{_name(min(unknown))}", _("There is no such field."))
    lat_given = item.get("lat")
    if isinstance(lat_given, int | float) and 90 < abs(lat_given) <= 180:
        raise BadInput(f"{where}.lat", _("A latitude is between -90 and 90. Are longitude and latitude swapped?"))
    return Fix(
        crew_id=crew_id,
        lon=_number(where, item, "lon", -180, 180),
        lat=_number(where, item, "lat", -90, 90),
        at=_time(f"{where}.at", item.get("at"), now),
        accuracy_m=_optional(where, item, "accuracy_m", 0, 100_000),
        speed_kmh=_optional(where, item, "speed_kmh", 0, 500),
        heading=_optional(where, item, "heading", 0, 360),
    )


def _optional(where: str, item: dict[str, Any], name: str, low: float, high: float) -> float | None:
    return None if item.get(name) is None else _number(where, item, name, low, high)


def _number(where: str, item: dict[str, Any], name: str, low: float, high: float) -> float:
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(f"{where}.{name}", _("A number is expected here."))
    if not low <= value <= high:  # false for every comparison with NaN; compares huge ints exactly
        raise BadInput(f"{where}.{name}", _("A number from %(low)s to %(high)s is expected here."), low=low, high=high)
    if not math.isfinite(value):
        raise BadInput(f"{where}.{name}", _("A number is expected here."))
    return float(value)


def _time(field: str, value: object, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise BadInput(field, _("A time such as 2026-01-31T08:30:00+08:00 is expected here.")) from error
    if at.utcoffset() is None:
        raise BadInput(field, _("The time needs an offset, such as Z or +08:00."))
    try:
        ahead = at - now
    except OverflowError as error:  # year 1 with an offset
        raise BadInput(field, _("A time such as 2026-01-31T08:30:00+08:00 is expected here.")) from error
    if ahead > MAX_AHEAD:
        raise BadInput(field, _("This time is in the future. Check the clock of the device."))
    if -ahead > MAX_AGE:
        raise BadInput(field, _("This time is more than a day ago."))
    return at


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _name(name: str) -> str:
    """A field name that came from outside, fit to be repeated."""
    return "".join(c if c.isalnum() or c in "_-" else "?" for c in name[:40])


def _too_large() -> TooLarge:
    return TooLarge(fixes=MAX_FIXES, kilobytes=MAX_BYTES // 1024)


class PositionFeed:
    """
    The way in for positions of one process: check, keep, write in the background.

    ``scopes_of(request)`` says what the bearer may speak for, or raises; ``record(fixes)``
    writes and may take its time; ``now()`` is project time.
    """

    def __init__(
        self,
        scopes_of: Callable[[Any], frozenset[str]],
        record: Callable[[list[Fix]], None],
        now: Callable[[], datetime],
        *,
        buffer: int = BUFFER,
    ) -> None:
        self._scopes_of, self._record, self._now = scopes_of, record, now
        self._room = buffer
        self._waiting: list[Fix] = []
        self._writing: list[Fix] = []
        self._oldest_s = self._next_s = 0.0  # when the first of all, and of those not being written, was taken
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="oneroom-positions")
        self._task: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()

    @property
    def waiting(self) -> int:
        return len(self._waiting) + len(self._writing)

    @property
    def held_s(self) -> float:
        """For how long the oldest fix that is not written has been ours."""
        return monotonic() - (self._oldest_s if self._writing else self._next_s) if self.waiting else 0.0

    async def take(self, request: Any, receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> int:
        """Answer one POST: the number of fixes that are now ours to keep."""
        scopes = self._scopes_of(request)
        crews = [scope.removeprefix("crew:") for scope in scopes if scope.startswith("crew:")]
        if len(crews) != 1:
            raise NotAllowed(_("Only the device of a crew may send positions."))
        self._refuse_beyond(1)  # before the body is read: the less work the better
        fixes = parse(await _body(receive), crew_id=int(crews[0]), now=self._now())
        self._refuse_beyond(len(fixes))
        if not self._waiting:
            self._next_s = monotonic()
        self._waiting.extend(fixes)
        return len(fixes)

    def _refuse_beyond(self, many: int) -> None:
        if self._ending.is_set() or self.waiting + many > self._room or self.held_s > HELD_S:
            raise Busy

    def start(self) -> None:
        self._task = asyncio.create_task(self._write_for_ever())

    async def stop(self) -> None:
        """Write what is left, once; a database that is away must not hold up the end."""
        self._ending.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_S)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _write_for_ever(self) -> None:
        pause_s = FLUSH_S
        while not self._ending.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause_s)
                break
            written = not self.waiting or await self._write()
            pause_s = FLUSH_S if written else RETRY_S
        if self.waiting:
            await self._write()

    async def _write(self) -> bool:
        if not self._writing:
            self._oldest_s = self._next_s
        self._writing += self._waiting
        self._waiting = []
        try:
            await self._store(self._writing)
        except (DatabaseError, InterfaceError) as error:
            log.warning("positions are not stored (%s); %d wait", type(error).__name__, self.waiting)
            return False
        self._writing = []
        return True

    async def _store(self, fixes: list[Fix]) -> None:
        """Write them, but for a crew's that cannot be. Raises DatabaseError or InterfaceError while it is away."""
        try:
            await self._in_thread(fixes)
            return
        except Exception as error:
            if isinstance(error, DatabaseError | InterfaceError) and not isinstance(error, OURS):
                raise
            # Our own fault, not the database's absence: trying for ever would stop everybody, and giving up all would
            # take from a crew what is wrong with another's.
            crews = {fix.crew_id for fix in fixes}
            if len(crews) == 1:
                log.exception("%d positions of a crew cannot be written and are given up", len(fixes))
                return
            log.warning("positions cannot be written (%s): each crew's by themselves", type(error).__name__)
        for crew in sorted(crews):
            await self._store([fix for fix in fixes if fix.crew_id == crew])

    async def _in_thread(self, fixes: list[Fix]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._record, fixes)


async def _body(receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadInput("body", _("This is not valid JSON."))
        body += message.get("body", b"")
        if len(body) > MAX_BYTES:
            raise _too_large()
        if not message.get("more_body"):
            return bytes(body)
