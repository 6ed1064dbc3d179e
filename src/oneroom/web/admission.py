"""
Who gets a thread when more ask than there are threads: the public has a share of them, the room's own have the rest.

A page is made by one of a few threads. If the public could hold all of them, an act of the room would wait behind a
thousand citizens, or behind one that knocks a thousand times. So of the public's pages only a few are in hand at once,
some more wait a moment, and whoever comes then is told at once to come again (429): that costs no thread and asks no
database. Acts of people who are signed in never wait for the public's (reliability R13, security point 48).

Who has shown no session that this process has seen signed in, and no badge that the house has signed (which another
process or the one before may have given, and which is read without the database), is not yet one of the house, whatever
he asks for: he has a share of his own, so that neither a flood of invented sessions nor one of the public's door shuts
the sign-in.

The room's own looks have half of the threads: after one act fifty screens fetch their panels again, and the next act
does not stand behind them in the line. No screen is told to come again; each waits for its turn.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_noop as _

from oneroom.engine.values import Refused
from oneroom.web import tickets
from oneroom.web.away import is_public
from oneroom.web.health.metrics import SHED
from oneroom.web.stream.http import Request, Scope, Send

AGAIN_S = 5
_KNOWN_MOST = 20_000
_LOOKS_PARTS = 2
SIGNED_IN = "oneroom.signed_in"  # set in the request's scope by whoever made the page


class TooBusy(Refused):
    """More ask at once than there is room for."""

    status = 429
    code = "too_busy"
    message = _("Very many people are asking at once just now. Wait a few seconds and send it again.")


@dataclass(frozen=True, slots=True)
class Share:
    """One of so many ``parts`` of the threads; ``waiting`` who wait for one, for so long to look or to write."""

    parts: int
    waiting: int
    looking_s: float
    writing_s: float  # longer: it was typed


SHARES = {
    "public": Share(parts=4, waiting=16, looking_s=0.5, writing_s=3.0),
    "files": Share(parts=8, waiting=256, looking_s=4.0, writing_s=0.0),
    # Who has no badge is unknown for one request after a restart, and at the change of shifts all sign in: these wait.
    "unknown": Share(parts=2, waiting=512, looking_s=10.0, writing_s=20.0),
}


class _Door:
    def __init__(self, share: Share, threads: int):
        self._share = share
        self._free, self._waiting = asyncio.Semaphore(max(1, threads // share.parts)), 0

    @asynccontextmanager
    async def entered(self, method: str) -> AsyncIterator[None]:
        if self._free.locked():
            if self._waiting >= self._share.waiting:
                raise TooBusy
            self._waiting += 1
            looks = method in ("GET", "HEAD")
            try:
                await asyncio.wait_for(self._free.acquire(), self._share.looking_s if looks else self._share.writing_s)
            except TimeoutError:
                raise TooBusy from None
            finally:
                self._waiting -= 1
        else:
            await self._free.acquire()
        try:
            yield
        finally:
            self._free.release()


class Admission:
    """The doors of one web process. Used in its loop alone."""

    def __init__(self, threads: int):
        self._doors = {kind: _Door(share, threads) for kind, share in SHARES.items()}
        self._looks = asyncio.Semaphore(max(1, threads // _LOOKS_PARTS))
        self._known: OrderedDict[bytes, None] = OrderedDict()

    @asynccontextmanager
    async def entered(self, scope: Scope) -> AsyncIterator[None]:
        """While somebody's page is made. Raises TooBusy, having asked nobody."""
        asked = Request(scope)
        session = _session(asked)
        kind = self._kind(asked, session)
        if kind == "staff":
            if asked.method in ("GET", "HEAD"):
                async with self._looks:
                    yield
            else:
                yield
            self._learn(session, scope)
            return
        try:
            async with self._doors[kind].entered(asked.method):
                yield
        except TooBusy:
            SHED.labels(kind).inc()
            raise
        self._learn(session, scope)

    def _learn(self, session: bytes | None, scope: Scope) -> None:
        """Whoever made the page found this session signed in."""
        if session is not None and scope.get(SIGNED_IN):
            self._known[session] = None
            while len(self._known) > _KNOWN_MOST:
                self._known.popitem(last=False)

    def _kind(self, asked: Request, session: bytes | None) -> str:
        if session is not None and session in self._known:
            self._known.move_to_end(session)
            return "staff"
        if _has_badge(asked):
            return "staff"
        # The exchange's feed shows its token, which is checked before anything is asked of the database.
        if asked.path == "/api/calls" and asked.header("authorization"):
            return "staff"
        if asked.path.startswith(settings.STATIC_URL):
            return "files"
        return "public" if session is None and is_public(asked.path) else "unknown"


def _session(asked: Request) -> bytes | None:
    """A mark of the session that is shown: nothing from which it could be used."""
    cookies = SimpleCookie()
    try:
        cookies.load(asked.header("cookie") or "")
    except CookieError:
        return None
    shown = cookies.get(settings.SESSION_COOKIE_NAME)
    return hashlib.sha256(shown.value.encode()).digest() if shown is not None and shown.value else None


def _has_badge(asked: Request) -> bool:
    """Whether somebody of the house asks whom this process does not know yet. It opens nothing but the way in."""
    shown = asked.cookie(tickets.BADGE_COOKIE)
    try:
        return bool(shown) and tickets.read_badge(shown).account > 0
    except tickets.BadTicket:
        return False


async def tell_busy(scope: Scope, send: Send) -> None:
    """429 with a sentence, a way to 110, and when to come again; made without a thread and without the database."""
    asked = Request(scope)
    with translation.override(asked.language):
        sentence = translation.gettext(TooBusy.message)
        if asked.path.startswith("/api/") or "text/html" not in (asked.header("accept") or ""):
            kind = b"application/json; charset=utf-8"
            body = json.dumps({"code": TooBusy.code, "message": sentence, "field": None}, ensure_ascii=False).encode()
        else:
            kind = b"text/html; charset=utf-8"
            body = _page(asked.language, sentence, asked.method == "GET")
    lines = [(b"content-type", kind), (b"retry-after", str(AGAIN_S).encode()), (b"cache-control", b"no-store"),
             (b"content-length", str(len(body)).encode())]  # fmt: skip
    await send({"type": "http.response.start", "status": TooBusy.status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


_pages: dict[tuple[str, bool], bytes] = {}


def _page(language: str, sentence: str, again: bool) -> bytes:
    """Drawn once for each language: a flood must not cost a drawing each."""
    key = (language, again)
    if key not in _pages:
        shown = {"sentence": sentence, "again_s": AGAIN_S if again else None, "public": True,
                 "emergency_number": settings.EMERGENCY_NUMBER, "path": ""}  # fmt: skip
        _pages[key] = render_to_string("error/away.html", shown).encode()
    return _pages[key]
