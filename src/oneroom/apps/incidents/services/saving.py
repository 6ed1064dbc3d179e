"""
A call is saved of which there is a matter already: the dispatcher sent it on while it was taken, or it is saved again.

Nothing of it is lost and nothing is written twice: what is new goes to the matter that its report counts to now.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from oneroom.apps.incidents.codes import CATEGORIES
from oneroom.apps.incidents.models import AddedWords, Draft, Incident, Report
from oneroom.apps.incidents.protocol import known_subcategory
from oneroom.apps.incidents.services.drafts import draft_code
from oneroom.apps.incidents.services.intake import (
    Said,
    Taken,
    Where,
    add_words,
    check_said,
    classify,
    code_hash,
    placed,
)
from oneroom.apps.incidents.services.matter import (
    known,
    known_grade,
    known_reasons,
    lock_matter_of,
    scopes,
    subject,
)
from oneroom.apps.incidents.services.standing import regrade
from oneroom.apps.ledger.services import compared, note, seal, service
from oneroom.apps.orders.services import rehome
from oneroom.engine.lifecycle.incident import OPEN, State
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, Conflict, IllegalMove

_A_LINE = 2000  # so long may one line of added words be
_BETWEEN = " \n,;.\uff0c\uff1b\u3002"  # what joined the new words to those that were sent on


@service
def complete_draft(
    draft: Draft, said: Said, *, category: str, subcategory: str, grade: int | None,
    reasons: Iterable[str], where: Where | None, drill: bool = False, by: Actor, at: datetime,
) -> Taken:  # fmt: skip
    """
    The desk saves a call of which there is a matter already: what is new of it goes to that matter.

    Words that were typed since are added, the caller is put to the report, the kind and place are said anew where they
    changed, the grade is raised where the answers ask for it. Saved a second time, what was written stays as it is.
    """
    by.must(Right.TAKE_CALL)
    if draft.report_id is None:
        raise IllegalMove
    words, caller, address = check_said(said)
    row = lock_matter_of(draft.report_id)
    if drill and not row.drill:
        raise Conflict("This call was sent on as a real one. A drill says so from its first word.", field="drill")
    report = Report.objects.select_related("words", "taken_as").get(pk=draft.report_id)
    more = _not_yet_said(report, words)
    for begin in range(0, len(more), _A_LINE):
        add_words(row.pk, words=more[begin : begin + _A_LINE], source="room", report_id=report.pk, by=by, at=at)
    codes = _all_reasons(row, draft, reasons)
    if report.taken_as_id in (None, row.pk):
        _say_anew(row, category, subcategory, grade, codes, where, by=by, at=at)
    elif grade is not None and known_grade(grade) < row.grade:  # merged: kind and place are those said there
        regrade(row.pk, grade=grade, reasons=codes, by=by, at=at)
    facts: dict[str, Any] = {}
    for name, content in (("caller", caller if any(caller.values()) else None), ("address", address or None)):
        if content is not None and getattr(report, f"{name}_id") is None:
            sealed, commitment = seal(content, matter=subject(row.pk), purpose=f"report.{name}", at=at)
            setattr(report, name, sealed)
            facts["place" if name == "address" else name] = commitment
    safe, before = _as_safe_as_known(report, said), report.safe_contact
    report.safe_contact = safe
    report.save(update_fields=["caller", "address", "safe_contact"])
    if draft.content_id is not None or more or facts or safe != before:
        note(
            "incident.call_saved", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
            incident=row.pk, report=report.pk, safe_contact=safe, **facts,
        )  # fmt: skip
    return Taken(row.pk, report.pk, (report.taken_as or row).reference, draft_code(draft))


def _not_yet_said(report: Report, words: str) -> str:
    """What of these words nobody has written down: they begin with what was sent on, and what was added since."""
    added = AddedWords.objects.filter(report=report, source="room").select_related("words").order_by("pk")
    rest = words
    for text in compared([s for s in (report.words, *(a.words for a in added)) if s is not None]).values():
        if text and rest.startswith(text):
            rest = rest[len(text) :].strip(_BETWEEN)
    return rest


def _all_reasons(row: Incident, draft: Draft, reasons: Iterable[str]) -> list[str]:
    """
    The reasons as the desk says them now, and those that others gave since.

    The desk takes back its own (asked again, there was no weapon after all), never those of a crew or the room.
    """
    now = known_reasons(reasons)
    return [*now, *(r for r in row.reasons if r not in draft.reasons and r not in now)]


def _as_safe_as_known(report: Report, said: Said) -> str:
    """Who says nothing about it ("not known") does not undo that somebody said no."""
    return "no" if (said.safe_contact, report.safe_contact) == ("unknown", "no") else said.safe_contact


def _say_anew(
    row: Incident, category: str, subcategory: str, grade: int | None, codes: list[str], where: Where | None,
    *, by: Actor, at: datetime,
) -> None:  # fmt: skip
    if not category:
        return
    if row.state == State.RECEIVED:
        classify(
            row.pk, category=category, subcategory=subcategory, grade=grade, reasons=codes, where=where, by=by, at=at
        )
        return
    known("category", category, CATEGORIES)
    known_subcategory(category, subcategory)
    moved = where is not None and (where.lon, where.lat) != (row.lon, row.lat)
    if moved or (category, subcategory) != (row.category, row.subcategory) or set(codes) != set(row.reasons):
        changed = placed(where) if moved else {}
        Incident.objects.filter(pk=row.pk).update(category=category, subcategory=subcategory, reasons=codes, **changed)
        row.refresh_from_db()
        rehome(subject(row.pk), unit_id=row.unit_id, by=by, at=at)
        note(
            "incident.amended", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
            category=category, subcategory=subcategory or None, reasons=codes, moved=moved, unit=row.unit_id,
        )  # fmt: skip
    if grade is not None and known_grade(grade) < row.grade:
        regrade(row.pk, grade=grade, reasons=codes, by=by, at=at)


def is_over(draft: Draft) -> bool:
    """The matter that was made of this call ended while the caller still spoke: what he says is a new one."""
    return draft.report_id is not None and lock_matter_of(draft.report_id).state not in OPEN


def saved_before(draft: Draft, said: Said) -> Taken | None:
    """
    What this call was saved as, if it was and this saving says nothing more: it was only sent twice.

    None where the caller has said more. Raises IllegalMove where that was taken as a new call once already.
    """
    if draft.content_id is not None or draft.report_id is None:
        return None
    report = Report.objects.select_related("words", "taken_as", "incident").get(pk=draft.report_id)
    if not _not_yet_said(report, check_said(said)[0]):
        return Taken(report.incident_id, report.pk, (report.taken_as or report.incident).reference, "")
    if is_anew(draft, report.pk):
        raise IllegalMove("This call was saved and its matter is over. Take what is said now as a new call.")
    return None


def is_anew(draft: Draft, report_id: int) -> bool:
    """Whether this report is the second one that was made of a call, with a code of its own."""
    return Report.objects.filter(pk=report_id, code_hash=code_hash(draft_code(draft, anew=True))).exists()
