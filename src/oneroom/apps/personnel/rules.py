"""Facts that the rules of an appointment ask for, for many people at once (engine.appointment)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q

from oneroom.apps.orgs.facts import tree_on
from oneroom.apps.personnel.models import Attendance, Certificate, Kinship, Person, Post, Posting
from oneroom.apps.personnel.spells import not_over
from oneroom.engine.appointment import Candidate, Objection, Seat, days_in, in_line, objections

Pair = tuple[Person, Post]


def objections_to(pairs: Sequence[Pair], *, day: date) -> Iterator[tuple[Pair, list[Objection]]]:
    """What stands against each of these postings on the day; those without any are left out."""
    ids = [person.pk for person, _post in pairs]
    passed, skills = _passed(ids, day), skills_on(ids, day)
    stays, served = _front_line(ids, day)
    kin = _kin_in_line(pairs, day)
    for person, post in pairs:
        who = Candidate(
            person.kind, passed.get(person.pk, set()), skills.get(person.pk, set()), person.pk in served,
            days_in(stays.get(person.pk, ()), day), person.pk in kin,
        )  # fmt: skip
        found = objections(who, Seat(post.kind, post.exam, post.skills, post.front_line, post.leads))
        if found:
            yield (person, post), found


def skills_on(people: Sequence[int], day: date) -> dict[int, set[str]]:
    """Skills with a certificate that holds on the day, by person."""
    found: dict[int, set[str]] = {}
    rows = Certificate.objects.filter(not_over(day), person_id__in=people, since__lte=day)
    for person, skill in rows.values_list("person_id", "skill"):
        found.setdefault(person, set()).add(skill)
    return found


def _passed(people: Sequence[int], day: date) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows = Attendance.objects.filter(
        Q(counts_until=None) | Q(counts_until__gt=day), person_id__in=people, passed=True, sitting__kind="exam",
        sitting__day__lte=day,
    )  # fmt: skip
    for person, topic in rows.values_list("person_id", "sitting__topic"):
        found.setdefault(person, set()).add(topic)
    return found


def _front_line(people: Sequence[int], day: date) -> tuple[dict[int, list[tuple[date, date | None]]], set[int]]:
    """Stays in front-line posts, and who has served in any post before the day."""
    rows = list(
        Posting.objects.filter(person_id__in=people, full=True, since__lt=day).values_list(
            "person_id", "post", "since", "until"
        )
    )
    at_front = set(
        Post.objects.filter(code__in={post for _p, post, _s, _u in rows}, front_line=True).values_list(
            "code", flat=True
        )
    )
    stays: dict[int, list[tuple[date, date | None]]] = {}
    for person, post, since, until in rows:
        if post in at_front:
            stays.setdefault(person, []).append((since, until))
    return stays, {person for person, *_rest in rows}


def _kin_in_line(pairs: Sequence[Pair], day: date) -> set[int]:
    """Who of these would lead a declared relative, or be led by one: as things stand, and as the order leaves them."""
    new = {person.pk: post for person, post in pairs}
    rows = list(
        Kinship.objects.filter(Q(person_id__in=new) | Q(relative_id__in=new), ended_at=None).values_list(
            "person_id", "relative_id"
        )
    )
    if not rows:
        return set()
    others = {pk for pair in rows for pk in pair} - set(new)
    holds = not_over(day)
    sits = dict(
        Posting.objects.filter(holds, person_id__in=others, full=True, since__lte=day).values_list("person_id", "post")
    )
    posts = {p.code: p for p in Post.objects.filter(holds, code__in=sits.values(), since__lte=day)}
    seats = new | {person: posts[code] for person, code in sits.items() if code in posts}
    tree = tree_on(day)
    found = set()
    for a, b in rows:
        if a in seats and b in seats and seats[a].unit in tree.units and seats[b].unit in tree.units:
            paths = tree.path(seats[a].unit), tree.path(seats[b].unit)
            if in_line(*paths, a_leads=seats[a].leads, b_leads=seats[b].leads):
                found |= {a, b} & set(new)
    return found
