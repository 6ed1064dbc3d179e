"""
One address, two ways in: the event stream, positions and health are raw ASGI; everything else is Django, in threads.

A stream is open for hours and costs nothing while it waits, so it must not hold a thread; a page takes a thread and a
database connection for some milliseconds, and gains nothing from being asynchronous.
"""

import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from oneroom.project.wsgi import application as pages
from oneroom.web.live import Live
from oneroom.web.stream.http import Receive, Scope, Send

RAW_PATHS = frozenset({"/live", "/positions", "/healthz"})
# One database connection each (`database.py`). Two cores are busy with four; the others wait for the database.
THREADS = int(os.environ.get("ONEROOM_THREADS", "8"))


class Site:
    """The ASGI application. Whoever runs it starts `live` first and stops it before the server (`server.py`)."""

    def __init__(self, live: Live, threads: int = THREADS):
        self.live = live
        self._pages = cast(
            Any, WSGIMiddleware(cast(Any, pages), workers=threads)
        )  # its types are narrower than its code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope["type"] == "http" and scope["path"] in RAW_PATHS
        await (self.live if raw else self._pages)(scope, receive, send)
