"""
Which two posts two relatives may not hold (Civil Servants Law 74; 公务员回避规定 6–7).

Not both directly under one leader, not one the other's superior at his own or the next level, and not in personnel,
discipline, audit or finance of an organ that the other leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oneroom.engine.rotation.facts import Force, Kin, Post

WATCHING = frozenset({"personnel", "discipline", "audit", "finance"})


@dataclass(frozen=True, slots=True)
class Place:
    """What of a post counts here: its unit, the one above, the organ, and what its holder does there."""

    unit: str
    above: str | None
    organ: str
    leads: bool
    watches: bool


def place(post: Post, force: Force) -> Place:
    """Where a post stands."""
    return Place(
        post.unit, force.parent.get(post.unit), force.organ_of(post.unit), post.leads, post.function in WATCHING
    )


def between(one: Place, other: Place) -> str:
    """Why two relatives may not hold both, as a code; empty where they may. The order does not matter."""
    if _leads(one, other) or _leads(other, one):
        return "direct_line"
    if one.unit == other.unit:
        return "same_leader"
    if one.leads and other.leads and one.above is not None and one.above == other.above:
        return "same_leader"
    if one.organ == other.organ and ((one.leads and other.watches) or (other.leads and one.watches)):
        return "watched_organ"
    return ""


def relatives(force: Force) -> dict[str, dict[str, Kin]]:
    """Each person's relatives, also where only the other one declared it."""
    found: dict[str, dict[str, Kin]] = {}
    for person in force.people.values():
        for relation in person.relations:
            if relation.person in force.people and relation.person != person.id:
                found.setdefault(person.id, {})[relation.person] = relation.kin
                found.setdefault(relation.person, {}).setdefault(person.id, relation.kin)
    return found


def conflicts(force: Force, posts: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Pairs of relatives who may not both be where they are: (one, other, why). ``posts``: person → post."""
    found = []
    for one, others in sorted(relatives(force).items()):
        for other in sorted(others):
            if one < other and one in posts and other in posts:
                a, b = force.posts[posts[one]], force.posts[posts[other]]
                if why := between(place(a, force), place(b, force)):
                    found.append((one, other, why))
    return found


def _leads(one: Place, other: Place) -> bool:
    return one.leads and one.unit in (other.unit, other.above)
