"""R17: a backup loses less than a minute, and what comes back verifies against what was signed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import psutil
import psycopg
import pytest
from django.conf import settings
from django.db import connection

from oneroom.project.backup import restoring
from oneroom.project.backup.copying import Source, copy_whole
from oneroom.project.backup.place import Base, Note, Place, place, segment_after
from oneroom.project.backup.restoring import first_gap
from oneroom.project.backup.sealing import new_key, read_keys, seal_of
from oneroom.project.backup.shipping import Shipping
from oneroom.project.checks import backups
from oneroom.project.embedded import Embedded
from oneroom.project.management.commands import runarchive
from oneroom.project.management.commands.runarchive import Archive
from oneroom.project.trouble import Trouble
from oneroom.web.health import probe as probes
from oneroom.web.health.parts import State
from tests.waiting import until

pytestmark = pytest.mark.prove  # whole copies of a server of its own, made and restored

WEEK = timedelta(days=7)
_SAY = """
from tests.web.streams import say
from django.conf import settings
from django.db import connection
from oneroom.apps.ledger.time import now
from oneroom.ports.heads import sign_heads
say("room", times={times})
sign_heads(now())
"""


@pytest.fixture
def house(database_folder):
    """A real server with fsync, our tables in it, a folder of heads and one of backups."""
    with Embedded(database_folder / "server") as server:
        url = server.database("oneroom")
        _oneroom(url, database_folder, "migrate", "--verbosity", "0")
        yield server, url, database_folder


def _environment(url, folder):
    ours = {"ONEROOM_PG_BIN"}  # with the programs of the server that is tested
    kept = {name: value for name, value in os.environ.items() if name in ours or not name.startswith("ONEROOM_")}
    return {
        **kept, "DJANGO_SETTINGS_MODULE": "oneroom.project.settings", "ONEROOM_SECRET_KEY": "k" * 40,
        "ONEROOM_DATABASE_URL": url, "ONEROOM_HEADS": str(folder / "heads"), "ONEROOM_HOME": str(folder / "home"),
        "ONEROOM_BACKUPS": str(folder / "backups"),
    }  # fmt: skip


def _oneroom(url, folder, *words, check=True):
    done = subprocess.run(
        [sys.executable, "-m", "oneroom", *words], env=_environment(url, folder), capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def _say(url, folder, times):
    """Entries, and signed heads over them."""
    _oneroom(url, folder, "shell", "--verbosity", "0", "--command", _SAY.format(times=times))


def _entries(url):
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT count(*) FROM ledger_entry").fetchone()[0]


def _all_taken(url):
    """Whether every change so far lies in the archive."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT restart_lsn >= pg_current_wal_flush_lsn() FROM pg_replication_slots WHERE slot_name = %s",
            [settings.BACKUP_SLOT],
        ).fetchone()
    return bool(row and row[0])


def test_a_server_that_is_killed_and_lost_comes_back_with_every_entry_and_its_signatures(house):
    server, url, folder = house
    _say(url, folder, 5)
    where = Place(folder / "backups")
    told = []
    archive = Archive(where, Source(url), folder / "heads", WEEK, lambda: datetime(2026, 3, 1, tzinfo=UTC), told.append)
    try:
        archive.turn()
        archive.copied()
        assert told == where.bases()
        _say(url, folder, 7)  # after the whole copy: only the changes have it
        where.carry_heads(folder / "heads")
        until(lambda: _all_taken(url))
        entries = _entries(url)
        main = psutil.Process(server.process.pid)
        for process in [*main.children(recursive=True), main]:
            with contextlib.suppress(psutil.NoSuchProcess):  # its server died first and took it along
                process.kill()
        server.process.wait()
    finally:
        archive.close()
    shutil.rmtree(server.data)

    done = _oneroom(url, folder, "restore", "--to", str(folder / "again"))

    assert "signed heads agree" in done.stdout
    assert "Ready in" in done.stdout
    assert len(where.bases()) == 1
    with Embedded(folder / "again") as again:  # as its operator starts it
        assert _entries(again.url("oneroom")) == entries == 12


CANARIES = ("Quillbefore1", "Quillafter2")


def _whisper(url, words):
    """Words of a caller, as the database holds them."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO ledger_sealed (matter, purpose, text, created) "
            "VALUES ('incident:1', 'draft.words', %s, now())",
            [words],
        )
        connection.execute("SELECT pg_switch_wal()")


def _holding(folder, words):
    """Files in which these words stand in plain."""
    return [p.name for p in folder.rglob("*") if p.is_file() and words.encode() in p.read_bytes()]


def test_an_encrypted_backup_shows_nothing_to_whoever_has_not_the_key_and_comes_back_to_whoever_has(house):
    """Security 38: whole copy, changes and signing key; RPO and verification as without encryption."""
    server, url, folder = house
    _say(url, folder, 5)
    _whisper(url, CANARIES[0])
    public = new_key(folder / "private.key")
    seal, where = seal_of(public), Place(folder / "backups")
    shipping = Shipping(where, folder / "spool", seal)
    archive = Archive(
        where,
        Source(url),
        folder / "heads",
        WEEK,
        lambda: datetime(2026, 3, 1, tzinfo=UTC),
        shipping=shipping,
        seal=seal,
    )
    try:
        archive.turn()
        archive.copied()
        _whisper(url, CANARIES[1])
        _say(url, folder, 4)
        until(lambda: _all_taken(url))
        archive.turn()
        archive.turn()
    finally:
        archive.close()
    for words in CANARIES:
        assert _holding(server.data, words)  # so that finding none says something
        assert _holding(where.folder, words) == []
    assert _holding(where.folder, "PRIVATE KEY") == []
    assert (where.heads / "signing.key.age").exists()
    assert first_gap(where, where.bases()[0]) is None

    restore = ("restore", "--from", str(where.folder), "--to")
    assert "is encrypted" in _oneroom(url, folder, *restore, str(folder / "none"), check=False).stderr
    new_key(folder / "other.key")
    said = _oneroom(url, folder, *restore, str(folder / "other"), "--key", str(folder / "other.key"), check=False)
    assert "does not open with this key" in said.stderr
    done = _oneroom(url, folder, *restore, str(folder / "again"), "--key", str(folder / "private.key"))

    assert "acts: 9 entries, whole" in done.stdout
    assert "Ready in" in done.stdout
    assert not (folder / "again" / "opened").exists()
    with Embedded(folder / "again") as again, psycopg.connect(again.url("oneroom")) as connection:
        assert {text for (text,) in connection.execute("SELECT text FROM ledger_sealed")} == set(CANARIES)


def test_one_changed_byte_of_an_encrypted_copy_is_found_before_it_is_used(house):
    _server, url, folder = house
    _say(url, folder, 2)
    seal, where = seal_of(new_key(folder / "private.key")), Place(folder / "backups")
    base = copy_whole(where, Source(url), datetime(2026, 3, 1, tzinfo=UTC), folder / "heads", seal)
    with base.archive.open("r+b") as file:
        file.seek(base.archive.stat().st_size // 2)
        (byte,) = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    said = _oneroom(
        url, folder, "restore", "--from", str(where.folder), "--to", str(folder / "again"), "--key",
        str(folder / "private.key"), check=False,
    )  # fmt: skip
    assert said.returncode != 0
    assert "was changed" in said.stderr


def test_what_cannot_be_brought_away_is_not_taken_any_more(tmp_path, monkeypatch):
    """Else the database would believe that it is in safety."""
    where = Place(tmp_path / "backups")
    shipping = Shipping(where, tmp_path / "spool", seal_of(new_key(tmp_path / "key")))
    nobody = Source(f"host={tmp_path} dbname=none")
    archive = Archive(where, nobody, None, WEEK, lambda: datetime(2026, 3, 1, tzinfo=UTC), shipping=shipping)
    taken = archive._taking = subprocess.Popen(["sleep", "60"])
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / f"00000001{1:016X}").write_bytes(b"x" * 100)
    monkeypatch.setattr(shipping._seal, "pour", _no_room)

    with pytest.raises(OSError, match="No space"):
        archive.turn()

    assert taken.poll() is not None
    assert (tmp_path / "spool" / f"00000001{1:016X}").exists()


def _no_room(*_args):
    raise OSError(28, "No space left on device")


def test_keys_are_made_once_and_what_is_no_key_is_said_to_be_none(tmp_path):
    public = new_key(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert public.startswith("age1")
    with pytest.raises(Trouble, match="Nothing is ever overwritten"):
        new_key(tmp_path / "key")
    assert seal_of(" ") is None
    for wrong in ("age1nonsense", f"{public}, nonsense"):
        with pytest.raises(Trouble, match="not a public key"):
            seal_of(wrong)
    (tmp_path / "wrong").write_text("AGE-SECRET-KEY-1NONSENSE")
    with pytest.raises(Trouble, match="no private key"):
        read_keys(tmp_path / "wrong")


def test_health_knows_how_much_would_be_lost(house, monkeypatch):
    """R17: without an archive `backup` is never well; with one it is, and its age is what a loss now would cost."""
    _server, url, folder = house
    monkeypatch.setattr(probes, "EVERY_S", 0.1)
    probe = probes.Probe(url, folders=[], least_free_mb=0, slot=settings.BACKUP_SLOT)
    archive = Archive(Place(folder / "backups"), Source(url), None, WEEK, lambda: datetime(2026, 3, 1, tzinfo=UTC))

    def backup():
        return next(part for part in probe.parts() if part.name == "backup")

    probe.start()
    try:
        until(lambda: probe.parts()[0].state == State.OK)
        assert (backup().state, backup().age_s) == (State.DEGRADED, None)
        archive.turn()
        archive.copied()
        until(lambda: backup().state == State.OK)
    finally:
        archive.close()
        probe.stop()
        probe.join()


def test_changes_leave_the_house_while_the_whole_copy_is_made_and_health_is_green_for_nothing_less(house, monkeypatch):
    """R17: written down beside the database is not in safety; the day's copy, hours long, holds no change back."""
    _server, url, folder = house
    monkeypatch.setattr(probes, "EVERY_S", 0.1)
    monkeypatch.setattr(settings, "BACKUP_KEY", new_key(folder / "private.key"))
    seal, where, copying = seal_of(settings.BACKUP_KEY), Place(folder / "backups"), threading.Event()
    shipping = Shipping(where, folder / "spool", seal)
    monkeypatch.setattr(runarchive, "copy_whole", lambda *_args: copying.wait() and _no_copy())
    archive = Archive(
        where, Source(url), None, WEEK, lambda: datetime(2026, 3, 1, tzinfo=UTC), shipping=shipping, seal=seal
    )
    probe = probes.Probe(url, folders=[], least_free_mb=0, slot=probes.backup_slot())

    def backup():
        return next(part for part in probe.parts() if part.name == "backup")

    probe.start()
    try:
        archive.turn()
        _say(url, folder, 3)
        until(lambda: _all_taken(url))  # into the spool: nothing of it has left the house yet
        assert (backup().state, backup().age_s) == (State.DEGRADED, None)

        until(lambda: archive.turn() or backup().state == State.OK)

        assert archive._copying.is_alive(), "the whole copy is still being made"
        assert list(where.changes.glob("*.age")), "and the changes lie in the second place"
        _say(url, folder, 3)
        until(lambda: _all_taken(url))
        stood = backup().age_s
        until(lambda: backup().age_s > stood + 1)  # nobody ships: it grows old, whatever the spool holds
    finally:
        copying.set()
        archive.copied()
        archive.close()
        probe.stop()
        probe.join()


def _no_copy():
    raise Trouble("none was asked for")


def test_it_goes_back_to_a_time_before_the_mistake(house):
    """Somebody deleted the record by SQL: everything before that comes back, and nothing of it."""
    _server, url, folder = house
    _say(url, folder, 3)
    where = Place(folder / "backups")
    archive = Archive(where, Source(url), folder / "heads", WEEK, lambda: datetime(2026, 3, 1, tzinfo=UTC))
    try:
        archive.turn()
        archive.copied()
        _say(url, folder, 2)
        where.carry_heads(folder / "heads")
        with psycopg.connect(url) as connection:
            (before,) = connection.execute("SELECT clock_timestamp()").fetchone()
        with psycopg.connect(url) as connection:
            connection.execute("TRUNCATE ledger_entry")
        until(lambda: _all_taken(url))
    finally:
        archive.close()

    done = _oneroom(url, folder, "restore", "--to", str(folder / "again"), "--until", before.isoformat())
    at_the_end = _oneroom(url, folder, "restore", "--to", str(folder / "late"), check=False)

    assert "acts: 5 entries, whole" in done.stdout
    assert at_the_end.returncode == 1
    assert "not whole" in at_the_end.stdout


def test_by_hand_a_whole_copy_is_made_that_can_be_used_alone(house):
    _server, url, folder = house
    _say(url, folder, 4)

    said = _oneroom(url, folder, "backup", str(folder / "by hand")).stdout
    done = _oneroom(url, folder, "restore", "--from", str(folder / "by hand"), "--to", str(folder / "again"))

    assert "checked file by file" in said
    assert "acts: 4 entries, whole" in done.stdout
    with psycopg.connect(url) as connection:  # the copy holds everything: that it was made is on the record (G3)
        kind, via, facts = connection.execute("SELECT kind, via, facts FROM ledger_entry WHERE seq = 5").fetchone()
    assert (kind, via, facts["operator"] != "") == ("backup.made", "console", True)
    assert facts["bytes"] > 1_000_000
    assert (folder / "by hand").stat().st_mode & 0o077 == 0


def test_a_copy_that_fails_leaves_nothing_that_looks_like_one(tmp_path):
    where = Place(tmp_path)

    with pytest.raises(Trouble, match="pg_basebackup failed"):
        copy_whole(where, Source("postgresql://nobody:secret@127.0.0.1:1/none"), datetime(2026, 3, 1, tzinfo=UTC), None)

    assert where.bases() == []
    assert list(tmp_path.glob("unfinished-*")) == []


def test_the_password_is_in_no_argument():
    """Security 39: everybody on the machine reads the arguments of a process."""
    source = Source("postgresql://oneroom:secret@db.example/oneroom")

    assert "secret" not in " ".join(source._command("pg_basebackup"))
    assert source._environment["PGPASSWORD"] == "secret"


def _base(where, day):
    """A copy that ended on a day of March and begins at that segment."""
    at = datetime(2026, 3, day, tzinfo=UTC)
    made = where.folder / "made"
    (made / "data").mkdir(parents=True)
    (made / "data" / "backup_label").write_text(f"START WAL LOCATION: 0/{day}000028 (file {'0' * 7}1{day:016X})\n")
    return where.keep(made, Note(at.isoformat(), 18, "postgres", "oneroom", 1), at)


def test_old_copies_go_with_the_changes_that_only_they_needed_and_the_last_one_never(tmp_path):
    where = Place(tmp_path)
    where.make()
    for day in (1, 2, 3):
        _base(where, day)
    for number in (1, 2, 3, 4):
        (where.changes / f"00000001{number:016X}").touch()

    where.forget(before=datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert [base.ended.day for base in where.bases()] == [3]
    assert sorted(int(path.name[8:], 16) for path in where.changes.iterdir()) == [3, 4]

    where.forget(before=datetime(2026, 4, 1, tzinfo=UTC))
    assert len(where.bases()) == 1


def test_a_gap_in_the_changes_is_named_before_anything_is_used(tmp_path):
    """PostgreSQL would end its recovery there without a word."""
    where = Place(tmp_path / "backups")
    where.make()
    base = _base(where, 1)
    (base.data / "pg_wal").mkdir()
    for number in (1, 2, 4):
        (where.changes / f"00000001{number:016X}").write_bytes(b"x" * (16 << 20))

    with pytest.raises(Trouble, match=f"missing from 00000001{3:016X}"):
        restoring.lay_out(where, base, tmp_path / "again")


def test_nothing_is_ever_restored_over_what_is_there(tmp_path):
    where = Place(tmp_path / "backups")
    where.make()
    (tmp_path / "again" / "data").mkdir(parents=True)

    with pytest.raises(Trouble, match="there already"):
        restoring.lay_out(where, _base(where, 1), tmp_path / "again")


def test_what_ended_too_late_is_not_chosen(tmp_path):
    where = Place(tmp_path)
    first, _second = _base(where, 1), _base(where, 5)

    assert restoring.choose(where, datetime(2026, 3, 4, tzinfo=UTC)) == Base(first.folder)
    with pytest.raises(Trouble, match="before that time"):
        restoring.choose(where, datetime(2026, 2, 1, tzinfo=UTC))
    with pytest.raises(Trouble, match="ONEROOM_BACKUPS"):
        place()


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("000000010000000000000001", "000000010000000000000002"),
        ("0000000100000000000000FF", "000000010000000100000000"),
    ],
)
def test_segments_are_counted_as_postgresql_names_them(name, after):
    assert segment_after(name, segment_bytes=16 << 20) == after


def test_check_says_what_is_wrong_with_the_backups(tmp_path, settings, monkeypatch):
    settings.BACKUPS, settings.ARCHIVED = "", False
    assert "everything is lost" in _said(backups.copies)
    settings.BACKUPS = "elsewhere"
    assert _said(backups.copies) == ""
    settings.BACKUPS, settings.ARCHIVED = str(tmp_path), True
    where = Place(tmp_path)
    where.make()
    assert "no whole copy" in _said(backups.copies)
    base = _base(where, 1)
    (base.data / "pg_wal").mkdir()
    for number in (1, 2, 4):
        (where.changes / f"00000001{number:016X}").write_bytes(b"x" * (16 << 20))
    monkeypatch.setattr(backups, "now", lambda: datetime(2026, 3, 3, tzinfo=UTC))
    assert "48 hours old" in _said(backups.copies)
    assert f"from 00000001{3:016X} on" in _said(backups.copies)


def test_check_asks_the_database_what_waits_for_the_archive(db, settings):
    settings.BACKUPS, settings.ARCHIVED = "/backups", True
    assert "No archive ever came" in _said(backups.slot)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_create_physical_replication_slot(%s, true)", [settings.BACKUP_SLOT])
    try:
        said = _said(backups.slot)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_drop_replication_slot(%s)", [settings.BACKUP_SLOT])

    assert "No archive takes the changes" in said
    assert "max_slot_wal_keep_size" in said


def test_check_asks_how_far_encrypted_changes_lie_in_the_second_place(db, settings, monkeypatch):
    settings.ARCHIVED, settings.BACKUPS, settings.BACKUP_KEY = True, "/mnt/far", ""
    assert _said(backups.shipped) == "", "unencrypted ones go there directly"

    settings.BACKUP_KEY = "age1far"
    assert "No change was ever brought to /mnt/far (oneroom_shipped is missing)" in _said(backups.shipped)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_create_physical_replication_slot(%s, true)", [settings.SHIPPED_SLOT])
    try:
        near = _said(backups.shipped)
        monkeypatch.setattr(backups, "FAR_MB", -1)
        far = _said(backups.shipped)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_drop_replication_slot(%s)", [settings.SHIPPED_SLOT])

    assert near == ""
    assert "MB of changes do not lie in /mnt/far yet" in far


def _said(check):
    return " ".join(finding.sentence for finding in check())


def test_heads_are_carried_along_as_they_grow(tmp_path):
    heads, where = tmp_path / "heads", Place(tmp_path / "backups")
    where.make()
    heads.mkdir()
    (heads / "acts-heads.jsonl").write_text('"one"\n')
    where.carry_heads(heads)
    (heads / "acts-heads.jsonl").write_text('"one"\n"two"\n')
    where.carry_heads(heads)

    copy = where.heads / "acts-heads.jsonl"
    assert copy.read_text() == '"one"\n"two"\n'
    assert copy.stat().st_mode & 0o077 == 0
