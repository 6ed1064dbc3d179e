"""
A round of moves as it is asked for, and made ready for arithmetic: who is in it, which seats are open, who could go
where (rows T39, T40).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from oneroom.engine.rotation.facts import Force, Person, Post
from oneroom.engine.rotation.matching import Ints
from oneroom.engine.rotation.prices import Pairs
from oneroom.engine.rotation.rules import ROUND, Career, Case, broken, case
from oneroom.engine.values import BadInput

STEP_M = 100  # distances are compared in steps of a hundred metres


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a planner asks for.

    ``must``: who leaves his post in this round. ``may``: who may be moved too, where it does not work without.
    ``most_percent``: no unit loses more of its people; one it may lose always, or small units would be closed to the
    law. ``keep``: how many with a skill a unit has afterwards at least, by (unit, skill). ``filled``: posts of which no
    seat that is filled today may be empty afterwards. ``places``: units on any plane in metres; a unit without one is
    as near as any. ``organ_m``: what going to another organ counts for, in metres.
    """

    day: date
    must: frozenset[str]
    may: frozenset[str] = frozenset()
    most_percent: int = 100
    keep: Mapping[tuple[str, str], int] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    organ_m: int = 50_000
    career: Career = field(default_factory=Career)


@dataclass(frozen=True, slots=True)
class Seats:
    """
    Open seats that no rule tells apart: of posts that are alike, in one unit. (post, room, required) of each.

    ``closed``: the post stays over its quota when those who must have left it: others may stay, nobody new comes.
    """

    like: Post
    posts: tuple[tuple[str, int, int], ...]
    closed: bool = False

    @property
    def room(self) -> int:
        return sum(room for _post, room, _required in self.posts)

    @property
    def required(self) -> int:
        return sum(required for _post, _room, required in self.posts)


@dataclass(frozen=True, slots=True)
class Ready:
    """
    A round in numbers. ``people`` by id; ``seats`` by their first post; ``stay[i]`` where i sits now.

    ``pairs``: who could go where by every rule that looks at one person and one post, or stay if he need not go, for
    nothing. Ways in steps of 100 m; ``extra`` for moving somebody who need not, more than all ways together.
    """

    asked: Asked
    force: Force
    people: tuple[Person, ...]
    seats: tuple[Seats, ...]
    now: tuple[Post, ...]
    stay: Ints
    must: npt.NDArray[np.bool_]
    pairs: Pairs
    extra: int
    at: Case

    def way(self, i: int, c: int) -> int:
        """How far it is for person i to seat c, in steps."""
        return int(self.pairs.cost[i, c]) - (0 if self.must[i] else self.extra)


def floors(force: Force, day: date, skills: Iterable[str]) -> dict[tuple[str, str], int]:
    """One person at least with each of these skills in every unit that has one today."""
    found: dict[tuple[str, str], int] = {}
    wanted = set(skills)
    for person in force.people.values():
        post = person.post_on(day)
        if post is not None:
            found |= {(force.posts[post].unit, skill): 1 for skill in wanted & person.has(day)}
    return found


def ready(force: Force, asked: Asked) -> Ready:
    """
    The round in numbers.

    Raises ``BadInput`` naming the person of whom nobody knows, or who has no post to leave, and a post nobody knows.
    """
    inside = sorted(asked.must | asked.may)
    people = []
    for name in inside:
        person = force.people.get(name)
        if person is None:
            raise BadInput(name, "There is no person %(person)s.", person=name)
        if person.post_on(asked.day) is None:
            raise BadInput(name, "This person holds no post on that day.")
        people.append(person)
    for post in sorted(asked.filled - force.posts.keys()):
        raise BadInput(post, "There is no post %(post)s.", post=post)
    at = case(force, asked.day, career=replace(asked.career, steps=0), leaving=inside)
    now = tuple(force.posts[p.post_on(asked.day) or ""] for p in people)
    seats = _open(force, asked, set(inside))
    place = {post: n for n, s in enumerate(seats) for post, _room, _required in s.posts}
    likes = [s.like for s in seats]
    forbidden = np.zeros((len(people), len(seats)), bool)
    for statement in ROUND:
        forbidden |= broken(statement, people, likes, at)
    forbidden[:, [s.closed for s in seats]] = True
    must = np.array([p.id in asked.must for p in people], bool)
    stay = np.array([place[post.id] for post in now], np.int64)
    cost = _ways(force, asked, now, likes)
    extra = 1 + len(people) * int(cost.max(initial=0))
    cost[~must] += extra
    stays = np.flatnonzero(~must)
    forbidden[stays, stay[stays]] = False
    cost[stays, stay[stays]] = 0
    room, required = (np.array([getattr(s, name) for s in seats], np.int64) for name in ("room", "required"))
    pairs = Pairs(~forbidden, cost, room, required)
    return Ready(asked, force, tuple(people), tuple(seats), now, stay, must, pairs, extra, at)


def _open(force: Force, asked: Asked, inside: set[str]) -> list[Seats]:
    """The seats of this round: those that are empty, and those of the people in it."""
    held = force.holders(asked.day)
    groups: dict[tuple[Post, bool], list[tuple[str, int, int]]] = {}
    for code in sorted(force.posts):
        post = force.posts[code]
        holders = held.get(code, [])
        ours = sum(person in inside for person in holders)
        could_stay = sum(person in inside and person not in asked.must for person in holders)
        free = max(post.seats - (len(holders) - ours), 0)
        room = max(free, could_stay)
        if not room and not ours:
            continue
        closed = could_stay > free
        required = min(ours, free) if code in asked.filled else 0
        apart = code if closed else "filled" if required else ""
        groups.setdefault((replace(post, id=apart, seats=1), closed), []).append((code, room, required))
    found = [Seats(replace(like, id=posts[0][0]), tuple(posts), closed) for (like, closed), posts in groups.items()]
    return sorted(found, key=lambda s: s.like.id)


def _ways(force: Force, asked: Asked, now: Sequence[Post], likes: Sequence[Post]) -> Ints:
    """(people, seats) how far from the unit now to the unit then, in steps."""
    units = sorted({p.unit for p in (*now, *likes)})
    number = {unit: n for n, unit in enumerate(units)}
    points = np.array([asked.places.get(unit, (np.nan, np.nan)) for unit in units], float).reshape(len(units), 2)
    far = np.nan_to_num(np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)), nan=0.0)
    organs = np.array([force.organ_of(unit) for unit in units])
    far = far + asked.organ_m * (organs[:, None] != organs[None, :])
    steps = np.rint(far / STEP_M).astype(np.int64)
    return np.asarray(steps[np.ix_([number[p.unit] for p in now], [number[q.unit] for q in likes])])
