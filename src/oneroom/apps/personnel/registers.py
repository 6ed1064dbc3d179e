"""Who may see the registers: rules and who read them, sessions, awards, villages, posts one by one, words of care."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum

from oneroom.apps.ledger.services import Looking, open_sealed
from oneroom.apps.personnel.access import people_for, seats, sees_all, units_for
from oneroom.apps.personnel.models import (
    Acknowledgement,
    Attendance,
    Award,
    Deviation,
    GradeSpell,
    Kinship,
    Move,
    Person,
    Policy,
    Post,
    Posting,
    Sitting,
    Village,
    WelfareNote,
)
from oneroom.apps.personnel.spells import holds
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound


def policies_for(*, by: Actor) -> QuerySet[Policy]:
    """Every version of every rule document, in force or not."""
    by.must(Right.SEE_PEOPLE)
    return Policy.objects.all()


def policy_for(pk: int, *, by: Actor) -> Policy:
    """One of them."""
    found = policies_for(by=by).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def readers(policies: Collection[int], day: date, *, by: Actor) -> tuple[dict[int, int], int]:
    """How many say that they have read each version, and how many serve: of the people whom this person may see."""
    serving = people_for(day, by=by).filter(left=None)
    rows = Acknowledgement.objects.filter(policy__in=policies, person__in=serving.values("pk"))
    return dict(rows.values_list("policy").annotate(n=Count("pk"))), serving.count()


@dataclass(frozen=True, slots=True)
class Reading:
    """How many serve in each unit (none: "") and how many of them have read a version; no names."""

    serving: dict[str, int]
    read: dict[str, int]


def reading_of(policy: int, day: date, *, by: Actor) -> Reading:
    """Who has not yet read it, by unit and by count."""
    people = list(people_for(day, by=by).filter(left=None).values_list("pk", flat=True))
    units = {pk: held.post.unit for pk, held in seats(people, day).items() if held.post is not None}
    done = set(Acknowledgement.objects.filter(policy_id=policy).values_list("person_id", flat=True))
    return Reading(
        Counter(units.get(pk, "") for pk in people), Counter(units.get(pk, "") for pk in people if pk in done)
    )


def own_person(*, by: Actor) -> Person | None:
    """Who this account is in the register, if anybody."""
    return Person.objects.filter(account_id=by.id, left=None).first() if by.id else None


def own_rules(day: date, *, by: Actor) -> list[tuple[Policy, datetime | None]]:
    """Rule documents in force, each with when this person said that he read it."""
    person = own_person(by=by)
    if person is None:
        return []
    read = dict(Acknowledgement.objects.filter(person=person).values_list("policy_id", "at"))
    rows = Policy.objects.filter(Q(ended=None) | Q(ended__gt=day), effective__lte=day).order_by("topic", "code")
    return [(row, read.get(row.pk)) for row in rows]


def own_kin(*, by: Actor) -> list[Kinship]:
    """Whom of the force this person declared to be a relative: his own declarations alone."""
    rows = Kinship.objects.filter(person__account_id=by.id, person__left=None, ended_at=None)
    return list(rows.select_related("relative").order_by("since", "pk")) if by.id else []


def sittings_for(*, by: Actor) -> QuerySet[Sitting]:
    """Trainings, meetings and exams; a chief those of his own units."""
    by.must(Right.SEE_PEOPLE)
    rows = Sitting.objects.annotate(
        there=Count("attendances"), good=Count("attendances", filter=Q(attendances__passed=True))
    )
    return rows if sees_all(by, Right.SEE_PEOPLE) else rows.filter(unit__in=units_for(by=by).values("code"))


def attendances_for(pk: int, *, by: Actor) -> tuple[Sitting, QuerySet[Attendance]]:
    """A session and who was there."""
    found = sittings_for(by=by).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found, Attendance.objects.filter(sitting=found).select_related("person")


def topics_of(year: int) -> list[str]:
    """Topics of the sessions of a year, the most frequent first."""
    rows = Sitting.objects.filter(day__year=year).values_list("topic").annotate(n=Count("pk")).order_by("-n", "topic")
    return [topic for topic, _n in rows[:12]]


def awards_for(day: date, *, by: Actor) -> QuerySet[Award]:
    """Awards of the people whom this person may see."""
    rows = Award.objects.select_related("person", "budget")
    if sees_all(by, Right.SEE_PEOPLE):
        by.must(Right.SEE_PEOPLE)
        return rows
    return rows.filter(person__in=people_for(day, by=by).values("pk"))


def grades_for(day: date, *, by: Actor) -> QuerySet[GradeSpell]:
    """Grades that hold on the day, of the people whom this person may see."""
    rows = GradeSpell.objects.filter(holds(day), person__left=None).select_related("person")
    if sees_all(by, Right.SEE_PEOPLE):
        by.must(Right.SEE_PEOPLE)
        return rows
    return rows.filter(person__in=people_for(day, by=by).values("pk"))


def awards_by_kind(year: int) -> list[tuple[str, int, int]]:
    """(award, how many, fen in all) of a year."""
    rows = Award.objects.filter(day__year=year).values_list("kind").annotate(n=Count("pk"), sum=Sum("amount_fen"))
    return [(kind, n, int(total or 0)) for kind, n, total in rows.order_by("kind")]


def deviations_for(day: date, *, by: Actor) -> QuerySet[Deviation]:
    """What deviates of the postings taken over, of the people whom this person may see."""
    rows = Deviation.objects.select_related("posting__person")
    if sees_all(by, Right.SEE_PEOPLE):
        by.must(Right.SEE_PEOPLE)
        return rows
    return rows.filter(posting__person__in=people_for(day, by=by).values("pk"))


def moves_for(*, by: Actor) -> QuerySet[Move]:
    """Lines of the transfer ledger; a chief those that came to his own units or left them."""
    by.must(Right.SEE_PEOPLE)
    rows = Move.objects.select_related("person")
    if sees_all(by, Right.SEE_PEOPLE):
        return rows
    codes = list(units_for(by=by).values_list("code", flat=True))
    return rows.filter(Q(from_unit__in=codes) | Q(to_unit__in=codes))


def villages_for(*, by: Actor) -> QuerySet[Village]:
    """Villages of the units whose posts this person may see."""
    rows = Village.objects.all()
    codes = units_for(by=by).values("code")
    return rows if sees_all(by, Right.SEE_POSTS) else rows.filter(unit__in=codes)


@dataclass(frozen=True, slots=True)
class Keeper:
    """The post that serves a village, and who sits there (None: nobody)."""

    post: Post
    person: Person | None


def keepers(villages: Collection[int], day: date) -> dict[int, Keeper]:
    """The auxiliary of each of these villages on the day; a held post comes before an empty one."""
    posts = list(Post.objects.filter(holds(day), kind="auxiliary", village_id__in=villages).order_by("code"))
    held = holders([post.code for post in posts], day)
    found: dict[int, Keeper] = {}
    for post in posts:
        mine = found.get(post.village_id or 0)
        if mine is None or mine.person is None:
            found[post.village_id or 0] = Keeper(post, held.get(post.code))
    return found


def posts_for(day: date, *, by: Actor) -> QuerySet[Post]:
    """Posts as they are on the day, of units that this person may see."""
    by.must(Right.SEE_POSTS)
    rows = Post.objects.filter(holds(day))
    return rows if sees_all(by, Right.SEE_POSTS) else rows.filter(unit__in=units_for(by=by).values("code"))


def held_posts(day: date) -> QuerySet[Posting]:
    """Codes of the posts in which somebody sits on the day, as a query to narrow others by."""
    return Posting.objects.filter(holds(day), full=True).values("post")  # type: ignore[return-value]


def holders(codes: Collection[str], day: date) -> dict[str, Person]:
    """Who sits in each of these posts on the day."""
    rows = Posting.objects.filter(holds(day), full=True, post__in=codes).select_related("person")
    return {row.post: row.person for row in rows}


def care_for(*, by: Actor) -> QuerySet[WelfareNote]:
    """Follow-ups that are open, without a word of them: for those who care alone."""
    by.must(Right.CARE)
    return WelfareNote.objects.filter(ended_at=None).select_related("person")


def care_opened(pk: int, *, by: Actor, at: datetime) -> tuple[WelfareNote, str]:
    """One of them with its words; a look, of which the record does not say whom it concerned."""
    row = care_for(by=by).select_related("words").filter(pk=pk).first()
    if row is None:
        raise NotFound
    record = f"welfare:{row.pk}"
    said = open_sealed([row.words], record=record, looking=Looking("care", record), by=by, at=at)
    return row, said[row.words_id] or ""
