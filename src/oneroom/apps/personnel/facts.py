"""
The force as the rules of rotation see it (``engine.rotation``), read from the tables as of a day: ten queries, however
many people. Ids of people are their row ids as text, those of posts their codes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from oneroom.apps.orgs.facts import tree_on
from oneroom.apps.personnel.models import Absence, Attendance, Certificate, Exemption, Kinship, Person, Post, Posting
from oneroom.apps.personnel.spells import holds
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.rotation import facts as seen
from oneroom.engine.rotation.ladder import step
from oneroom.engine.rotation.tenure import BY_LAW, Counting, Limit, years_after
from oneroom.engine.rotation.verdict import Override, Rule

LEAVE = "leave"  # the only kind of absence there is: why somebody is away is not kept
_KINDS = {
    "sworn": seen.Category.SWORN, "auxiliary": seen.Category.AUXILIARY, "grid_worker": seen.Category.GRID,
}  # fmt: skip
# What people declare, as Civil Servants Law 74 groups it; who says "other" means one that the law may mean.
_KIN = {
    "spouse": seen.Kin.SPOUSE, "parent": seen.Kin.DIRECT, "child": seen.Kin.DIRECT, "sibling": seen.Kin.COLLATERAL,
    "in_law": seen.Kin.IN_LAW, "other": seen.Kin.COLLATERAL,
}  # fmt: skip
# A unit of one of these kinds is an organ of its own; what stands below it is a part of it.
ORGANS = frozenset({"city_bureau", "branch_bureau", "sub_bureau", "county_bureau"})
_ALWAYS = date(1949, 10, 1)


def counting(*, leave_stops: bool) -> Counting:
    """How a force counts years: leave does not stop the clock unless it says so (row T39)."""
    return Counting(stops=frozenset({LEAVE})) if leave_stops else BY_LAW


def force_on(day: date, people: Collection[int] | None = None, posts: Collection[str] | None = None) -> seen.Force:
    """
    People, posts and units as of ``day``; of what is to come, what is known. ``people``: only these and their
    relatives, with the posts they have or had and ``posts``; None: everybody who serves.
    """
    kin = _kin(people)
    ids = None if people is None else {*people, *(pk for row in kin for pk in row[:2])}
    mine = Q() if ids is None else Q(person_id__in=ids)
    serving = (
        Person.objects.filter(Q(left=None) | Q(left__gt=day)) if ids is None else Person.objects.filter(pk__in=ids)
    )
    rows = list(serving.order_by("pk").values_list("pk", "kind", "rank", "origin"))
    held = _held(mine)
    codes = None if ids is None else {*(p.post for of in held.values() for p in of), *(posts or ())}
    known = posts_by_code(day, codes)
    nowhere = {p.post for of in held.values() for p in of} - known.keys()
    away, skills, exams = _away(mine), _skills(mine), _exams(mine)
    relations: dict[int, list[seen.Relation]] = {}
    for one, other, how in kin:
        relations.setdefault(one, []).append(seen.Relation(str(other), _KIN.get(how, seen.Kin.COLLATERAL)))
    tree = tree_on(day)
    return seen.force(
        (
            seen.Person(
                str(pk), _KINDS[kind], _rank(rank, held.get(pk, ()), known, day), origin, tuple(held.get(pk, ())),
                tuple(away.get(pk, ())), tuple(skills.get(pk, ())), tuple(exams.get(pk, ())),
                tuple(relations.get(pk, ())),
            )
            for pk, kind, rank, origin in rows
        ),
        # A post of which nobody knows what it was still was one.
        [*known.values(), *(seen.Post(code, "", None) for code in sorted(nowhere))],
        parent={code: unit.parent for code, unit in tree.units.items()},
        organ=_organs(tree),
    )  # fmt: skip


def long_held_on(day: date, how: Counting) -> seen.Force:
    """
    Of the same, what the due list asks: who first had the post he has long enough ago to reach a limit within a year,
    with his time in it; nobody else's years need counting. What interrupts them only makes it later.
    """
    sensitive = Post.objects.filter(holds(day), sensitive=True).values("code")
    begun = Posting.objects.filter(person=OuterRef("person"), post=OuterRef("post"))
    long = Q()
    for limit, years in how.years:
        since = Exists(begun.filter(since__lte=years_after(day, 1 - years) + timedelta(days=3)))  # months differ
        long |= Q(since, post__in=sensitive) if limit is Limit.SENSITIVE else Q(since)
    held = Posting.objects.filter(holds(day)).filter(long)
    # Pairs of person and post: the time in it is of both together.
    pairs = set(held.values_list("person_id", "post"))
    ids = [pk for pk, _post in pairs]
    spells = {
        pk: [p for p in of if (pk, p.post) in pairs] for pk, of in _held(Q(person_id__in=held.values("person"))).items()
    }  # fmt: skip
    away = _away(Q(person_id__in=ids)) if how.stops else {}
    people = (
        seen.Person(str(pk), seen.Category.SWORN, None, "", tuple(of), tuple(away.get(pk, ())))
        for pk, of in sorted(spells.items())
    )
    known = posts_by_code(day, {post for _pk, post in pairs})
    nowhere = {post for _pk, post in pairs} - known.keys()
    posts = [*known.values(), *(seen.Post(code, "", None) for code in sorted(nowhere))]
    return seen.force(people, posts, parent={}, organ={})


def overrides_on(day: date, people: Collection[int] | None = None) -> tuple[Override, ...]:
    """What two persons have set aside, as far as it holds on that day."""
    rows = Exemption.objects.filter(since__lte=day, until__gt=day).select_related("signature")
    if people is not None:
        rows = rows.filter(person_id__in=people)
    return tuple(
        Override(
            Rule(row.rule), str(row.person_id), row.post, "signed", row.since, row.until,
            str(row.signature.asked_by_id), str(row.signature.signed_by_id),
        )
        for row in rows.order_by("pk")
    )  # fmt: skip


def posts_by_code(day: date, codes: Collection[str] | None = None) -> dict[str, seen.Post]:
    """Each post as it is on the day; one that is over, as it was last; one that is to come, as it will be first."""
    rows = Post.objects.all() if codes is None else Post.objects.filter(code__in=codes)
    by_code: dict[str, list[Post]] = {}
    for row in rows.only(
        "code", "unit", "kind", "rank", "sensitive", "front_line", "leads", "chief", "selected", "function", "place",
        "exam", "skills", "since", "until",
    ).order_by("code", "since"):  # fmt: skip
        by_code.setdefault(row.code, []).append(row)
    return {code: _post(code, spells, day) for code, spells in by_code.items()}


def _post(code: str, spells: list[Post], day: date) -> seen.Post:
    begun = [n for n, row in enumerate(spells) if row.since <= day]
    at = begun[-1] if begun else 0
    row = spells[at]
    over = row.until is not None and row.until <= day
    return seen.Post(
        code, row.unit, step(row.rank), 1, _KINDS[row.kind], _sensitive_since(spells[: at + 1]) if not over else None,
        row.front_line, row.leads, row.chief, row.selected, row.function, row.place, frozenset(row.skills),
        frozenset({row.exam} if row.exam else ()),
    )  # fmt: skip


def _sensitive_since(spells: list[Post]) -> date | None:
    """Since when without a break; one that never was anything else has always been, whenever it was written down."""
    if not spells[-1].sensitive:
        return None
    first = len(spells) - 1
    while first and spells[first - 1].sensitive:
        first -= 1
    return spells[first].since if first else _ALWAYS


def _rank(code: str, held: Iterable[seen.Posting], posts: dict[str, seen.Post], day: date) -> int | None:
    """His own rank; where none is entered, that of the post he has."""
    if (own := step(code)) is not None:
        return own
    now = next((p.post for p in held if p.basis is seen.Basis.FULL and p.holds(day)), "")
    return posts[now].rank if now in posts else None


def _held(mine: Q) -> dict[int, list[seen.Posting]]:
    found: dict[int, list[seen.Posting]] = {}
    rows = Posting.objects.filter(mine).order_by("since", "pk")
    for person, post, since, until, full in rows.values_list("person_id", "post", "since", "until", "full"):
        basis = seen.Basis.FULL if full else seen.Basis.ACTING
        found.setdefault(person, []).append(seen.Posting(post, since, until, basis))
    return found


def _away(mine: Q) -> dict[int, list[seen.Away]]:
    rows = Absence.objects.filter(mine).order_by("since").values_list("person_id", "since", "until")
    return _by_person((person, seen.Away(LEAVE, since, until)) for person, since, until in rows)


def _skills(mine: Q) -> dict[int, list[seen.Passed]]:
    rows = Certificate.objects.filter(mine).order_by("pk").values_list("person_id", "skill", "since", "until")
    return _by_person((person, seen.Passed(skill, since, until)) for person, skill, since, until in rows)


def _exams(mine: Q) -> dict[int, list[seen.Passed]]:
    rows = Attendance.objects.filter(mine, passed=True, sitting__kind="exam").order_by("pk")
    said = rows.values_list("person_id", "sitting__topic", "sitting__day", "counts_until")
    # One that counts until the day it was taken, or an earlier one, counts on no day.
    return _by_person((who, seen.Passed(topic, on, until)) for who, topic, on, until in said)


def _by_person(rows: Iterator[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for person, said in rows:
        found.setdefault(person, []).append(said)
    return found


def _kin(people: Collection[int] | None) -> list[tuple[int, int, str]]:
    """Declared relations alone; who said it is one side, and it is true of both."""
    rows = Kinship.objects.filter(ended_at=None)
    if people is not None:
        rows = rows.filter(Q(person_id__in=people) | Q(relative_id__in=people))
    return list(rows.order_by("pk").values_list("person_id", "relative_id", "kin"))


def _organs(tree: Tree) -> dict[str, str]:
    """The organ that each unit is a part of: the nearest bureau at or above it."""
    found: dict[str, str] = {}
    for code in tree.units:
        found[code] = next((up for up in tree.path(code) if tree.units[up].kind in ORGANS), code)
    return found
