"""
A simulated person at a phone or a screen: signs in over HTTP, acts, listens to the stream, as a browser does.

All persons of the process share one pool of connections. Django answers in eight threads, so the simulation asks for
at most four things at a time: a visitor never waits behind it. The room has a door of its own: two hundred phones
that sign in at once do not keep it from its calls.
"""

import asyncio
import contextlib
import json
import logging
import ssl
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
from django.utils.crypto import get_random_string

from oneroom.project.demo.credentials import password_of

log = logging.getLogger(__name__)

PHONES_AT_ONCE = DESKS_AT_ONCE = 2
PATIENCE = httpx.Timeout(30.0, connect=5.0)
STREAM_PATIENCE = httpx.Timeout(60.0, connect=5.0)  # a beat comes every fifteen seconds
AGAIN_S = (0.5, 1.0, 2.0, 5.0, 10.0)
EARLY_S = 60.0  # a ticket is exchanged this long before it ends


class Refusal(Exception):
    """The server said no; ``status`` tells how."""

    def __init__(self, status: int, code: str):
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


class House:
    """Where the persons go: the address, the pool of connections, the narrow doors for phones and for desks."""

    def __init__(self, address: str, transport: httpx.AsyncBaseTransport | None = None):
        self.address = address
        self.transport = transport or _over_the_wire()
        self.phones, self.desks = asyncio.Semaphore(PHONES_AT_ONCE), asyncio.Semaphore(DESKS_AT_ONCE)

    def client(self) -> httpx.AsyncClient:
        """A client with cookies of its own."""
        return httpx.AsyncClient(
            base_url=self.address, transport=self.transport, timeout=PATIENCE, trust_env=False,
            headers={"Accept": "application/json", "Accept-Language": "zh-hans", "Accept-Encoding": "identity"},
        )  # fmt: skip

    async def until_open(self) -> None:
        """Wait until the web process answers."""
        client = self.client()
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get("/healthz")).status_code == 200:
                    return
            await asyncio.sleep(0.2)


def _over_the_wire() -> httpx.AsyncBaseTransport:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=16)
    # Plain HTTP on this machine. A TLS context that trusts nobody spares reading everybody's certificates.
    return httpx.AsyncHTTPTransport(limits=limits, retries=1, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


class Person:
    """Somebody with a user name. Signs in when first needed, and again when the session has ended."""

    def __init__(self, house: House, username: str, *, phone: bool = False):
        self.username = username
        self._house = house
        self._door = house.phones if phone else house.desks
        self._http = house.client()
        self._ticket, self._ticket_until = "", 0.0
        self._signing_in = asyncio.Lock()
        self._signed_in = False

    async def get(self, path: str) -> Any:
        """The answer of a question. Raises Refusal or httpx.HTTPError."""
        return await self._ask("GET", path)

    async def act(self, path: str, said: dict[str, Any], key: str = "") -> Any:
        """Do something once: the same key again gets the same answer. Raises Refusal or httpx.HTTPError."""
        return await self._ask("POST", path, said, key or uuid.uuid4().hex)

    async def send(self, path: str, said: dict[str, str], files: dict[str, tuple[str, bytes, str]], key: str) -> Any:
        """The same with files, as a form sends them."""
        return await self._ask("POST", path, said, key, files)

    async def _ask(
        self, method: str, path: str, said: dict[str, Any] | None = None, key: str = "", files: Any = None
    ) -> Any:
        body: dict[str, Any] = {"json": said} if files is None else {"data": said, "files": files}
        for last in (False, True):
            if not self._signed_in:
                await self._sign_in()
            headers = {"Idempotency-Key": key, "X-CSRFToken": self._token} if key else {}
            async with self._door:
                answer = await self._http.request(method, f"/api/{path}", headers=headers, **body)
            if answer.status_code != 401 or last:
                return answer_of(answer)
            self._signed_in = False
        return None

    @property
    def _token(self) -> str:
        return self._http.cookies.get("csrftoken") or ""

    async def _sign_in(self) -> None:
        async with self._signing_in:
            if self._signed_in:
                return
            # The form's token only has to be the cookie's: with one of our own the page need not be drawn for nobody.
            host = httpx.URL(self._house.address).host
            self._http.cookies.set("csrftoken", get_random_string(32), domain=host, path="/")
            form = {
                "username": self.username, "password": password_of(self.username), "csrfmiddlewaretoken": self._token,
            }  # fmt: skip
            async with self._door:
                answer = await self._http.post("/sign-in", data=form, headers={"Accept": "text/html"})
            if answer.status_code != 302:
                raise Refusal(answer.status_code, "sign_in")
            self._signed_in = True

    async def ticket(self) -> str:
        """A stream ticket with some life left."""
        if time.monotonic() > self._ticket_until:
            given = await self.get("ticket")
            self._ticket, self._ticket_until = given["ticket"], time.monotonic() + given["expires_s"] - EARLY_S
        return self._ticket

    async def say_where(self, fixes: list[dict[str, Any]]) -> None:
        """Positions, with the crew's own ticket."""
        bearer = {"Authorization": f"Bearer {await self.ticket()}"}
        answer = await self._http.post("/positions", json={"fixes": fixes}, headers=bearer)
        if answer.status_code == 401:
            self._ticket_until = 0.0
        answer_of(answer)

    async def listen(self, changed: Callable[[str], None]) -> None:
        """
        Hold a stream open for ever and pass on the kind of each change; "reset" when some may have been missed.

        A stream that ends or fails is opened again, with pauses that grow; each opening counts as a reset.
        """
        failed = 0
        while True:
            try:
                ticket = await self.ticket()
                async with self._http.stream(
                    "GET", "/live", params={"ticket": ticket}, timeout=STREAM_PATIENCE
                ) as live:
                    if live.status_code != 200:
                        self._ticket_until = 0.0
                        raise Refusal(live.status_code, "live")
                    changed("reset")
                    failed = 0
                    await _frames(live, changed)
            except (httpx.HTTPError, Refusal) as error:
                log.debug("%s: the stream ended (%s)", self.username, type(error).__name__)
            await asyncio.sleep(AGAIN_S[min(failed, len(AGAIN_S) - 1)])
            failed += 1


async def _frames(live: httpx.Response, changed: Callable[[str], None]) -> None:
    event = ""
    async for line in live.aiter_lines():
        if line.startswith("event: "):
            event = line[7:]
        elif line.startswith("data: ") and event == "change":
            changed(json.loads(line[6:])["kind"])
        elif not line and event == "reset":
            changed("reset")


def answer_of(answer: httpx.Response) -> Any:
    try:
        said = answer.json() if answer.content else {}
    except ValueError:
        said = {}
    if answer.status_code >= 400:
        raise Refusal(answer.status_code, str(said.get("code", "")) if isinstance(said, dict) else "")
    return said
