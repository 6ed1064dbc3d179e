"""
What deviates of the postings that earlier records have: found when a list is taken over, open until it is settled.

A deviation is settled where the facts are there by now (``met``), where he sits there no more (``moved``), or where two
persons of two units let it be with a reason (``kept``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.timezone import localtime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.services import ask_second
from oneroom.apps.personnel.models import Deviation, Person, Posting
from oneroom.apps.personnel.rules import said, standing
from oneroom.apps.personnel.services.people import may_keep
from oneroom.apps.personnel.spells import holds
from oneroom.engine.roles import Right
from oneroom.engine.rotation.appointing import Line
from oneroom.engine.rotation.verdict import TWO_MAY, Rule
from oneroom.engine.signatures import Act
from oneroom.engine.values import SYSTEM, Actor, Conflict, NotFound

# What new facts can mend. What was wrong on one day in the past is settled by a move or by two persons alone.
MENDED = frozenset({Rule.EXAM_FIRST, Rule.NEEDS, Rule.KINSHIP, Rule.HOME_PLACE, Rule.RANK})


def find_deviations(people: Sequence[int], *, day: date, by: Actor, at: datetime) -> int:
    """Write down what stands against these people (ids) in the full posts that they have on the day; gives how many."""
    seats = {str(p.person_id): p for p in Posting.objects.filter(holds(day), person__in=people, full=True)}
    joined = {str(pk): on for pk, on in Person.objects.filter(pk__in=people).values_list("pk", "joined")}
    lines = [Line(pk, posting.post) for pk, posting in sorted(seats.items())]
    rows = [
        Deviation(posting=seats[line.person], rule=str(v.rule), said=said(v), found=day)
        for line, verdicts in standing(lines, day=day)
        for v in verdicts
        # Who came before he took this post was somewhere else first.
        if not (v.rule is Rule.NEWCOMER_FRONT_LINE and joined[line.person] < seats[line.person].since)
    ]
    Deviation.objects.bulk_create(rows, batch_size=2000)
    if rows:
        note("deviations.found", "people:all", by=by, at=at, count=len(rows), day=day.isoformat())
    return len(rows)


@service
def review_deviations(*, by: Actor, at: datetime) -> int:
    """Settle what is settled by now; gives how many. Nothing is settled by forgetting it."""
    may_keep(by)
    day = localtime(at).date()
    rows = list(
        Deviation.objects.select_for_update(of=("self",))
        .filter(settled_at=None)
        .select_related("posting__person")
        .order_by("pk")
    )
    lines = [Line(str(row.posting.person_id), row.posting.post) for row in rows if _sits(row.posting, day)]
    stands = {(line.person, str(v.rule)) for line, verdicts in standing(lines, day=day) for v in verdicts}
    done = 0
    for row in rows:
        if not _sits(row.posting, day):
            _settle(row, "moved", by=by, at=at)
        elif row.rule in MENDED and (str(row.posting.person_id), row.rule) not in stands:
            _settle(row, "met", by=by, at=at)
        else:
            continue
        done += 1
    return done


@service
def ask_keep(pk: int, *, words: str, by: Actor, at: datetime) -> int:
    """Ask a second person to let a deviation be, with the reason; gives the request."""
    by.must(Right.POST_PEOPLE)
    row = Deviation.objects.select_related("posting").filter(pk=pk, settled_at=None).first()
    if row is None:
        raise NotFound
    if Rule(row.rule) not in TWO_MAY:
        raise Conflict(
            "Two persons do not set this rule aside: mend the fact, or post this person elsewhere.", field="no"
        )
    details = {"post": row.posting.post, "day": row.posting.since.isoformat(), "deviation": pk, "rule": row.rule}
    return ask_second(Act.KEEP_POSTING, f"person:{row.posting.person_id}", details=details, words=words, by=by, at=at)


def keep(pk: int, *, signature: int, by: Actor, at: datetime) -> None:
    """Two persons let it be."""
    row = Deviation.objects.select_related("posting").filter(pk=pk, settled_at=None).first()
    if row is None:
        raise Conflict("This is settled already.")
    _settle(row, "kept", signature=signature, by=by, at=at)


def review(at: datetime) -> int:
    """The clock's: certificates and exams that came, people who moved on."""
    return review_deviations(by=SYSTEM, at=at) if Deviation.objects.filter(settled_at=None).exists() else 0


def _sits(posting: Posting, day: date) -> bool:
    return posting.until is None or posting.until > day


def _settle(row: Deviation, how: str, *, signature: int | None = None, by: Actor, at: datetime) -> None:
    Deviation.objects.filter(pk=row.pk).update(how=how, settled_at=at, signature_id=signature)
    note(
        "deviation.settled", f"person:{row.posting.person_id}", by=by, at=at, person=row.posting.person_id,
        posting=row.posting_id, must=row.rule, how=how, signature=signature,
    )  # fmt: skip
