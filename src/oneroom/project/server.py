"""
The web process: uvicorn inside our own loop, so that the end comes in order.

Streams never end by themselves, and uvicorn waits for every answer to be complete: they are closed first, then the
requests under way are answered, then the process ends. The clients come back by themselves (`live.js`).
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn
import uvloop
from django.conf import settings
from django.db import connection

from oneroom.apps.places.queries import NoNetwork, basemap, read_names
from oneroom.engine import roads
from oneroom.ports.formats import pmtiles
from oneroom.project.asgi import Site
from oneroom.project.listening import listen
from oneroom.web.live import Live

WARM_AFTER_S = 5.0
CITY_AFTER_S = 1.0

log = logging.getLogger(__name__)
PATIENCE_S = 3  # for requests under way; the supervisor waits longer than this before it kills


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours: uvicorn's way would wait for the streams before we could close them."""
        yield


def run(host: str, port: int, database_url: str) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    listening = listen(host, port)
    _warm_later()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(listening, Live(database_url)))
    # Threads whose client is gone may still wait to write; Python would join them for ever. All acts are transactions.
    logging.shutdown()
    os._exit(0)


def _warm_later() -> None:
    """When the first pages are out: the basemap, and the roads for the first proposal."""
    for after_s, work in ((WARM_AFTER_S, _warm), (CITY_AFTER_S, _read_city)):
        timer = threading.Timer(after_s, work)
        timer.daemon = True
        timer.start()


def _read_city() -> None:
    """The city's basemap, where it has none here yet, and its names: there before somebody opens the map or types."""
    try:
        if settings.DATA_FOLDER is not None:
            pmtiles.make_later(settings.DATA_FOLDER, basemap())
        read_names()
    except NoNetwork:
        pass
    except Exception:  # a convenience: the first page that wants the map asks again
        log.exception("The city was not read ahead.")
    finally:
        connection.close()


def _warm() -> None:
    roads.warm()
    settle()


def settle() -> None:
    """
    Take what was loaded out of the sight of the garbage collector, which would walk all of it every few minutes.

    With a city's roads and names in memory that walk was measured at 140 to 380 ms, in which nobody is answered.
    """
    gc.collect()
    gc.freeze()


def configured(site: Any) -> uvicorn.Config:
    """How the server serves this application."""
    return uvicorn.Config(
        site,
        http="httptools",
        lifespan="off",
        access_log=False,  # an address may hold a ticket or a citizen's code
        log_config=None,
        server_header=False,
        forwarded_allow_ips=settings.PROXIES,
        timeout_graceful_shutdown=PATIENCE_S,
    )


async def _serve(listening: socket.socket, live: Live) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    server = _Server(configured(Site(live)))
    await live.start()
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    asked = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
        await live.stop()
        server.should_exit = True
        await serving
