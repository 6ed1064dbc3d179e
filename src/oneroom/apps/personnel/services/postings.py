"""
Orders that post people: all of an order or none of it, each checked against quota, post and rules (rows T11, B14, B44).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from oneroom.apps.ledger.services import ask_guards, note, service
from oneroom.apps.orgs.facts import tree_on
from oneroom.apps.people.services import ask_second
from oneroom.apps.personnel import rules
from oneroom.apps.personnel.codes import BASES, BY_MACHINE
from oneroom.apps.personnel.models import Move, Person, Post, Posting
from oneroom.apps.personnel.services.quota import lock_establishment, must_fit
from oneroom.apps.personnel.spells import not_over
from oneroom.engine.organisation.tree import Tree
from oneroom.engine.roles import Right
from oneroom.engine.rotation.appointing import Line
from oneroom.engine.rotation.verdict import Override, Rule
from oneroom.engine.signatures import Act
from oneroom.engine.values import Actor, BadInput, Conflict

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Order:
    """A person (id) takes a post (code). A full one ends the full posting he has; ``full=False`` is beside it."""

    person: int
    post: str
    full: bool = True


@service
def post_people(
    orders: Sequence[Order], *, day: date, basis: str, signature: int | None = None, aside: tuple[Override, ...] = (),
    by: Actor, at: datetime,
) -> list[int]:  # fmt: skip
    """
    Post people from ``day`` on; gives the postings, in the order of the orders. ``aside``: rules that two persons set
    aside for this order; what is law holds all the same.

    Raises Objected with every rule that stands against any of them, Conflict with the number where a unit would have
    more people than places, and where somebody would have two full posts or a post two holders.
    """
    if by.id != 0:
        by.must(Right.POST_PEOPLE)
    if basis not in BASES or (by.id != 0 and basis in BY_MACHINE):
        raise BadInput("basis", "There is no such choice here. Pick one of the list.")
    if not 1 <= len(orders) <= MOST or len({(o.person, o.full) for o in orders}) < len(orders):
        raise BadInput("person", "An order posts somebody once, and at most %(most)d people.", most=MOST)
    lock_establishment()
    people = Person.objects.in_bulk([o.person for o in orders])
    posts = posts_on(day, [o.post for o in orders])
    for order in orders:
        if order.person not in people or people[order.person].left is not None:
            raise BadInput("person", "There is no such person in the force.")
        if order.post not in posts:
            raise BadInput("post", "There is no such post on that day.")
    lines = [Line(str(o.person), o.post, o.full) for o in orders]
    rules.refuse(
        rules.objections_to(lines, day=day, overrides=aside), {str(pk): row.number for pk, row in people.items()}
    )
    ask_guards("personnel.post_people", orders=orders, day=day)
    ended = end_postings([o.person for o in orders if o.full], day=day)
    try:
        with transaction.atomic():
            made = Posting.objects.bulk_create(
                Posting(person_id=o.person, post=o.post, full=o.full, basis=basis, since=day) for o in orders
            )
    except IntegrityError as twice:
        if "one_full_post_per_person" in str(twice):
            raise Conflict(
                "This person has a full post from a later day on: that order has to be taken back first.",
                field="person",
                code="two_full_posts",
            ) from twice
        raise Conflict(
            "Somebody sits in this post, and it has one holder.", field="post", code="two_holders"
        ) from twice
    must_fit({(posts[o.post].unit, people[o.person].kind) for o in orders if o.full}, day)
    moves = [(people[o.person], ended.get(o.person), posts[o.post]) for o in orders if o.full]
    write_moves(moves, day=day, basis=basis)
    for order, posting in zip(orders, made, strict=True):
        note(
            "person.posted",
            f"person:{order.person}",
            by=by,
            at=at,
            person=order.person,
            posting=posting.pk,
            post=order.post,
            full=order.full,
            basis=basis,
            day=day.isoformat(),
            signature=signature,
        )
    return [posting.pk for posting in made]


@service
def ask_exception(order: Order, *, day: date, basis: str, words: str, by: Actor, at: datetime) -> int:
    """
    Ask a second person to sign for a posting that rules of the house stand against, with the reason; gives the request.

    What is signed for are these rules and no others. Raises Objected where one stands against it that two persons do
    not set aside: what cannot be signed is not asked for.
    """
    by.must(Right.POST_PEOPLE)
    if not Person.objects.filter(pk=order.person, left=None).exists():
        raise BadInput("person", "There is no such person in the force.")
    if order.post not in posts_on(day, [order.post]):
        raise BadInput("post", "There is no such post on that day.")
    line = Line(str(order.person), order.post, order.full)
    found = rules.objections_to([line], day=day)
    if not found:
        raise BadInput("why", "No rule stands against this: it needs no second signature.")
    if not all(v.two_may for v in found[0][1]):
        rules.refuse(found, rules.numbers_of([line.person]))
    codes = ".".join(sorted({str(v.rule) for v in found[0][1]}))
    details = {"post": order.post, "full": order.full, "basis": basis, "day": day.isoformat(), "rules": codes}
    return ask_second(Act.POST_DESPITE, f"person:{order.person}", details=details, words=words, by=by, at=at)


def set_aside(order: Order, rules_: Sequence[str], *, day: date, by: int, second: int) -> tuple[Override, ...]:
    """These rules, for this order on this day alone."""
    return tuple(
        Override(Rule(r), str(order.person), order.post, "signed", day, day + timedelta(days=1), str(by), str(second))
        for r in rules_
    )


def posts_on(day: date, codes: Sequence[str]) -> dict[str, Post]:
    """These posts as they are on the day."""
    holds = not_over(day)
    return {p.code: p for p in Post.objects.filter(holds, since__lte=day, code__in=set(codes))}


def end_postings(people: Sequence[int], *, day: date) -> dict[int, Post]:
    """End the full postings of these people; gives the post that each leaves, as it is on the day."""
    rows = Posting.objects.filter(not_over(day), person_id__in=people, full=True, since__lte=day)
    left = dict(rows.values_list("person_id", "post"))
    if rows.filter(since=day).exists():
        raise Conflict("This person took a post on that very day: choose another day.", field="day")
    rows.update(until=day)
    posts = posts_on(day, list(left.values()))
    return {person: posts[code] for person, code in left.items() if code in posts}


def write_moves(moves: Sequence[tuple[Person, Post | None, Post | None]], *, day: date, basis: str) -> None:
    """Lines of the transfer ledger, for those who change their unit."""
    tree = tree_on(day)
    Move.objects.bulk_create(
        Move(
            person=person,
            kind=person.kind,
            day=day,
            basis=basis,
            from_unit=before.unit if before else None,
            from_kind=_kind(tree, before),
            to_unit=after.unit if after else None,
            to_kind=_kind(tree, after),
            leading=bool((before and before.leads) or (after and after.leads)),
        )
        for person, before, after in moves
        if (before.unit if before else None) != (after.unit if after else None)
    )


def _kind(tree: Tree, post: Post | None) -> str:
    unit = tree.units.get(post.unit) if post is not None else None
    return unit.kind if unit is not None else ""
