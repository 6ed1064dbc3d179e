"""
Changes on their way into the encrypted archive: PostgreSQL's program writes them down beside the database, and from
there they go sealed into the folder of backups, the newest one too, as far as it is filled.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from oneroom.project.backup.place import PARTIAL, Place, is_segment
from oneroom.project.backup.sealing import ENDING, Seal


class Shipping:
    """
    ``ship()`` is called again and again; what it brought away whole is removed here. ``alive()`` is called after each
    file: after an outage of the folder there are many, and who brings them away does not hang.
    """

    def __init__(self, place: Place, spool: Path, seal: Seal, *, alive: Callable[[], object] = lambda: None) -> None:
        self._place, self.spool, self._seal, self._alive = place, spool, seal, alive
        self._brought: dict[str, int] = {}  # of what is not full yet: how much of it was written when it went

    def ship(self) -> int:
        """Bring away what is new; how many files. Raises OSError where the folder of backups does not take it."""
        self.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        sent = 0
        for path in sorted(self.spool.iterdir()):
            if path.name.endswith(PARTIAL):
                sent += self._partly(path)
            elif is_segment(path.name) or path.suffix == ".history":
                with path.open("rb") as whole:
                    self._seal.pour(whole, self._place.changes / (path.name + ENDING))
                (self._place.changes / (path.name + PARTIAL + ENDING)).unlink(missing_ok=True)
                path.unlink()
                sent += 1
                self._alive()
        return sent

    def _partly(self, path: Path) -> int:
        try:
            filled = path.read_bytes().rstrip(b"\0")
        except FileNotFoundError:  # it became full at this moment
            return 0
        mark = hash(filled)
        if self._brought.get(path.name) == mark:
            return 0
        self._seal.pour(io.BytesIO(filled), self._place.changes / (path.name + ENDING))
        self._brought = {path.name: mark}
        return 1
