"""``oneroom example``: a city of the published reforms in an empty house, to try plans on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime

from oneroom.apps.ledger.time import now
from oneroom.engine.values import Refused
from oneroom.project.console import CONSOLE
from oneroom.project.examples.load import CITIES, counted, load
from oneroom.project.examples.tianjin import tianjin


class Command(BaseCommand):
    help = "Load a city of the published reforms into an empty house, an illustration: its tree and its signed reforms."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("city", choices=sorted(CITIES))
        parser.add_argument(
            "--among", action="store_true",
            help="of Tianjin the other reading: the 13 units that end are among the 40 that are adjusted",
        )  # fmt: skip
        parser.add_argument("--day", help="from which day on its reforms hold, as 2026-12-01; tomorrow if not said")

    def handle(self, *args: Any, city: str, day: str | None, among: bool, **options: Any) -> None:
        at = now()
        try:
            wanted = date.fromisoformat(day) if day else localtime(at).date() + timedelta(days=1)
        except ValueError as wrong:
            raise CommandError("A day is written like 2026-12-01.") from wrong
        if among and city != "tianjin":
            raise CommandError("Only the texts of Tianjin can be read in two ways.")
        made = tianjin(among=True) if among else CITIES[city]()
        try:
            plans = load(made, day=wanted, by=CONSOLE, at=at)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{city}: {len(plans)} reforms signed for {wanted}. Illustration, counted from its tree:")
        for row, what, figure in counted(made, wanted):
            self.stdout.write(f"  {row}  {what}: {figure}")
