"""
A house to be broken: durable PostgreSQL, a small town, `oneroom serve` with its parts, all of them killable.

Whatever the supervisor starts is a part; which those are is read from its children, so that a new one is killed too
without being named here.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil
import psycopg

from oneroom.apps.ledger.time import now
from oneroom.project.embedded import Embedded
from oneroom.project.trouble import Trouble

DATABASE = "postgres"
ONE_CLOCK = 0x0C10C4  # as `runclock` has it, which cannot be loaded before the settings are known
ROOT = Path(__file__).resolve().parents[2]
START_S = 180.0  # a starved machine needs long
SECRET = "of the crash proof only, and long enough to be one"


class House:
    """``start()`` and ``stop()`` are `oneroom serve` as an operator has it; the database runs from enter to exit."""

    def __init__(self, folder: Path, *, settings: str, sms_url: str):
        self.folder = folder
        self.server = Embedded(folder / "db")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "serve.log"
        self._environment = {
            "ONEROOM_SECRET_KEY": SECRET,
            "ONEROOM_PLAIN_HTTP": "1",
            "ONEROOM_SECOND_FACTOR": "off",  # its people have sessions, and no phones of theirs
            "ONEROOM_HOME": str(folder / "home"),
            "ONEROOM_HEADS": str(folder / "heads"),
            "ONEROOM_SMS_URL": sms_url,
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",  # a planted fault lives in tests/
        }
        # The kernel ends a server with the thread that started it (`lifeline.py`): this one lives as long as the house.
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="keeper")
        self._reviving, self._asking = threading.Lock(), threading.Lock()
        self._line: psycopg.Connection[Any] | None = None
        self._supervisor: psutil.Process | None = None
        self._popen: subprocess.Popen[bytes] | None = None

    @staticmethod
    def url_in(folder: Path) -> str:
        """The address of the database, known before it is there."""
        return Embedded(folder / "db").url("faults")

    @staticmethod
    def auditor_in(folder: Path) -> str:
        """The same for the auditor's role."""
        return Embedded(folder / "db").url("faults", user="faults_auditor")

    def __enter__(self) -> House:
        self._keeper.submit(self.server.start).result()
        os.environ |= self._environment | {
            "ONEROOM_DATABASE_URL": self.server.database("faults"),
            "ONEROOM_AUDITOR_URL": self.auditor_in(self.folder),
        }
        return self

    def __exit__(self, *_fault: object) -> None:
        with suppress(psutil.Error):
            self.stop()
        self.server.stop()
        self._keeper.shutdown()

    @property
    def database_url(self) -> str:
        return self.server.url("faults")

    @property
    def log(self) -> str:
        """What the supervisor and its parts printed."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> float:
        """Start all parts and give the seconds until the web answered that it is in contact with the database."""
        began = time.monotonic()
        command = [sys.executable, "-m", "oneroom", "serve", "--port", str(self.port)]
        with self._log.open("ab") as output:
            self._popen = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT)
        self._supervisor = psutil.Process(self._popen.pid)
        while not (self.web_up() and self.clock_up()):
            if self._popen.poll() is not None or time.monotonic() - began > START_S:
                raise SystemExit(f"The house did not start:\n{self.log[-3000:]}")
            time.sleep(0.05)
        return time.monotonic() - began

    def stop(self) -> None:
        """As Ctrl-C does, in order."""
        if self._popen is not None:
            self._popen.terminate()
            try:
                self._popen.wait(20)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()
            self._popen = self._supervisor = None

    # ---- its parts ----
    def parts(self) -> dict[str, psutil.Process]:
        """The processes that the supervisor keeps, by name: those that live at this moment."""
        assert self._supervisor is not None
        found = {}
        for child in self._supervisor.children():
            with suppress(psutil.Error):
                words = child.cmdline()
                if child.status() != psutil.STATUS_ZOMBIE and "oneroom" in words:
                    found[words[words.index("oneroom") + 1].removeprefix("run")] = child
        return found

    def kill(self, name: str) -> tuple[int, datetime]:
        """
        SIGKILL; the process id it hit, and a moment just before. Of the database: the server and all of its children.
        """
        if name == DATABASE:
            return self._kill_database()
        deadline = time.monotonic() + START_S
        while (victim := self.parts().get(name)) is None:  # it is down already: the next life gets it
            if time.monotonic() > deadline:
                raise SystemExit(f"The supervisor does not start {name} again:\n{self.log[-3000:]}")
            time.sleep(0.02)
        before = now()
        victim.kill()
        return int(victim.pid), before

    def freeze(self, name: str, seconds: float) -> int:
        """SIGSTOP for some seconds; the process id, or 0 where it was down at that moment."""
        victim = self.parts().get(name)
        if victim is None:
            return 0
        with suppress(psutil.NoSuchProcess):
            victim.suspend()
            time.sleep(seconds)
            victim.resume()
        return int(victim.pid)

    def _kill_database(self) -> tuple[int, datetime]:
        everybody = self._database_when_there()
        before = now()
        for process in everybody:  # the server first: it must not notice that its children go
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everybody, timeout=10)
        return int(everybody[0].pid), before

    def _database_when_there(self) -> list[psutil.Process]:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            with suppress(psutil.NoSuchProcess, AssertionError):
                return self.database_processes()
            time.sleep(0.02)  # it is being started anew
        raise SystemExit("The database was not started again.")

    def revive_database(self) -> None:
        """
        Start it again, as its own service manager would. It recovers what was committed.

        While it recovers it may be killed once more; then this starts it once more.
        """
        with self._reviving:
            while self.ask("SELECT 1") is None:
                self.server.stop()
                with suppress(Trouble):
                    self._keeper.submit(self.server.start).result()

    def database_processes(self) -> list[psutil.Process]:
        """The server, then its children."""
        assert self.server.process is not None
        server = psutil.Process(self.server.process.pid)
        return [server, *server.children(recursive=True)]

    # ---- how it is ----
    def up(self, name: str, since: datetime | None = None) -> bool:
        """Whether this part does its work again; ``since`` when it was killed, where that can be told apart."""
        if name == DATABASE:
            return self.ask("SELECT 1") is not None
        if name == "web":
            return self.web_up()
        return name in self.parts() and self.clock_up(since) if name == "clock" else name in self.parts()

    def web_up(self) -> bool:
        door = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            door.request("GET", "/healthz")
            return door.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            door.close()

    def clock_up(self, since: datetime | None = None) -> bool:
        """
        Some clock holds the right to climb (an advisory lock), so it lives and has the database.

        The session of one that was killed may hold it for a moment more: ``since`` asks for one that began later.
        """
        began = f" AND backend_start > '{since.isoformat()}'" if since is not None else ""
        held = self.ask(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            f" WHERE locktype = 'advisory' AND granted AND objid = {ONE_CLOCK}{began}"
        )
        return bool(held and held[0][0])

    def ask(self, question: str) -> list[Any] | None:
        """The rows of a question put to the database apart from everybody else; None where it does not answer."""
        with self._asking:  # one connection, kept: whoever asks often must not be what the house is busy with
            try:
                if self._line is None:
                    self._line = psycopg.connect(
                        self.database_url, autocommit=True, connect_timeout=2, application_name="proof"
                    )
                return self._line.execute(question).fetchall()
            except psycopg.Error:
                if self._line is not None:
                    self._line.close()
                    self._line = None
                return None
