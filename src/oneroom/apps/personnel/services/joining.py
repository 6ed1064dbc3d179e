"""Many people at once, with the posts they have and what they can, in a few statements instead of ten for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from oneroom.apps.ledger.services import note, seal_many, service
from oneroom.apps.personnel.models import Certificate, Person, Posting
from oneroom.apps.personnel.services.people import may_keep, subject
from oneroom.apps.personnel.services.postings import posts_on, write_moves
from oneroom.apps.personnel.services.quota import lock_establishment, must_fit
from oneroom.engine.values import Actor, Conflict

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody as earlier records have him: checked already (``a_number`` and its like)."""

    number: str
    kind: str
    name: str
    joined: date
    account: int | None = None
    post: str = ""
    private: Mapping[str, str] = made(default_factory=dict)
    skills: tuple[str, ...] = ()
    rank: str = ""
    origin: str = ""
    since: date | None = None  # in the post; None: from the day of the list on


@service
def join(people: Sequence[Joining], *, day: date, simulated: bool = False, by: Actor, at: datetime) -> dict[str, int]:
    """
    All of them serve, with the posts they have on ``day``; gives their ids by number. The record has the same entries
    as one by one. Rules of an appointment are not asked again; kinds, holders and places are.
    """
    may_keep(by)
    lock_establishment()
    posts = posts_on(day, [j.post for j in people if j.post])
    if any(j.post and (j.post not in posts or posts[j.post].kind != j.kind) for j in people):
        raise Conflict("A post of this list is not there on that day, or is for another kind of staff.")
    try:
        with transaction.atomic():
            rows = Person.objects.bulk_create(
                (
                    Person(
                        number=j.number, kind=j.kind, name=j.name, joined=j.joined, account_id=j.account,
                        simulated=simulated, rank=j.rank, origin=j.origin,
                    )
                    for j in people
                ),
                batch_size=_BATCH,
            )  # fmt: skip
            seated = [(row, posts[j.post]) for row, j in zip(rows, people, strict=True) if j.post]
            begun = [j.since or day for j in people if j.post]
            postings = Posting.objects.bulk_create(
                (
                    Posting(person=row, post=post.code, basis="entered", since=since)
                    for (row, post), since in zip(seated, begun, strict=True)
                ),
                batch_size=_BATCH,
            )
    except IntegrityError as twice:
        raise Conflict("There is a person of this number, or in this post, already.") from twice
    must_fit({(post.unit, row.kind) for row, post in seated}, day)
    write_moves([(row, None, post) for row, post in seated], day=day, basis="entered")
    ids = {row.number: row.pk for row in rows}
    sealed = _seal(people, ids, at)
    for row in rows:
        note(
            "person.entered", subject(row.pk), by=by, at=at, matter=subject(row.pk), person=row.pk,
            person_kind=row.kind, account=row.account_id, private=sealed.get(subject(row.pk)),
        )  # fmt: skip
    for posting in postings:
        note(
            "person.posted", subject(posting.person_id), by=by, at=at, person=posting.person_id, posting=posting.pk,
            post=posting.post, full=True, basis="entered", day=posting.since.isoformat(),
        )  # fmt: skip
    _certify(people, ids, day, by=by, at=at)
    return ids


def _seal(people: Sequence[Joining], ids: Mapping[str, int], at: datetime) -> dict[str, str]:
    private = [(subject(ids[j.number]), dict(j.private)) for j in people if j.private]
    if not private:
        return {}
    sealed = seal_many(private, purpose="person.private", at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE personnel_person p SET private_id = s.id FROM ledger_sealed s"
            " WHERE s.matter = 'person:' || p.id AND s.purpose = 'person.private' AND p.id = ANY(%s)",
            [list(ids.values())],
        )
    return sealed


def _certify(people: Sequence[Joining], ids: Mapping[str, int], day: date, *, by: Actor, at: datetime) -> None:
    accounts = {ids[j.number]: j.account for j in people}
    given = Certificate.objects.bulk_create(
        Certificate(person_id=ids[j.number], skill=skill, since=day) for j in people for skill in j.skills
    )
    for row in given:
        note(
            "certificate.given", subject(row.person_id), by=by, at=at, person=row.person_id,
            account=accounts[row.person_id], certificate=row.pk, skill=row.skill,
        )  # fmt: skip
