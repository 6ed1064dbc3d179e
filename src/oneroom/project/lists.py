"""A command that takes a list over: every line is answered, and all of it is taken or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from oneroom.apps.ledger.time import now
from oneroom.engine.values import Refused, Unmet
from oneroom.ports.formats.sheets import Sheet, write_corrections
from oneroom.project.trouble import Trouble

TOLD = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """A list looked through: what is wrong by line, in words; ``dry`` says what it would do, ``take`` does it."""

    sheet: Sheet
    wrong: Mapping[int, str]
    headings: Mapping[str, Any]
    dry: str
    take: Callable[[], str]


class ListCommand(BaseCommand):
    """Its children say in ``look`` how the file is read and what it would do."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="look through it, and write nothing")
        parser.add_argument("--correct", type=Path, metavar="FILE.xlsx", help="write the lines back with what to mend")

    def look(self, data: bytes, *, at: datetime, **options: Any) -> Looked:
        """What the file holds and would do."""
        raise NotImplementedError

    def handle(self, *args: Any, file: Path, dry_run: bool, correct: Path | None, **options: Any) -> None:
        try:
            found = self.look(file.read_bytes(), at=now(), **options)
            if correct is not None:
                headings = {key: str(word) for key, word in found.headings.items()}
                mended = write_corrections(found.sheet, found.wrong, headings, heading=_("What to mend"))
                correct.write_bytes(mended)
            for number, said in sorted(found.wrong.items())[:TOLD]:
                self.stdout.write(f"{file.name}:{number}: {said}")
            if found.wrong:
                lines = len(found.sheet.lines)
                raise Trouble(f"{len(found.wrong)} of {lines} lines cannot be taken over. Nothing was written.")
            self.stdout.write(f"{found.dry} Nothing was written." if dry_run else found.take())
        except OSError as error:
            raise Trouble(f"{file} cannot be read: {error.strerror}.") from error
        except Unmet as unmet:
            raise Trouble(" ".join(f"{name}: {said}" for name, said in unmet.fields.items())) from unmet
        except Refused as refused:
            raise Trouble(_(str(refused.message)) % refused.params) from refused
