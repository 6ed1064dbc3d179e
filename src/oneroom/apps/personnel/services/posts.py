"""Posts begin, end, and go to the heir of a unit that ends."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs.facts import tree_on
from oneroom.apps.personnel.models import Post, Posting, Village
from oneroom.apps.personnel.services.quota import lock_establishment
from oneroom.apps.personnel.spells import not_over
from oneroom.engine.establishment import Kind
from oneroom.engine.roles import Right
from oneroom.engine.rotation.ladder import step
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound

CODE = re.compile(r"^[a-z0-9][a-z0-9_.\-]{0,23}$")
DIVISION = re.compile(r"^[1-9][0-9]{5}$")  # GB/T 2260
MOST = 50_000


@dataclass(frozen=True, slots=True)
class NewPost:
    """A place that begins (models.Post)."""

    code: str
    unit: str
    kind: str
    name_zh: str
    name_en: str = ""
    rank: str = ""
    sensitive: bool = False
    front_line: bool = False
    leads: bool = False
    chief: bool = False
    selected: bool = False
    function: str = ""
    place: str = ""
    exam: str = ""
    skills: tuple[str, ...] = ()
    village: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a new post stands on: the units of its day, and the villages by code."""

    units: Collection[str]
    villages: Mapping[str, int]


def ground_of(day: date) -> Ground:
    """The units and villages there are."""
    return Ground(tree_on(day).units.keys(), dict(Village.objects.values_list("code", "pk")))


def faults_of(post: NewPost, ground: Ground) -> Iterator[BadInput]:
    """What stands against the post itself, field by field; whether its code is taken is another question."""
    if not CODE.match(post.code):
        yield BadInput("code", "A post's code has small letters, digits, points and dashes: %(post)s.", post=post.code)
    if post.unit not in ground.units:
        yield BadInput("unit", "There is no such unit on that day.")
    if post.kind not in {str(kind) for kind in Kind}:
        yield BadInput("kind", "There is no such choice here. Pick one of the list.")
    if post.village and post.village not in ground.villages:
        yield BadInput("village", "There is no such village.")
    if post.rank and step(post.rank) is None:
        yield BadInput("rank", "There is no such choice here. Pick one of the list.")
    if post.place and not DIVISION.match(post.place):
        yield BadInput("place", "A division is a code of six digits, as 120101.")
    if post.chief and not post.leads:
        yield BadInput("chief", "Who is the first of a unit heads it: mark both.")
    if post.place and not post.chief:
        yield BadInput("place", "Only the first of a unit answers for a division (Civil Servants Law 75).")


@service
def begin_posts(posts: Sequence[NewPost], *, day: date, by: Actor, at: datetime) -> list[int]:
    """Posts that are there from ``day`` on; all of them, or none and a sentence that names the one."""
    must_plan(by)
    ground = ground_of(day)
    for post in posts:
        for wrong in faults_of(post, ground):
            raise wrong
    try:
        with transaction.atomic():
            made = Post.objects.bulk_create(
                Post(
                    code=p.code,
                    unit=p.unit,
                    kind=p.kind,
                    name_zh=plain("name_zh", p.name_zh, longest=60, required=True),
                    name_en=plain("name_en", p.name_en, longest=80),
                    rank=p.rank,
                    sensitive=p.sensitive,
                    front_line=p.front_line,
                    leads=p.leads,
                    chief=p.chief,
                    selected=p.selected,
                    function=p.function,
                    place=p.place,
                    exam=p.exam,
                    skills=sorted(p.skills),
                    village_id=ground.villages.get(p.village),
                    since=day,
                )
                for p in posts
            )
    except IntegrityError as twice:
        raise Conflict("There is a post of this code already.", field="code") from twice
    note("posts.begun", f"post:{made[0].pk}" if made else "post:0", by=by, at=at, count=len(made), day=day.isoformat())
    return [post.pk for post in made]


@service
def end_post(code: str, *, day: date, by: Actor, at: datetime) -> None:
    """The post is no more from ``day`` on. Raises Conflict while somebody sits there."""
    must_plan(by)
    lock_establishment()
    row = Post.objects.filter(not_over(day), code=code, since__lt=day).first()
    if row is None:
        raise NotFound
    if Posting.objects.filter(not_over(day), post=code).exists():
        raise Conflict("Somebody sits in this post from that day on: post him elsewhere first.")
    Post.objects.filter(code=code, since__gte=day).delete()
    Post.objects.filter(pk=row.pk).update(until=day)
    note("post.ended", f"post:{row.pk}", by=by, at=at, post=row.pk, day=day.isoformat())


@service
def give_posts(unit: str, heir: str, *, day: date, by: Actor, at: datetime) -> int:
    """All posts of a unit are another's from ``day`` on, with whoever sits there; gives how many."""
    rows = list(Post.objects.filter(not_over(day), unit=unit))
    begun, today = [], [row for row in rows if row.since >= day]
    Post.objects.filter(pk__in=[row.pk for row in today]).update(unit=heir)
    before = [row for row in rows if row.since < day]
    ends = {row.pk: row.until for row in before}
    Post.objects.filter(pk__in=ends).update(until=day)
    for row in before:
        row.pk, row.unit, row.since, row.until = None, heir, day, ends[row.pk]
        begun.append(row)
    Post.objects.bulk_create(begun)
    return len(rows)


@service
def enter_villages(villages: Collection[tuple[str, str, str, str]], *, by: Actor, at: datetime) -> None:
    """(code, Chinese name, English name, unit) of each village that is to have its auxiliary."""
    must_plan(by)
    known = tree_on(localtime(at).date()).units
    rows = []
    for code, zh, en, unit in villages:
        if not CODE.match(code):
            raise BadInput("village", "A code has small letters, digits, points and dashes.")
        if unit not in known:
            raise BadInput("unit", "There is no such unit on that day.")
        said = {"name_zh": plain("name_zh", zh, longest=60, required=True), "name_en": plain("name_en", en, longest=80)}
        rows.append(Village(code=code, unit=unit, **said))
    try:
        with transaction.atomic():
            Village.objects.bulk_create(rows)
    except IntegrityError as twice:
        raise Conflict("There is a village of this code already.", field="village") from twice
    note("villages.entered", "village:all", by=by, at=at, count=len(villages))


def must_plan(by: Actor) -> None:
    """Who makes posts; the machine does where a house is set up."""
    if by.id != 0:
        by.must(Right.PLAN_POSTS)
