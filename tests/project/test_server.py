"""The web process as it is started for real: `oneroom runweb`, on the test database."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
from django.conf import settings

from oneroom.engine.values import SYSTEM
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
