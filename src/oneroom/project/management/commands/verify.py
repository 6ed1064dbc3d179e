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
from oneroom.apps.ledger.hands import Hands
from oneroom.apps.ledger.proofs import check_growth, check_proof
from oneroom.apps.ledger.verify import CHAINS, Verdict, verify, verify_export
from oneroom.apps.ledger.words import compare_all
from oneroom.engine.events import stamp
from oneroom.ports.formats import notes
from oneroom.ports.heads import HEADS, PUBLIC, heads_of
from oneroom.ports.stamps import BadStamp, Stamped, stamps_of


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
        parser.add_argument(
            "--proof",
            type=Path,
            help="a proof as a page gives it: of one matter, or that an earlier head is contained; needs no database",
        )
        parser.add_argument("--heads", type=Path, help="a folder with signed heads and keys from a second place")
        parser.add_argument(
            "--tsa-roots", type=Path, default=settings.TSA_ROOTS or None,
            help="certificates (PEM) to check the time stamps on heads with",
        )  # fmt: skip

        parser.add_argument(
            "--processes",
            type=int,
            help="so many read the database at once; without it as many as there are processors",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["matter"]:
            self._matter(options["matter"], options["upto"])
        elif options["proof"]:
            self._proof(options["proof"], options["heads"])
        else:
            with Hands(options["processes"]) as hands:
                self._chains(options["export"], options["heads"], options["tsa_roots"], hands)

    def _chains(self, exported: Path | None, heads: Path | None, roots: Path | None, hands: Hands) -> None:
        if heads is not None and not heads.is_dir():
            raise CommandError(f"There is no folder {heads}: name the one with the signed heads.")
        broken = False
        folder = heads or exported or settings.HEADS_FOLDER
        if exported is None:
            broken = self._words(hands)
        for chain in CHAINS:
            try:
                stamped = _stamps(chain, folder, roots)
                trusted = [*_heads(chain, folder), *(one.head for one in stamped)]
                signed = sorted((h.size, h.root, h.at) for h in trusted)
            except (notes.BadNote, BadStamp) as fault:
                broken = True
                self.stdout.write(f"{chain}: the signed heads are not to be trusted: {fault}")
                signed, stamped = [], []
            if stamped:
                self.stdout.write(
                    f"{chain}: {len(stamped)} heads stamped by an authority, the last at {stamp(stamped[-1].at)}"
                )
            if exported is None:
                found = verify(chain, signed, hands=hands)
            else:
                with (exported / f"{chain}.jsonl").open("rb") as lines:
                    found = verify_export(chain, lines, signed)
            broken = self._say(found) or broken
            if found.rows and found.fault is None and not signed:
                self.stdout.write(
                    f"{chain}: NO SIGNED HEAD. Nothing shows that the end was not cut off, or all of it written anew."
                )
                # What leaves the house leaves with its heads; who names heads, or has a house that signs them, asks
                # whether they agree, and none that do is no yes.
                broken = broken or exported is not None or folder is not None
        if exported is not None and heads is None:
            self.stdout.write(
                "The keys came with the export: compare *.vkey with those that the force has published, or name a "
                "folder of the second place: --heads FOLDER"
            )
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

    def _words(self, hands: Hands) -> bool:
        """What people said, compared with what the entries committed to; True when something is wrong."""
        found = compare_all(hands)
        if found.seq is None:
            self.stdout.write(f"words: {found.texts} texts, each the one that its entry committed to.")
        elif found.seq:
            self.stdout.write(f"words: entry {found.seq}: {found.detail}")
        else:
            self.stdout.write(f"words: {found.detail}")
        return found.seq is not None

    def _proof(self, file: Path, heads: Path | None) -> None:
        """One matter's entries against the signed head that comes with them, or one head against a later one."""
        try:
            said = json.loads(file.read_text())
            key = said["vkey"] if heads is None else (heads / PUBLIC.format(chain=said["chain"])).read_text()
            public = notes.from_vkey(key)[1]
            if "growth" in said:
                self._growth(said, notes.read(said["earlier"], public), notes.read(said["later"], public), heads)
                return
            head = notes.read(said["note"], public)
            wrong = check_proof(said, size=head.size, root=head.root)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            raise CommandError(f"{file} is not a proof: {fault}") from fault
        if wrong is not None:
            self.stdout.write(
                f"{said['matter']}: entry {wrong} is not in the record that was signed at {stamp(head.at)}"
            )
            sys.exit(1)
        self.stdout.write(
            f"{said['matter']}: {len(said['entries'])} entries stand in the record of {head.size} entries that was "
            f"signed at {stamp(head.at)}.{_trust(heads)}"
        )

    def _growth(
        self, said: dict[str, Any], earlier: notes.Checkpoint, later: notes.Checkpoint, heads: Path | None
    ) -> None:
        """The later head contains the earlier as it was, or it does not."""
        whole = earlier.origin == later.origin and check_growth(
            said, size=earlier.size, root=earlier.root, later=later.size, later_root=later.root
        )
        told = f"the {earlier.size} entries signed at {stamp(earlier.at)}"
        of = f"the {later.size} entries signed at {stamp(later.at)}"
        if not whole:
            self.stdout.write(f"{earlier.origin}: it is not shown that {of} begin with {told}")
            sys.exit(1)
        self.stdout.write(f"{earlier.origin}: {of} begin with {told}, unchanged.{_trust(heads)}")

    def _matter(self, matter: str, upto: int | None) -> None:
        """What stands in the integrity mark of a dossier, made again."""
        subject = find_subject(matter)
        if subject is None:
            raise CommandError(f"There is no matter {matter}.")
        found = verify_matter(subject, upto=upto)
        if found.broken_at is not None:
            what = ": a text that it committed to is altered or gone" if found.words else " is altered"
            self.stdout.write(f"{subject}: entry {found.broken_at}{what}")
            sys.exit(1)
        self.stdout.write(f"{subject}: {found.entries} entries, #{found.first} to #{found.last}, whole.")
        self.stdout.write(f"Mark {found.mark}")


def _trust(heads: Path | None) -> str:
    """What is left to do for whoever has the key from the proof alone."""
    return "" if heads else " The key came with the proof: compare it with the one that the force has published."


def _stamps(chain: str, folder: Path | None, roots: Path | None) -> list[Stamped]:
    """The heads of a chain that an authority stamped, none where nobody says whom to trust."""
    if folder is None or roots is None or not (folder / PUBLIC.format(chain=chain)).exists():
        return []
    _origin, key = notes.from_vkey((folder / PUBLIC.format(chain=chain)).read_text())
    return list(stamps_of(folder, chain, key, Path(roots)))


def _heads(chain: str, folder: Path | None) -> list[notes.Checkpoint]:
    """The signed heads of a chain in a folder, none where there is none."""
    if folder is None:
        return []
    return heads_of(folder / HEADS.format(chain=chain), folder / PUBLIC.format(chain=chain))
