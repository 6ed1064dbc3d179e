"""``oneroom verify``: read both chains from end to end and name the first thing that is wrong."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from oneroom.apps.ledger.verify import CHAINS, verify


class Command(BaseCommand):
    help = "Verify the record: names the first altered, missing or reordered entry; exit code 1 if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="the record of the running demo of this checkout")
        parser.add_argument("--city", default="shanghai", help="which of the demo's cities")

    def handle(self, *args: Any, **options: Any) -> None:
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
