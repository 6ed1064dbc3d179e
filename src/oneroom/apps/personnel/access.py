"""Who may see places and people. A chief sees his own unit's; a list carries no private field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from oneroom.apps.ledger.services import Looking, open_sealed
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.people.models import Signature
from oneroom.apps.personnel.models import Absence, Certificate, Person, Post, Posting, QuotaLine
from oneroom.apps.personnel.queries import policies_on
from oneroom.apps.personnel.spells import holds, not_over
from oneroom.engine.roles import STATION, Right
from oneroom.engine.signatures import Act
from oneroom.engine.values import Actor, NotFound

# Why somebody opens what is private of a member of staff: codes (words: web.pages.office.people).
PURPOSES = ("reach", "appointment", "correct")


def sees_all(by: Actor, right: Right) -> bool:
    """Whether the right is held by another role than that of a chief, whose own units alone it opens."""
    return Actor(by.id, by.roles - STATION).may(right)


def units_for(*, by: Actor) -> QuerySet[OrgUnit]:
    """Units that have not ended, whose places this person may see."""
    by.must(Right.SEE_POSTS)
    rows = OrgUnit.objects.filter(valid_to=None).defer("area")
    return rows if sees_all(by, Right.SEE_POSTS) else rows.filter(pk__in=by.units)


def ledger_for(*, by: Actor) -> QuerySet[QuotaLine]:
    """Lines of the establishment's ledger."""
    codes = units_for(by=by).values("code")
    rows = QuotaLine.objects.select_related("booking")
    return rows if sees_all(by, Right.SEE_POSTS) else rows.filter(unit__in=codes)


def people_for(day: date, *, by: Actor) -> QuerySet[Person]:
    """People whose posts this person may see on the day; who left, too, for who sees all."""
    by.must(Right.SEE_PEOPLE)
    if sees_all(by, Right.SEE_PEOPLE):
        return Person.objects.all()
    codes = OrgUnit.objects.filter(pk__in=by.units).values("code")
    return at_units(Person.objects.all(), codes, day)


def at_units(rows: QuerySet[Person], codes: Any, day: date) -> QuerySet[Person]:
    """Those of these people who sit in a post of these units on the day."""
    posts = Post.objects.filter(holds(day), unit__in=codes).values("code")
    return rows.filter(pk__in=Posting.objects.filter(holds(day), full=True, post__in=posts).values("person"))


def person_for(pk: int, day: date, *, by: Actor) -> Person:
    """One of them."""
    found = people_for(day, by=by).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def private_of(person: Person, *, purpose: str, by: Actor, at: datetime) -> dict[str, str]:
    """Telephone, document and home of somebody of the force: for who keeps the register, and leaves a Look."""
    by.must(Right.KEEP_PEOPLE)
    row = Person.objects.select_related("private").get(pk=person.pk)
    if purpose not in PURPOSES or row.left is not None:
        raise NotFound
    record = f"person:{person.pk}"
    sealed = [row.private] if row.private is not None else []
    said = open_sealed(sealed, record=record, looking=Looking(purpose, record), by=by, at=at)
    return said.get(row.private_id or 0) or {}


@dataclass(frozen=True, slots=True)
class Held:
    """A posting with the post as it was when it began (None: nobody knows the code any more)."""

    posting: Posting
    post: Post | None


def seats(people: list[int], day: date) -> dict[int, Held]:
    """The full posting of each of these people on the day, with its post: two statements."""
    postings = list(Posting.objects.filter(holds(day), full=True, person_id__in=people))
    posts = {p.code: p for p in Post.objects.filter(holds(day), code__in={p.post for p in postings})}
    return {p.person_id: Held(p, posts.get(p.post)) for p in postings}


@dataclass(frozen=True, slots=True)
class File:
    """All that the page of a person shows: nothing private, nothing judged."""

    postings: list[Held]
    certificates: list[Certificate]
    absence: Absence | None
    attended: list[Any]
    awards: list[Any]
    unread: int  # rule documents in force that he has not acknowledged
    kin: list[Any]


def file_of(person: Person, day: date, *, by: Actor) -> File:
    """The file of somebody whom this person may see; who is related to whom only who keeps the register sees."""
    postings = list(person.postings.order_by("-since", "-pk"))
    spells: dict[str, list[Post]] = {}
    for post in Post.objects.filter(code__in={p.post for p in postings}).order_by("since"):
        spells.setdefault(post.code, []).append(post)
    held = [
        Held(p, next((s for s in spells.get(p.post, ()) if s.until is None or s.until > p.since), None))
        for p in postings
    ]
    in_force = {p.pk for p in policies_on(day)}
    from oneroom.apps.personnel.models import Acknowledgement

    read = set(Acknowledgement.objects.filter(person=person).values_list("policy_id", flat=True))
    kin = list(person.kin.filter(ended_at=None).select_related("relative")) if by.may(Right.KEEP_PEOPLE) else []
    return File(
        held,
        list(person.certificates.filter(not_over(day)).order_by("until", "skill")),
        person.absences.filter(holds(day)).first(),
        list(person.attendances.select_related("sitting").order_by("-sitting__day")[:20]),
        list(person.awards.order_by("-day")[:20]),
        len(in_force - read),
        kin,
    )


def adjustments_for(*, by: Actor, at: datetime) -> list[Signature]:
    """Adjustments of the establishment that wait for the office's second person."""
    by.must(Right.SEE_POSTS)
    rows = Signature.objects.filter(act=Act.CHANGE_QUOTA, ended_at=None, lapses_at__gt=at).select_related("asked_by")
    return list(rows.order_by("asked_at", "pk")[:50]) if sees_all(by, Right.SEE_POSTS) else []
