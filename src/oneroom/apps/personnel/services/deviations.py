"""
What deviates of the postings that earlier records have: found when a list is taken over, open until it is settled.

A deviation is settled where the facts are there by now (``met``), where he sits there no more (``moved``), or where two
persons of two units let it be with a reason (``kept``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.timezone import localtime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.people.services import ask_second
from oneroom.apps.personnel.models import Deviation, Posting
from oneroom.apps.personnel.rules import objections_to
from oneroom.apps.personnel.services.people import may_keep
from oneroom.apps.personnel.services.postings import posts_on
from oneroom.engine.appointment import MENDED_BY_FACTS, Objection
from oneroom.engine.roles import Right
from oneroom.engine.signatures import Act
from oneroom.engine.values import SYSTEM, Actor, Conflict, NotFound


def enter_deviations(found: Mapping[int, Sequence[Objection]], *, day: date, by: Actor, at: datetime) -> int:
    """Write down what stands against each of these postings (by id); gives how many."""
    rows = [
        Deviation(posting_id=posting, must=str(o.must), missing=o.missing, months=o.months, found=day)
        for posting, objections in found.items()
        for o in objections
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
    there = [row for row in rows if _sits(row.posting, day)]
    posts = posts_on(day, [row.posting.post for row in there])
    seated = {row.posting.person_id: row.posting for row in there if row.posting.post in posts}
    pairs = [(posting.person, posts[posting.post]) for posting in seated.values()]
    stands = {
        (person.pk, str(o.must), o.missing)
        for (person, _post), objections in objections_to(pairs, day=day)
        for o in objections
    }
    done = 0
    for row in rows:
        if not _sits(row.posting, day):
            _settle(row, "moved", by=by, at=at)
        elif row.must in MENDED_BY_FACTS and (row.posting.person_id, row.must, row.missing) not in stands:
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
    details = {"post": row.posting.post, "day": row.posting.since.isoformat(), "deviation": pk, "must": row.must}
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
        posting=row.posting_id, must=row.must, how=how, signature=signature,
    )  # fmt: skip
