"""The web process as it is started for real: `oneroom runweb`, on the test database."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from oneroom.engine.values import SYSTEM
from oneroom.project.server import configured
from oneroom.web import tickets
from tests.waiting import until


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def web(database_url, port):
    environment = {**os.environ, "ONEROOM_DATABASE_URL": database_url, "ONEROOM_SECRET_KEY": settings.SECRET_KEY}
    command = [sys.executable, "-m", "oneroom", "runweb", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def _answers(address):
    try:
        return httpx.get(address)
    except httpx.TransportError:
        return None


def test_open_streams_do_not_hold_up_the_end(web, port):
    until(lambda: _answers(f"http://127.0.0.1:{port}/healthz"))
    ticket = tickets.issue(SYSTEM)
    with httpx.stream("GET", f"http://127.0.0.1:{port}/live", params={"ticket": ticket}) as stream:
        assert stream.status_code == 200
        began = time.monotonic()

        web.send_signal(signal.SIGTERM)
        for _ in stream.iter_bytes():  # until the server ends the stream
            pass

        assert web.wait(10) == 0
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(("proxies", "seen"), [("127.0.0.1", "203.0.113.9"), ("192.0.2.1", "127.0.0.1")])
def test_only_a_named_proxy_is_believed_where_a_request_comes_from(monkeypatch, proxies, seen):
    """Our own configuration of the server, with an application that says who it believes asks."""
    monkeypatch.setattr(settings, "PROXIES", proxies)
    said = []

    async def app(scope, receive, send):
        said.append(scope["client"][0])

    config = configured(app)
    config.load()
    scope = {"type": "http", "client": ("127.0.0.1", 4711), "headers": [(b"x-forwarded-for", b"203.0.113.9")]}
    asyncio.run(config.loaded_app(scope, None, None))
    assert said == [seen]


def test_a_kept_connection_outlives_the_pace_of_the_pages_and_what_the_proxy_keeps():
    """Whoever closes first may do it just as the other asks: the server is the last, long after a page's pace."""
    root = Path(__file__).resolve().parents[2]
    proxy_s = int(re.findall(r"keepalive_timeout (\d+)s", (root / "docs/deploy/nginx.conf").read_text())[0])
    pace_ms = int(re.findall(r"BOARD_MS = (\d+)", (root / "src/oneroom/web/static/oneroom/room.js").read_text())[0])

    kept_s = configured(None).timeout_keep_alive

    assert kept_s > proxy_s > 2 * pace_ms / 1000


def test_a_busy_port_gets_a_sentence(database_url, port):
    with socket.create_server(("127.0.0.1", port)):
        answer = subprocess.run(
            [sys.executable, "-m", "oneroom", "runweb", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert answer.returncode == 1
    assert f"Port {port} is in use" in answer.stderr
    assert "Traceback" not in answer.stderr
