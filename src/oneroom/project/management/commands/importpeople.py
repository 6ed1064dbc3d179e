from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils.timezone import localtime

from oneroom.apps.personnel.importing import import_people, plan_import
from oneroom.engine.values import SYSTEM
from oneroom.ports.formats.people import COLUMNS, HEADINGS, KIND_WORDS
from oneroom.ports.formats.sheets import answers, read_sheet
from oneroom.project.lists import ListCommand, Looked


class Command(ListCommand):
    help = "Take people over from a spreadsheet (xlsx or CSV): every line is answered, and all are taken or none."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--simulated", action="store_true", help="these people are invented, and shown as such")

    def look(self, data: bytes, *, at: datetime, simulated: bool = False, **options: Any) -> Looked:
        sheet = read_sheet(data, COLUMNS)
        lines = [(line.number, line.cells) for line in sheet.lines]
        plan = plan_import(lines, day=localtime(at).date(), words=KIND_WORDS)
        return Looked(
            sheet, answers(sheet, plan.wrong, HEADINGS), HEADINGS, f"{len(lines)} people could be taken over.",
            lambda: f"{import_people(plan, simulated=simulated, by=SYSTEM, at=at)} people taken over.",
        )  # fmt: skip
