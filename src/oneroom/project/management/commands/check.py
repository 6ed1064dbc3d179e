"""``oneroom check``: what is wrong with this installation, in sentences."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from oneroom.project.checks import auditor, backups, base, findings, house, machine

MACHINE = {
    "installed files": machine.files,
    "settings": machine.environment,
    "signing in": machine.door,
    "Django": machine.django_says,
    "gateways": machine.gateways,
    "disks": machine.disks,
    "journal": machine.journal,
    "clock": machine.clock,
    "signed heads": machine.heads,
    "backups": backups.copies,
    "alarms": auditor.alarms,
}
DATABASE = {"the database's answers": base.answers}
HOUSE = {
    "the database": base.shape,
    "clock against the database": base.skew,
    "signing": base.signed,
    "the archive": backups.slot,
    "the second place": backups.shipped,
    "the auditor's role": auditor.role,
    "roads": house.roads,
    "stations": house.stations,
    "people in the ladders": house.people,
    "duty phones": house.telephones,
}


class Command(BaseCommand):
    help = "Say in sentences what is wrong with this installation; exit code 1 if something is."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="the running demo of this checkout")
        parser.add_argument("--city", default="shanghai", help="which of the demo's cities")

    def handle(self, *args: Any, **options: Any) -> None:
        found = findings({**MACHINE, **DATABASE})
        answered = found["the database's answers"]
        skipped = any("does not answer" in f.sentence or "oneroom migrate" in f.sentence for f in answered)
        if not skipped:
            found |= findings(HOUSE)
        grave = [f.sentence for each in found.values() for f in each if f.grave]
        other = [f.sentence for each in found.values() for f in each if not f.grave]
        self._say("To mend:", grave)
        self._say("To know:", other)
        well = [name for name, each in found.items() if not each]
        self.stdout.write(f"Well: {', '.join(well)}." if well else "Nothing is well.")
        if skipped:
            self.stdout.write(f"Not looked at: {', '.join(HOUSE)}.")
        if grave:
            sys.exit(1)

    def _say(self, title: str, sentences: list[str]) -> None:
        if sentences:
            self.stdout.write("\n".join([title, *(f"  - {sentence}" for sentence in sentences), ""]))
