"""
Several web processes of one machine, one journal: whoever holds it answers for all of them, over a socket beside it.

The others pass on to it what they are asked while it says that it answers, and tell their own open screens what it
tells. A line of JSON is one message; the folder is the house's alone (0700).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from oneroom.web.degraded.door import body_of
from oneroom.web.degraded.hand import Back
from oneroom.web.stream.http import Receive, Scope, Send

SOCKET = "journal.sock"
ANSWER_S = 4.0
LONGEST = 1 << 20  # of a line: an act of 256 KB, with its coat
BACKLOG = 1 << 20  # what a listener that reads nothing may owe; then it is cut, and connects again

Door = Callable[[Scope, Receive, Send], Awaitable[None]]
log = logging.getLogger(__name__)


class Gone(Exception):
    """Whoever holds the journal does not answer."""


class Exchange:
    """The holder's end. ``door`` answers requests; ``standing()`` is what a new listener is told first."""

    def __init__(self, folder: Path, door: Door, standing: Callable[[], Mapping[str, Any]]) -> None:
        self._folder, self._door, self._standing = folder, door, standing
        self._listeners: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Open the socket; one that an earlier holder left is in nobody's use, since the journal is ours."""
        (self._folder / SOCKET).unlink(missing_ok=True)
        with _short(self._folder) as path:
            self._server = await asyncio.start_unix_server(self._come, path, limit=LONGEST)

    async def stop(self) -> None:
        """Everybody hears that this end is gone."""
        if self._server is not None:
            self._server.close()
        for listener in list(self._listeners):
            listener.close()
        with contextlib.suppress(OSError):
            (self._folder / SOCKET).unlink()

    def say(self, told: Mapping[str, Any]) -> None:
        """To all other processes. From the loop."""
        for listener in list(self._listeners):
            if listener.transport.get_write_buffer_size() > BACKLOG:
                listener.transport.abort()
            else:
                listener.write(_line(told))

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = json.loads(await reader.readline())
            if "hear" in asked:
                self._listeners.add(writer)
                writer.write(_line(self._standing()))
                await reader.read()  # until it goes
            else:
                writer.write(_line(await self._answer(asked)))
                await writer.drain()
        except (OSError, ValueError) as fault:
            log.info("another process of this machine was cut off (%s)", type(fault).__name__)
        except Exception:
            log.exception("a request of another process of this machine could not be answered")
        finally:
            self._listeners.discard(writer)
            writer.close()

    async def _answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        scope: Scope = {
            "type": "http", "method": asked["method"], "path": asked["path"], "query_string": asked["query"].encode(),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in asked["headers"]],
            "client": (asked["client"], 0),
        }  # fmt: skip
        said: dict[str, Any] = {"headers": [], "body": b""}

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": base64.b64decode(asked["body"]), "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                said["status"] = message["status"]
                said["headers"] = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in message["headers"]]
            else:
                said["body"] += message.get("body", b"")

        try:
            await self._door(scope, receive, send)
        except Back:
            return {"back": True}
        return said | {"body": base64.b64encode(said["body"]).decode()}


class Relay:
    """The end of a process that does not hold the journal; ``heard`` takes each thing that the holder tells."""

    def __init__(self, folder: Path, heard: Callable[[Mapping[str, Any]], None]) -> None:
        self._folder, self._heard = folder, heard

    async def listen(self) -> None:
        """Hear what the holder tells until it is gone. Raises Gone where it never was."""
        reader, writer = await self._connect()
        try:
            writer.write(_line({"hear": True}))
            while line := await reader.readline():
                self._heard(json.loads(line))
        except (OSError, ValueError) as fault:
            log.info("the holder of the journal is gone (%s)", type(fault).__name__)
        finally:
            writer.close()

    async def ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the holder answer. Raises Back as it does, or Gone: then what became of it is not known."""
        asked = {
            "method": scope["method"], "path": scope["path"], "query": scope.get("query_string", b"").decode("latin-1"),
            "headers": [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]],
            "client": (scope.get("client") or ("", 0))[0], "body": base64.b64encode(await body_of(receive)).decode(),
        }  # fmt: skip
        try:
            async with asyncio.timeout(ANSWER_S):
                reader, writer = await self._connect()
                try:
                    writer.write(_line(asked))
                    said = json.loads(await reader.readline())
                finally:
                    writer.close()
        except (OSError, ValueError, TimeoutError) as fault:
            raise Gone from fault
        if "back" in said:
            raise Back
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in said["headers"]]
        await send({"type": "http.response.start", "status": said["status"], "headers": headers})
        await send({"type": "http.response.body", "body": base64.b64decode(said["body"])})

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            with _short(self._folder) as path:
                return await asyncio.open_unix_connection(path, limit=LONGEST)
        except OSError as fault:
            raise Gone from fault


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """The socket by the folder's handle: the address of a socket has 107 bytes at most, folders may be deeper."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{SOCKET}"
    finally:
        os.close(handle)


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, default=str).encode() + b"\n"
