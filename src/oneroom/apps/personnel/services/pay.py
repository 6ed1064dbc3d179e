"""The table of grades is set, and auxiliaries are graded (row T42)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.personnel.models import GradeAmount, GradeSpell, Person
from oneroom.apps.personnel.services.people import may_keep, subject
from oneroom.engine.establishment import Kind
from oneroom.engine.values import Actor, BadInput

_CODE = re.compile(r"^[a-z][a-z0-9_]{0,23}$")


@service
def set_grade_amount(grade: str, amount_fen: int, *, since: date, by: Actor, at: datetime) -> int:
    """What a grade has a month from a day on; months before stay as they were. Gives the row of the table."""
    may_keep(by)
    if not _CODE.match(grade):
        raise BadInput("grade", "A code: small letters, digits and _.")
    if amount_fen < 0:
        raise BadInput("amount", "An amount is nothing or more.")
    row, _new = GradeAmount.objects.update_or_create(grade=grade, since=since, defaults={"amount_fen": amount_fen})
    note(
        "grades.scaled", f"grade_amount:{row.pk}", by=by, at=at, scale=row.pk, grade=grade, amount_fen=amount_fen,
        day=since.isoformat(),
    )  # fmt: skip
    return row.pk


@service
def grade_people(people: Sequence[int], grade: str, *, since: date, by: Actor, at: datetime) -> None:
    """These auxiliaries have this grade from a day on, all of them or none; what they had until then stays."""
    may_keep(by)
    if not GradeAmount.objects.filter(grade=grade, since__lte=since).exists():
        raise BadInput("grade", "The table has no such grade on that day.")
    rows = list(Person.objects.select_for_update(of=("self",)).filter(pk__in=people, left=None).order_by("pk"))
    for row in rows:
        if row.kind != Kind.AUXILIARY:
            raise BadInput("number", "%(number)s is no auxiliary: grades are theirs.", number=row.number)
        if GradeSpell.objects.filter(person=row, since__gte=since).exists():
            raise BadInput("since", "%(number)s has a grade since that day or later.", number=row.number)
    if len(rows) < len(set(people)):
        raise BadInput("number", "Somebody of these has left.")
    GradeSpell.objects.filter(person__in=rows, since__lt=since, until=None).update(until=since)
    GradeSpell.objects.bulk_create(GradeSpell(person=row, grade=grade, since=since) for row in rows)
    for row in rows:
        note(
            "person.graded", subject(row.pk), by=by, at=at, person=row.pk, grade=grade, day=since.isoformat()
        )  # fmt: skip
