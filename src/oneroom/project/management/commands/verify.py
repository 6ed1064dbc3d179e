"""``oneroom verify``: read both chains from end to end and name the first thing that is wrong."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from oneroom.apps.incidents.dossier import find_subject
from oneroom.apps.ledger.excerpt import verify_matter
from oneroom.apps.ledger.verify import CHAINS, verify


class Command(BaseCommand):
    help = "Verify the record: names the first altered, missing or reordered entry; exit code 1 if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="the record of the running demo of this checkout")
        parser.add_argument("--city", default="shanghai", help="which of the demo's cities")

        parser.add_argument("--matter", help="one matter alone, by its number or as incident:12; prints its mark")
        parser.add_argument("--upto", type=int, help="with --matter: up to this entry, as a dossier says")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["matter"]:
            self._matter(options["matter"], options["upto"])
            return
        broken = False
        for chain in CHAINS:
            found = verify(chain)
            if found.fault is None:
                self.stdout.write(f"{chain}: {found.rows} entries, whole. Head {found.head}")
            else:
                broken = True
                self.stdout.write(f"{chain}: entry {found.seq} is {found.fault}: {found.detail}")
        if broken:
            sys.exit(1)

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
