"""An encrypted backup becomes one that PostgreSQL's programs read, in a folder of its own beside what is restored."""

from __future__ import annotations

import os
import shutil
import tarfile
import threading
from pathlib import Path
from typing import Any

from oneroom.project.backup.copying import check_whole
from oneroom.project.backup.place import PARTIAL, Base, Place, is_segment
from oneroom.project.backup.sealing import ENDING, unseal
from oneroom.project.trouble import Trouble

FOLDER = "opened"


def is_sealed(place: Place, base: Base) -> bool:
    """Whether something of it opens with a key only."""
    return base.sealed or any(place.changes.glob(f"*{ENDING}"))


def open_all(place: Place, base: Base, to: Path, keys: list[Any]) -> tuple[Place, Base]:
    """The same backup in plain, in ``to``/opened. Raises Trouble; what was begun stays to be looked at."""
    if not keys:
        raise Trouble("This backup is encrypted. Name the file with its private key: --key FILE")
    inside = Place(to / FOLDER)
    inside.make()
    found = base
    if base.sealed:
        found = Base(inside.folder / base.folder.name)
        found.data.mkdir(mode=0o700, parents=True)
        shutil.copy(base.folder / "note.json", found.folder)
        _unpack(base.archive, found.data, keys)
        check_whole(found.data)
    size = next(path.stat().st_size for path in (found.data / "pg_wal").iterdir() if is_segment(path.name))
    for path in place.changes.iterdir():
        if path.name.startswith("."):  # what was cut short never got its name
            continue
        plain = inside.changes / path.name.removesuffix(ENDING)
        if path.suffix != ENDING:
            shutil.copy(path, plain)
            continue
        with plain.open("wb") as file:
            unseal(path, file, keys)
            if plain.name.endswith(PARTIAL):
                file.truncate(size)  # what is not written yet is zeros, and was not brought along
    return inside, found


def _unpack(archive: Path, to: Path, keys: list[Any]) -> None:
    """Decrypted and laid out in one go: a database is never on the disk twice."""
    out, into = os.pipe()
    faults: list[BaseException] = []

    def pour() -> None:
        try:
            with os.fdopen(into, "wb") as pipe:
                unseal(archive, pipe, keys)
        except BaseException as fault:
            faults.append(fault)

    pouring = threading.Thread(target=pour)
    pouring.start()
    try:
        with os.fdopen(out, "rb") as pipe, tarfile.open(fileobj=pipe, mode="r|") as files:
            files.extractall(to, filter="data")
            while pipe.read(1 << 20):  # to the end of what was written: only there is known that nothing was changed
                pass
    except tarfile.TarError as fault:
        pouring.join()
        raise (faults[0] if faults else Trouble(f"{archive} is not whole: {fault}")) from fault
    pouring.join()
    if faults:
        raise faults[0]
