"""People come, show what they can, are away, and leave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.people.queries import open_grants_of
from oneroom.apps.people.services import close_account, end_grant
from oneroom.apps.personnel.codes import LEFT_BY
from oneroom.apps.personnel.models import Absence, Certificate, Kinship, Person, Posting
from oneroom.apps.personnel.services.postings import end_postings, write_moves
from oneroom.apps.personnel.services.posts import DIVISION
from oneroom.apps.personnel.services.quota import lock_establishment
from oneroom.apps.personnel.spells import not_over
from oneroom.engine.establishment import Kind
from oneroom.engine.roles import Right, Role
from oneroom.engine.rotation.ladder import a_rank
from oneroom.engine.text import plain
from oneroom.engine.values import SYSTEM, Actor, BadInput, Conflict, NotFound

NUMBER = re.compile(r"^[A-Z0-9]{3,20}$")
PRIVATE = ("phone", "document", "home")
KIN = ("spouse", "parent", "child", "sibling", "in_law", "other")


def subject(pk: int) -> str:
    """What a person is called in the record."""
    return f"person:{pk}"


@service
def enter_person(
    *,
    number: str,
    kind: str,
    name: str,
    joined: date,
    account_id: int | None = None,
    private: Mapping[str, str] | None = None,
    rank: str = "",
    origin: str = "",
    simulated: bool = False,
    by: Actor,
    at: datetime,
) -> int:
    """Somebody serves in the force from a day on; gives his id. What is private of him is sealed."""
    may_keep(by)
    said = {key: plain(key, (private or {}).get(key), longest=60) for key in PRIVATE}
    known = {key: value for key, value in said.items() if value}
    row = Person(
        number=a_number(number),
        kind=a_kind(kind),
        name=plain("name", name, longest=60, required=True),
        joined=joined,
        account_id=account_id,
        rank=a_rank(rank),
        origin=an_origin(origin),
        simulated=simulated,
    )
    commitment = None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as twice:
        raise Conflict("There is a person of this number, or with this account, already.", field="number") from twice
    if known:
        row.private, commitment = seal(known, matter=subject(row.pk), purpose="person.private", at=at)
        row.save(update_fields=["private"])
    note(
        "person.entered",
        subject(row.pk),
        by=by,
        at=at,
        matter=subject(row.pk),
        person=row.pk,
        person_kind=kind,
        account=account_id,
        private=commitment,
    )
    return row.pk


@service
def leave(pk: int, *, day: date, cause: str, by: Actor, at: datetime) -> None:
    """
    Somebody leaves the force: his posts end on the day. At once his account shuts, every role of his ends, his streams
    close, and his place in a crew is free (``FOLLOWERS["person.left"]``); his phone is told at its next contact.
    """
    may_keep(by)
    if cause not in LEFT_BY:
        raise BadInput("cause", "There is no such choice here. Pick one of the list.")
    lock_establishment()
    person = Person.objects.select_for_update().filter(pk=pk, left=None).first()
    if person is None:
        raise NotFound
    if day < person.joined:
        raise BadInput("day", "Nobody leaves before he came.")
    if person.account_id is not None and person.account_id == by.id:
        raise Conflict("Nobody enters that he leaves himself: a colleague does.")
    Posting.objects.filter(person=person, since__gte=day).delete()
    ended = end_postings([pk], day=day)
    Posting.objects.filter(not_over(day), person=person).update(until=day)
    write_moves([(person, ended.get(pk), None)], day=day, basis="left")
    Certificate.objects.filter(person=person, since__gte=day).delete()
    Certificate.objects.filter(not_over(day), person=person).update(until=day)
    Absence.objects.filter(person=person, since__gte=day).delete()
    Kinship.objects.filter(Q(person=person) | Q(relative=person), ended_at=None).update(ended_at=at)
    Person.objects.filter(pk=pk).update(left=day)
    if person.account_id is not None:
        for role, unit_id in open_grants_of(person.account_id):
            end_grant(person.account_id, Role(role), unit_id=unit_id, by=SYSTEM, at=at)
        close_account(person.account_id, by=by, at=at)
    note(
        "person.left",
        subject(pk),
        by=by,
        at=at,
        matter=subject(pk),
        person=pk,
        account=person.account_id,
        cause=cause,
        day=day.isoformat(),
    )


@service
def certify(pk: int, skill: str, *, since: date, until: date | None, by: Actor, at: datetime) -> int:
    """Somebody has shown that he can something; gives the certificate. What he had of the same skill ends by it."""
    may_keep(by)
    person = serving(pk)
    if not re.match(r"^[a-z][a-z0-9_]{1,23}$", skill):
        raise BadInput("skill", "There is no such choice here. Pick one of the list.")
    if until is not None and until <= since:
        raise BadInput("until", "The last day is before the first.")
    mine = Certificate.objects.filter(not_over(since), person=person, skill=skill)
    mine.filter(since__gte=since).delete()
    mine.update(until=since)
    row = Certificate.objects.create(person=person, skill=skill, since=since, until=until)
    note(
        "certificate.given",
        subject(pk),
        by=by,
        at=at,
        person=pk,
        account=person.account_id,
        certificate=row.pk,
        skill=skill,
        until=until.isoformat() if until else None,
    )
    return row.pk


@service
def end_certificate(pk: int, *, day: date, by: Actor, at: datetime) -> None:
    """A certificate counts no more from ``day`` on."""
    may_keep(by)
    row = Certificate.objects.select_related("person").filter(not_over(day), pk=pk).first()
    if row is None:
        raise NotFound
    if row.since >= day:
        row.delete()
    else:
        Certificate.objects.filter(pk=pk).update(until=day)
    note(
        "certificate.ended",
        subject(row.person_id),
        by=by,
        at=at,
        person=row.person_id,
        account=row.person.account_id,
        certificate=pk,
        skill=row.skill,
        day=day.isoformat(),
    )


@service
def unavailable(pk: int, *, since: date, until: date, by: Actor, at: datetime) -> int:
    """Somebody is unavailable until a day. Why is not asked, and there is no place to write it."""
    may_keep(by)
    person = serving(pk)
    if until <= since:
        raise BadInput("until", "The last day is before the first.")
    try:
        with transaction.atomic():
            row = Absence.objects.create(person=person, since=since, until=until)
    except IntegrityError as twice:
        raise Conflict("This person is away within that time already.", field="since") from twice
    note(
        "person.unavailable",
        subject(pk),
        by=by,
        at=at,
        person=pk,
        absence=row.pk,
        since=since.isoformat(),
        until=until.isoformat(),
    )
    return row.pk


@service
def declare_kin(pk: int, relative: int, kin: str, *, by: Actor, at: datetime) -> int:
    """Somebody of the force says that another of it is his relative: he himself, or the office where he said so."""
    person, other = serving(pk), serving(relative)
    if person.account_id != by.id or by.id == 0:
        may_keep(by)
    if kin not in KIN:
        raise BadInput("kind", "There is no such choice here. Pick one of the list.")
    if pk == relative:
        raise BadInput("relative", "Nobody is his own relative.")
    try:
        with transaction.atomic():
            row = Kinship.objects.create(person=person, relative=other, kin=kin, since=at)
    except IntegrityError as twice:
        raise Conflict("That is declared already.") from twice
    note("kin.declared", subject(pk), by=by, at=at, person=pk, kinship=row.pk)
    return row.pk


@service
def end_kin(kinship: int, *, by: Actor, at: datetime) -> None:
    """It is so no longer."""
    row = Kinship.objects.select_related("person").filter(pk=kinship, ended_at=None).first()
    if row is None or (row.person.account_id != by.id and not by.may(Right.KEEP_PEOPLE)):
        raise NotFound
    Kinship.objects.filter(pk=kinship).update(ended_at=at)
    note("kin.ended", subject(row.person_id), by=by, at=at, person=row.person_id, kinship=kinship)


def serving(pk: int) -> Person:
    """Somebody who has not left. Raises NotFound."""
    person = Person.objects.filter(pk=pk, left=None).first()
    if person is None:
        raise NotFound
    return person


def may_keep(by: Actor) -> None:
    """Who keeps the register of people; the machine does where a house is set up."""
    if by.id != 0:
        by.must(Right.KEEP_PEOPLE)


def a_number(text: Any) -> str:
    """A badge number, in capitals."""
    number = plain("number", str(text), longest=20, required=True).upper()
    if not NUMBER.match(number):
        raise BadInput("number", "A number has 3 to 20 letters and digits.")
    return number


def an_origin(text: str) -> str:
    """The division somebody is from, as its code; nothing where he did not say."""
    code = plain("origin", text, longest=6)
    if code and not DIVISION.match(code):
        raise BadInput("origin", "A division is a code of six digits, as 120101.")
    return code


def a_kind(text: str) -> str:
    """Officer, auxiliary or grid worker, as a code."""
    if text not in {str(kind) for kind in Kind}:
        raise BadInput("kind", "There is no such choice here. Pick one of the list.")
    return text
