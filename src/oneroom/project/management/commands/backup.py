"""``oneroom backup``: a whole copy of the database now, checked before it counts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from oneroom.apps.ledger.time import now
from oneroom.project.backup.copying import Source, copy_whole
from oneroom.project.backup.place import place
from oneroom.project.backup.sealing import new_key as make_key
from oneroom.project.backup.sealing import seal_of
from oneroom.project.backup.telling import tell
from oneroom.project.console import CONSOLE
from oneroom.project.database import to_url


class Command(BaseCommand):
    help = "Make a whole copy of the database now; `oneroom serve` makes one each day and takes every change between."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default="", help="where to (ONEROOM_BACKUPS unless given)")

        parser.add_argument(
            "--new-key", type=Path, metavar="FILE", help="make a pair of keys instead: the private one into this file"
        )

    def handle(self, *args: Any, folder: str, new_key: Path | None, **options: Any) -> None:
        if new_key is not None:
            self.stdout.write(
                f"ONEROOM_BACKUP_KEY={make_key(new_key)}\nThe private key is in {new_key}: bring it away from here, to "
                "two places. Without it no backup ever opens again."
            )
            return
        where, seal = place(folder), seal_of(settings.BACKUP_KEY)
        began_s = time.monotonic()
        made = copy_whole(where, Source(to_url(connection.settings_dict)), now(), settings.HEADS_FOLDER, seal)
        tell(made, by=CONSOLE)
        took_s = time.monotonic() - began_s
        how = "encrypted; it is checked file by file when it is restored" if seal else "checked file by file"
        self.stdout.write(f"{made.folder}: {made.note.bytes / 1e6:,.0f} MB in {took_s:.1f} s, {how}.")
