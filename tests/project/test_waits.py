"""A connection whose server says nothing can be cut from another thread: here one backend is really stopped."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress

import psycopg
import pytest
from django.db import OperationalError, connection

from oneroom.project.postgres.waits import WAITS
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def frozen_backend():
    """The server process of a second connection, stopped; the connection asks it from a thread of its own."""
    asked: dict[str, object] = {}
    ready, go = threading.Event(), threading.Event()

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            asked["pid"] = cursor.fetchone()[0]
        ready.set()
        go.wait(20)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except OperationalError as error:
            asked["error"] = error
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    assert ready.wait(20)
    pid = int(str(asked["pid"]))
    try:
        os.kill(pid, signal.SIGSTOP)
    except OSError:
        pytest.skip("The test database is on another machine: its processes cannot be stopped from here.")
    go.set()
    yield thread, asked
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
    thread.join(20)


def test_who_waits_for_a_server_that_says_nothing_is_cut_loose(frozen_backend):
    thread, asked = frozen_backend

    until(lambda: WAITS.cut(older_than_s=0.0) == 1)
    thread.join(20)

    assert not thread.is_alive()
    assert isinstance(asked["error"], OperationalError)


def test_who_does_not_wait_long_is_left_alone(frozen_backend):
    thread, asked = frozen_backend

    assert WAITS.cut(older_than_s=60.0) == 0
    assert thread.is_alive()
    assert "error" not in asked
    until(lambda: WAITS.cut(older_than_s=0.0) == 1)


def test_after_a_cut_the_next_question_gets_a_new_connection(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()
    connection.connection._wire.shutdown(2)
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != before


def test_a_connection_that_its_server_ended_is_not_taken_for_usable_however_lately_it_answered():
    """Between two requests a moment apart nobody asks the server whether it is there: it would have said so itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    assert connection.is_usable()
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    held = connection.connection
    until(lambda: not held.is_quiet())
    held.heard_s = time.monotonic()

    assert not connection.is_usable()
    connection.close()


def test_a_connection_that_was_not_heard_for_long_is_asked(monkeypatch):
    monkeypatch.setattr("oneroom.project.postgres.base.TRUSTED_S", -1.0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    before = connection.connection.heard_s
    assert connection.is_usable()
    assert connection.connection.heard_s > before
