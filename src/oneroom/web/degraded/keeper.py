"""
Knows which of three times it is: all is well; the database is away; it is back, and what was done meanwhile is booked.

What writes runs in one thread (the hand), so acts come one after the other. What asks the database runs in another (the
books), because it may hang there.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError

from oneroom.apps.ledger.time import now
from oneroom.engine.degraded import Board, NotVouched
from oneroom.engine.values import Actor
from oneroom.ports.journal import Held, left_aside
from oneroom.web import away, tickets
from oneroom.web.degraded.asked import Asked
from oneroom.web.degraded.booking import Booker
from oneroom.web.degraded.books import Books
from oneroom.web.degraded.door import Door
from oneroom.web.degraded.hand import Hand, Mode
from oneroom.web.degraded.relay import Exchange, Gone, Relay
from oneroom.web.degraded.terms import Terms
from oneroom.web.health.parts import Part
from oneroom.web.stream.http import Receive, Scope, Send
from oneroom.web.stream.ring import frame
from oneroom.web.tickets import Badge

TURN_S = 0.25
BOARD_S = 2.0
AGAIN_S = 1.0
PATIENCE_S = 2.0
ROOM_S = 5.0  # how soon a database whose disk was full, though the probe found room, is tried again
START_S = 3.0
SILENT_S = 10.0  # a keeper that did not come to look for so long is stuck

T = TypeVar("T")
log = logging.getLogger(__name__)
_SAID = {Mode.AWAY: "is away", Mode.BOOKING: "is back: what was done meanwhile is booked", Mode.WELL: "is back"}


class Keeper:
    """
    ``live`` is the raw half: it knows whether the database is silent, and tells open screens. Without a folder ``on``
    is never true. Where another process of this machine holds the journal, that one answers (`relay`); when it is gone,
    this one takes the journal.
    """

    def __init__(self, live: Any, folder: Path | None, *, keys: Sequence[bytes]) -> None:
        self._live, self._folder, self._keys = live, folder, keys
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="degraded-hand")
        self._books, self._terms = Books(folder), Terms()
        self.hand: Hand | None = None
        self._booker: Booker | None = None
        self._working: asyncio.Future[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._take_s = self._again_s = 0.0
        self._told: tuple[Mode, bool] | None = (Mode.WELL, False)
        self._exchange: Exchange | None = None  # where this process holds the journal
        self._relay: Relay | None = None  # where another one does
        self._elsewhere: Mapping[str, str] | None = None  # how things stand there
        self._looked_s: float | None = None

    @property
    def on(self) -> bool:
        """Whether requests are answered from here."""
        if self.hand is not None:
            return self.hand.mode is not Mode.WELL
        return self._elsewhere is not None and self._elsewhere["mode"] != Mode.WELL

    async def start(self) -> None:
        """Take the journal; what an earlier process left in it is gone on with."""
        if self._folder is None:
            return
        self._live.part_of_journal, self._live.goes_on = self._part, lambda: self.on
        if not await self._take(self._folder):
            log.info("another process of this machine holds the journal for when the database is away")
            self._relay = Relay(self._folder, self._hear)

    async def _take(self, folder: Path) -> bool:
        """Get hold of the journal. False where another process has it."""
        loop = asyncio.get_running_loop()

        def tell(*heard: Any) -> None:
            loop.call_soon_threadsafe(self._tell, heard)

        try:
            self.hand = await self._by_hand(partial(Hand, folder, keys=self._keys, tell=tell, later=self._hands.submit))
            self._exchange = Exchange(folder, Door(self), lambda: {"standing": self.standing})
            await self._exchange.start()
        except Held:
            return False
        except OSError as fault:
            log.error("there is no journal for when the database is away (%s)", fault.strerror)
        return True

    def _tell(self, heard: tuple[list[str], str, str, str]) -> None:
        self._live.hub.tell_aside(*heard)
        if self._exchange is not None:
            self._exchange.say({"tell": heard})

    def _hear(self, told: Mapping[str, Any]) -> None:
        """What the process tells that holds the journal."""
        if "tell" in told:
            self._live.hub.tell_aside(*told["tell"])
        elif (standing := told["standing"]) != self._elsewhere:
            known, self._elsewhere = self._elsewhere, standing
            if known is not None or self.on:
                self._live.tell_standing(frame("degraded", standing))

    async def _follow(self, folder: Path, relay: Relay) -> None:
        """Listen to who holds the journal; when it is gone, be the next."""
        while self.hand is None:
            self._looked_s = time.monotonic()
            with suppress(Gone):
                await relay.listen()
            self._elsewhere = None
            if not await self._take(folder):
                await asyncio.sleep(TURN_S)
            elif self.hand is None:
                return  # there is no room for it, and the log says so
        log.warning("this process holds the journal now")
        self._relay, self._told = None, None  # open screens are told anew how things stand
        await self._watch(self.hand)

    def _part(self) -> Part:
        """Whether this machine could go on without the database, as `/healthz` shows it."""
        hand, figures = self.hand, dict[str, object]()
        aside = left_aside(self._folder) if self._folder is not None else []
        if self._relay is not None:
            mode = self._elsewhere["mode"] if self._elsewhere is not None else "unknown"
            figures = {"holder": False, "mode": mode, "put_aside": aside}
            return Part("journal", 0.0, SILENT_S, wrong=mode != Mode.WELL or bool(aside), figures=figures)
        if hand is not None:
            figures = {"holder": True, "mode": hand.mode, "lines": len(hand.lines()), "put_aside": aside}
        seen_s = self._looked_s
        wrong = hand is None or hand.broken or hand.mode is not Mode.WELL or bool(aside)
        return Part("journal", None if seen_s is None else time.monotonic() - seen_s, SILENT_S, wrong, figures=figures)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request while ``on``. Raises Back, or Gone where another process should and does not."""
        if self._relay is not None:
            await self._relay.ask(scope, receive, send)
        else:
            await Door(self)(scope, receive, send)

    @property
    def knows(self) -> bool:
        """Whether there is a board to go on with, if the database is not there."""
        return self._relay is not None or (self.hand is not None and (self.on or self.hand.base is not None))

    @property
    def patience_s(self) -> float:
        """How long a house that starts waits for its database, before it goes on from the journal."""
        return 0.0 if self.on else START_S

    def watch(self) -> None:
        """Begin to look whether the database is there: when it had time to answer once."""
        if self.hand is not None:
            self._watching = asyncio.create_task(self._watch(self.hand))
        elif self._folder is not None and self._relay is not None:
            self._watching = asyncio.create_task(self._follow(self._folder, self._relay))

    async def stop(self) -> None:
        """Let go of it. What is not booked stays on the disk."""
        for task in (self._watching, self._working):
            if task is not None:
                task.cancel()
        if self._exchange is not None:
            await self._exchange.stop()
        last = [self._books.close(), self._terms.close()]
        if self.hand is not None:
            last.append(self._hands.submit(self.hand.close))
        self._hands.shutdown(wait=False)
        # What hangs in a database that says nothing ends with the process.
        await asyncio.wait([asyncio.wrap_future(one) for one in last], timeout=PATIENCE_S)

    async def look(self, ask: Callable[[Board, datetime], T]) -> T:
        """What ``ask`` makes of the board, while nobody changes it. Raises Back, NoBoard, or what it raises."""
        assert self.hand is not None
        hand = self.hand
        return await self._by_hand(lambda: ask(hand.known(), now()))

    async def act(self, asked: Asked, badge: Badge, key: str) -> tuple[Actor, dict[str, Any]]:
        """Do an act of the closed list: it is on the disk when this returns. Raises Back or Refused."""
        assert self.hand is not None
        return await self._by_hand(partial(self.hand.act, asked, badge, key))

    @property
    def since(self) -> datetime:
        """Since when the database is away."""
        assert self.hand is not None
        return self.hand.since

    def must_hold(self, badge: Badge) -> None:
        """Raises NotVouched where the session of this badge was closed, as far as this process has heard."""
        shown = tickets.Ticket(badge.account, frozenset(), badge.version, badge.expires, badge.session)
        closed = self.hand.base.closed_sessions if self.hand and self.hand.base else ()
        if not self._live.hub.allows(shown) or (badge.session and badge.session in closed):
            raise NotVouched

    @property
    def standing(self) -> dict[str, str]:
        """How things stand ("full": away, for want of room on its disk) and since when, as open screens hear it."""
        assert self.hand is not None
        mode = "full" if self.full else self.hand.mode.value
        return {"mode": mode, "since": self.hand.since.isoformat()}

    @property
    def full(self) -> bool:
        """Whether the database is away for want of room on its disk: it answers questions."""
        if self.hand is None or self._live.silent:
            return False
        return self.hand.mode is Mode.AWAY and away.is_full()

    # -- the three times ----------------------------------------------------------

    async def _watch(self, hand: Hand) -> None:
        while True:
            try:
                await self._turn(hand)
            except Exception:
                log.exception("a turn of the keeper failed")
            if (hand.mode, self.full) != self._told:
                self._told = (hand.mode, self.full)
                log.warning("the database %s", "takes nothing new: its disk is full" if self.full else _SAID[hand.mode])
                self._live.tell_standing(frame("degraded", self.standing))
                if self._exchange is not None:
                    self._exchange.say({"standing": self.standing})
            self._looked_s = time.monotonic()
            await asyncio.sleep(TURN_S)

    async def _turn(self, hand: Hand) -> None:
        silent = self._live.silent
        free = self._working is None or self._working.done()
        if hand.mode is Mode.WELL and (silent or away.is_full()):
            await self._by_hand(hand.begin)
            self._again_s = 0.0
        elif hand.mode is Mode.WELL and free and time.monotonic() >= self._take_s:
            self._take_s = time.monotonic() + BOARD_S
            self._working = asyncio.ensure_future(self._take_board(hand))
            self._terms.look()
        elif hand.mode is Mode.AWAY:
            await self._by_hand(hand.climb)
            if not silent and not away.is_full() and time.monotonic() >= self._again_s:
                hand.mode = Mode.BOOKING
        elif hand.mode is Mode.BOOKING:
            await self._by_hand(hand.climb)
            if free:
                self._working = asyncio.ensure_future(self._book(hand))

    async def _take_board(self, hand: Hand) -> None:
        """The board as it stands, while all is well."""
        try:
            board = await self._books.read()
        except (DatabaseError, InterfaceError) as gone:
            log.info("the board could not be read (%s)", type(gone).__name__)
        else:
            await self._by_hand(partial(hand.keep, board))

    # -- back again ---------------------------------------------------------------

    async def _book(self, hand: Hand) -> None:
        booker = self._booker = self._booker or Booker(hand.lines, hand.how_sent)
        try:
            await self._books.book(booker, hand)
            board = await self._books.read()
            if await self._by_hand(partial(hand.finish, board, booker.done, aside=booker.odd)):
                self._booker = None
        except (DatabaseError, InterfaceError) as gone:
            log.warning("the database went away again while it was booked (%s)", type(gone.__cause__ or gone).__name__)
            if full := away.takes_nothing(gone.__cause__):
                away.found_full()
            self._again_s = time.monotonic() + (ROOM_S if full else AGAIN_S)
            hand.mode = Mode.AWAY

    async def _by_hand(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._hands, act)
