"""
Rules of a round about several people together: what a unit loses, the skills it keeps, relatives who both move.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from oneroom.engine.rotation.kinship import between, place, relatives
from oneroom.engine.rotation.matching import Ints
from oneroom.engine.rotation.rounds import Ready
from oneroom.engine.rotation.verdict import Rule


@dataclass(frozen=True, slots=True)
class Side:
    """One such rule: ``unit_loses`` of a unit, ``skills_kept`` of a unit and a skill, ``kinship`` of two people."""

    rule: Rule
    about: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Count:
    """
    A rule that counts: of ``rows``, at least ``least`` sit in ``columns``; without columns, in the seat they have now.
    """

    side: Side
    rows: Ints
    columns: Ints | None
    least: int

    def short(self, where: Ints, stay: Ints) -> int:
        """How many are missing; below nothing where there are more."""
        sits = where[self.rows]
        has = sits == stay[self.rows] if self.columns is None else np.isin(sits, self.columns)
        return self.least - int(has.sum())


def most_leavers(round_: Ready) -> dict[str, int]:
    """How many of its people each unit may lose in this round: one always, or small units would be closed."""
    held = round_.force.holders(round_.asked.day)
    strength: Counter[str] = Counter()
    for post, people in held.items():
        strength[round_.force.posts[post].unit] += len(people)
    return {unit: max(1, n * round_.asked.most_percent // 100) for unit, n in strength.items()}


def counts(round_: Ready) -> list[Count]:
    """The rules that count and that this round could break, in a fixed order."""
    found = []
    most = most_leavers(round_)
    goes = Counter(post.unit for post, must in zip(round_.now, round_.must, strict=True) if must)
    free: dict[str, list[int]] = {}
    for i in np.flatnonzero(~round_.must).tolist():
        free.setdefault(round_.now[i].unit, []).append(i)
    for unit, rows in sorted(free.items()):
        least = len(rows) + goes[unit] - most[unit]
        if least > 0:
            side = Side(Rule.UNIT_LOSES, (unit,), most[unit])
            found.append(Count(side, np.array(rows, np.int64), None, least))
    outside = _outside(round_)
    skilled: dict[str, list[int]] = {}
    for i, person in enumerate(round_.people):
        for skill in person.has(round_.asked.day):
            skilled.setdefault(skill, []).append(i)
    seats: dict[str, list[int]] = {}
    for c, seat in enumerate(round_.seats):
        seats.setdefault(seat.like.unit, []).append(c)
    for (unit, skill), least in sorted(round_.asked.keep.items()):
        if least > outside[unit, skill]:
            side = Side(Rule.SKILLS_KEPT, (unit, skill), least)
            comers = np.array(skilled.get(skill, []), np.int64)
            places = np.array(seats.get(unit, []), np.int64)
            found.append(Count(side, comers, places, least - outside[unit, skill]))
    return found


def related(round_: Ready) -> Iterator[tuple[int, int]]:
    """Pairs of relatives who are both in the round."""
    number = {person.id: n for n, person in enumerate(round_.people)}
    kin = relatives(round_.force)
    for n, person in enumerate(round_.people):
        for other in sorted(kin.get(person.id, ())):
            if number.get(other, -1) > n:
                yield n, number[other]


def apart(round_: Ready, c: int) -> Ints:
    """Seats that a relative of whoever sits in seat ``c`` may not have."""
    mine = place(round_.seats[c].like, round_.force)
    return np.flatnonzero([bool(between(mine, place(s.like, round_.force))) for s in round_.seats])


def too_near(round_: Ready, where: Ints, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of these relatives, those who would meet although one of them moves."""
    moved = round_.must | (where != round_.stay)
    like = [s.like for s in round_.seats]
    return [
        (i, j)
        for i, j in pairs
        if (moved[i] or moved[j]) and between(place(like[where[i]], round_.force), place(like[where[j]], round_.force))
    ]


def kin_side(round_: Ready, i: int, j: int) -> Side:
    """Two relatives, as a rule that may be named."""
    return Side(Rule.KINSHIP, (round_.people[i].id, round_.people[j].id), 0)


def _outside(round_: Ready) -> Counter[tuple[str, str]]:
    """How many with each skill a unit has among those who are not in the round."""
    inside = {person.id for person in round_.people}
    found: Counter[tuple[str, str]] = Counter()
    for post, people in round_.force.holders(round_.asked.day).items():
        unit = round_.force.posts[post].unit
        for name in people:
            if name not in inside:
                found.update((unit, skill) for skill in round_.force.people[name].has(round_.asked.day))
    return found
