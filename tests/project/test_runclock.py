import psycopg
import pytest

from oneroom.project.beat import Beat
from oneroom.project.management.commands.runclock import Clockwork

happened = []


def climbs(at):
    happened.append(at)
    return 1


def fails(at):
    raise RuntimeError("the archive is full")


@pytest.fixture
def clockwork(database_url, settings):
    happened.clear()
    settings.CLOCKWORK = [f"{__name__}.fails", f"{__name__}.climbs"]
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
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


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


def test_a_clock_whose_connection_was_cut_works_again(clockwork, database_url):
    clock = clockwork()
    clock.turn()

    _cut_all_other_connections(database_url)
    with pytest.raises(psycopg.OperationalError):
        clock.turn()
    clock.turn()

    assert len(happened) == 2


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
