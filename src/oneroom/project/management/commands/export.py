"""``oneroom export FOLDER``: the whole record for an inspector, to be verified without the server."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from oneroom.apps.ledger.queries import head_seq
from oneroom.apps.ledger.time import now
from oneroom.apps.ledger.verify import CHAINS, export
from oneroom.apps.oversight.services import take_out_record
from oneroom.engine.signatures import BULK_ROWS
from oneroom.engine.values import Refused
from oneroom.ports.heads import HEADS, PUBLIC
from oneroom.ports.stamps import FOLDER as STAMPS
from oneroom.project.console import CONSOLE, operator

ABOUT = "about.json"
_README = lazy("""This folder holds a police record that nobody can change unseen.

acts.jsonl     what was done: one entry a line; before the tab its SHA-256, after it the bytes that were hashed
looks.jsonl    who opened personal data, in the same form
*-heads.jsonl  heads of the record, signed once a minute while it grew; *.vkey the public keys
stamps         some of these heads with the time that an outside authority gave them, where one is asked
about.json     the time zone of the force, and whether the record is simulated

Each entry carries the hash of the one before (field "prev"), so one changed byte shows at once.
Verify it all on any machine: oneroom verify --export THIS_FOLDER
Compute a month's transparency report anew: oneroom report --month 2026-10 --export THIS_FOLDER
""")

_TRUST = lazy("""
Whoever made this folder could have made all of it anew with a key of his own. So compare *.vkey with the keys that the
force has published, or take heads and keys from the second place: oneroom verify --export THIS_FOLDER --heads FOLDER
""")


class Command(BaseCommand):
    help = "Write the whole record into a folder, for an inspector to verify without the server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a new or empty folder")
        parser.add_argument("--demo", action="store_true", help="the record of the running demo of this checkout")
        parser.add_argument("--city", default="shanghai", help="which of the demo's cities")

        parser.add_argument(
            "--signature", type=int, metavar="NUMBER",
            help=f"the signed request, as Office → Signed heads shows it: from {BULK_ROWS + 1} entries on",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if folder.exists() and any(folder.iterdir()):
            raise CommandError(f"{folder} is not empty. Name a new folder.")
        self._may(options["signature"])
        folder.mkdir(parents=True, exist_ok=True)
        for language, _name in settings.LANGUAGES:
            with override(language):
                (folder / f"README.{language}.txt").write_text(str(_README))
        about = {"zone": settings.TIME_ZONE, "simulated": settings.DEMO}
        (folder / ABOUT).write_text(json.dumps(about, sort_keys=True) + "\n")
        for chain in CHAINS:
            with (folder / f"{chain}.jsonl").open("wb") as file:
                lines = sum(1 for line in export(chain) if file.write(line))
            self.stdout.write(f"{chain}: {lines} entries")
            for name in (HEADS.format(chain=chain), PUBLIC.format(chain=chain)):
                kept = settings.HEADS_FOLDER / name if settings.HEADS_FOLDER else None
                if kept is not None and kept.exists():
                    shutil.copy(kept, folder / name)
        stamps = settings.HEADS_FOLDER / STAMPS if settings.HEADS_FOLDER else None
        if stamps is not None and stamps.exists():
            shutil.copytree(stamps, folder / STAMPS)
        for language, _name in settings.LANGUAGES:
            with override(language), (folder / f"README.{language}.txt").open("a") as readme:
                readme.write(str(_TRUST))

    def _may(self, signature: int | None) -> None:
        """Two persons of two units let the whole record out, and it says so itself, before it goes."""
        acts, looks = (head_seq(chain) for chain in CHAINS)
        made_up = os.environ.get("ONEROOM_DEMO") == "1"
        if signature is None and acts + looks > BULK_ROWS and not made_up:
            raise CommandError(
                f"The record has {acts + looks} entries, and more than {BULK_ROWS} leave the house only with a second "
                "signature. The inspector asks for it in Office → Signed heads, somebody of another unit signs, "
                "and that page then says: oneroom export FOLDER --signature NUMBER"
            )
        try:
            take_out_record(
                acts=acts, looks=looks, operator=operator(), signature=signature, by=CONSOLE, at=now()
            )  # fmt: skip
        except Refused as refused:
            raise CommandError(str(refused)) from refused
