"""The simulated city as `oneroom demo` runs it: a real web process, real crews beside it, nobody else."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings

from oneroom.apps.ledger.queries import entries_since
from oneroom.apps.ledger.verify import verify
from oneroom.project.clock import CLOCK_FILE, FASTEST, FileClock
from oneroom.project.demo import world
from tests.waiting import until

PATIENCE_S = 180.0  # twenty-five minutes of the city take half a minute; a busy machine needs longer
EVENING = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def environment(database_url, tmp_path, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["oneroom.project.demo.credentials.MadeByMachine"]  # as the settings of the demo say
    clock = FileClock(tmp_path / "clock.json")
    clock.start(EVENING, FASTEST)
    monkeypatch.setattr(world, "now", clock.now)
    world.load("shanghai")
    return {
        **os.environ, "ONEROOM_DATABASE_URL": database_url, "ONEROOM_SECRET_KEY": django_settings.SECRET_KEY,
        "ONEROOM_DEMO": "1", CLOCK_FILE: str(clock.path), "DJANGO_SETTINGS_MODULE": "oneroom.project.settings",
    }  # fmt: skip


@pytest.fixture
def city(environment):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    parts = [
        subprocess.Popen([sys.executable, "-m", "oneroom", command, "--port", port], env=environment)
        for command in ("runweb", "runcrews")
    ]
    yield parts
    for part in reversed(parts):
        part.kill()
        part.wait()


def test_calls_are_taken_sent_driven_to_reported_and_closed_without_anybody(city):
    wanted = {"incident.received", "assignment.acknowledged", "assignment.on_scene", "assignment.reported"}

    until(lambda: entries_since(0, kinds=["incident.closed"], limit=1), PATIENCE_S)

    told = entries_since(0, kinds=wanted)
    assert {line.kind for line in told} == wanted
    assert {line.via for line in told if line.kind.startswith("assignment.")} == {"device"}
    assert [part.poll() for part in city] == [None, None]
    assert verify("acts").fault is None
