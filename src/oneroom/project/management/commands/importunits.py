from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from oneroom.apps.ledger.time import now
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.services import enact
from oneroom.apps.reforms.services import look_through, must_be_whole
from oneroom.engine.organisation.listing import Fate
from oneroom.engine.values import Refused, Unmet
from oneroom.ports.formats.sheets import sentences, write_corrections
from oneroom.ports.formats.units import HEADINGS, read_units, words
from oneroom.project.console import CONSOLE
from oneroom.project.trouble import Trouble

TOLD = 20


class Command(BaseCommand):
    help = "Found the units of an empty house from a list (xlsx, CSV, JSON): every line is answered; all begin or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="look through it, in any house, and write nothing")
        parser.add_argument("--correct", type=Path, metavar="FILE.xlsx", help="write the lines back with what to mend")

    def handle(self, *args: Any, file: Path, dry_run: bool, correct: Path | None, **options: Any) -> None:
        at = now()
        founding = not stored.facts().spells
        day = localtime(at).date() + timedelta(days=0 if founding else 1)
        try:
            sheet = read_units(file.read_bytes())
            found = look_through(
                [(line.number, line.cells) for line in sheet.lines], day=day, words=words(),
                unread={line.number: line.unread for line in sheet.lines if line.unread},
            )  # fmt: skip
            wrong = {answer.line: sentences(answer.wrong, HEADINGS) for answer in found.of(Fate.REFUSED)}
            if correct is not None:
                headings = {key: str(word) for key, word in HEADINGS.items()}
                correct.write_bytes(write_corrections(sheet, wrong, headings, heading=_("What to mend")))
            for number, said in sorted(wrong.items())[:TOLD]:
                self.stdout.write(f"{file.name}:{number}: {said}")
            counts = ", ".join(f"{fate} {len(found.of(fate))}" for fate in Fate)
            if wrong:
                raise Trouble(f"{len(wrong)} of {len(sheet.lines)} lines cannot be taken over. Nothing was written.")
            if dry_run:
                self.stdout.write(f"{len(sheet.lines)} lines: {counts}. Nothing was written.")
                return
            if not founding:
                raise Trouble("There are units here already: bring the list in at Office → Organisation. Two sign it.")
            must_be_whole(found)
            enact(found.changes, day=day, by=CONSOLE, at=at)
        except OSError as error:
            raise Trouble(f"{file} cannot be read: {error.strerror}.") from error
        except Unmet as unmet:
            raise Trouble(" ".join(f"{name}: {said}" for name, said in unmet.fields.items())) from unmet
        except Refused as refused:
            raise Trouble(_(str(refused.message)) % refused.params) from refused
        self.stdout.write(f"{counts}: {len(sheet.lines)} units begin today.")
