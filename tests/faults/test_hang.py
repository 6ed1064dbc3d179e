"""
R6: the database hangs (SIGSTOP on a real PostgreSQL and all its children), and nobody waits for it without end.

None of the server's own time limits can fire then. Each answer is timed here, so this is a proof (`make prove`) and no
part of `make test`.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from django.db import connection
from django.test import Client

from tests.served import WebProcess
from tests.town import corner
from tests.waiting import until
from tests.web.streams import Ear, ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]

HANGS_S = 12.0
LONGEST_S, AT_ONCE_S = 5.0, 1.0


@pytest.fixture
def server() -> list[psutil.Process]:
    """The PostgreSQL of this run: its first process and all children."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        note = Path(cursor.fetchone()[0]) / "postmaster.pid"
    if not note.exists():
        pytest.skip("The test database is on another machine: it cannot be stopped from here.")
    first = psutil.Process(int(note.read_text().splitlines()[0]))
    return [first, *first.children(recursive=True)]


@contextmanager
def hanging(server: list[psutil.Process]) -> Iterator[None]:
    everybody = [server[0], *server[0].children(recursive=True)]
    for process in everybody:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in everybody:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@dataclass
class Asked:
    """One request and what came of it."""

    what: str
    took_s: float
    status: int
    headers: httpx.Headers
    text: str


class Crowd:
    """Requests that are sent while the database hangs, each from a thread of its own."""

    def __init__(self, url: str, cookies: dict[str, str]):
        self.asked: list[Asked] = []
        self._client = httpx.Client(
            base_url=url, cookies={**cookies, "csrftoken": "a" * 32}, timeout=30, trust_env=False, verify=False,
            limits=httpx.Limits(max_connections=None),
        )  # fmt: skip
        self._threads: list[threading.Thread] = []

    def send(self, method: str, path: str, **more: Any) -> None:
        thread = threading.Thread(target=self._send, args=(method, path), kwargs=more)
        self._threads.append(thread)
        thread.start()

    def _send(self, method: str, path: str, **more: Any) -> None:
        began = time.monotonic()
        answer = self._client.request(method, path, **more)
        took_s = time.monotonic() - began
        self.asked.append(Asked(f"{method} {path}", took_s, answer.status_code, answer.headers, answer.text))

    def all_answered(self) -> list[Asked]:
        for thread in self._threads:
            thread.join(60)
        self._client.close()
        return self.asked


def act(key: str) -> dict[str, Any]:
    lon, lat = corner("market")
    body = {
        "source": "phone", "words": "Somebody shouts in the yard", "category": "dispute", "grade": 2,
        "location": {"lon": lon, "lat": lat},
    }  # fmt: skip
    return {"json": body, "headers": {"Idempotency-Key": key, "X-CSRFToken": "a" * 32, "Accept-Language": "en"}}


def test_a_database_that_hangs_keeps_nobody_waiting_and_nothing_is_done_twice(database_url, room, server):
    client = Client()
    client.force_login(room.town.people["dora"])
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    page = {"headers": {"Accept": "text/html", "Accept-Language": "zh-hans"}}
    with WebProcess(database_url) as web:
        warm = httpx.get(f"{web.url}/room/", cookies=cookies, timeout=60, trust_env=False)
        assert warm.status_code == 200
        crowd, health = Crowd(web.url, cookies), Crowd(web.url, {})
        with _listening(web.url) as heard, hanging(server):
            began, opened_s = time.monotonic(), []
            for n in range(12):  # more than there are threads: some wait for one
                crowd.send("POST", "/api/incidents", **act(f"hanging-{n}"))
            while (since_s := time.monotonic() - began) < HANGS_S:
                crowd.send("GET", "/room/", **page)
                crowd.send("GET", "/api/me", headers={"Accept-Language": "en"})
                crowd.send("POST", "/", **page)
                health.send("GET", "/healthz")
                if since_s > LONGEST_S:
                    asked = time.monotonic()
                    with _stream(web.url) as late:
                        assert late.next()[0] == "hello"
                        opened_s.append(time.monotonic() - asked)
                time.sleep(0.5)
            answers = crowd.all_answered()
            looks = health.all_answered()
        _say_what_was_seen(answers, looks, heard)
        assert max(a.took_s for a in answers) < LONGEST_S
        assert max(a.took_s for a in looks) < AT_ONCE_S
        assert max(opened_s) < AT_ONCE_S
        assert looks[-1].status == 503
        for answer in answers:
            assert answer.status == 503, (answer.what, answer.status)
            assert answer.headers["retry-after"] == ("10" if answer.what == "POST /" else "2")
        said = {a.what: a.text for a in answers}
        assert "does not answer just now" in said["GET /api/me"]
        assert "不会重复" in said["POST /"]
        assert "页面会自动" in said["GET /room/"]
        # Open screens were told, within seconds and each second, that what they show is old.
        stale = [at - began for at, lag_s in heard if lag_s is not None and lag_s > 3]
        assert stale[0] < LONGEST_S
        assert max(b - a for a, b in pairwise(stale)) < 2 * AT_ONCE_S

        until(lambda: httpx.get(f"{web.url}/healthz", trust_env=False).status_code == 200)
        again = Crowd(web.url, cookies)
        for n in range(12):
            again.send("POST", "/api/incidents", **act(f"hanging-{n}"))
        assert [(a.status, a.text) for a in again.all_answered() if a.status != 200] == []
        assert _matters() == 12


def _matters() -> int:
    from oneroom.apps.incidents.models import Incident

    connection.close()
    return Incident.objects.count()


@contextmanager
def _stream(url: str) -> Iterator[Ear]:
    with (
        httpx.Client(timeout=30, trust_env=False, verify=False) as client,
        client.stream("GET", f"{url}/live", params={"ticket": ticket("room", account=1_000_000)}) as answer,
    ):
        yield Ear(answer)


@contextmanager
def _listening(url: str) -> Iterator[list[tuple[float, float | None]]]:
    """An open screen; the list fills with (when, how far behind) of each sign of life."""
    heard: list[tuple[float, float | None]] = []
    stop = threading.Event()

    def listen() -> None:
        with _stream(url) as ear:
            ear.next()
            while not stop.is_set():
                name, data, _ = ear.next()
                if name == "beat":
                    heard.append((time.monotonic(), data["lag_s"]))

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield heard
    finally:
        stop.set()
        thread.join(30)


def _say_what_was_seen(answers: list[Asked], looks: list[Asked], heard: list[Any]) -> None:
    slowest = max(answers, key=lambda a: a.took_s)
    print(
        f"\nhang of {HANGS_S:g} s on {os.cpu_count()} cores: {len(answers)} requests, slowest {slowest.took_s:.2f} s "
        f"({slowest.what}); {len(looks)} × /healthz, slowest {max(a.took_s for a in looks):.2f} s; "
        f"{len(heard)} signs of life on an open stream"
    )
