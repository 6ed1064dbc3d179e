from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from oneroom.apps.personnel.post_lists import plan_posts, take_posts
from oneroom.engine.values import SYSTEM
from oneroom.ports.formats.posts import COLUMNS, HEADINGS, WORDS
from oneroom.ports.formats.sheets import answers, read_sheet
from oneroom.project.lists import ListCommand, Looked


class Command(ListCommand):
    help = "Let the posts of a spreadsheet (xlsx or CSV) begin today: every line is answered, and all begin or none."

    def look(self, data: bytes, *, at: datetime, **options: Any) -> Looked:
        sheet = read_sheet(data, COLUMNS)
        lines = [(line.number, line.cells) for line in sheet.lines]
        plan = plan_posts(lines, day=localtime(at).date(), words=WORDS)
        return Looked(
            sheet, answers(sheet, plan.wrong, HEADINGS), HEADINGS, f"{len(lines)} posts could begin.",
            lambda: f"{take_posts(plan, by=SYSTEM, at=at)} posts begin today.",
        )  # fmt: skip
