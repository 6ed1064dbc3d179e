"""Web, clock, courier and auditor each raise an alarm when another is silent (R20); what dies or hangs comes back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.utils.translation import override

from oneroom.apps.oversight.kinds import KINDS, said
from oneroom.apps.oversight.models import Alarm
from oneroom.apps.oversight.queries import alarms, open_alarms
from oneroom.project.watching import signs
from oneroom.project.watching.board import Board
from oneroom.project.watching.watch import HOUSE, PARTS, Watch
from oneroom.project.watching.wire import Wire
from oneroom.web.health.parts import Part, troubles
from tests.clock import HAND
from tests.waiting import until
from tests.watched import Process, auditor_url

# half a minute of real silence
pytestmark = [pytest.mark.prove, pytest.mark.alone, pytest.mark.django_db(transaction=True)]

PATIENCE_S = 90.0  # four processes start on a busy machine
SILENT_S = 4.0
NOBODY = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def house(room, database_url, tmp_path):
    """All four parts as real processes, each heard of by all."""
    environment = {"ONEROOM_AUDITOR_URL": auditor_url()}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    commands = {
        "web": ["runweb", "--port", str(port)],
        "clock": ["runclock"],
        "courier": ["runcourier"],
        "auditor": ["audit"],
    }
    running = {}
    try:
        for part, command in commands.items():
            running[part] = Process(command, url=database_url, signs=tmp_path, silent_s=SILENT_S, **environment)
        until(lambda: all(signs.read(tmp_path, part) for part in PARTS), PATIENCE_S)
        until(
            lambda: Alarm.objects.filter(what="beat", kind="working").values("part").distinct().count() == 4, PATIENCE_S
        )
        until(lambda: not open_alarms(), PATIENCE_S)
        yield running
    finally:
        for process in running.values():
            process.kill()


def said_of(part):
    """Who says now that this part is silent."""
    return set(open_alarms().filter(kind="silent", subject=part).values_list("part", flat=True))


def test_each_part_raises_an_alarm_when_another_stands_still_and_ends_it_when_that_goes_on(house):
    """R20: SIGSTOP each in turn; the other three say so, and nothing else."""
    for part, process in house.items():
        process.stand_still()
        until(lambda part=part: said_of(part) == set(PARTS) - {part}, PATIENCE_S)
        assert set(open_alarms().values_list("kind", "subject")) == {("silent", part)}

        process.go_on()
        until(lambda: not open_alarms(), PATIENCE_S)
    assert {row.over.part for row in alarms()} <= set(PARTS)


def test_a_part_that_ended_in_order_is_silent_all_the_same_for_somebody_must_do_its_work(house):
    house["courier"].process.terminate()

    until(lambda: said_of("courier") == {"web", "clock", "auditor"}, PATIENCE_S)


def test_what_is_killed_is_started_again_and_what_stands_still_is_killed_and_started_again(database_url, tmp_path):
    """R20: the supervisor sees it by the files alone."""
    program = """
        import django; django.setup()
        from oneroom.project.parts import clock, courier
        from oneroom.project.supervisor import Supervisor
        Supervisor([clock(), courier()]).run()
    """
    environment = {
        **os.environ, "ONEROOM_DATABASE_URL": database_url, "ONEROOM_SECRET_KEY": settings.SECRET_KEY,
        "ONEROOM_SIGNS": str(tmp_path), "ONEROOM_SILENT_S": "1",
    }  # fmt: skip
    supervisor = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], env=environment, stderr=subprocess.PIPE, text=True
    )
    pids = {}

    def is_another(part):
        sign = signs.read(tmp_path, part)
        return sign is not None and sign.pid != pids.get(part)

    try:
        for part, number in [("clock", signal.SIGKILL), ("courier", signal.SIGSTOP)]:
            until(lambda part=part: is_another(part), PATIENCE_S)
            pids[part] = signs.read(tmp_path, part).pid
            os.kill(pids[part], number)
            until(lambda part=part: is_another(part), PATIENCE_S)
    finally:
        supervisor.terminate()
        _, said = supervisor.communicate(timeout=20)
    assert "clock   | ended with -9" in said
    assert "courier | gave no sign of life for" in said


def test_an_archive_that_stands_still_is_killed_and_started_again(database_url, tmp_path):
    """Nobody waits for it, so nobody would notice: its sign of life is for the supervisor."""
    program = """
        import django; django.setup()
        from oneroom.project.parts import archive
        from oneroom.project.supervisor import Supervisor
        Supervisor([archive()]).run()
    """
    environment = {
        **os.environ, "ONEROOM_DATABASE_URL": database_url, "ONEROOM_SECRET_KEY": settings.SECRET_KEY,
        "ONEROOM_SIGNS": str(tmp_path), "ONEROOM_BACKUPS": str(tmp_path / "missing" / "x"),
        "ONEROOM_SILENT_S": "10",  # killed after three times that: a turn of its own on a busy machine is shorter
    }  # fmt: skip
    (tmp_path / "missing").write_text("no folder")  # whatever it tries fails, and it is alive all the same
    supervisor = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        until(lambda: signs.read(tmp_path, "archive") is not None, PATIENCE_S)
        sign = signs.read(tmp_path, "archive")
        assert sign.worked_s is None
        os.kill(sign.pid, signal.SIGSTOP)
        until(lambda: (now := signs.read(tmp_path, "archive")) is not None and now.pid != sign.pid, 2 * PATIENCE_S)
    finally:
        supervisor.terminate()
        _, said_so = supervisor.communicate(timeout=20)
    assert "archive | gave no sign of life for" in said_so


# ---- one watch, looked at by hand ----


@pytest.fixture
def watch(database_url, tmp_path):
    """A watch of the clock that looks when it is told to, and forgives no silence of a second."""
    made = []

    def make(url=database_url, silent_s=0.05, **more):
        made.append(Watch("clock", url=url, folder=tmp_path, now=HAND.now, silent_s=silent_s, **more))
        return made[-1]

    yield make
    for each in made:
        each._board.close()


def test_no_data_is_an_alarm_and_never_well(watch, tmp_path, monkeypatch):
    fresh = watch(silent_s=30)

    assert set(fresh.look().parts.values()) == {"unheard"}  # not yet an alarm, and not well either
    signs.give(tmp_path, "web", worked_at_s=None)  # of a run before this one, as it looks after a crash
    old = signs.read(tmp_path, "web")
    monkeypatch.setattr(signs, "read", lambda folder, part: replace(old, age_s=99) if part == "web" else None)
    assert set(fresh.look().parts.values()) == {"unheard"}  # they all start at once
    fresh._began_s -= 31
    seen = fresh.look()

    assert set(seen.parts.values()) == {"silent"}
    assert {(kind, subject) for kind, subject, _, _ in seen.wrong} == {("silent", part) for part in PARTS}
    assert open_alarms().count() == 4


def test_a_part_that_took_its_sign_with_it_is_silent_after_the_same_time_and_not_at_once(watch, tmp_path):
    """An ordered restart of the house is no alarm."""
    watching = watch(silent_s=30)
    watching._began_s -= 1000
    for part in PARTS:
        signs.give(tmp_path, part, worked_at_s=time.monotonic())
    assert not watching.look().wrong

    signs.take_back(tmp_path, "courier")
    assert not watching.look().wrong
    watching._seen_s["courier"] -= 31

    assert {row[:2] for row in watching.look().wrong} == {("silent", "courier")}


def test_a_sign_in_the_file_is_enough_and_so_is_one_in_the_database(watch, database_url, tmp_path):
    signs.give(tmp_path, "web", worked_at_s=time.monotonic())
    there = Board(database_url, part="courier", node="another machine")
    there.beat("working", HAND.now())
    there.close()

    parts = watch(silent_s=30).look().parts

    assert (parts["web"], parts["courier"], parts["auditor"]) == ("heard", "heard", "unheard")


def test_a_part_that_lives_and_fails_at_its_work_is_no_healthy_part(watch, tmp_path):
    signs.give(tmp_path, "web", worked_at_s=time.monotonic() - 100)
    watching = watch(silent_s=30)
    watching._began_s -= 31

    seen = watching.look()

    assert seen.parts["web"] == "failing"
    assert ("failing", "web") in {row[:2] for row in seen.wrong}


def test_what_is_wrong_with_the_machine_itself_is_an_alarm_of_its_part_until_it_is_mended(watch):
    """A folder of backups that takes nothing kills no process: nobody would hear of it before it is wanted."""
    wrong = ["backup_behind"]
    watching = watch(silent_s=30, also=lambda: wrong)
    assert not watching.look().wrong, "it may be over in a moment"
    watching._house_s["backup_behind"] -= 31

    subject = f"clock@{watching.node}"
    assert [row[:2] for row in watching.look().wrong] == [("backup_behind", subject)]
    with override("en"):
        said_so = said("backup_behind", subject)
    assert said_so.startswith(f"clock on {watching.node}: changes do not reach the backups")
    after = watch(silent_s=30, also=lambda: wrong)  # the part was started again meanwhile
    assert [row[:2] for row in after.look().wrong] == [("backup_behind", subject)]
    assert open_alarms().count() == 1

    wrong.clear()
    after.look()
    assert open_alarms().count() == 0
    assert [(row.kind, row.over is not None) for row in alarms()] == [("backup_behind", True)]


@pytest.mark.parametrize(
    ("parts", "kinds"),
    [
        ([Part("backup", 5.0, 60.0), Part("disk", 1.0, 10.0), Part("journal", 0.0, 10.0)], []),
        ([Part("backup", 61.0, 60.0)], ["backup_behind"]),
        ([Part("backup", None, 60.0, figures={"unseen_s": 20})], []),  # the archive may be starting, too
        ([Part("backup", None, 60.0, figures={"unseen_s": 61})], ["backup_behind"]),
        ([Part("disk", 1.0, 10.0, wrong=True)], ["disk_short"]),
        ([Part("journal", 0.0, 10.0, wrong=True, figures={"put_aside": ["journal.altered-1"]})], ["journal_aside"]),
        ([Part("journal", 0.0, 10.0, wrong=True, figures={"mode": "away", "put_aside": []})], []),  # said by "database"
    ],
)
def test_what_a_machine_works_with_is_told_by_kind_and_nothing_that_others_say_already(parts, kinds):
    assert troubles(parts) == kinds
    assert set(kinds) <= HOUSE <= KINDS.keys()


def test_a_sign_of_an_earlier_run_of_the_machine_and_a_torn_one_are_none(tmp_path, monkeypatch):
    signs.give(tmp_path, "web", worked_at_s=None)
    monkeypatch.setattr(signs, "_boot", lambda: "another")
    assert signs.read(tmp_path, "web") is None

    (tmp_path / "web.sign").write_text('{"pid": 1, "bo')
    assert signs.read(tmp_path, "web") is None


def test_one_of_two_copies_that_falls_silent_is_named_by_its_machine(watch, database_url):
    for node in ("north", "south", "east"):
        copy = Board(database_url, part="courier", node=node)
        copy.beat("working", HAND.now())
        if node == "east":
            copy.beat("bye", HAND.now())  # taken out of service in order
        copy.close()
    Alarm.objects.exclude(node="north").update(written=Alarm.objects.get(node="north").written - timedelta(minutes=1))

    seen = watch(silent_s=30).look()

    assert seen.parts["courier"] == "heard"
    assert ("silent", "courier@south") in {row[:2] for row in seen.wrong}
    assert ("silent", "courier@east") not in {row[:2] for row in seen.wrong}


def test_a_database_that_is_away_is_an_alarm_without_it_and_on_record_when_it_is_back(watch, database_url):
    watching = watch(url=NOBODY, silent_s=30)
    assert not watching.look().database
    watching._reached_s -= 11

    seen = watching.look()
    assert ("database", "database") in {row[:2] for row in seen.wrong}
    assert not Alarm.objects.exists()

    back = Board(database_url, part="clock", node=watching.node)
    watching._board = back
    assert watching.look().database
    watching.look()
    [row] = alarms()
    assert (row.kind, row.part) == ("database", "clock")
    assert row.over is not None


def test_a_statement_that_hangs_is_cut_from_here(database_url):
    """A server that is stopped answers no timeout of its own."""
    wire = Wire(database_url, name="hangs", patience_s=0.2)

    with pytest.raises(psycopg.OperationalError), wire.use() as connection:
        connection.execute("SELECT pg_sleep(600)")

    with wire.use() as connection:
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
        assert connection.execute(ended).fetchone() == (1,)  # the server itself would sleep on
    wire.close()


def test_what_a_dead_watcher_said_is_ended_by_another_that_knows_better(watch, database_url, tmp_path):
    dead = Board(database_url, part="web", node="gone")
    dead.raise_("silent", "courier", since=HAND.now(), at=HAND.now())
    dead.close()
    signs.give(tmp_path, "courier", worked_at_s=time.monotonic())

    watch(silent_s=30).look()

    [row] = alarms()
    assert row.over.part == "clock"


def test_a_planner_is_watched_from_its_first_sign_on_and_a_house_without_one_is_well(database_url, tmp_path):
    """R20: a house may do without the part; one that was there and is silent is an alarm."""
    more = {"url": database_url, "folder": tmp_path, "now": HAND.now, "silent_s": 0.5, "grace": False}
    watching = Watch("monitor", **more, expected=())
    assert watching.glance(HAND.now())[0].parts == {}
    signs.give(tmp_path, "planner", worked_at_s=time.monotonic())
    assert watching.glance(HAND.now())[0].parts == {"planner": "heard"}
    until(lambda: watching.glance(HAND.now())[0].parts == {"planner": "silent"}, PATIENCE_S)
    assert {row[:2] for row in watching.glance(HAND.now())[0].wrong} == {("silent", "planner")}
    signs.give(tmp_path, "planner", worked_at_s=time.monotonic())
    assert not watching.glance(HAND.now())[0].wrong
    watching.close()
    with override("en"):
        assert said("silent", "planner") == "planner: no sign of life. No plan is run."
