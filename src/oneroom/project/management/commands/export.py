"""``oneroom export FOLDER``: the whole record for an inspector, to be verified without the server."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from oneroom.apps.ledger.verify import CHAINS, export
from oneroom.ports.heads import HEADS, PUBLIC

_README = lazy("""This folder holds a police record that nobody can change unseen.

acts.jsonl     what was done: one entry a line; before the tab its SHA-256, after it the bytes that were hashed
looks.jsonl    who opened personal data, in the same form
*-heads.jsonl  heads of the record, signed once a minute while it grew; *.vkey the public keys

Each entry carries the hash of the one before (field "prev"), so one changed byte shows at once.
Verify it all on any machine: oneroom verify --export THIS_FOLDER
""")


class Command(BaseCommand):
    help = "Write the whole record into a folder, for an inspector to verify without the server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a new or empty folder")
        parser.add_argument("--demo", action="store_true", help="the record of the running demo of this checkout")
        parser.add_argument("--city", default="shanghai", help="which of the demo's cities")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if folder.exists() and any(folder.iterdir()):
            raise CommandError(f"{folder} is not empty. Name a new folder.")
        folder.mkdir(parents=True, exist_ok=True)
        for language, _name in settings.LANGUAGES:
            with override(language):
                (folder / f"README.{language}.txt").write_text(str(_README))
        for chain in CHAINS:
            with (folder / f"{chain}.jsonl").open("wb") as file:
                lines = sum(1 for line in export(chain) if file.write(line))
            self.stdout.write(f"{chain}: {lines} entries")
            for name in (HEADS.format(chain=chain), PUBLIC.format(chain=chain)):
                kept = settings.HEADS_FOLDER / name if settings.HEADS_FOLDER else None
                if kept is not None and kept.exists():
                    shutil.copy(kept, folder / name)
