"""
The web process: uvicorn inside our own loop, so that the end comes in order.

Streams never end by themselves, and uvicorn waits for every answer to be complete: they are closed first, then the
requests under way are answered, then the process ends. The clients come back by themselves (`live.js`).
"""

import asyncio
import contextlib
import gc
import hashlib
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
from oneroom.engine import coverage, roads
from oneroom.ports.formats import pmtiles
from oneroom.project.asgi import Site
from oneroom.project.listening import listen
from oneroom.project.postgres.waits import WAITS
from oneroom.project.watching.make import watch
from oneroom.project.watching.watch import Watch
from oneroom.web.degraded.keeper import Keeper
from oneroom.web.health.parts import troubles
from oneroom.web.live import Live
from oneroom.web.stream.app import SILENT_S

WARM_AFTER_S = 5.0
CITY_AFTER_S = 1.0
BREATH_S = 1.0
CUT_EVERY_S = 0.5

log = logging.getLogger(__name__)
# So long a connection is kept that nobody uses. Pages fetch again after 5 s and later, and one that is closed just as
# it is used fails. Longer than a proxy keeps it (60 s in docs/deploy/nginx.conf): the server never closes first.
KEPT_S = 65
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
    live = Live(database_url)
    watching = watch(
        "web", database_url, heard=lambda seen: live.tell_machinery(seen.told()), also=lambda: troubles(live.parts())
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(listening, live, watching))
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
    coverage.warm()
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
        timeout_keep_alive=KEPT_S,
        timeout_graceful_shutdown=PATIENCE_S,
    )


async def _breathe(site: Site, watching: Watch) -> None:
    """Signs of life, as long as both the loop and the threads that make pages are at work."""
    while True:
        await site.breathe()
        watching.tick(True)
        await asyncio.sleep(BREATH_S)


async def _serve(listening: socket.socket, live: Live, watching: Watch) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    keeper = Keeper(live, settings.JOURNAL_FOLDER, keys=journal_keys())
    site = Site(live, keeper=keeper)
    server = _Server(configured(site))
    await keeper.start()
    await (live.start(keeper.patience_s) if keeper.knows else live.start())
    keeper.watch()
    watching.start()
    breathing = asyncio.create_task(_breathe(site, watching))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    cutting = asyncio.create_task(cut_hung(live))
    asked = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
        breathing.cancel()
        cutting.cancel()
        await keeper.stop()
        unwatched = asyncio.create_task(asyncio.to_thread(watching.stop))  # beside the rest: the supervisor waits 8 s
        await live.stop()
        server.should_exit = True
        await serving
        await unwatched


def journal_keys() -> list[bytes]:
    """With what the lines of a journal are signed: the house's secret, for this alone; then the secrets before it."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hashlib.sha256(f"journal:{secret}".encode()).digest() for secret in secrets]


async def cut_hung(live: Live) -> None:
    """
    Free the threads that wait for a database that says nothing: shut their sockets, and each gets an error.

    Only then: a statement that takes long on a database that answers others is not cut.
    """
    while True:
        await asyncio.sleep(CUT_EVERY_S)
        if live.silent and (cut := WAITS.cut(older_than_s=SILENT_S)):
            log.warning("the database does not answer; %d connections that waited for it are cut", cut)
