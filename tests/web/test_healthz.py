"""/healthz: never waits, never green without data, tells strangers only whether the house is well."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import psutil
import psycopg
import pytest
from django.db import connection

from oneroom.apps.oversight.models import Alarm
from oneroom.project.embedded import Embedded
from oneroom.web.health import probe as probes
from oneroom.web.health.door import health, is_operator
from oneroom.web.health.parts import Part, State, overall
from oneroom.web.health.probe import Probe
from oneroom.web.live import Live
from oneroom.web.stream import app as stream_app
from oneroom.web.stream import tail as tails
from oneroom.web.stream.http import Request
from tests.clock import HAND
from tests.waiting import until
from tests.web.streams import Serving, say

WELL = Part("stream", 0.1, 5.0)


@pytest.fixture
def site(database_url):
    with Serving(Live(database_url)) as serving:
        until(lambda: httpx.get(f"{serving.url}/healthz").json()["ok"])
        yield serving


def test_it_names_each_part_with_its_age_and_its_limit(site):
    say("room")
    until(lambda: site.live.hub.ring.head == 1)

    answer = httpx.get(f"{site.url}/healthz", timeout=1)

    said = answer.json()
    assert (answer.status_code, said["ok"], said["state"]) == (200, True, "ok")
    assert said["parts"].keys() >= {"stream", "database", "clock_skew"}
    assert all(0 <= part["age_s"] < part["limit_s"] for part in said["parts"].values())
    assert said["parts"]["stream"]["seq"] == 1
    assert said["parts"]["database"]["write_ms"] > 0
    assert abs(said["parts"]["clock_skew"]["skew_s"]) < 2


def test_a_stranger_hears_only_whether_all_is_well(site, settings):
    settings.OPERATOR_TOKEN = "t" * 40
    passed_on = {"X-Forwarded-For": "198.51.100.7"}

    for headers in (passed_on, passed_on | {"Authorization": "Bearer " + "u" * 40}):
        assert httpx.get(f"{site.url}/healthz", headers=headers).json() == {"ok": True}
    with_token = httpx.get(f"{site.url}/healthz", headers=passed_on | {"Authorization": "Bearer " + "t" * 40})
    assert "parts" in with_token.json()


@pytest.mark.parametrize(
    ("client", "headers", "let_in"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("198.51.100.7", {}, False),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, False),  # what a stranger may write himself
        ("127.0.0.1", {"x-real-ip": "198.51.100.7"}, False),
        ("198.51.100.7", {"authorization": "Bearer "}, False),
        ("", {}, False),
    ],
)
def test_details_are_for_the_machine_itself_or_the_token(settings, client, headers, let_in):
    settings.OPERATOR_TOKEN = ""
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"method": "GET", "path": "/healthz", "headers": given, "client": (client, 1)})

    assert is_operator(request) is let_in


@pytest.mark.parametrize(
    ("part", "state"),
    [
        (Part("courier", 1.0, 15.0), State.OK),
        (Part("courier", None, 15.0), State.DEGRADED),  # R20: no data is never green
        (Part("courier", 15.0, 15.0), State.DEGRADED),
        (Part("disk", 1.0, 15.0, wrong=True), State.DEGRADED),
        (Part("database", None, 15.0, vital=True), State.FAILED),
        (Part("database", 15.0, 15.0, vital=True), State.FAILED),
    ],
)
def test_a_part_that_is_silent_or_bad_is_never_green(part, state):
    assert part.state == state
    assert overall([WELL, part]) == state


def test_a_house_of_which_nothing_is_known_has_failed():
    assert overall([]) == State.FAILED


def test_only_what_this_process_cannot_do_without_closes_its_door():
    """A balancer goes by the status: one silent courier must not close every door."""
    assert health([WELL, Part("courier", None, 15.0)], details=False) == (200, {"ok": False})
    assert health([WELL, Part("database", None, 15.0, vital=True)], details=False) == (503, {"ok": False})


def test_a_full_disk_and_a_clock_that_is_off_are_said(database_url, tmp_path, monkeypatch):
    """R11: more than two seconds of skew; R12: the disk is told of before it is full."""
    monkeypatch.setattr(probes, "_TIME", "SELECT extract(epoch FROM clock_timestamp() + interval '5 s')::float8")
    probe = Probe(database_url, folders=[tmp_path / "not-made-yet"], least_free_mb=1e12)
    assert {part.age_s for part in probe.parts()} == {None}

    probe.start()
    try:
        until(lambda: all(part.age_s is not None for part in probe.parts()))
        found = {part.name: part for part in probe.parts()}
    finally:
        probe.stop()
        probe.join()

    assert found["database"].state == State.OK
    assert found["disk"].state == found["clock_skew"].state == State.DEGRADED
    assert 4.5 < found["clock_skew"].figures["skew_s"] <= 5.1


def test_a_rung_that_is_due_and_does_not_happen_is_seen_whatever_the_clock_says_of_itself(room, monkeypatch):
    """R3, R5: no clock process runs here, and nobody had to say so."""
    incident = room.report("burglary", at="market")
    room.dispatch(incident, "crew-1")
    probe = Probe("", folders=[], least_free_mb=0)

    class Asked:
        def execute(self, query, values):
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                row = cursor.fetchone()
            return SimpleNamespace(fetchone=lambda: row)

    def ladders(seconds):
        monkeypatch.setattr(probes, "now", lambda: HAND.now() + timedelta(seconds=seconds))
        probe._look_at_work(Asked(), time.monotonic())
        return next(part for part in probe.parts() if part.name == "ladders")

    assert ladders(1).state == State.OK
    assert ladders(300).state == State.DEGRADED
    assert ladders(300).figures["behind_s"] > 200


def test_each_part_that_gives_signs_of_life_is_named_and_one_never_heard_of_is_not_well(database_url):
    """R20: the database's clock says how old a sign is."""
    at = HAND.now()
    common = {"what": "beat", "kind": "working", "node": "here", "at": at}
    Alarm.objects.create(part="clock", **common)
    Alarm.objects.create(part="courier", written=datetime.now(UTC) - timedelta(seconds=90), **common)
    Alarm.objects.create(part="auditor", **common | {"kind": "alive"})  # alive, but its work does not go well
    Alarm.objects.create(part="planner", **common)
    probe = Probe(
        database_url, folders=[], least_free_mb=0, watched=("clock", "courier", "auditor"),
        once_heard=("planner", "butler"), silent_s=30.0,
    )  # fmt: skip
    assert not {"planner", "butler"} & {part.name for part in probe.parts()}
    probe.start()
    try:
        until(lambda: {p.name: p.age_s for p in probe.parts()}["clock"] is not None)
        found = {part.name: part for part in probe.parts()}
    finally:
        probe.stop()
        probe.join()

    assert [found[name].state for name in ("clock", "courier", "auditor")] == ["ok", "degraded", "degraded"]
    assert found["courier"].age_s > 80
    assert found["auditor"].age_s is None
    assert found["planner"].state == "ok"
    assert "butler" not in found, "a house may do without it, and does"


def test_it_answers_while_the_database_hangs_and_is_well_again_after(database_folder, monkeypatch):
    """R6: SIGSTOP, a hang and no refusal. The door does not wait; the findings grow old, and that shows."""
    monkeypatch.setattr(probes, "SILENT_S", 1.0)
    monkeypatch.setattr(probes, "EVERY_S", 0.1)
    monkeypatch.setattr(tails, "HUNG_S", 1e9)  # of its query here only the probe is to tell
    monkeypatch.setattr(stream_app, "READY_S", 0.1)
    with Embedded(database_folder, fast=True) as server, Serving(Live(server.url())) as site:

        def database():
            return httpx.get(f"{site.url}/healthz", timeout=1).json()["parts"]["database"]["state"]

        until(lambda: database() == "ok")
        found = psutil.Process(server.process.pid)
        stopped = [found, *found.children(recursive=True)]
        for process in stopped:
            os.kill(process.pid, signal.SIGSTOP)
        try:
            until(lambda: database() == "failed")
        finally:
            for process in stopped:
                os.kill(process.pid, signal.SIGCONT)
        until(lambda: database() == "ok")


def test_the_question_for_room_lays_down_a_file_on_the_databases_disk(database_url):
    """R12: what fits into memory would see no full disk."""
    with psycopg.connect(database_url, autocommit=True) as connection:

        def files():
            connection.execute("SELECT pg_stat_force_next_flush()")
            [many] = connection.execute(
                "SELECT temp_files FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
            return many

        before = files()
        assert not probes.is_full(connection)
        until(lambda: files() > before)
