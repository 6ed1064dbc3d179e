"""``oneroom verify``: read both chains from end to end and name the first thing that is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from oneroom.apps.incidents.dossier import find_subject
from oneroom.apps.ledger.excerpt import verify_matter
from oneroom.apps.ledger.proofs import check_proof
from oneroom.apps.ledger.verify import CHAINS, Verdict, verify, verify_export
from oneroom.engine.events import stamp
from oneroom.ports.formats import notes
from oneroom.ports.heads import HEADS, PUBLIC, heads_of


class Command(BaseCommand):
    help = (
        "Verify the record: names the first entry altered, missing, reordered or cut off; exit code 1 if there is one."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="the record of the running demo of this checkout")
        parser.add_argument("--city", default="shanghai", help="which of the demo's cities")

        parser.add_argument("--matter", help="one matter alone, by its number or as incident:12; prints its mark")
        parser.add_argument("--upto", type=int, help="with --matter: up to this entry, as a dossier says")

        parser.add_argument("--export", type=Path, help="what `oneroom export` wrote; needs no database")
        parser.add_argument("--proof", type=Path, help="a proof of one matter, as its page gives it; needs no database")
        parser.add_argument("--heads", type=Path, help="a folder with signed heads and keys from a second place")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["matter"]:
            self._matter(options["matter"], options["upto"])
        elif options["proof"]:
            self._proof(options["proof"], options["heads"])
        else:
            self._chains(options["export"], options["heads"])

    def _chains(self, exported: Path | None, heads: Path | None) -> None:
        broken = False
        for chain in CHAINS:
            try:
                signed = [(h.size, h.root, h.at) for h in _heads(chain, heads or exported or settings.HEADS_FOLDER)]
            except notes.BadNote as fault:
                broken = True
                self.stdout.write(f"{chain}: the signed heads are not to be trusted: {fault}")
                signed = []
            if exported is None:
                found = verify(chain, signed)
            else:
                with (exported / f"{chain}.jsonl").open("rb") as lines:
                    found = verify_export(chain, lines, signed)
            broken = self._say(found) or broken
        if broken:
            sys.exit(1)

    def _say(self, found: Verdict) -> bool:
        """One line for a chain; True when something is wrong."""
        if found.fault is None:
            agree = f" {found.detail.capitalize()}." if found.detail else ""
            self.stdout.write(f"{found.chain}: {found.rows} entries, whole.{agree} Head {found.head}")
        else:
            self.stdout.write(f"{found.chain}: entry {found.seq} is {found.fault}: {found.detail}")
        return found.fault is not None

    def _proof(self, file: Path, heads: Path | None) -> None:
        """One matter's entries against the signed head that comes with them."""
        try:
            said = json.loads(file.read_text())
            key = said["vkey"] if heads is None else (heads / PUBLIC.format(chain=said["chain"])).read_text()
            head = notes.read(said["note"], notes.from_vkey(key)[1])
            wrong = check_proof(said, size=head.size, root=head.root)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            raise CommandError(f"{file} is not a proof: {fault}") from fault
        if wrong is not None:
            self.stdout.write(
                f"{said['matter']}: entry {wrong} is not in the record that was signed at {stamp(head.at)}"
            )
            sys.exit(1)
        trust = "" if heads else " The key came with the proof: compare it with the one that the force has published."
        self.stdout.write(
            f"{said['matter']}: {len(said['entries'])} entries stand in the record of {head.size} entries that was "
            f"signed at {stamp(head.at)}.{trust}"
        )

    def _matter(self, matter: str, upto: int | None) -> None:
        """What stands in the integrity mark of a dossier, made again."""
        subject = find_subject(matter)
        if subject is None:
            raise CommandError(f"There is no matter {matter}.")
        found = verify_matter(subject, upto=upto)
        if found.broken_at is not None:
            self.stdout.write(f"{subject}: entry {found.broken_at} is altered")
            sys.exit(1)
        self.stdout.write(f"{subject}: {found.entries} entries, #{found.first} to #{found.last}, whole.")
        self.stdout.write(f"Mark {found.mark}")


def _heads(chain: str, folder: Path | None) -> list[notes.Checkpoint]:
    """The signed heads of a chain in a folder, none where there is none."""
    if folder is None:
        return []
    return heads_of(folder / HEADS.format(chain=chain), folder / PUBLIC.format(chain=chain))
