"""The demo as a newcomer starts it: the command, its processes, its database; and what is left when it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import datetime

import httpx
import psutil
import pytest

from tests.waiting import until

START_S = 180  # the bar is 15 s (docs/benchmarks.md); a test only has to end some time, on a busy machine too


class Demo:
    """One start. It is a process group of its own, as in a terminal, so that Ctrl-C reaches all of it."""

    def __init__(self, home, port):
        self.home, self.port = home, port
        self.output = home / "output"
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("ONEROOM_")}
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "oneroom", "demo", "--port", str(port)],
                env={**surroundings, "ONEROOM_HOME": str(home), "DJANGO_SETTINGS_MODULE": "oneroom.project.settings"},
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def is_open(self):
        assert self.process.poll() is None, self.output.read_text()
        return f"http://127.0.0.1:{self.port}/" in self.output.read_text()

    def clock(self):
        (file,) = self.home.glob("demo-*/clock-*.json")
        return datetime.fromisoformat(json.loads(file.read_text())["project"])

    def everything(self):
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def start(database_folder):
    started = []

    def start(port):
        started.append(Demo(database_folder, port))
        return started[-1]

    yield start
    for demo in started:
        left = demo.everything() if demo.process.poll() is None else []
        demo.process.kill()
        demo.process.wait()
        psutil.wait_procs(left, timeout=20)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.mark.prove
def test_the_demo_opens_stops_whole_and_goes_on_where_it_stopped(start, port):
    demo = start(port)
    until(demo.is_open, START_S)
    page = httpx.get(f"http://127.0.0.1:{port}/", follow_redirects=True, timeout=60)
    began, processes = demo.clock(), demo.everything()

    os.killpg(demo.process.pid, signal.SIGINT)
    demo.process.wait(30)

    assert page.status_code == 200
    assert "模拟数据" in page.text or "imulated" in page.text
    until(lambda: not any(_lives(process) for process in processes))
    assert "Traceback" not in demo.output.read_text()

    stopped = demo.clock()
    again = start(port)
    until(again.is_open, START_S)

    assert stopped >= began
    assert 0 <= (again.clock() - stopped).total_seconds() < START_S
    assert "Making the simulated city" not in again.output.read_text()


def _lives(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE  # buried by whoever is process 1
    except psutil.NoSuchProcess:
        return False


def test_a_busy_port_gets_a_sentence_and_nothing_is_begun(start, port, database_folder):
    with socket.create_server(("127.0.0.1", port)):
        demo = start(port)

        assert demo.process.wait(60) == 1

    said = demo.output.read_text()
    assert f"Port {port} is in use" in said
    assert "Traceback" not in said
    assert not list(database_folder.glob("demo-*/data"))
