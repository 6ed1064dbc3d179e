import threading

import psycopg
import pytest
from django.db import connection as django_connection

from oneroom.apps.oversight.queries import open_alarms
from oneroom.project.beat import Beat
from oneroom.project.management.commands import runclock
from oneroom.project.management.commands.runclock import Clockwork
from tests.waiting import until

happened = []
houseworks = []
hanging = threading.Event()


def climbs(at):
    happened.append(at)
    return 1


def fails(at):
    raise RuntimeError("the archive is full")


def hangs(at):
    hanging.wait(20)
    houseworks.append(at)


@pytest.fixture
def clockwork(database_url, settings):
    happened.clear()
    settings.CLOCKWORK = [f"{__name__}.fails", f"{__name__}.climbs"]
    settings.HOUSEWORK = []
    made = []

    def make():
        made.append(Clockwork(database_url))
        return made[-1]

    yield make
    for each in made:
        each.close()


def _cut_all_other_connections(database_url):
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    django_connection.close()  # as the loop does before a turn (`beat.py`)


def test_a_work_that_fails_stops_no_other(clockwork):
    clockwork().turn()

    assert len(happened) == 1


def test_of_two_clocks_one_works(clockwork):
    first, second = clockwork(), clockwork()

    first.turn()
    second.turn()
    first.turn()

    assert len(happened) == 2


def test_the_second_clock_takes_over_when_the_first_is_gone(clockwork):
    first, second = clockwork(), clockwork()
    first.turn()

    first.close()
    second.turn()

    assert len(happened) == 2


def test_a_clock_that_stands_still_loses_its_turn_and_does_not_take_it_back(clockwork, monkeypatch, caplog):
    """R3, R4: its process lives and so does its connection; the database ends what says nothing."""
    monkeypatch.setattr(runclock, "FROZEN_S", 0.2)
    first, second = clockwork(), clockwork()
    first.turn()

    until(lambda: (second.turn(), len(happened))[1] == 2)  # the first one is not called: it is frozen
    first.turn()

    assert first.stands_by
    said = [record for record in caplog.records if "turn" in record.getMessage()]
    assert [record.getMessage() for record in said] == [
        "This clock lost its turn (IdleSessionTimeout) and asks for it anew."
    ]
    assert not said[0].exc_info
    assert len(happened) == 2


def test_a_clock_whose_connection_was_cut_works_again(clockwork, database_url):
    clock = clockwork()
    clock.turn()

    _cut_all_other_connections(database_url)
    clock.turn()

    assert len(happened) == 2


def test_housework_that_hangs_holds_up_no_ladder_and_is_an_alarm(clockwork, settings, monkeypatch):
    """R3: such as a second place for signed heads that does not answer."""
    settings.HOUSEWORK = [f"{__name__}.hangs"]
    hanging.clear()
    houseworks.clear()
    clock = clockwork()

    for _ in range(3):
        clock.turn()

    assert (len(happened), len(houseworks)) == (3, 0)
    assert not open_alarms()
    monkeypatch.setattr(runclock, "LONG_S", 0.0)
    monkeypatch.setattr(runclock, "FAILED_S", 0.0)
    clock.turn()
    assert "housework" in {alarm.subject for alarm in open_alarms()}
    hanging.set()
    clock.close()
    assert len(houseworks) == 1  # one round after the other, however many turns there were


def test_a_turn_that_fails_does_not_end_the_loop(db):
    turns = []

    def turn():
        turns.append(1)
        if len(turns) == 1:
            raise RuntimeError("the database is away")
        beat.stop()
        return False

    beat = Beat(0.001, turn)
    beat.run()

    assert len(turns) == 2


def test_a_task_that_fails_again_and_again_is_an_alarm_until_it_works(clockwork, monkeypatch):
    monkeypatch.setattr(runclock, "FAILED_S", 0.0)
    clock = clockwork()

    clock.turn()
    clock.turn()

    assert [(a.kind, a.subject) for a in open_alarms()] == [("work_failed", f"{__name__}.fails")]
    clock._works = dict.fromkeys(clock._works, climbs)
    clock.turn()
    assert not open_alarms()
