"""
The raw ASGI half: ``/live``, ``/positions``, ``/healthz``. Nothing here waits for the database.

Django under ASGI costs six times Django under WSGI, and an ORM in a stream pins a
connection per open screen; so streams live here, on a ticket, and pages there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial

from django.db import close_old_connections
from django.utils.translation import gettext_noop as _

from oneroom.apps.duty.services.positions import Fix, record_positions
from oneroom.apps.ledger.time import now as project_now
from oneroom.engine.values import NotAllowed, Refused
from oneroom.ports.feeds.positions import PositionFeed
from oneroom.web import tickets
from oneroom.web.stream.http import Receive, Request, Scope, Send, answer, refuse
from oneroom.web.stream.hub import Hub, Listener
from oneroom.web.stream.ring import SIZE, frame
from oneroom.web.stream.tail import Tail

log = logging.getLogger(__name__)

BEAT_S = 15.0
STALL_S = 60.0  # a listener that takes nothing for so long is gone, whatever TCP thinks
BATCH = 500  # events in one write: a long catch-up must not block the loop
READY_S = 5.0

_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class TicketRefused(Refused):
    status = 401
    code = "ticket"
    message = _("Your connection has to be renewed. The page does so by itself; if it does not, sign in again.")


class NotReady(Refused):
    status = 503
    code = "not_ready"
    message = _("The database does not answer yet. Try again in a moment.")


class Live:
    """
    The live half of one web process.

    ``await start()`` before the first request, ``await stop()`` before the server waits
    for its connections to end (open streams end only when told so).
    """

    def __init__(
        self,
        database_url: str,
        *,
        ring_size: int = SIZE,
        record: Callable[[list[Fix]], None] | None = None,
    ) -> None:
        self.hub = Hub(ring_size)
        self.feed = PositionFeed(self._bearer, record or _record, project_now)
        self._url = database_url
        self._tail: Tail | None = None
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False
        self._routes = {
            "/live": ("GET", self._stream),
            "/positions": ("POST", self._positions),
            "/healthz": ("GET", self._health),
        }

    @property
    def tail(self) -> Tail:
        if self._tail is None:
            raise RuntimeError("start() first")
        return self._tail

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()

        def hand_over(act: Callable[..., None], *values: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(act, *values)

        def restart(*values: object) -> None:
            hand_over(self.hub.restart, *values)
            hand_over(ready.set)

        self._stopping = False
        self._tail = Tail(
            self._url,
            ring_size=self.hub.ring.size,
            on_restart=restart,
            on_events=partial(hand_over, self.hub.publish),
            on_positions=partial(hand_over, self.hub.publish_positions),
        )
        self._tail.start()
        self.feed.start()
        self._watch = asyncio.create_task(self._watch_over_tail())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ready.wait(), READY_S)

    async def stop(self) -> None:
        self._stopping = True
        self.hub.close_all()
        if self._watch is not None:
            self._watch.cancel()
        if self._tail is not None:
            self._tail.stop()
            await asyncio.to_thread(self._tail.join, 2.0)
        await self.feed.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope)
        method, handler = self._routes.get(request.path, ("", None))
        if handler is None:
            await answer(send, 404, {"code": "not_found"})
        elif request.method != method:
            await answer(send, 405, {"code": "method"}, {"allow": method})
        else:
            try:
                await handler(request, receive, send)
            except Refused as refused:
                # Waiting a little is the right answer to all of ours that are temporary.
                later = {"retry-after": "2"} if refused.status == 503 else None
                await refuse(send, request, refused, later)

    # -- /live ---------------------------------------------------------------

    async def _stream(self, request: Request, receive: Receive, send: Send) -> None:
        ticket = self._admit(request, request.query("ticket"))
        if not self.hub.ready or self._stopping:
            raise NotReady
        listener = self.hub.add(ticket, _cursor(request, self.hub.ring.head))
        gone = asyncio.create_task(_wait_until_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
            await self._tell(listener, send)
        except TimeoutError:
            log.info("a stream was given up: its listener takes nothing")
        finally:
            gone.cancel()
            self.hub.remove(listener)

    async def _tell(self, listener: Listener, send: Send) -> None:
        """The life of one stream. Its end is the ticket's end, at the latest."""
        # Spread over three seconds, so that a restart does not bring everybody back at once.
        retry_ms = 2000 + listener.ticket.account * 7919 % 3000
        where = min(listener.cursor, self.hub.ring.head)
        due = f"retry: {retry_ms}\n\n".encode() + frame("hello", {"seq": where}, max(where, 0))
        while listener.closing is None:
            listener.wake.clear()
            more = self._due(listener)
            due += more
            if due:
                await _write(send, due)
                due = b""
            if more or listener.wake.is_set():
                continue  # a long catch-up comes in pieces
            left_s = listener.ticket.left_s
            if left_s <= 0:
                listener.close(frame("renew", {}))
                break
            try:
                async with asyncio.timeout(min(BEAT_S, left_s)):
                    await listener.wake.wait()
            except TimeoutError:
                if listener.ticket.left_s > 0 and not listener.wake.is_set():
                    due = self._beat(listener)
        await _write(send, listener.closing or b"", last=True)

    def _due(self, listener: Listener) -> bytes:
        ring = self.hub.ring
        parts = []
        if listener.jump or not ring.holds(listener.cursor):
            listener.jump = False
            listener.cursor = ring.head
            parts.append(frame("reset", {"seq": ring.head}, ring.head))
        else:
            events = ring.since(listener.cursor, listener.ticket.scopes)
            listener.cursor = events[BATCH - 1].seq if len(events) > BATCH else ring.head
            parts.extend(event.frame for event in events[:BATCH])
        parts.append(listener.positions)  # after the orders, never before
        listener.positions = b""
        return b"".join(parts)

    def _beat(self, listener: Listener) -> bytes:
        """
        A sign of life that a page can see (a comment it cannot): without it, a phone in a
        tunnel believes in a dead connection. It also carries the cursor forward, and tells
        when the tail itself is deaf, because silence must never look like calm.
        """
        listener.cursor = self.hub.ring.head  # not woken, so nothing up to here concerns it
        lag_s = self.tail.lag_s
        data = {"lag_s": None if lag_s is None else round(lag_s, 1)}
        return frame("beat", data, listener.cursor)

    # -- /positions ------------------------------------------------------------

    async def _positions(self, request: Request, receive: Receive, send: Send) -> None:
        taken = await self.feed.take(request, receive)
        await answer(send, 202, {"accepted": taken})

    def _bearer(self, request: Request) -> frozenset[str]:
        scheme, _space, text = (request.header("authorization") or "").partition(" ")
        return self._admit(request, text.strip() if scheme.lower() == "bearer" else None).scopes

    # -- /healthz ----------------------------------------------------------------

    async def _health(self, request: Request, receive: Receive, send: Send) -> None:
        tail, hub = self.tail, self.hub
        lag_s = tail.lag_s
        data = {
            "database": tail.in_contact,
            "seq": hub.ring.head,
            "lag_s": None if lag_s is None else round(lag_s, 3),
            "streams": hub.streams,
            "positions_waiting": self.feed.waiting,
        }
        await answer(send, 200 if tail.in_contact else 503, data)

    # -- shared --------------------------------------------------------------------

    def _admit(self, request: Request, text: str | None) -> tickets.Ticket:
        if request.foreign:
            raise NotAllowed(_("This address answers only pages of its own site."))
        try:
            ticket = tickets.read(text or "")
        except tickets.BadTicket as error:
            raise TicketRefused from error
        if not self.hub.allows(ticket):
            raise TicketRefused
        return ticket

    async def _watch_over_tail(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self.tail.cut_if_hung()


def _cursor(request: Request, head: int) -> int:
    """
    Where to go on. The browser's own header comes first (its reconnects keep the old
    address); what is no number counts as too old, which gives one reset.
    """
    text = request.header("last-event-id") or request.query("last")
    if not text:
        return head
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else -1


async def _wait_until_gone(receive: Receive, listener: Listener) -> None:
    """Only ``receive`` ever says that a listener is gone: a stream that just sends leaks."""
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.close(b"")


async def _write(send: Send, body: bytes, *, last: bool = False) -> None:
    async with asyncio.timeout(STALL_S):
        await send({"type": "http.response.body", "body": body, "more_body": not last})


def _record(fixes: list[Fix]) -> None:
    close_old_connections()  # this thread has no request that would do it
    record_positions(fixes, project_now())
