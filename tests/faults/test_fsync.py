"""R2: what the disk did not take is not acknowledged: every write-through of PostgreSQL fails, or hangs, by strace."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from contextlib import contextmanager

import psycopg
import pytest

from oneroom.project.embedded import Embedded
from tests.waiting import until

pytestmark = [
    pytest.mark.prove,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace injects the disk's errors"),
]
WRITERS = 4
WRITES_THROUGH = "fsync,fdatasync,sync_file_range"


@contextmanager
def injected(process, what):
    """Every write-through of the server and its children ends so, until the block ends."""
    command = ["strace", "-f", "-q", "-o", "/dev/null", "-p", str(process.pid), "-e", f"trace={WRITES_THROUGH}"]
    children = [word for child in _children(process.pid) for word in ("-p", str(child))]
    tracing = subprocess.Popen([*command, *children, "-e", f"inject={WRITES_THROUGH}:{what}"], stderr=subprocess.PIPE)
    try:
        until(lambda: _is_traced(process.pid))
        yield
    finally:
        tracing.terminate()
        tracing.wait(10)


def _children(pid):
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


def _is_traced(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return any(line.startswith("TracerPid:") and line.split()[1] != "0" for line in status)


class Writer(threading.Thread):
    """Writes one number after the other; ``acked`` are those of which the database said that they are kept."""

    def __init__(self, url, number):
        super().__init__(daemon=True)
        self.url, self.number, self.acked, self.refused, self.waited_s = url, number, [], False, 0.0
        self.ended = threading.Event()

    def run(self):
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                for n in range(self.number * 1_000_000, (self.number + 1) * 1_000_000):
                    if self.ended.is_set():
                        return
                    begun = time.monotonic()
                    connection.execute("INSERT INTO kept VALUES (%s)", [n])
                    self.acked.append(n)
                    self.waited_s = time.monotonic() - begun
        except psycopg.Error:
            self.refused = True


def kept(url):
    with psycopg.connect(url) as connection:
        return {n for (n,) in connection.execute("SELECT n FROM kept")}


@pytest.fixture
def house(database_folder):
    with Embedded(database_folder) as server:
        url = server.database("r2")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n bigint PRIMARY KEY)")
        yield server, url


def writers(url):
    all_of_them = [Writer(url, n) for n in range(WRITERS)]
    for one in all_of_them:
        one.start()
    until(lambda: all(len(one.acked) > 5 for one in all_of_them))
    return all_of_them


def test_r2_a_write_through_that_fails_acknowledges_nothing_and_what_was_acknowledged_is_there(house):
    server, url = house
    busy = writers(url)
    with injected(server.process, "error=EIO"):
        before = [len(one.acked) for one in busy]
        until(lambda: all(one.refused for one in busy))  # the server gives up rather than to go on
        after = [len(one.acked) for one in busy]
    # Between the look before and the first error a commit that was under way may still have been taken.
    assert sum(after) - sum(before) <= 50 * WRITERS
    assert "PANIC" in server.log_file.read_text()

    acked = {n for one in busy for n in one.acked}
    until(lambda: _answers(url))
    assert acked - kept(url) == set()
    print(f"{len(acked)} writes acknowledged, none of them missing after the disk refused")


def test_r2_a_write_through_that_hangs_keeps_the_answer_back(house):
    server, url = house
    busy = writers(url)
    with injected(server.process, "delay_enter=1000000"):
        until(
            lambda: all(one.waited_s >= 0.9 for one in busy)
        )  # one write-through carries the commits that wait for it
    for one in busy:
        one.ended.set()
        one.join(10)

    assert {n for one in busy for n in one.acked} - kept(url) == set()


def _answers(url):
    try:
        kept(url)
    except psycopg.Error:
        return False
    return True
