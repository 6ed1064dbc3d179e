from datetime import datetime
from typing import Any

from oneroom.apps.incidents.pastcalls import plan_calls
from oneroom.apps.incidents.services import Added, bring_in_calls
from oneroom.engine.values import SYSTEM
from oneroom.ports.formats.pastcalls import COLUMNS, HEADINGS, MOST_CALLS, WORDS
from oneroom.ports.formats.sheets import answers, read_sheet
from oneroom.project.lists import ListCommand, Looked


class Command(ListCommand):
    help = "Bring in calls from before OneRoom from a spreadsheet (xlsx or CSV): every line is answered, all or none."

    def look(self, data: bytes, *, at: datetime, **options: Any) -> Looked:
        sheet = read_sheet(data, COLUMNS, most=MOST_CALLS)
        plan = plan_calls([(line.number, line.cells) for line in sheet.lines], words=WORDS, at=at)
        return Looked(
            sheet, answers(sheet, plan.wrong, HEADINGS), HEADINGS, f"{len(plan.calls)} calls could be brought in.",
            lambda: _said(bring_in_calls(plan.calls, by=SYSTEM, at=at)),
        )  # fmt: skip


def _said(taken: Added) -> str:
    left = (
        f" {taken.known} were there already, {taken.own} came on days of which OneRoom has its own; they were left out."
    )
    return f"{taken.calls} calls were brought in." + (left if taken.known or taken.own else "")
