"""Who is due, and rounds of moves: for those who may see them alone; a chief does not see who of his is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from oneroom.apps.people.models import Signature
from oneroom.apps.personnel.facts import counting, force_on, long_held_on, overrides_on
from oneroom.apps.personnel.models import Person, Post, Posting, Round, RoundMove
from oneroom.apps.personnel.spells import holds
from oneroom.engine.roles import Right
from oneroom.engine.rotation.due import RULE_OF, Due, due_list
from oneroom.engine.rotation.facts import Away
from oneroom.engine.rotation.facts import Posting as Held
from oneroom.engine.rotation.tenure import Tenure, tenures
from oneroom.engine.signatures import Act
from oneroom.engine.values import Actor, NotFound


@dataclass(frozen=True, slots=True)
class DueLine:
    """Somebody on the due list, with what a table shows."""

    person: int
    name: str
    number: str
    post: str
    post_zh: str
    post_en: str
    unit: str
    due: Due

    @property
    def pk(self) -> int:
        return self.person

    @property
    def rule(self) -> str:
        return str(RULE_OF[self.due.limit])


def due_on(day: date, *, by: Actor) -> list[DueLine]:
    """Everybody whose limit is within a year of the day, the nearest first."""
    by.must(Right.SEE_ROTATION)
    found = due_list(long_held_on(day, _counting()), day, overrides=overrides_on(day), counting=_counting())
    said = Person.objects.filter(pk__in={int(d.person) for d in found}).values_list("pk", "name", "number")
    people = {pk: (name, number) for pk, name, number in said}
    rows = Post.objects.filter(holds(day), code__in={d.post for d in found})
    posts = {
        code: (zh, en or zh, unit) for code, zh, en, unit in rows.values_list("code", "name_zh", "name_en", "unit")
    }
    return [DueLine(int(d.person), *people[int(d.person)], d.post, *posts[d.post], d) for d in found if d.post in posts]


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody is due in a post: each limit with its days, the spells, and what interrupted them."""

    post: Post
    limits: Sequence[tuple[str, Tenure, date | None]]  # rule, tenure, exempt until
    spells: Sequence[Held]
    away: Sequence[Away]


def why_due(pk: int, day: date, *, by: Actor) -> tuple[Person, list[Why]]:
    """Both limits of each post that somebody holds on the day, near or not."""
    by.must(Right.SEE_ROTATION)
    row = Person.objects.filter(pk=pk, left=None).first()
    if row is None:
        raise NotFound
    force, aside = force_on(day, [pk]), overrides_on(day, [pk])
    person = force.people[str(pk)]
    posts = {p.code: p for p in Post.objects.filter(holds(day), code__in={x.post for x in person.postings})}
    found = []
    for code in sorted({x.post for x in person.postings if x.holds(day)} & posts.keys()):
        limits = []
        for tenure in tenures(person, force.posts[code], day, _counting()):
            rule = RULE_OF[tenure.limit]
            ends = [o.until for o in aside if o.rule is rule and o.post == code and o.person == str(pk)]
            limits.append((str(rule), tenure, max(ends, default=None)))
        spells = [x for x in person.postings if x.post == code]
        since = min(x.since for x in spells)
        found.append(Why(posts[code], limits, spells, [a for a in person.away if a.until > since]))
    return row, found


def rounds_for(*, by: Actor) -> QuerySet[Round]:
    """Rounds, the newest first."""
    by.must(Right.SEE_ROTATION)
    return Round.objects.select_related("drafted_by", "signature__signed_by").order_by("-pk")


def round_for(pk: int, *, by: Actor) -> Round:
    """One round."""
    row = rounds_for(by=by).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def moves_of(row: Round, first: int = 0, many: int = 50) -> list[tuple[RoundMove, Tenure | None]]:
    """
    Moves of a round, by person, each with the limit that is nearest for who must go: as of the day before, since a
    signed round has ended what he holds by its own.
    """
    eve = row.day - timedelta(days=1)
    moves = list(row.moves.select_related("person").order_by("person__name", "pk")[first : first + many])
    force = force_on(eve, [m.person_id for m in moves], [m.source for m in moves])
    found = []
    for move in moves:
        post, person = force.posts.get(move.source), force.people.get(str(move.person_id))
        near = tenures(person, post, eve, _counting()) if move.must and post is not None and person else []
        found.append((move, near[0] if near else None))
    return found


def free_posts(row: Round, like: Sequence[str]) -> list[Post]:
    """Posts of these kinds that nobody has on the day and nobody of the round gets, for who adjusts it by hand."""
    held = Posting.objects.filter(holds(row.day), full=True).exclude(person__in=row.moves.values("person"))
    rows = Post.objects.filter(holds(row.day), kind__in=like).exclude(code__in=held.values("post"))
    return list(rows.exclude(code__in=row.moves.values("target")).order_by("unit", "code")[:500])


def waits_for_round(row: Round) -> Signature | None:
    """The request for the second signature, while it waits."""
    return Signature.objects.filter(act=Act.ROTATE, about=f"round:{row.pk}", ended_at=None).first()


def exemptions_asked(pk: int, *, at: datetime) -> list[dict[str, Any]]:
    """What waits for a signature about somebody: post, rule and until when."""
    rows = Signature.objects.filter(act=Act.EXEMPT, about=f"person:{pk}", ended_at=None, lapses_at__gt=at)
    return [row.details for row in rows]


def _counting() -> Any:
    return counting(leave_stops=settings.LEAVE_STOPS_ROTATION)
