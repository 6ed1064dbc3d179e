"""
The raw ASGI half: ``/live``, ``/positions``, ``/healthz``, ``/metrics``. Nothing here waits for the database.

Django under ASGI costs six times Django under WSGI, and an ORM in a stream pins a
connection per open screen; so streams live here, on a ticket, and pages there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from django.conf import settings
from django.db import close_old_connections
from django.utils.translation import gettext_noop as _

from oneroom.apps.duty.services.positions import Fix, record_positions
from oneroom.apps.ledger.time import now as project_now
from oneroom.engine.values import NotAllowed, Refused
from oneroom.ports.feeds.positions import PositionFeed
from oneroom.web import tickets
from oneroom.web.health.door import health, is_operator
from oneroom.web.health.metrics import CONTENT_TYPE, exposition
from oneroom.web.health.parts import Part
from oneroom.web.health.probe import Probe, backup_slot
from oneroom.web.stream.http import Receive, Request, Scope, Send, answer, answer_text, refuse
from oneroom.web.stream.hub import NO_DATA, ROOM, Hub, Listener
from oneroom.web.stream.ring import SIZE, frame
from oneroom.web.stream.tail import HUNG_S, Tail

log = logging.getLogger(__name__)

BEAT_S = 15.0
STALL_S = 60.0  # a listener that takes nothing for so long is gone, whatever TCP thinks
TICK_S = 0.5  # how exactly beats, stalls and the ends of tickets are kept
BATCH = 500  # events in one write: a long catch-up must not block the loop
READY_S = 5.0
MACHINERY_S = 10.0  # news of the machinery older than this is none
SILENT_S = 2.5  # a database that said nothing for so long has gone, hangs, or is too busy to be of use

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
        self._probe: Probe | None = None
        self._watch: asyncio.Task[None] | None = None
        self._clock: asyncio.Task[None] | None = None
        self._machinery_s: float | None = None  # when it was last told of
        self._loop: asyncio.AbstractEventLoop | None = None
        # Of whoever keeps a journal for when the database is away (`web.degraded`).
        self.part_of_journal: Callable[[], Part] | None = None
        self.goes_on: Callable[[], bool] = bool
        self._stopping = False
        self._routes = {
            "/live": ("GET", self._stream),
            "/positions": ("POST", self._positions),
            "/healthz": ("GET", self._health),
            "/metrics": ("GET", self._metrics),
        }

    @property
    def tail(self) -> Tail:
        if self._tail is None:
            raise RuntimeError("start() first")
        return self._tail

    @property
    def silent(self) -> bool:
        """Whether the database says nothing: asked at least each second, it has owed an answer for too long."""
        silent_s = None if self._tail is None else self._tail.silent_s
        return silent_s is None or silent_s > SILENT_S

    async def start(self, patience_s: float = READY_S) -> None:
        """Begin to listen, and wait for the database so long before somebody is served."""
        loop = self._loop = asyncio.get_running_loop()
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
        self._probe = Probe(
            self._url,
            folders=filter(None, [settings.DATA_FOLDER, settings.HEADS_FOLDER]),
            least_free_mb=settings.LEAST_FREE_MB,
            slot=backup_slot() if settings.ARCHIVED else "",
            watched=settings.WATCHED,
            once_heard=("planner",),
            silent_s=settings.SILENT_S,
        )
        self._probe.start()
        self.feed.start()
        self._watch = asyncio.create_task(self._watch_over_tail())
        self._clock = asyncio.create_task(self._keep_time())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ready.wait(), patience_s)

    def tell_machinery(self, state: Mapping[str, object]) -> None:
        """How the parts of the house are, for the room's screens; from any thread, again and again."""
        self._machinery_s = time.monotonic()
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                self._loop.call_soon_threadsafe(self.hub.publish_machinery, frame("machinery", state))

    def tell_standing(self, state: bytes) -> None:
        """How things stand while the database is away. From the loop; streams are served then in any case."""
        self.hub.ready = True
        self.hub.tell_standing(state)

    async def stop(self) -> None:
        self._stopping = True
        self.hub.close_all()
        for task in filter(None, (self._watch, self._clock)):
            task.cancel()
        if self._tail is not None:
            self._tail.stop()
            await asyncio.to_thread(self._tail.join, 2.0)
        if self._probe is not None:
            self._probe.stop()
            await asyncio.to_thread(self._probe.join, 2.0)
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
        listener.task = asyncio.current_task()
        listener.beat_s = time.monotonic() + BEAT_S
        gone = asyncio.create_task(_wait_until_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
            await self._tell(listener, send)
        except asyncio.CancelledError:
            if not listener.stalled:
                raise
            log.info("a stream was given up: its listener takes nothing")
        finally:
            gone.cancel()
            self.hub.remove(listener)

    async def _tell(self, listener: Listener, send: Send) -> None:
        """The life of one stream. Its end is the ticket's end, at the latest."""
        # Spread over three seconds, so that a restart does not bring everybody back at once.
        retry_ms = 2000 + listener.ticket.account * 7919 % 3000
        where = min(listener.cursor, self.hub.ring.head) if self.hub.begun else listener.cursor
        due = f"retry: {retry_ms}\n\n".encode() + frame("hello", self._hello(where), max(where, 0))
        while listener.closing is None:
            if listener.ticket.left_s <= 0:
                listener.close(frame("renew", {}))
                break
            listener.wake.clear()
            due += self._due(listener)
            if due:
                await _write(listener, send, due)
                due = b""
            if not listener.wake.is_set() and self._is_level(listener):  # a long catch-up comes in pieces
                listener.beat_s = min(listener.beat_s, time.monotonic() + listener.ticket.left_s)
                await listener.wake.wait()
        await _write(listener, send, listener.closing or b"", last=True)

    def _hello(self, where: int) -> dict[str, object]:
        """
        ``standing``: that of the house follows. Where none does, the database is there, also for a page that heard
        otherwise from a process before this one.
        """
        return {"seq": where, **({"standing": True} if self.hub.standing else {})}

    def _due(self, listener: Listener) -> bytes:
        ring = self.hub.ring
        parts = []
        if not self.hub.begun:
            pass  # the database is away since this process began: whoever listens keeps his place until it is back
        elif listener.jump or not ring.holds(listener.cursor):
            listener.jump = False
            listener.cursor = ring.head
            parts.append(frame("reset", {"seq": ring.head}, ring.head))
        else:
            events = ring.since(listener.cursor, listener.ticket.scopes)
            listener.cursor = events[BATCH - 1].seq if len(events) > BATCH else ring.head
            parts.extend(event.frame for event in events[:BATCH])
        parts.append(listener.machinery)
        parts.append(listener.aside)
        parts.append(listener.positions)  # after the orders, never before
        listener.machinery = listener.aside = listener.positions = b""
        if listener.beat and self._is_level(listener):  # in the middle of a catch-up it would skip the rest
            listener.beat = False
            # From beat to beat, whatever else is told: what only a beat says again would grow old where much happens.
            listener.beat_s = time.monotonic() + BEAT_S
            parts.append(self._beat(listener))
        return b"".join(parts)

    def _is_level(self, listener: Listener) -> bool:
        return not self.hub.begun or listener.cursor == self.hub.ring.head

    def _beat(self, listener: Listener) -> bytes:
        """
        A sign of life that a page can see (a comment it cannot): without it, a phone in a
        tunnel believes in a dead connection. It also carries the cursor forward, and tells
        when the tail itself is deaf, because silence must never look like calm.
        """
        if self.hub.begun:
            listener.cursor = self.hub.ring.head  # all up to here was told, or does not concern it
        lag_s = self.tail.lag_s
        data = {"lag_s": None if lag_s is None else round(lag_s, 1)}
        again = self.hub.machinery if ROOM in listener.ticket.scopes else b""
        return frame("beat", data, listener.cursor) + again

    # -- /positions ------------------------------------------------------------

    async def _positions(self, request: Request, receive: Receive, send: Send) -> None:
        taken = await self.feed.take(request, receive)
        await answer(send, 202, {"accepted": taken})

    def _bearer(self, request: Request) -> frozenset[str]:
        scheme, _space, text = (request.header("authorization") or "").partition(" ")
        return self._admit(request, text.strip() if scheme.lower() == "bearer" else None).scopes

    # -- /healthz, /metrics ----------------------------------------------------------------

    async def _health(self, request: Request, receive: Receive, send: Send) -> None:
        status, data = health(self.parts(), details=is_operator(request))
        await answer(send, status, data)

    async def _metrics(self, request: Request, receive: Receive, send: Send) -> None:
        if is_operator(request):
            await answer_text(send, exposition(self.parts()), CONTENT_TYPE)
        else:
            await answer(send, 404, {"code": "not_found"})

    def parts(self) -> list[Part]:
        """What this process knows of the house. Reads what others found, and waits for nothing."""
        figures = {"seq": self.hub.ring.head, "listeners": self.hub.streams, "positions_waiting": self.feed.waiting}
        stream = Part("stream", self.tail.lag_s, HUNG_S, vital=True, figures=figures)
        parts = [stream, *(self._probe.parts() if self._probe else [])]
        if self.goes_on():  # from the journal: it is of use without its database
            parts = [replace(part, vital=False) for part in parts]
        return [*parts, self.part_of_journal()] if self.part_of_journal is not None else parts

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

    async def _keep_time(self) -> None:
        """One clock for all streams: a timer for each was a third of what it cost to tell it something."""
        while True:
            await asyncio.sleep(TICK_S)
            self.hub.remind(time.monotonic())

    async def _watch_over_tail(self) -> None:
        told = False
        while True:
            await asyncio.sleep(1.0)
            self.tail.cut_if_hung()
            silent = self.silent
            if silent or told:  # also once when it is over
                self.hub.beat_all()
            told = silent
            told_s = self._machinery_s
            if told_s is None or time.monotonic() - told_s > MACHINERY_S:
                self.hub.publish_machinery(NO_DATA)  # whoever watches over the machinery has fallen silent itself


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


async def _write(listener: Listener, send: Send, body: bytes, *, last: bool = False) -> None:
    listener.stalls_s = time.monotonic() + STALL_S
    await send({"type": "http.response.body", "body": body, "more_body": not last})
    listener.stalls_s = None


def _record(fixes: list[Fix]) -> None:
    close_old_connections()  # this thread has no request that would do it
    record_positions(fixes, project_now())
