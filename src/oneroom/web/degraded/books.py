"""What asks the database on the keeper's behalf: in a thread of its own, because it may hang there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from django.db import close_old_connections, connections

from oneroom.apps.incidents.lastboard import last_board, numbers_left
from oneroom.apps.incidents.services import all_booked, day_of, numbers_used, reserve_numbers
from oneroom.apps.ledger.time import now
from oneroom.engine.degraded import Board, Numbers
from oneroom.ports.journal import holder
from oneroom.web.degraded.booking import Booker
from oneroom.web.degraded.hand import Hand

WHOLE_S = 60.0  # so often all of the board is read, and not only what the record speaks of since the one before

T = TypeVar("T")


class Books:
    """Reads the board, and books a journal. Both raise what the database raises."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="degraded-books")
        self._numbers: tuple[date, Numbers] | None = None  # those of this day
        self._whole_s = 0.0
        self._before: Board | None = None  # the one read last, here

    async def read(self) -> Board:
        """The board as it stands now, with this machine's numbers."""
        return await self._in_thread(self._read)

    async def book(self, booker: Booker, hand: Hand) -> None:
        """Give the services every line that there is."""
        await self._in_thread(partial(self._book, booker, hand))

    def close(self) -> Future[None]:
        """Take nothing more; done when the thread's connections are closed."""
        last = self._thread.submit(connections.close_all)
        self._thread.shutdown(wait=False)
        return last

    def _read(self) -> Board:
        assert self._folder is not None  # nobody reads where no journal is kept
        close_old_connections()
        at = now()
        if self._numbers is None or self._numbers[0] != day_of(at):
            reserved = reserve_numbers(holder(self._folder), at=at)
            self._numbers = (reserved.day, numbers_left(reserved))
        if time.monotonic() >= self._whole_s:
            self._whole_s, self._before = time.monotonic() + WHOLE_S, None
        self._before = last_board(at=at, numbers=self._numbers[1], before=self._before)
        return self._before

    def _book(self, booker: Booker, hand: Hand) -> None:
        close_old_connections()
        booker.book()
        numbers = hand.known().numbers if hand.has_board else None
        if numbers is not None and numbers.row:
            numbers_used(numbers.row, numbers.used)
        if booker.times:
            all_booked(
                acts=len(booker.times), clashes=booker.clashes, since=min(booker.times), until=max(booker.times),
                at=now(),
            )  # fmt: skip
            booker.times, booker.clashes = [], 0
        self._numbers = None  # what was given of it is taken from the next one
        self._whole_s = 0.0

    async def _in_thread(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)
