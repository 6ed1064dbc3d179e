"""
A call while it is being taken: kept at each pause of the desk, seen by the room, sent on before it is whole.

What was typed lies sealed and is erased when the call is saved or given up. The room sees grade, kind and place; where
the dispatcher makes a matter of it, what the desk types from then on goes to that matter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oneroom.apps.incidents.codes import CATEGORIES, SAFE_CONTACT
from oneroom.apps.incidents.models import Draft
from oneroom.apps.incidents.protocol import known_subcategory
from oneroom.apps.incidents.services.intake import (
    Said,
    Taken,
    Where,
    follow_code,
    placed,
    take_report,
)
from oneroom.apps.incidents.services.matter import (
    known,
    known_grade,
    known_reasons,
)
from oneroom.apps.ledger.services import erase, note, reseal, seal, service
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, NotFound

_LONGEST = 40_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the room may see of a call that is being taken, and must know of the matter it may make of it."""

    category: str = ""
    subcategory: str = ""
    grade: int | None = None
    reasons: tuple[str, ...] = ()
    where: Where | None = None
    drill: bool = False
    safe_contact: str = "unknown"


def draft_subject(pk: int) -> str:
    """The draft's name in the record."""
    return f"draft:{pk}"


@service
def keep_draft(key: str, n: int, content: Mapping[str, Any], shown: Shown, *, by: Actor, at: datetime) -> Draft | None:
    """
    Keep what the desk has typed so far; the room hears of it when what it may see has changed.

    ``n`` counts up with each saving; an older one is let go by. None where the call was saved or given up already.
    """
    by.must(Right.TAKE_CALL)
    if not (8 <= len(key) <= 40 and key.isascii() and key.isprintable()):
        raise BadInput("key", "The key of an act has 8 to 80 plain characters.")
    if len(json.dumps(dict(content))) > _LONGEST:
        raise BadInput("content", "This is too long.")
    _check(shown)
    row, made = Draft.objects.select_for_update().get_or_create(
        account_id=by.id, key=key, defaults={"started": at, "touched": at}
    )
    if not made and (row.content_id is None or row.n >= n):
        return row if row.content_id is not None else None
    if row.content is None:
        row.content, _ = seal(content, matter=draft_subject(row.pk), purpose="draft.words", at=at)
    else:
        reseal(row.content, content)
    seen = _seen(row)
    row.n, row.touched = n, at
    if row.incident_id is None:  # sent on, it keeps what was said of it then: the matter goes its own way
        row.category, row.subcategory, row.grade = shown.category, shown.subcategory, shown.grade
        row.reasons, row.drill, row.safe_contact = list(shown.reasons), shown.drill, shown.safe_contact
        for name, value in placed(shown.where).items():
            if name != "unit":
                setattr(row, name, value)
    row.save()
    if made or seen != _seen(row):
        _show(row, {"room"}, by=by, at=at)
    return row


def _show(row: Draft, to: set[str], *, by: Actor, at: datetime) -> None:
    note(
        "draft.shown", draft_subject(row.pk), by=by, at=at, to=to, draft=row.pk, category=row.category or None,
        subcategory=row.subcategory or None, grade=row.grade, placed=row.lon is not None, drill=row.drill or None,
    )  # fmt: skip


def lock_draft(key: str, *, by: Actor) -> Draft | None:
    """One's own draft, standing still: nobody sends it on while it is saved."""
    return Draft.objects.select_for_update().filter(account_id=by.id, key=key).first()


@service
def send_on(draft_id: int, *, words: str, by: Actor, at: datetime) -> Taken:
    """
    The dispatcher makes a matter of a call that is still being taken; asked twice, it is the same one.

    ``words`` are those typed until now. Raises BadInput where the place or the kind is not known yet.
    """
    by.must(Right.DISPATCH)
    row = Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id, content__isnull=False).first()
    if row is None:
        raise NotFound
    if row.incident is not None and row.report_id is not None:
        return Taken(row.incident.pk, row.report_id, row.incident.reference, "")
    if row.lon is None or row.lat is None:
        raise BadInput("location", "Say where it is: a crossing, a road or a point on the map.")
    if not row.category:
        raise BadInput("category", "Nobody has said yet what it is.")
    taken = take_report(
        Said(words=words or "…", safe_contact=row.safe_contact), source="phone", where=_where(row),
        category=row.category, subcategory=row.subcategory, grade=row.grade or 2, reasons=row.reasons, drill=row.drill,
        code=draft_code(row), by=by, at=at,
    )  # fmt: skip
    Draft.objects.filter(pk=row.pk).update(incident_id=taken.incident_id, report_id=taken.report_id)
    _show(row, {"room", f"account:{row.account_id}"}, by=by, at=at)
    return taken


@service
def end_draft(key: str, *, cause: str, by: Actor, at: datetime, saved: Taken | None = None) -> None:
    """
    The call was saved, or came to nothing: what was typed is erased.

    What it was saved as stays with the empty row, so that a second saving of it finds what there is.
    """
    row = Draft.objects.select_for_update().filter(account_id=by.id, key=key).first()
    if row is None:
        return
    if saved is not None:
        row.incident_id, row.report_id = saved.incident_id, saved.report_id
        row.save(update_fields=["incident", "report"])
    if row.content_id is not None:
        _end(row, cause, by=by, at=at)


@service
def drop_draft(draft_id: int, *, cause: str, by: Actor, at: datetime) -> None:
    """Somebody of the room puts away a call that nobody types any more; the clock does so after half a day."""
    row = Draft.objects.select_for_update().filter(pk=draft_id, content__isnull=False).first()
    if row is None:
        raise NotFound
    _end(row, cause, by=by, at=at)


def _end(row: Draft, cause: str, *, by: Actor, at: datetime) -> None:
    erase(draft_subject(row.pk), cause=cause, by=by, at=at)
    note(
        "draft.ended", draft_subject(row.pk), by=by, at=at, to={"room", f"account:{row.account_id}"}, draft=row.pk,
        cause=cause, incident=row.incident_id,
    )  # fmt: skip
    # The row stays for a day without any content: a saving of it that is still under way finds that it is over.
    Draft.objects.filter(pk=row.pk).update(
        content=None, category="", subcategory="", grade=None, reasons=[], lon=None, lat=None, accuracy_m=None,
        given="", place_zh="", place_en="", drill=False, safe_contact="unknown", touched=at,
    )  # fmt: skip


def draft_code(row: Draft, *, anew: bool = False) -> str:
    """
    The caller's code of a call that was kept as a draft: the same whoever asks, and kept nowhere.

    ``anew``: of the second report that was made of it, where the first one's matter was over.
    """
    return code_of_draft(row.account_id, row.key, anew=anew)


def code_of_draft(account_id: int, key: str, *, anew: bool = False) -> str:
    """The same, from what the desk itself knows of its draft."""
    return follow_code(f"draft:{account_id}:{key}{':anew' if anew else ''}".encode())


def _where(row: Draft) -> Where | None:
    if row.lon is None or row.lat is None:
        return None
    return Where(row.lon, row.lat, row.place_zh, row.place_en, row.accuracy_m, row.given)


def _seen(row: Draft) -> tuple[object, ...]:
    return row.category, row.subcategory, row.grade, row.lon, row.lat, row.drill


def _check(shown: Shown) -> None:
    if shown.category or shown.subcategory:
        known("category", shown.category, CATEGORIES)
        known_subcategory(shown.category, shown.subcategory)
    if shown.grade is not None:
        known_grade(shown.grade)
    known_reasons(shown.reasons)
    known("safe_contact", shown.safe_contact, SAFE_CONTACT)
