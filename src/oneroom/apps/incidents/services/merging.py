"""
Two matters about one event become one, by a person's word, and stand apart again if that was a mistake.

Nothing is merged by itself, at any grade. Both callers are kept, each with the own report, code and safe way of
contact; neither ever sees the other. The matter that is merged stays in the record and names the one it counts to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from oneroom.apps.incidents.models import (
    AddedWords,
    Assignment,
    CallBackTry,
    Distinct,
    Incident,
    Questioning,
    Report,
    SentBack,
)
from oneroom.apps.incidents.services.intake import classify, place_of
from oneroom.apps.incidents.services.matter import scopes, subject, watch
from oneroom.apps.incidents.services.standing import regrade
from oneroom.apps.ledger.services import hand_over_seals, note, service
from oneroom.apps.orders.services import sealed_photos, stop
from oneroom.engine.lifecycle.incident import INCIDENT, OPEN
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, Conflict, IllegalMove, NotAllowed


@service
def merge(incident_id: int, *, into: int, by: Actor, at: datetime) -> None:
    """
    The matter is about the same event as ``into``; its callers count to that from now on.

    Only a matter that nobody is sent to merges into an open one. Where a crew was sent before, who sends decides.
    """
    if incident_id == into:
        raise BadInput("into", "A matter cannot be merged with itself.")
    row, head = _lock_both(incident_id, into)
    move = INCIDENT.move(row.state, "merge", by=by)
    if head.state not in OPEN:
        raise IllegalMove("The other matter is over. Merge with one that is open.")
    if row.drill != head.drill:
        raise Conflict("A drill and a real matter are never merged.", field="into")
    if Assignment.objects.filter(incident=row).exists() and not by.may(Right.DISPATCH):
        raise NotAllowed("A crew was sent to this before. The dispatcher decides what becomes of it.")
    moved = list(Report.objects.filter(incident=row).order_by("pk"))
    Report.objects.filter(incident=row, taken_as=None).update(taken_as=row)
    _count_to(moved, row, head)
    _texts_to(Q(pk=row.pk) | Q(merged_into=row), row, head)
    Incident.objects.filter(merged_into=row).update(merged_into=head)
    Incident.objects.filter(pk=row.pk).update(state=move.target, state_since=at, closed_at=at, merged_into=head)
    stop(subject(row.pk), cause="merged", by=by, at=at)
    _tell("incident.merged", row, head, "into", len(moved), by=by, at=at)
    _tell("incident.joined", head, row, "other", len(moved), by=by, at=at)
    _learn(head, row, by=by, at=at)


@service
def unmerge(incident_id: int, *, by: Actor, at: datetime) -> None:
    """It was a mistake: the matter stands by itself again, with the callers it came with, to be classified anew."""
    into = Incident.objects.values_list("merged_into", flat=True).get(pk=incident_id)
    if into is None:
        raise IllegalMove
    row, head = _lock_both(incident_id, into)
    move = INCIDENT.move(row.state, "unmerge", by=by)
    if head.state not in OPEN:
        raise IllegalMove("The other matter is over, and the callers were told so. Take a new report instead.")
    moved = list(Report.objects.filter(incident=head, taken_as=row).order_by("pk"))
    _count_to(moved, head, row)
    _texts_to(Q(pk=row.pk), head, row)
    Incident.objects.filter(pk=row.pk).update(state=move.target, state_since=at, closed_at=None, merged_into=None)
    row.refresh_from_db()
    _distinct(row.pk, head.pk)
    _tell("incident.unmerged", row, head, "other", len(moved), by=by, at=at)
    _tell("incident.parted", head, row, "other", len(moved), by=by, at=at)
    watch(row, "classify", by=by, at=at)


@service
def tell_apart(incident_id: int, *, other: int, by: Actor, at: datetime) -> None:
    """Somebody compared the two and says that they are not the same: they are not proposed to each other again."""
    by.must(Right.TAKE_CALL)
    if incident_id == other:
        raise BadInput("other", "A matter cannot be told apart from itself.")
    row, against = _lock_both(incident_id, other)
    if _distinct(row.pk, against.pk):
        _tell("incident.distinct", row, against, "other", None, by=by, at=at)
        _tell("incident.distinct", against, row, "other", None, by=by, at=at)


def _learn(head: Incident, row: Incident, *, by: Actor, at: datetime) -> None:
    """What only the merged matter knew holds for the other: what and where it is, and the graver grade of the two."""
    if not row.category:
        return
    if not head.category:
        place = place_of(row) if head.lon is None else None
        grade = min(row.grade, head.grade)
        classify(
            head.pk, category=row.category, subcategory=row.subcategory, grade=grade, reasons=row.reasons, where=place,
            by=by, at=at,
        )  # fmt: skip
    elif row.grade < head.grade:
        regrade(head.pk, grade=row.grade, reasons=[*head.reasons, *row.reasons], by=by, at=at)


def _lock_both(first: int, second: int) -> tuple[Incident, Incident]:
    """Both rows, locked in one order whoever asks, so that two mergings never wait for each other."""
    rows = {i.pk: i for i in Incident.objects.select_for_update().filter(pk__in={first, second}).order_by("pk")}
    return rows[first], rows[second]


def _count_to(moved: Iterable[Report], before: Incident, now_to: Incident) -> None:
    """The reports and what they have sealed belong to the other matter, so that erasing that erases them."""
    rows = list(moved)
    Report.objects.filter(pk__in=[r.pk for r in rows]).update(incident=now_to)
    sealed = [s for r in rows for s in (r.words_id, r.caller_id, r.address_id, r.rating_words_id) if s is not None]
    talk = AddedWords.objects.filter(report__in=rows)
    sealed += talk.values_list("words_id", flat=True)
    talk.update(incident=now_to)
    hand_over_seals(sealed, before=subject(before.pk), to=subject(now_to.pk))


def _texts_to(whose: Q, before: Incident, now_to: Incident) -> None:
    """
    What else is sealed of these matters is kept and erased with the one they count to; its rows stay where they began.

    Answers, what crews reported and showed, what the room noted, what reviewers and called-back callers said: so it is
    read with the head (``access.personal_of``), with its origin, and a merging that is undone takes it back.
    """
    matters = list(Incident.objects.filter(whose).values_list("pk", flat=True))
    rows: list[tuple[QuerySet[Any], str]] = [
        (Questioning.objects.filter(incident__in=matters), "texts_id"),
        (Assignment.objects.filter(incident__in=matters), "note_id"),
        (AddedWords.objects.filter(incident__in=matters, report=None), "words_id"),
        (SentBack.objects.filter(incident__in=matters), "words_id"),
        (CallBackTry.objects.filter(call_back__incident__in=matters), "words_id"),
    ]
    sealed = [pk for found, name in rows for pk in found.values_list(name, flat=True) if pk is not None]
    sealed += sealed_photos(map(subject, matters))
    hand_over_seals(sealed, before=subject(before.pk), to=subject(now_to.pk))


def _distinct(one: int, two: int) -> bool:
    older, newer = sorted((one, two))
    return Distinct.objects.get_or_create(incident_id=older, other_id=newer)[1]


def _tell(kind: str, of: Incident, other: Incident, name: str, reports: int | None, *, by: Actor, at: datetime) -> None:
    facts = {"incident": of.pk, name: other.pk} | ({} if reports is None else {"reports": reports})
    note(kind, subject(of.pk), by=by, at=at, to=scopes(of), matter=subject(of.pk), **facts)
