"""The whole house on a port of its own: pages, API, stream and positions, as `oneroom serve` puts them together."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings

from tests.clock import HAND
from tests.waiting import until

HEARD = dict.fromkeys(("web", "clock", "courier", "auditor"), "heard")
WELL = {"parts": HEARD, "database": True, "wrong": [], "count": 0}


@contextmanager
def served(database_url: str) -> Iterator[str]:
    """The address of a running house on the test database, of whose other parts only good is heard."""
    from oneroom.web.stream import app

    with pytest.MonkeyPatch.context() as patch, served_live(database_url) as serving:
        patch.setattr(app, "MACHINERY_S", float("inf"))
        serving.live.tell_machinery(WELL)
        yield serving.url


@contextmanager
def served_live(database_url: str) -> Iterator[Any]:
    """The same with its live half in hand (``Serving``). Threads leave no connection behind."""
    from django.db import connection

    from oneroom.project.asgi import Site
    from oneroom.web.live import Live
    from tests.web.streams import Serving

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = current_database()")
            (before,) = cursor.fetchone()  # the test's own, of which a thread with a loop has two
        live = Live(database_url)
        with Serving(live, Site(live)) as serving:
            yield serving
        with connection.cursor() as cursor:  # what the house's threads hold open would stop the database's end
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> ALL(%s)",
                [before],
            )


class WebProcess:
    """`oneroom runweb` as a process of its own on the test database: killed and started anew on the same port."""

    def __init__(self, database_url: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._environment = {
            **os.environ, "ONEROOM_DATABASE_URL": database_url, "ONEROOM_SECRET_KEY": settings.SECRET_KEY,
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> WebProcess:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_fault: object) -> None:
        self.kill()

    def start(self) -> None:
        command = [sys.executable, "-m", "oneroom", "runweb", "--port", str(self._port)]
        self._process = subprocess.Popen(command, env=self._environment, stderr=subprocess.DEVNULL)
        until(self._answers)

    def kill(self) -> None:
        """By SIGKILL: it has no time to finish anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").status_code < 500
        except httpx.TransportError:
            return False


class WalkingClock:
    """
    Project time that walks as fast as the wall's and can be set forward: browsers count seconds by themselves.

    ``walk(patch)`` lets the town's clock walk until the end of the test.
    """

    def __init__(self) -> None:
        self._from, self._began = HAND.now(), time.monotonic()

    def now(self) -> datetime:
        return self._from + timedelta(seconds=time.monotonic() - self._began)

    def set(self, at: datetime) -> None:
        self._from, self._began = at, time.monotonic()


def walk(patch: pytest.MonkeyPatch) -> WalkingClock:
    """Let HAND walk."""
    walking = WalkingClock()
    patch.setattr(HAND, "now", walking.now)
    patch.setattr(HAND, "set", walking.set)
    return walking
