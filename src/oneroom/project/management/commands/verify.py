"""``oneroom verify``: read both chains from end to end and name the first thing that is wrong."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from oneroom.apps.ledger.verify import CHAINS, verify


class Command(BaseCommand):
    help = "Verify the record: names the first altered, missing or reordered entry; exit code 1 if there is one."

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
