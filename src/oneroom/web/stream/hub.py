"""
Who listens, by audience: publishing looks only at those whom an event concerns.

Runs in the event loop and nowhere else, so it needs no locks. The tail hands
things over with ``call_soon_threadsafe``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from oneroom.web.stream.ring import SIZE, Event, Ring, frame

if TYPE_CHECKING:
    from oneroom.web.tickets import Ticket

STREAMS_PER_ACCOUNT = 20
ROOM = "room"


class Listener:
    """One open stream: a cursor, and a flag that there may be something to send."""

    __slots__ = ("closing", "cursor", "jump", "positions", "ticket", "wake")

    def __init__(self, ticket: Ticket, cursor: int, positions: bytes) -> None:
        self.ticket = ticket
        self.cursor = cursor
        self.jump = False  # the ledger itself jumped (a restored database): the cursor is void
        self.positions = positions
        self.wake = asyncio.Event()
        self.closing: bytes | None = None  # the last frame before the stream ends

    def close(self, last: bytes) -> None:
        self.closing = last
        self.wake.set()


class Hub:
    """The ring, the listeners and the access versions of one process."""

    def __init__(self, ring_size: int = SIZE) -> None:
        self.ring = Ring(ring_size)
        self.ready = False  # until the tail has met the database once, nobody can be served
        self._by_scope: dict[str, set[Listener]] = {}
        self._by_account: dict[int, list[Listener]] = {}
        self._min_version: dict[int, int] = {}
        self._positions: dict[int, dict[str, object]] = {}
        self._picture: bytes | None = None

    # -- listeners ---------------------------------------------------------

    @property
    def streams(self) -> int:
        return sum(len(listeners) for listeners in self._by_account.values())

    def allows(self, ticket: Ticket) -> bool:
        """False once the account's access has changed after the ticket was written."""
        return ticket.version >= self._min_version.get(ticket.account, 0)

    def add(self, ticket: Ticket, cursor: int) -> Listener:
        """
        Open a stream. One too many closes the account's oldest, not this one: a phone that
        comes out of a tunnel leaves dead sockets behind and must still get through.
        """
        mine = self._by_account.setdefault(ticket.account, [])
        still_open = [listener for listener in mine if listener.closing is None]
        for oldest in still_open[: len(still_open) - STREAMS_PER_ACCOUNT + 1]:
            oldest.close(frame("crowded", {}))
        picture = self._all_positions() if ROOM in ticket.scopes else b""
        listener = Listener(ticket, cursor, picture)
        mine.append(listener)
        for scope in ticket.scopes:
            self._by_scope.setdefault(scope, set()).add(listener)
        return listener

    def remove(self, listener: Listener) -> None:
        mine = self._by_account[listener.ticket.account]
        mine.remove(listener)
        if not mine:
            del self._by_account[listener.ticket.account]
        for scope in listener.ticket.scopes:
            listeners = self._by_scope[scope]
            listeners.discard(listener)
            if not listeners:
                del self._by_scope[scope]

    def close_all(self) -> None:
        """The process ends; browsers come back by themselves and resume."""
        for listener in self._everybody():
            listener.close(b"")

    def _everybody(self) -> Iterable[Listener]:
        return (listener for listeners in self._by_account.values() for listener in listeners)

    # -- what the tail hands over -------------------------------------------

    def restart(self, head: int, events: Iterable[Event], versions: Mapping[int, int]) -> None:
        """Begin again from the database: at the start, or when its past is not ours any more."""
        first_time, self.ready = not self.ready, True
        events = list(events)
        self.ring.start_at(events[0].seq - 1 if events else head)
        for event in events:
            self.ring.add(event)
        for account, version in versions.items():
            self._raise_version(account, version)
        for listener in self._everybody():
            listener.jump = not first_time
            listener.wake.set()

    def publish(self, events: Iterable[Event]) -> None:
        concerned: set[Listener] = set()
        for event in events:
            self.ring.add(event)
            for scope in event.scopes:
                concerned |= self._by_scope.get(scope, set())
            if event.kind == "access.changed":
                self._change_access(event)
        for listener in concerned:
            listener.wake.set()

    def publish_positions(self, moved: list[dict[str, object]], gone: list[int]) -> None:
        """One frame for all that moved, for the room only: no crew is shown another's track."""
        self._positions.update((int(str(row["crew"])), row) for row in moved)
        for crew in gone:
            self._positions.pop(crew, None)
        self._picture = None
        changes = frame("positions", {"positions": moved, "gone": gone})
        for listener in self._by_scope.get(ROOM, ()):
            # A frame still unsent would be lost by overwriting: then the whole picture goes.
            listener.positions = self._all_positions() if listener.positions else changes
            listener.wake.set()

    def _all_positions(self) -> bytes:
        if self._picture is None:
            rows = list(self._positions.values())
            self._picture = frame("positions", {"positions": rows, "gone": [], "whole": True})
        return self._picture

    def _change_access(self, event: Event) -> None:
        kind, _, number = event.subject.partition(":")
        if kind != "account" or not number.isdecimal():
            return
        account = int(number)
        if event.version is not None:
            self._raise_version(account, event.version)
        for listener in self._by_account.get(account, ()):
            if event.version is None or not self.allows(listener.ticket):
                listener.close(frame("access", {}))

    def _raise_version(self, account: int, version: int) -> None:
        self._min_version[account] = max(version, self._min_version.get(account, 0))
