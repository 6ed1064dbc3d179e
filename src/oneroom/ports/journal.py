"""
The journal as a file: its room is taken while all is well, and each line is on the disk before anybody is told yes.

One process of a machine holds it (a lock that ends with the process). Beside it lies the last known board, so that a
process that starts while the database is away knows where things stood.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from oneroom.engine import journal

SIZE = 16 * 1024 * 1024  # about 20,000 acts with their words
_HEAD = 4096

log = logging.getLogger(__name__)


class Held(Exception):
    """Another process of this machine holds the journal."""


class Full(Exception):
    """The reserved room is used up. Nothing was written."""


class Unsure(OSError):
    """The disk failed, and the line could not be taken back either: it may be there when the journal is read again."""


class Journal:
    """
    Not for several threads. After an OSError of ``append`` nothing more is taken: such a disk is not believed again.

    Lines that an earlier process signed with one of the keys ``before`` are gone on with under that one, until all of
    them are booked: a house whose secret was changed meanwhile loses none.
    """

    def __init__(self, folder: Path, *, key: bytes, before: Sequence[bytes] = (), size: int = SIZE) -> None:
        """Raises Held, or OSError where there is no room or no right to it."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder, self._key, self._own, self._size = folder, key, key, size
        self._lock = os.open(folder / "journal.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise Held from None
        self._file = os.open(folder / "journal", os.O_RDWR | os.O_CREAT, 0o600)
        os.posix_fallocate(self._file, 0, size)
        os.fsync(self._file)
        self.broken = False
        self._read([*before, key])

    def _read(self, keys: Sequence[bytes]) -> None:
        data = os.pread(self._file, self._size, 0)
        for self._key in keys:
            found = journal.read(data, key=self._key)
            if found.lines:
                break
        self.lines, self._end = list(found.lines), found.end
        self.torn, self.altered = found.torn, found.altered
        if found.altered:
            log.error("the journal was altered after line %d: it cannot be booked from there", len(self.lines))
            self.put_aside("altered")
        elif found.torn:
            log.warning("the journal ends in a torn line: it was never acknowledged, and is taken away")
        if found.torn or found.altered:
            self._zero(found.end, self._size)

    def append(self, said: Mapping[str, Any]) -> journal.Line:
        """Write one line and wait until the disk has it. Raises Full, Unsure, or OSError: then it is not there."""
        before = self.lines[-1].mark if self.lines else journal.START
        line, data = journal.written(len(self.lines) + 1, before, said, key=self._key)
        if self.broken:
            raise OSError("the journal failed before")
        if self._end + len(data) > self._size:
            raise Full
        try:
            os.pwrite(self._file, data, self._end)
            os.fdatasync(self._file)
        except OSError as fault:
            self.broken = True
            try:
                self._zero(self._end, self._end + len(data))  # nobody was told yes: it must not be found and booked
            except OSError:
                raise Unsure(fault.errno, fault.strerror) from fault
            raise
        self._end += len(data)
        self.lines.append(line)
        return line

    def put_aside(self, why: str) -> None:
        """Keep a copy of the file, until somebody has looked at it and taken it away; an earlier one stays."""
        kept = self.folder / f"journal.{why}-{secrets.token_hex(4)}"
        shutil.copyfile(self.folder / "journal", kept)
        kept.chmod(0o600)
        log.error("the journal is put aside as %s", kept.name)

    def clear(self) -> None:
        """
        All is booked: nothing of it is kept, above all no words. The room stays ours.

        From the end to the beginning, so that an interruption leaves lines that fit, which are booked already.
        """
        self._zero(_HEAD, self._end)
        self._zero(0, min(_HEAD, self._end))
        self.lines, self._end, self._key = [], 0, self._own

    def _zero(self, begin: int, end: int) -> None:
        step = 1 << 20
        for at in range(begin, end, step):
            os.pwrite(self._file, bytes(min(step, end - at)), at)
        os.fdatasync(self._file)

    def close(self) -> None:
        """Let another process have it."""
        os.close(self._file)
        os.close(self._lock)


def holder(folder: Path) -> str:
    """What names this journal among those of all machines: drawn once, and kept beside it."""
    file = folder / "holder"
    with suppress(OSError):
        if name := file.read_text(encoding="ascii").strip():
            return name
    name = secrets.token_hex(16)
    file.write_text(name, encoding="ascii")
    return name


def left_aside(folder: Path) -> list[str]:
    """The names of journals of which something could not be booked and which nobody has taken away yet."""
    return sorted(file.name for why in ("altered", "unbooked") for file in folder.glob(f"journal.{why}*"))


def take_away(folder: Path, name: str) -> None:
    """A journal that was put aside is no more: its bytes are overwritten first. Raises OSError."""
    file = folder / name
    with file.open("r+b") as whole:
        size = os.fstat(whole.fileno()).st_size
        for begin in range(0, size, 1 << 20):
            whole.write(bytes(min(1 << 20, size - begin)))
        whole.flush()
        os.fsync(whole.fileno())
    file.unlink()


def has_lines(folder: Path | None) -> bool:
    """Whether acts wait there to be booked, for a process that does not hold it."""
    if folder is None:
        return False
    with suppress(OSError), (folder / "journal").open("rb") as file:
        return file.read(1) not in (b"", b"\0")
    return False


def keep_board(folder: Path, data: bytes) -> None:
    """The last known board, in one step."""
    unfinished = folder / "board.new"
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file:
        file.write(data)
    unfinished.replace(folder / "board.json")


def kept_board(folder: Path) -> bytes | None:
    """The last known board; None where there is none."""
    with suppress(OSError):
        return (folder / "board.json").read_bytes()
    return None
