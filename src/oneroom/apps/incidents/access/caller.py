"""What a caller gets by his code: his own report, and the talk on his own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.incidents.contact import may_contact
from oneroom.apps.incidents.models import AddedWords, Report
from oneroom.apps.incidents.services.intake import code_hash
from oneroom.apps.incidents.services.matter import subject
from oneroom.apps.incidents.services.talk import TO_CALLER
from oneroom.apps.ledger.services import Looking, open_sealed
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.values import CITIZEN, NotFound


def report_by_code(code: str) -> Report:
    """A report by the code that its caller was given."""
    found = Report.objects.filter(code_hash=code_hash(code)).select_related("incident").first()
    if found is None:
        raise NotFound("We know no such code. Check it letter by letter.")
    return found


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of the talk on a caller's page."""

    id: int
    at: datetime
    mine: bool
    words: str | None


@dataclass(frozen=True, slots=True)
class Talk:
    """What a caller's page shows of it. ``why`` is ok, or why no words appear there; ``open`` while he may write."""

    lines: tuple[Spoken, ...]
    why: str
    open: bool


def talk_of(report: Report, *, after: int = 0, at: datetime) -> Talk:
    """
    The lines of one caller and those the room wrote to him, after line ``after``: never another caller's.

    Where words on the page could betray him, there are none: not even his own.
    """
    matter = report.incident
    verdict = may_contact(report, "page", at=at)
    if not verdict.ok:
        return Talk((), verdict.why, matter.state in OPEN)
    rows = list(
        AddedWords.objects.filter(report=report, source__in=("caller", TO_CALLER), pk__gt=after)
        .select_related("words").order_by("pk")[:200]
    )  # fmt: skip
    looking = Looking("own", f"report:{report.pk}")
    said = open_sealed([r.words for r in rows], record=subject(matter.pk), looking=looking, by=CITIZEN, at=at)
    lines = tuple(Spoken(r.pk, r.at, r.source == "caller", said.get(r.words_id)) for r in rows)
    return Talk(lines, "ok", matter.state in OPEN)
