"""
Who listens, by audience: publishing looks only at those whom an event concerns.

Runs in the event loop and nowhere else, so it needs no locks. The tail hands
things over with ``call_soon_threadsafe``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from oneroom.web.stream.ring import SIZE, Event, Ring, frame
from oneroom.web.tickets import LIFETIME_S

if TYPE_CHECKING:
    from oneroom.web.tickets import Ticket

STREAMS_PER_ACCOUNT = 20
ROOM = "room"
# The last ticket of a session may have been written while it was being closed.
REMEMBERED_S = LIFETIME_S + 60
# How the machinery is, before anybody has said so, and when nobody says so any more: an alarm, never green.
NO_DATA = frame("machinery", {"unknown": True})


class Listener:
    """One open stream: a cursor, and a flag that there may be something to send."""

    __slots__ = (
        "aside", "beat", "beat_s", "closing", "cursor", "jump", "machinery", "positions",
        "stalled", "stalls_s", "task", "ticket", "wake",
    )  # fmt: skip

    def __init__(self, ticket: Ticket, cursor: int, positions: bytes, machinery: bytes) -> None:
        self.ticket = ticket
        self.cursor = cursor
        self.jump = False  # the ledger itself jumped (a restored database): the cursor is void
        self.positions = positions
        self.machinery = machinery
        self.aside = b""  # what is told without a place in the record: there is none to write it in just now
        self.beat = False  # a sign of life is due now, whether or not there is anything to tell
        self.beat_s = time.monotonic()  # and not later than then (monotonic seconds)
        self.stalls_s: float | None = None  # when what is being written counts as not taken
        self.stalled = False
        self.task: asyncio.Task[None] | None = None  # whose life this stream is
        self.wake = asyncio.Event()
        self.closing: bytes | None = None  # the last frame before the stream ends

    def close(self, last: bytes) -> None:
        self.closing = last
        self.wake.set()


class Hub:
    """The ring, the listeners, the access versions and the sessions lately closed, of one process."""

    def __init__(self, ring_size: int = SIZE) -> None:
        self.ring = Ring(ring_size)
        self.ready = False  # until something is known, of the database or of how things stand without it
        self.begun = False  # whether the tail has met the database: until then nobody's place in the record is judged
        self._by_scope: dict[str, set[Listener]] = {}
        self._by_account: dict[int, list[Listener]] = {}
        self._min_version: dict[int, int] = {}
        self._closed: dict[str, float] = {}  # session -> until when its tickets might be shown; oldest first
        self._positions: dict[int, dict[str, object]] = {}
        self._picture: bytes | None = None
        self.machinery = NO_DATA
        self.standing = b""  # what each stream that opens is told of a database that is, or was, away

    # -- listeners ---------------------------------------------------------

    @property
    def streams(self) -> int:
        return sum(len(listeners) for listeners in self._by_account.values())

    def allows(self, ticket: Ticket) -> bool:
        """False once the account's access has changed after the ticket was written, or its session was closed."""
        return ticket.version >= self._min_version.get(ticket.account, 0) and ticket.session not in self._closed

    def add(self, ticket: Ticket, cursor: int) -> Listener:
        """
        Open a stream. One too many closes the account's oldest, not this one: a phone that
        comes out of a tunnel leaves dead sockets behind and must still get through.
        """
        mine = self._by_account.setdefault(ticket.account, [])
        still_open = [listener for listener in mine if listener.closing is None]
        for oldest in still_open[: len(still_open) - STREAMS_PER_ACCOUNT + 1]:
            oldest.close(frame("crowded", {}))
        in_room = ROOM in ticket.scopes
        picture = self._all_positions() if in_room else b""
        listener = Listener(ticket, cursor, picture, self.machinery if in_room else b"")
        listener.aside = self.standing
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

    def beat_all(self) -> None:
        """Tell every open screen now how far behind the stream is."""
        for listener in self._everybody():
            listener.beat = True
            listener.wake.set()

    def tell_aside(self, scopes: Iterable[str], kind: str, subject: str, matter: str) -> None:
        """Something happened that the record has not yet: open screens of these scopes look again."""
        data = frame("change", {"seq": self.ring.head, "kind": kind, "subject": subject, "matter": matter})
        for listener in set().union(*(self._by_scope.get(scope, set()) for scope in scopes)):
            listener.aside += data
            listener.wake.set()

    def tell_standing(self, state: bytes) -> None:
        """Tell every open screen how things stand; each that opens from now on is told the same."""
        self.standing = state
        for listener in self._everybody():
            listener.aside += state
            listener.wake.set()

    def remind(self, now_s: float) -> None:
        """Whose beat is due gets one, or hears that his ticket is over; who takes nothing is given up."""
        for listener in self._everybody():
            if listener.stalls_s is None:
                if listener.beat_s <= now_s:
                    listener.beat = True
                    listener.wake.set()
            elif listener.stalls_s <= now_s and not listener.stalled and listener.task is not None:
                listener.stalled = True
                listener.task.cancel()

    def close_all(self) -> None:
        """The process ends; browsers come back by themselves and resume."""
        for listener in self._everybody():
            listener.close(b"")

    def _everybody(self) -> Iterable[Listener]:
        return (listener for listeners in self._by_account.values() for listener in listeners)

    # -- what the tail hands over -------------------------------------------

    def restart(
        self, head: int, events: Iterable[Event], versions: Mapping[int, int], closed: Iterable[str] = ()
    ) -> None:
        """Begin again from the database: at the start, or when its past is not ours any more."""
        first_time, self.ready, self.begun = not self.begun, True, True
        events = list(events)
        self.ring.start_at(events[0].seq - 1 if events else head)
        for event in events:
            self.ring.add(event)
        for account, version in versions.items():
            self._raise_version(account, version)
        for session in closed:
            self._remember_closed(session)
        for listener in self._everybody():
            listener.jump = not first_time
            listener.wake.set()
            if not self.allows(listener.ticket):
                listener.close(frame("access", {}))

    def publish(self, events: Iterable[Event]) -> None:
        concerned: set[Listener] = set()
        for event in events:
            self.ring.add(event)
            for scope in event.scopes:
                concerned |= self._by_scope.get(scope, set())
            if event.kind == "access.changed":
                self._change_access(event)
            elif event.kind == "session.closed" and event.session:
                self._close_session(event)
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

    def publish_machinery(self, state: bytes) -> None:
        """How the machinery is, for the room: at once when it changed; each beat says it again."""
        if state == self.machinery:
            return
        self.machinery = state
        for listener in self._by_scope.get(ROOM, ()):
            listener.machinery = state
            listener.wake.set()

    def _all_positions(self) -> bytes:
        if self._picture is None:
            rows = list(self._positions.values())
            self._picture = frame("positions", {"positions": rows, "gone": [], "whole": True})
        return self._picture

    def _change_access(self, event: Event) -> None:
        account = _account_of(event)
        if account is None:
            return
        if event.version is not None:
            self._raise_version(account, event.version)
        for listener in self._by_account.get(account, ()):
            if event.version is None or not self.allows(listener.ticket):
                listener.close(frame("access", {}))

    def _raise_version(self, account: int, version: int) -> None:
        self._min_version[account] = max(version, self._min_version.get(account, 0))

    def _close_session(self, event: Event) -> None:
        """Somebody signed out on one device: its streams end, and its tickets open no other."""
        assert event.session is not None
        self._remember_closed(event.session)
        for listener in self._by_account.get(_account_of(event) or 0, ()):
            if listener.ticket.session == event.session:
                listener.close(frame("access", {}))

    def _remember_closed(self, session: str) -> None:
        """Until its last ticket is over by itself. Real time, as that of the tickets."""
        at = time.monotonic()
        while self._closed and (oldest := next(iter(self._closed))) and self._closed[oldest] < at:
            del self._closed[oldest]
        self._closed.pop(session, None)
        self._closed[session] = at + REMEMBERED_S


def _account_of(event: Event) -> int | None:
    kind, _, number = event.subject.partition(":")
    return int(number) if kind == "account" and number.isdecimal() else None
