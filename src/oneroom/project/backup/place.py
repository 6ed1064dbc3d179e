"""
The folder of backups.

    base-20260301T031500Z/data    a whole copy, as PostgreSQL would start on it; or, encrypted, base.tar.age
    base-20260301T031500Z/note.json
    changes/                      what was written since, in PostgreSQL's segments; the newest ends in .partial, what is
                                  encrypted in .age
    heads/                        the signed heads of the record and their key, as they were
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from oneroom.ports.heads import KEY
from oneroom.project.backup.sealing import ENDING, Seal
from oneroom.project.trouble import Trouble

PARTIAL = ".partial"
_SEGMENT = re.compile(r"[0-9A-F]{24}(\.partial)?(\.age)?")
_FIRST = re.compile(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Note:
    """What a copy needs to be used again: who may enter it, and which of its databases is ours."""

    ended: str  # ISO 8601, UTC
    version: int  # of PostgreSQL: only the same can start on it
    superuser: str
    database: str
    bytes: int
    first: str = ""  # of an encrypted copy, which nobody can look into: from which segment of changes on it needs them
    segment_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Base:
    """A whole copy."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def archive(self) -> Path:
        """All of ``data`` in one encrypted file, where the copy is one that opens with a key only."""
        return self.folder / "base.tar.age"

    @property
    def sealed(self) -> bool:
        return self.archive.exists()

    @property
    def note(self) -> Note:
        return Note(**json.loads((self.folder / "note.json").read_text()))

    @property
    def ended(self) -> datetime:
        return datetime.fromisoformat(self.note.ended)

    @property
    def first_segment(self) -> str:
        """The first segment of changes without which the copy is of no use."""
        if self.sealed:
            return self.note.first
        found = _FIRST.search((self.data / "backup_label").read_text())
        if found is None:
            raise Trouble(f"{self.data}/backup_label does not say where the copy begins.")
        return found[1]


class Place:
    """A folder of backups, and what is in it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.changes = folder / "changes"
        self.heads = folder / "heads"

    def make(self) -> None:
        """Only its owner looks in: here lies all that the force knows."""
        for folder in (self.folder, self.changes):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.stat().st_mode & 0o077:
            self.folder.chmod(0o700)

    def bases(self) -> list[Base]:
        """Whole copies, the oldest first. One that was cut short never gets its name."""
        return [Base(folder) for folder in sorted(self.folder.glob("base-*")) if (folder / "note.json").exists()]

    def keep(self, made: Path, note: Note, at: datetime) -> Base:
        """Give a finished copy its name."""
        (made / "note.json").write_text(json.dumps(asdict(note)))
        final = self.folder / f"base-{at:%Y%m%dT%H%M%SZ}"
        made.rename(final)
        return Base(final)

    def forget(self, *, before: datetime) -> list[str]:
        """Remove copies that ended before then, but never the last one, and changes that only they needed."""
        bases = self.bases()
        old = [base for base in bases[:-1] if base.ended < before]
        for base in old:
            shutil.rmtree(base.folder)
        kept = self.bases()
        if kept:
            needed = kept[0].first_segment[8:]
            for path in self.changes.glob("*"):
                if is_segment(path.name) and path.name[8:24] < needed:
                    path.unlink()
        return [base.folder.name for base in old]

    def carry_heads(self, heads: Path | None, seal: Seal | None = None) -> None:
        """
        Add to our copy of the signed heads what is new in the original; both only ever grow. Heads hold nothing of
        anybody; the key that signs them goes sealed where there is a seal.
        """
        if heads is None or not heads.exists():
            return
        self.heads.mkdir(mode=0o700, exist_ok=True)
        for source in heads.iterdir():
            copy = self.heads / source.name
            if seal is not None and source.name == KEY:
                copy.unlink(missing_ok=True)  # of the time before there was a seal
                if not (self.heads / (KEY + ENDING)).exists():
                    with source.open("rb") as key:
                        seal.pour(key, self.heads / (KEY + ENDING))
                continue
            had = copy.stat().st_size if copy.exists() else 0
            if not source.is_file() or source.stat().st_size == had:
                continue
            with source.open("rb") as there, os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT, 0o600), "r+b") as here:
                there.seek(had if source.stat().st_size > had else 0)
                here.seek(there.tell())
                shutil.copyfileobj(there, here)
                here.truncate()


def is_segment(name: str) -> bool:
    """Whether a file is one of the segments that changes come in, the newest of which is not full yet."""
    return _SEGMENT.fullmatch(name) is not None


def segment_after(name: str, *, segment_bytes: int) -> str:
    """The name of the segment that follows; names count in 4 GB blocks of segments."""
    in_block = (1 << 32) // segment_bytes
    number = int(name[8:16], 16) * in_block + int(name[16:24], 16) + 1
    return f"{name[:8]}{number // in_block:08X}{number % in_block:08X}"


def place(named: str = "") -> Place:
    """This folder, or the one that ONEROOM_BACKUPS names. Raises Trouble where there is none."""
    named = named or (settings.BACKUPS if settings.ARCHIVED else "")
    if not named:
        raise Trouble("Name the folder of the backups: in ONEROOM_BACKUPS, or as an argument.")
    return Place(Path(named).expanduser().absolute())
