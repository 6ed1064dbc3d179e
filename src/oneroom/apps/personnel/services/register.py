"""Training, meetings, exams; versions of rules and who read them (rows T41, B35, B36, B44)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from oneroom.apps.ledger.services import note, service
from oneroom.apps.personnel.codes import SITTINGS
from oneroom.apps.personnel.models import Acknowledgement, Attendance, Person, Policy, Sitting
from oneroom.apps.personnel.services.people import may_keep
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound

_CODE = re.compile(r"^[a-z][a-z0-9_]{1,23}$")


@service
def hold_sitting(
    *,
    kind: str,
    topic: str,
    unit: str,
    day: date,
    attended: Collection[int],
    passed: Mapping[int, date | None] | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """
    A training, a meeting or an exam took place, and who was there (ids of people); gives it.

    ``passed``: who passed the exam, and until when that counts (None: for good).
    """
    may_keep(by)
    if kind not in SITTINGS:
        raise BadInput("kind", "There is no such choice here. Pick one of the list.")
    if not _CODE.match(topic):
        raise BadInput("topic", "A topic is a code: small letters, digits and _.")
    there = set(attended)
    if passed and (kind != "exam" or not set(passed) <= there):
        raise BadInput("passed", "Only who was at an exam can have passed it.")
    if Person.objects.filter(pk__in=there, joined__lte=day).count() < len(there):
        raise BadInput("attended", "Somebody of these was not in the force on that day.")
    row = Sitting.objects.create(kind=kind, topic=topic, unit=unit, day=day)
    results = passed or {}
    Attendance.objects.bulk_create(
        Attendance(
            sitting=row, person_id=pk, passed=pk in results if kind == "exam" else None, counts_until=results.get(pk)
        )
        for pk in sorted(there)
    )
    note(
        "sitting.held",
        f"sitting:{row.pk}",
        by=by,
        at=at,
        sitting=row.pk,
        sitting_kind=kind,
        topic=topic,
        day=day.isoformat(),
        attended=len(there),
        passed=len(results) if kind == "exam" else None,
    )
    return row.pk


@service
def publish_policy(
    *, code: str, title_zh: str, title_en: str = "", topic: str, effective: date, review: date, by: Actor, at: datetime
) -> int:
    """A new version of a rule document; the one before ends on the day it takes effect. Gives the version's id."""
    may_keep(by)
    for field, text in (("rule", code), ("topic", topic)):
        if not _CODE.match(text):
            raise BadInput(field, "A code: small letters, digits and _.")
    if review <= effective:
        raise BadInput("review", "It is looked at again after it takes effect.")
    before = Policy.objects.select_for_update().filter(code=code).order_by("-version").first()
    row = Policy(
        code=code,
        version=before.version + 1 if before else 1,
        topic=topic,
        effective=effective,
        review=review,
        title_zh=plain("title_zh", title_zh, longest=120, required=True),
        title_en=plain("title_en", title_en, longest=160),
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as twice:
        raise Conflict("Somebody has just published this version.") from twice
    Policy.objects.filter(code=code, ended=None, version__lt=row.version).update(ended=effective)
    note("policy.published", f"policy:{row.pk}", by=by, at=at, policy=row.pk, rule=code, number=row.version)
    return row.pk


@service
def end_policy(pk: int, *, day: date, by: Actor, at: datetime) -> None:
    """A rule document is no longer in force."""
    may_keep(by)
    if not Policy.objects.filter(pk=pk, ended=None).update(ended=day):
        raise NotFound
    note("policy.ended", f"policy:{pk}", by=by, at=at, policy=pk, day=day.isoformat())


@service
def acknowledge(pk: int, *, by: Actor, at: datetime) -> None:
    """Somebody says that he has read this version: himself, once."""
    person = Person.objects.filter(account_id=by.id, left=None).first()
    if person is None or not Policy.objects.filter(pk=pk, ended=None).exists():
        raise NotFound
    _row, new = Acknowledgement.objects.get_or_create(policy_id=pk, person=person, defaults={"at": at})
    if new:
        note("policy.acknowledged", f"policy:{pk}", by=by, at=at, policy=pk, person=person.pk)
