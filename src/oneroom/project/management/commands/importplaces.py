import csv
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from oneroom.apps.ledger.time import now
from oneroom.apps.places.services import add_places, judge_places
from oneroom.engine.values import SYSTEM, BadInput
from oneroom.project.trouble import Trouble

COLUMNS = ("code", "name_zh", "name_en", "lon", "lat", "datum", "kind")


class Command(BaseCommand):
    help = "Enter a list of places (stations, street areas, residents' committees, others) from a CSV file."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=f"CSV in UTF-8 with the columns {', '.join(COLUMNS)}")
        parser.add_argument("--datum", default="", help="of rows that name none: WGS84, GCJ02 or BD09")
        parser.add_argument("--dry-run", action="store_true", help="say what would become of each row, enter nothing")
        parser.add_argument("--skip-refused", action="store_true", help="enter the others although rows are refused")

    def handle(
        self, *args: Any, file: Path, datum: str, dry_run: bool, skip_refused: bool, **options: Any
    ) -> None:  # fmt: skip
        try:
            fates = judge_places(self._rows(file), datum=datum)
        except BadInput as error:
            raise Trouble(str(error)) from error
        for fate in fates:
            if dry_run or fate.refused:
                name = f"{fate.place.code} {fate.place.name_zh} {fate.place.name_en}".strip() if fate.place else ""
                why = f"{fate.refused.field}: {str(fate.refused) % fate.refused.params}" if fate.refused else name
                self.stdout.write(f"line {fate.line:>5}  {fate.fate:<8} {why}")
        counts = Counter(fate.fate for fate in fates)
        summary = ", ".join(f"{count} {fate}" for fate, count in sorted(counts.items())) or "no rows"
        if dry_run:
            self.stdout.write(f"{summary}. Nothing was entered.")
            return
        if counts["refused"] and not skip_refused:
            raise Trouble(
                f"{summary}. Nothing was entered: mend the refused rows, or leave them out by --skip-refused."
            )
        changed = [fate.place for fate in fates if fate.place is not None and fate.fate != "same"]
        if changed:
            add_places(changed, by=SYSTEM, at=now())
        self.stdout.write(f"{summary}. Entered {len(changed)}.")

    def _rows(self, file: Path) -> list[tuple[int, dict[str, str]]]:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                reader = csv.DictReader(lines)
                missing = [name for name in COLUMNS if name not in (reader.fieldnames or ()) and name != "datum"]
                if missing:
                    raise Trouble(f"{file.name} lacks the columns {', '.join(missing)}.")
                return [(reader.line_num, row) for row in reader]
        except OSError as error:
            raise Trouble(f"{file} cannot be read: {error.strerror}.") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise Trouble(f"{file.name} is not a CSV file in UTF-8 ({error}).") from error
