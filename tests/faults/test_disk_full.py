"""R12: a full disk refuses in words, tears no file, and is forgotten when there is room again."""

from __future__ import annotations

import resource
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from oneroom.apps.oversight.queries import open_alarms
from oneroom.ports import heads, stamps
from tests.faults.stand import NOT_HERE
from tests.faults.test_crash import ROOT


@pytest.mark.prove
@pytest.mark.parametrize(("how", "seconds"), [("bytes", "30"), ("files", "10")])
def test_r12_a_database_whose_disk_is_full_refuses_in_words_and_loses_nothing(how, seconds):
    command = [sys.executable, "-u", "-m", "tests.faults.disk_full", "--how", how, "--seconds", seconds]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(done.stdout, end="")
    if done.returncode == NOT_HERE:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "GREEN" in done.stdout


@contextmanager
def full_after(size):
    """No file of this process may grow beyond so many bytes: what a disk without room does, without being root."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("room_for", [0, 20, 100])
def test_half_a_signing_key_is_no_key_and_the_next_try_makes_a_whole_one(tmp_path, room_for):
    with full_after(room_for), pytest.raises(OSError, match="too large"):
        heads.signing_key(tmp_path)
    assert not (tmp_path / heads.KEY).exists()
    made = heads.signing_key(tmp_path)
    assert heads.signing_key(tmp_path).private_bytes_raw() == made.private_bytes_raw()
    assert heads.heads_of(tmp_path / "none", tmp_path / "acts.vkey") == []


def test_half_a_stamp_is_no_stamp(tmp_path, monkeypatch, settings, db):
    settings.TSA_URL = "http://tsa.invalid"
    monkeypatch.setattr(stamps, "_ask", lambda note: b"x" * 500)
    stamps._next.clear()
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with full_after(100):
        stamps.stamp_head(tmp_path, "acts", 7, "note", at)
    assert stamps.stamped_sizes(tmp_path, "acts") == set()
    assert [a.kind for a in open_alarms()] == ["head_not_stamped"]
    stamps.stamp_head(tmp_path, "acts", 7, "note", at)
    assert stamps.stamped_sizes(tmp_path, "acts") == {7}
    assert not open_alarms()
    stamps._next.clear()


@pytest.mark.prove
def test_r12_a_disk_that_turns_read_only_keeps_calls_going_and_loses_nothing():
    command = [sys.executable, "-u", "-m", "tests.faults.read_only"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(done.stdout, end="")
    if done.returncode == NOT_HERE:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
