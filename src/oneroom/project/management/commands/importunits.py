from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime

from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.services import enact
from oneroom.apps.reforms.services import look_through, must_be_whole
from oneroom.engine.organisation.listing import Fate
from oneroom.ports.formats.sheets import sentences
from oneroom.ports.formats.units import HEADINGS, read_units, words
from oneroom.project.console import CONSOLE
from oneroom.project.lists import ListCommand, Looked
from oneroom.project.trouble import Trouble


class Command(ListCommand):
    help = "Found the units of an empty house from a list (xlsx, CSV, JSON): every line is answered; all begin or none."

    def look(self, data: bytes, *, at: datetime, **options: Any) -> Looked:
        founding = not stored.facts().spells
        day = localtime(at).date() + timedelta(days=0 if founding else 1)
        sheet = read_units(data)
        found = look_through(
            [(line.number, line.cells) for line in sheet.lines], day=day, words=words(),
            unread={line.number: line.unread for line in sheet.lines if line.unread},
        )  # fmt: skip
        wrong = {answer.line: sentences(answer.wrong, HEADINGS) for answer in found.of(Fate.REFUSED)}
        counts = ", ".join(f"{fate} {len(found.of(fate))}" for fate in Fate)

        def take() -> str:
            if not founding:
                raise Trouble("There are units here already: bring the list in at Office → Organisation. Two sign it.")
            must_be_whole(found)
            enact(found.changes, day=day, by=CONSOLE, at=at)
            return f"{counts}: {len(sheet.lines)} units begin today."

        return Looked(sheet, wrong, HEADINGS, f"{len(sheet.lines)} lines: {counts}.", take)
