"""
Between the loop and the threads that make pages: a request goes over once, and its answer comes back once.

a2wsgi takes what was sent, and gives on what is answered, piece by piece: five times over and back for a page of one
piece, and each time its thread waits for its turn on the processor. Most of what is sent and answered is one piece;
what is not (an upload, an export, a part of the map) goes a2wsgi's way.
"""

from __future__ import annotations

import contextvars
import functools
from collections.abc import Callable
from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import Body, WSGIResponder, build_environ

# a2wsgi's types of messages are narrower than its code, and than uvicorn's.


class Pages(WSGIMiddleware):
    """a2wsgi's middleware, but for how pages of one piece come and go."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await _Page(self.app, self.executor, self.send_queue_size)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class _Sent(Body):
    """What was sent with a request, of which the first piece is there."""

    def __init__(self, loop: Any, receive: Any, first: dict[str, Any]) -> None:
        super().__init__(loop, receive)
        self.buffer.extend(first.get("body", b""))
        self._has_more = bool(first.get("more_body", False))


class _Page(WSGIResponder):
    _begin: Any

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        first = await receive()  # here: who sends slowly holds no thread
        environ = build_environ(scope, _Sent(self.loop, receive, first))
        make = functools.partial(contextvars.copy_context().run, self._make, environ)
        sender = self.loop.create_task(self.sender(send))
        try:
            for message in await self.loop.run_in_executor(self.executor, make):
                await send(message)
            await self.send_queue.put(None)
            await sender
        finally:
            sender.cancel()

    def _make(self, environ: Any) -> list[Any]:
        """In a thread: the whole answer, or nothing where it was sent piece by piece."""
        made = self.app(environ, self._started)
        try:
            if not getattr(made, "streaming", False):
                return [self._begin, {"type": "http.response.body", "body": b"".join(made)}]
            self.send(self._begin)
            for piece in made:
                self.send({"type": "http.response.body", "body": piece, "more_body": True})
            self.send({"type": "http.response.body", "body": b""})
            return []
        finally:
            getattr(made, "close", lambda: None)()

    def _started(self, status: str, headers: list[tuple[str, str]], _fault: object = None) -> Callable[..., Any]:
        """As WSGI has it; Django makes its faults into answers itself, and never calls what this returns."""
        lines = [(name.strip().lower().encode("latin1"), value.strip().encode("latin1")) for name, value in headers]
        self._begin = {"type": "http.response.start", "status": int(status.split(" ", 1)[0]), "headers": lines}
        return _nothing


def _nothing(*_written: object) -> None:
    raise NotImplementedError("an answer is returned, not written")
