"""
A whole force from a list: every line is answered, and all of it is taken over or nothing.

What stands in the list is the state of a day, from earlier records: people with the posts that they have. So the rules
of an appointment are not asked again, but kinds, places and holders are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from oneroom.apps.ledger.services import note, service
from oneroom.apps.personnel.models import Person, Post, Posting
from oneroom.apps.personnel.services.joining import Joining, join
from oneroom.apps.personnel.services.people import PRIVATE, a_kind, a_number, an_origin, may_keep
from oneroom.apps.personnel.spells import holds
from oneroom.apps.personnel.strength import quotas_on, strength_on
from oneroom.engine.establishment import Kind
from oneroom.engine.rotation.ladder import a_rank
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, Refused

FIELDS = ("number", "name", "kind", "joined", "post", "since", "rank", "origin", *PRIVATE)
NEEDED = ("number", "name", "kind", "joined")
_TAKEN = _("There is a person of this badge already.")
_TWICE = _("This badge stands in the list twice.")
_DAY = _("A day is written like 2026-03-01.")
_LATER = _("Nobody has a post since before he came, or since a day to come.")
_NO_POST = _("There is no such post on that day.")
_OTHER_KIND = _("This post is for another kind of staff.")
_HELD = _("Somebody sits in this post, or another line of the list takes it.")
_OVER = _("%(unit)s has %(places)d places of this kind: this line would be number %(people)d.")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a line: the field and a sentence with its parameters."""

    field: str
    message: Any
    params: Mapping[str, Any] = made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list would do: ``new`` are those who can be taken over, ``wrong`` is said by line."""

    day: date
    new: list[Joining]
    wrong: dict[int, list[Wrong]]


def plan_import(lines: Sequence[tuple[int, Mapping[str, str]]], *, day: date, words: Mapping[str, str]) -> Plan:
    """
    What taking these lines (number, text by field) over on the day would do; writes nothing.

    ``words`` are other spellings of a kind, as people write it ("民警": "sworn").
    """
    taken = set(Person.objects.values_list("number", flat=True))
    posts = {p.code: p for p in Post.objects.filter(holds(day)).defer("name_en")}
    held = set(Posting.objects.filter(holds(day), full=True).values_list("post", flat=True))
    held |= set(Posting.objects.filter(since__gt=day, full=True).values_list("post", flat=True))
    places, people = quotas_on(day), Counter(strength_on(day))
    plan, seen = Plan(day, [], {}), set[str]()
    for at_line, cells in lines:
        wrong: list[Wrong] = []
        person = _person(cells, wrong, words)
        if person.number in taken:
            wrong.append(Wrong("number", _TAKEN))
        if person.number and person.number in seen:
            wrong.append(Wrong("number", _TWICE))
        seen.add(person.number)
        code = cells.get("post", "").strip().lower()
        post = posts.get(code) if code else None
        if code and post is None:
            wrong.append(Wrong("post", _NO_POST))
        if person.since is not None and not person.joined <= person.since <= day:
            wrong.append(Wrong("since", _LATER))
        if post is not None:
            wrong += _seat(person, post, code in held, places, people)
        if wrong:
            plan.wrong[at_line] = wrong
        else:
            if post is not None:
                held.add(code)
                people[post.unit, person.kind] += 1
            plan.new.append(replace(person, post=code))
    return plan


@service
def import_people(plan: Plan, *, simulated: bool = False, by: Actor, at: datetime) -> int:
    """Take everybody of a plan over; gives how many. Raises BadInput while any line of it is wrong."""
    may_keep(by)
    if plan.wrong:
        raise BadInput("file", "Lines that cannot be taken over: %(count)d. Nothing was taken.", count=len(plan.wrong))
    join(plan.new, day=plan.day, simulated=simulated, by=by, at=at)
    posted = sum(bool(each.post) for each in plan.new)
    note("people.imported", "people:all", by=by, at=at, count=len(plan.new), posted=posted)
    return len(plan.new)


def _person(cells: Mapping[str, str], wrong: list[Wrong], words: Mapping[str, str]) -> Joining:
    """What a line says of somebody; what cannot be taken of it is added to ``wrong``."""
    said = {key: cells.get(key, "") for key in FIELDS}

    def take(key: str, read: Callable[[str], Any], instead: Any) -> Any:
        try:
            return read(said[key])
        except Refused as refused:
            wrong.append(Wrong(key, refused.message, refused.params))
            return instead

    private = {key: take(key, partial(plain, key, longest=60), "") for key in PRIVATE}
    return Joining(
        take("number", a_number, ""),
        take("kind", lambda text: a_kind(words.get(text.strip().casefold(), text.strip())), str(Kind.SWORN)),
        take("name", partial(plain, "name", longest=60, required=True), ""),
        take("joined", partial(_a_day, "joined"), date.min),
        since=take("since", partial(_a_day, "since"), None) if said["since"].strip() else None,
        rank=take("rank", lambda text: a_rank(words.get(text.strip().casefold(), text.strip())), ""),
        origin=take("origin", an_origin, ""),
        private={key: value for key, value in private.items() if value},
    )


def _a_day(field: str, text: str) -> date:
    try:
        day = date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        day = date.min
    if not 1900 <= day.year < 2200:
        raise BadInput(field, _DAY)
    return day


def _seat(
    person: Joining, post: Post, held: bool, places: Mapping[tuple[str, str], int], people: Counter[tuple[str, str]]
) -> list[Wrong]:  # fmt: skip
    """What stands against this person in this post."""
    wrong = []
    if post.kind != person.kind:
        wrong.append(Wrong("post", _OTHER_KIND))
    if held:
        wrong.append(Wrong("post", _HELD))
    key = (post.unit, person.kind)
    if people[key] >= places.get(key, 0):
        said = {"unit": post.unit, "places": places.get(key, 0), "people": people[key] + 1}
        wrong.append(Wrong("post", _OVER, said))
    return wrong
