"""
One address, two ways in: the event stream, positions and health are raw ASGI; everything else is Django, in threads.

A stream is open for hours and costs nothing while it waits, so it must not hold a thread; a page takes a thread and a
database connection for some milliseconds, and gains nothing from being asynchronous.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, cast

from django.conf import settings

from oneroom.project.pages import Pages
from oneroom.project.wsgi import application
from oneroom.web import away
from oneroom.web.admission import Admission, TooBusy, tell_busy
from oneroom.web.degraded.door import only_reads
from oneroom.web.degraded.hand import Back
from oneroom.web.degraded.keeper import Keeper
from oneroom.web.degraded.relay import Gone
from oneroom.web.headers import guarded
from oneroom.web.live import Live
from oneroom.web.stream.http import Receive, Request, Scope, Send

RAW_PATHS = frozenset({"/live", "/positions", "/healthz", "/metrics"})
# One database connection each (`database.py`). Two cores are busy with four; the others wait for the database.
THREADS = int(os.environ.get("ONEROOM_THREADS", "8"))
# Nobody waits longer than five seconds for a database that says nothing (reliability R6).
ANSWER_S = 4.0
LOOK_S = 0.25
_GIVEN_UP = "oneroom.given_up"
Make = Callable[[Scope, Receive, Send], Awaitable[None]]


class Site:
    """
    The ASGI application. Whoever runs it starts `live` first and stops it before the server (`server.py`).

    A page whose database hangs cannot answer, and sooner or later all threads stand in such pages. So it is answered
    from here: 503 with a sentence, after a few seconds at the latest, and at once while the silence is known. A page
    that is merely slow is waited for.
    """

    def __init__(self, live: Live, threads: int = THREADS, keeper: Keeper | None = None):
        self.live, self.keeper = live, keeper
        self._pages = Pages(cast(Any, _unless_given_up), workers=threads)  # a2wsgi's types are narrower than its code
        self._admission = Admission(threads)
        self._given_up: set[asyncio.Task[None]] = set()

    async def breathe(self) -> None:
        """Returns when the loop and one of the threads that make pages have both come to it: the house is at work."""
        await asyncio.get_running_loop().run_in_executor(self._pages.executor, lambda: None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._pages(scope, receive, send)
            return
        send = guarded(send, file=scope["path"].startswith(settings.STATIC_URL))
        if scope["path"] in RAW_PATHS:
            await self.live(scope, receive, send)
        elif scope["path"].startswith(settings.STATIC_URL):
            await self._admitted(scope, receive, send, self._pages)  # no database in it
        elif not await self._without_database(scope, receive, send):
            await self._admitted(scope, receive, send, self._as_it_stands)

    async def _admitted(self, scope: Scope, receive: Receive, send: Send, make: Make) -> None:
        try:
            async with self._admission.entered(scope):
                await make(scope, receive, send)
        except TooBusy:
            await tell_busy(scope, send)

    async def _as_it_stands(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page, unless the database fell silent while somebody waited at the door."""
        if not await self._without_database(scope, receive, send):
            await self._page(scope, receive, send)

    async def _without_database(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer from here where no page can be made now; False where one can."""
        if self.keeper is not None and self.keeper.on and (self.live.silent or not only_reads(scope)):
            await self._from_the_journal(scope, receive, send)
        elif self.live.silent:
            await _tell_away(scope, send)
        else:
            return False
        return True

    async def _from_the_journal(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The database is away, or what was done meanwhile is not all booked: acts and boards come from here."""
        assert self.keeper is not None
        taken: list[MutableMapping[str, Any]] = []

        async def take() -> MutableMapping[str, Any]:
            taken.append(await receive())
            return taken[-1]

        async def once_more() -> MutableMapping[str, Any]:
            return taken.pop(0) if taken else await receive()

        try:
            await self.keeper.answer(scope, take, send)
        except Back:
            await self._page(scope, once_more, send)
        except Gone:
            await _tell_away(scope, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send)
        page = asyncio.ensure_future(self._pages(scope, receive, answer.send))
        try:
            await asyncio.wait({page}, timeout=ANSWER_S)
            while not page.done() and not answer.begun:
                if self.live.silent:
                    scope[_GIVEN_UP] = answer.given_up = True
                    self._given_up.add(page)  # its thread comes free when the wire is cut (`server.py`)
                    page.add_done_callback(self._forget)
                    await _tell_away(scope, send)
                    return
                await asyncio.wait({page}, timeout=LOOK_S)
            await page
        except asyncio.CancelledError:
            page.cancel()
            raise

    def _forget(self, page: asyncio.Task[None]) -> None:
        self._given_up.discard(page)
        if not page.cancelled():
            page.exception()  # nobody else will look at it, and its sentence was said


class _Answer:
    """What a page sends, as long as nobody has answered in its place."""

    def __init__(self, send: Send):
        self._send = send
        self.begun = self.given_up = False

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if not self.given_up:
            self.begun = True
            await self._send(message)


async def _tell_away(scope: Scope, send: Send) -> None:
    asked = Request(scope)
    status, headers, body = away.told(asked.path, asked.method, asked.header("accept") or "", asked.language)
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    lines.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


def _unless_given_up(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The pages, but for those that waited for a thread until somebody else had answered: they are not done late."""
    if environ["asgi.scope"].get(_GIVEN_UP):
        start_response("503 Service Unavailable", [])
        return []
    return application(environ, start_response)
