"""``oneroom restore``: a backup becomes a database again, in a new folder, and is verified before anybody uses it."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from oneroom.engine.events import stamp
from oneroom.project.backup.place import place
from oneroom.project.backup.restoring import restore, url, verify
from oneroom.project.backup.sealing import read_keys
from oneroom.project.trouble import Trouble


class Command(BaseCommand):
    help = "Make a database of a backup, in a new folder, and verify its record; exit code 1 if that is not whole."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", default="", help="the backups (ONEROOM_BACKUPS unless given)")
        parser.add_argument("--to", type=Path, required=True, help="a new folder; its `data` is for PostgreSQL to use")
        parser.add_argument(
            "--until", help="as it was at this time, such as 2026-03-01T14:05; else as late as possible"
        )

        parser.add_argument("--key", type=Path, help="the file with the private key that opens an encrypted backup")

    def handle(
        self, *args: Any, source: str, to: Path, until: str | None, key: Path | None, **options: Any
    ) -> None:  # fmt: skip
        where, began_s = place(source), time.monotonic()
        keys = read_keys(key) if key else []
        found, server = restore(where, to.absolute(), _time(until), keys)
        try:
            last = stamp(found.last_commit) if found.last_commit else "nothing"
            self.stdout.write(
                f"The copy {found.base.folder.name} and {found.segments} segments of changes: "
                f"{found.copied_s:.1f} s to lay out, {found.replayed_s:.1f} s to replay. Last entry: {last}."
            )
            whole, said = verify(url(server, found.base), where.heads)
        finally:
            server.stop()
        self.stdout.write(said)
        if not whole:
            self.stdout.write(
                "The record is not whole, or shorter than what was signed: docs/operate.md says what to do."
            )
            sys.exit(1)
        self.stdout.write(f"Ready in {to / 'data'} after {time.monotonic() - began_s:.1f} s.")


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise Trouble(f"--until is a time such as 2026-03-01T14:05, not {text!r}.") from None
    return said if said.tzinfo else said.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
