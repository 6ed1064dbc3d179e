"""Making backups: a whole copy, and the stream of changes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from oneroom.project.backup.place import Base, Note, Place
from oneroom.project.backup.sealing import Seal
from oneroom.project.embedded import find_postgres
from oneroom.project.lifeline import tied_to_me
from oneroom.project.trouble import Trouble

APPLICATION = "oneroom archive"


class Source:
    """The database to copy. Its password goes by the environment: arguments are seen by everybody on the machine."""

    def __init__(self, database_url: str):
        self._url = database_url
        named = {name: str(value) for name, value in conninfo_to_dict(database_url).items() if value is not None}
        self.database = named.pop("dbname", "oneroom")
        password = named.pop("password", None)
        self._line = make_conninfo("", **(named | {"application_name": APPLICATION}))
        self._environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}

    def run(self, program: str, *words: str) -> None:
        """Raises Trouble with what the program said."""
        done = subprocess.run(
            self._command(program, *words), env=self._environment, capture_output=True, text=True, check=False,
            preexec_fn=tied_to_me(signal.SIGTERM),
        )  # fmt: skip
        if done.returncode != 0:
            raise Trouble(f"{program} failed: {_worded(done.stderr)}")

    def pour(self, program: str, *words: str, seal: Seal, to: Path) -> None:
        """What the program writes, encrypted into a file. Raises Trouble with what it said."""
        with tempfile.TemporaryFile() as said:
            running = subprocess.Popen(
                self._command(program, *words), env=self._environment, stdout=subprocess.PIPE, stderr=said,
                stdin=subprocess.DEVNULL, preexec_fn=tied_to_me(signal.SIGTERM),  # noqa: PLW1509
            )  # fmt: skip
            assert running.stdout is not None
            try:
                with running.stdout as written:
                    seal.pour(written, to)
            finally:
                running.wait()
            if running.returncode != 0:
                said.seek(0)
                raise Trouble(f"{program} failed: {_worded(said.read().decode(errors='replace'))}")

    def start(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command(program, *words), env=self._environment, stdin=subprocess.DEVNULL,
            preexec_fn=tied_to_me(signal.SIGTERM),  # noqa: PLW1509
        )  # fmt: skip

    def _command(self, program: str, *words: str) -> list[str]:
        return [str(find_postgres() / program), "--dbname", self._line, "--no-password", *words]

    def note(self, ended: datetime, size: int, first: str = "") -> Note:
        with psycopg.connect(self._url) as connection:
            row = connection.execute(
                "SELECT current_setting('server_version_num')::int / 10000,"
                " (SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin ORDER BY oid LIMIT 1),"
                " (SELECT setting::int FROM pg_settings WHERE name = 'wal_segment_size')"
            ).fetchone()
        assert row is not None
        return Note(ended.isoformat(), row[0], row[1], self.database, size, first, row[2])

    def fetched(self) -> str | None:
        """How far changes were written down beside the database; None where it does not answer or none were."""
        try:
            with psycopg.connect(self._url, connect_timeout=3) as connection:
                row = connection.execute(
                    "SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = %s", [settings.BACKUP_SLOT]
                ).fetchone()
        except psycopg.Error:
            return None
        return row[0] if row else None

    def shipped(self, upto: str | None) -> None:
        """Changes up to there lie in the second place: the database need keep them no longer, and health knows it."""
        if upto is None:
            return
        with psycopg.connect(self._url, connect_timeout=3, autocommit=True) as connection:
            slot = settings.SHIPPED_SLOT
            connection.execute(
                "SELECT pg_create_physical_replication_slot(%s, true)"
                " WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = %s)", [slot, slot],
            )  # fmt: skip
            connection.execute(
                "SELECT pg_replication_slot_advance(slot_name, %s::pg_lsn) FROM pg_replication_slots"
                " WHERE slot_name = %s AND restart_lsn < %s::pg_lsn", [upto, slot, upto],
            )  # fmt: skip

    def nothing_shipped(self) -> None:
        """Changes go into the second place directly: nothing more is kept until it was brought there."""
        with psycopg.connect(self._url, connect_timeout=3, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s",
                [settings.SHIPPED_SLOT],
            )

    @contextmanager
    def holding(self) -> Iterator[str]:
        """No change from here on is thrown away meanwhile; gives the segment in which that is."""
        name = f"oneroom_copy_{os.getpid()}"
        with psycopg.connect(self._url, autocommit=True) as connection:  # the slot goes with its connection
            row = connection.execute(
                "SELECT pg_walfile_name(lsn) FROM pg_create_physical_replication_slot(%s, true, true)", [name]
            ).fetchone()
            assert row is not None
            yield row[0]


def copy_whole(
    place: Place, source: Source, at: datetime, heads: Path | None, seal: Seal | None = None
) -> Base:  # fmt: skip
    """
    A whole copy, checked file by file against its checksums before it gets its name. It holds the changes that were
    written while it was made, so it can be used alone.

    With a ``seal`` it is encrypted as it comes, and never on a disk in plain; nobody here can check it then, so that
    happens when it is restored.

    Raises Trouble.
    """
    place.make()
    for left in place.folder.glob("unfinished-*"):
        shutil.rmtree(left)
    unfinished = place.folder / f"unfinished-{os.getpid()}"
    data = unfinished / "data"
    try:
        unfinished.mkdir(mode=0o700)
        if seal is not None:
            archive = unfinished / Base(unfinished).archive.name
            with source.holding() as first:
                source.pour(
                    "pg_basebackup", "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast",
                    "--manifest-checksums=SHA256", seal=seal, to=archive,
                )  # fmt: skip
            place.carry_heads(heads, seal)
            return place.keep(unfinished, source.note(at, archive.stat().st_size, first), at)
        source.run(
            "pg_basebackup", "--pgdata", str(data), "--format=plain", "--wal-method=stream", "--checkpoint=fast",
            "--manifest-checksums=SHA256",
        )  # fmt: skip
        check_whole(data)
        place.carry_heads(heads)
        size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
        return place.keep(unfinished, source.note(at, size), at)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def check_whole(data: Path) -> None:
    """Every file of a copy against its checksum. Raises Trouble."""
    checked = subprocess.run(
        [str(find_postgres() / "pg_verifybackup"), "--quiet", str(data)], capture_output=True, text=True, check=False
    )
    if checked.returncode != 0:
        raise Trouble(f"The copy is not whole: {_worded(checked.stderr)}")


def follow(place: Place, source: Source, into: Path | None = None) -> subprocess.Popen[Any]:
    """
    Start taking every change as it is written down, into another folder than the place's own where one is named; the
    program comes back by itself when the database does.
    """
    place.make()
    if into is not None:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
    source.run("pg_receivewal", "--create-slot", "--if-not-exists", f"--slot={settings.BACKUP_SLOT}")
    return source.start(
        "pg_receivewal", "--directory", str(into or place.changes), f"--slot={settings.BACKUP_SLOT}", "--synchronous"
    )


def _worded(said: str) -> str:
    return " ".join(said.split())[-600:] or "(it said nothing)"
