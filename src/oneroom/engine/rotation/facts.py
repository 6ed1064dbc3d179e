"""
People, posts and what connects them, as far as the rules about posts ask (rows T10 T39 B44; workflow §2.10).

Everything here was declared or decided by somebody and has a day: nothing is inferred about a person. A day counts
from its first minute; what ends on the 1st no longer is on the 1st, as everywhere (``engine.organisation.facts``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from oneroom.engine.values import BadInput


class Category(StrEnum):
    """What somebody is by law: it bounds what he may do and which posts he may have."""

    SWORN = "sworn"  # 民警
    AUXILIARY = "auxiliary"  # 辅警
    GRID = "grid"  # 网格员


class Kin(StrEnum):
    """Relations of which Civil Servants Law 74 speaks. Others are none of the force's business."""

    SPOUSE = "spouse"
    DIRECT = "direct"  # parents, children, grandparents: direct line
    COLLATERAL = "collateral"  # within three generations
    IN_LAW = "in_law"  # close


class Basis(StrEnum):
    """How a post is held. A person has one full post at a time; the others are held beside it."""

    FULL = "full"
    ACTING = "acting"
    SECONDED = "seconded"


@dataclass(frozen=True, slots=True)
class Posting:
    """A person holds a post from a day until another (None: until somebody says otherwise)."""

    post: str
    since: date
    until: date | None = None
    basis: Basis = Basis.FULL

    def holds(self, day: date) -> bool:
        """Does he hold it on that day?"""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which a post was held and not worked in: ``leave``, ``secondment``, ``study`` … Never why."""

    kind: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Passed:
    """An exam passed or a skill shown on a day; it counts before ``until`` (None: it does not lapse)."""

    code: str
    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Does it count on that day?"""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relative in the force, declared by the person himself."""

    person: str
    kin: Kin


@dataclass(frozen=True, slots=True)
class Person:
    """
    Somebody as the rules see him. ``rank`` is a step of the force's own ladder (``ladder``), more is higher; None where
    nobody said one, and then no rule about ranks is asked.

    ``home`` is the place he is from, as a division code (GB/T 2260, six figures); empty where none is declared.
    """

    id: str
    category: Category = Category.SWORN
    rank: int | None = 0
    home: str = ""
    postings: tuple[Posting, ...] = ()
    away: tuple[Away, ...] = ()
    skills: tuple[Passed, ...] = ()
    exams: tuple[Passed, ...] = ()
    relations: tuple[Relation, ...] = ()

    def post_on(self, day: date) -> str | None:
        """His full post on that day."""
        return next((p.post for p in self.postings if p.basis is Basis.FULL and p.holds(day)), None)

    def has(self, day: date) -> frozenset[str]:
        """His skills on that day."""
        return frozenset(s.code for s in self.skills if s.holds(day))


@dataclass(frozen=True, slots=True)
class Post:
    """
    A post in a unit, with as many ``seats`` as its quota gives it.

    ``sensitive_since``: since when it is a special sensitive post. ``leads``: its holder leads the unit; ``chief``: as
    the first of it. ``selected``: posts of a higher organ that are filled by selection. ``function``: what it works on
    (``personnel``, ``discipline``, ``audit``, ``finance`` are those of Civil Servants Law 74). ``place``: the division
    that its unit answers for. ``needs`` and ``exams``: what its holder must have.
    """

    id: str
    unit: str
    rank: int | None = 0
    seats: int = 1
    category: Category = Category.SWORN
    sensitive_since: date | None = None
    front_line: bool = False
    leads: bool = False
    chief: bool = False
    selected: bool = False
    function: str = ""
    place: str = ""
    needs: frozenset[str] = frozenset()
    exams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Force:
    """All people and posts, and which unit is below which; ``organ`` names the organ that a unit is a part of."""

    people: Mapping[str, Person] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    parent: Mapping[str, str | None] = field(default_factory=dict)
    organ: Mapping[str, str] = field(default_factory=dict)

    def organ_of(self, unit: str) -> str:
        """The organ; a unit of which nothing is said is one of its own."""
        return self.organ.get(unit, unit)

    def holders(self, day: date) -> dict[str, list[str]]:
        """Who holds each post that somebody holds, on that day."""
        found: dict[str, list[str]] = {}
        for person in sorted(self.people):
            post = self.people[person].post_on(day)
            if post is not None:
                found.setdefault(post, []).append(person)
        return found


def force(
    people: Iterator[Person] | tuple[Person, ...] | list[Person],
    posts: Iterator[Post] | tuple[Post, ...] | list[Post],
    *,
    parent: Mapping[str, str | None] | None = None,
    organ: Mapping[str, str] | None = None,
) -> Force:
    """
    The facts, looked over.

    Raises ``BadInput`` naming whom or what it is about: two of one name, a posting that ends before it begins or is to
    a post nobody knows, and a person in two full posts on one day (issue: "a person in two full posts").
    """
    found: dict[str, Person] = {}
    known: dict[str, Post] = {}
    for post in posts:
        if post.id in known:
            raise BadInput(post.id, "There are two posts of this name.")
        if post.seats < 1:
            raise BadInput(post.id, "A post has at least one seat.")
        known[post.id] = post
    for person in people:
        if person.id in found:
            raise BadInput(person.id, "There are two people of this name.")
        found[person.id] = person
        _look_over(person, known)
    return Force(found, known, dict(parent or {}), dict(organ or {}))


def _look_over(person: Person, posts: Mapping[str, Post]) -> None:
    for posting in person.postings:
        if posting.post not in posts:
            raise BadInput(person.id, "There is no post %(post)s.", post=posting.post)
        if posting.until is not None and posting.until <= posting.since:
            raise BadInput(person.id, "It ends before it begins.")
    for away in person.away:
        if away.until <= away.since:
            raise BadInput(person.id, "It ends before it begins.")
    full = sorted((p for p in person.postings if p.basis is Basis.FULL), key=lambda p: p.since)
    for earlier, later in pairwise(full):
        if earlier.until is None or later.since < earlier.until:
            raise BadInput(
                person.id, "Two full posts on %(day)s: %(first)s and %(second)s. A person has one at a time.",
                day=later.since.isoformat(), first=earlier.post, second=later.post,
            )  # fmt: skip
