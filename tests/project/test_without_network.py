"""Security point 53: a house starts, with all of its parts, where there is no network, and asks nobody outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from oneroom.apps.oversight.models import Alarm
from oneroom.project.watching.watch import PARTS
from tests.waiting import until
from tests.watched import auditor_url

HERE = Path(__file__).parent / "without_network"
ALONE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]


def _can_be_cut_off():
    return (
        shutil.which("unshare") and subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0
    )


def _surroundings(database_url, tmp_path, notes):
    return {
        **os.environ, "DJANGO_SETTINGS_MODULE": "oneroom.project.settings", "ONEROOM_PLAIN_HTTP": "1",
        "ONEROOM_DATABASE_URL": database_url, "ONEROOM_AUDITOR_URL": auditor_url(),
        "ONEROOM_SECRET_KEY": settings.SECRET_KEY, "ONEROOM_HOME": str(tmp_path), "ONEROOM_SIGNS": str(tmp_path),
        "ONEROOM_HEADS": str(tmp_path / "heads"), "ONEROOM_TEST_ASKED_OUTSIDE": str(notes),
        "PYTHONPATH": str(HERE),
    }  # fmt: skip


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not _can_be_cut_off(), reason="This user may not make a network of its own (unshare --net).")
def test_point_53_all_parts_start_and_the_first_page_is_whole_with_loopback_alone(room, database_url, tmp_path):
    notes = tmp_path / "asked"
    program, surroundings = [sys.executable, str(HERE / "house.py")], _surroundings(database_url, tmp_path, notes)
    with subprocess.Popen(
        [*ALONE, *program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=surroundings
    ) as house:  # whatever goes wrong here closes its input, and so ends it with its parts
        began = json.loads(house.stdout.readline())
        beats = Alarm.objects.filter(what="beat", kind="working")
        until(lambda: set(beats.values_list("part", flat=True)) == set(PARTS))
        ended = json.loads(house.communicate()[0])

    assert began["cut_off"], "this network reaches nobody"
    assert len(began["answered"]) > 3
    assert set(began["answered"].values()) == {200}, began["answered"]
    assert ended["still_run"] == [True] * len(PARTS)
    asked = notes.read_text().splitlines()
    trial = [line for line in asked if "house.py: socket.connect 192.0.2.1" in line]
    assert len(trial) == 1, "whoever asks outside is written down, and the trial did"
    assert asked == trial


def test_who_asks_outside_is_written_down(tmp_path):
    """What the proof above looks at can be there."""
    notes = tmp_path / "asked"
    program = "import socket\ntry:\n    socket.getaddrinfo('index.invalid', 443)\nexcept OSError:\n    pass\n"
    surroundings = {**os.environ, "PYTHONPATH": str(HERE), "ONEROOM_TEST_ASKED_OUTSIDE": str(notes)}
    subprocess.run([sys.executable, "-c", program], env=surroundings, check=True)

    assert "getaddrinfo index.invalid" in notes.read_text()
