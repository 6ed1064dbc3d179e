from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from oneroom.apps.ledger.time import now
from oneroom.apps.personnel.importing import import_people, plan_import
from oneroom.engine.values import SYSTEM, Refused
from oneroom.ports.formats.people import COLUMNS, HEADINGS, KIND_WORDS
from oneroom.ports.formats.sheets import answers, read_sheet, write_corrections
from oneroom.project.trouble import Trouble

TOLD = 20


class Command(BaseCommand):
    help = "Take people over from a spreadsheet (xlsx or CSV): every line is answered, and all are taken or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="look through it, and write nothing")
        parser.add_argument("--correct", type=Path, metavar="FILE.xlsx", help="write the lines back with what to mend")
        parser.add_argument("--simulated", action="store_true", help="these people are invented, and shown as such")

    def handle(
        self, *args: Any, file: Path, dry_run: bool, correct: Path | None, simulated: bool, **options: Any
    ) -> None:  # fmt: skip
        at = now()
        try:
            sheet = read_sheet(file.read_bytes(), COLUMNS)
            lines = [(line.number, line.cells) for line in sheet.lines]
            plan = plan_import(lines, day=localtime(at).date(), words=KIND_WORDS)
            wrong = answers(sheet, plan.wrong, HEADINGS)
            if correct is not None:
                headings = {key: str(word) for key, word in HEADINGS.items()}
                correct.write_bytes(write_corrections(sheet, wrong, headings, heading=_("What to mend")))
            for number, said in sorted(wrong.items())[:TOLD]:
                self.stdout.write(f"{file.name}:{number}: {said}")
            if wrong:
                raise Trouble(f"{len(wrong)} of {len(lines)} lines cannot be taken over. Nothing was written.")
            if dry_run:
                self.stdout.write(f"{len(lines)} people could be taken over. Nothing was written.")
                return
            taken = import_people(plan, simulated=simulated, by=SYSTEM, at=at)
        except OSError as error:
            raise Trouble(f"{file} cannot be read: {error.strerror}.") from error
        except Refused as refused:
            raise Trouble(_(str(refused.message)) % refused.params) from refused
        self.stdout.write(f"{taken} people taken over.")
