"""
Who moves where in a round: every rule held, the fewest people moved, the shortest ways (row T39; T40 for the balance).

Rules that look at one person and one seat decide who could go where; a flow then finds the best of all ways at once. A
round that also breaks a rule about several people together is worked out again with those rules (``together``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oneroom.engine.rotation.facts import Force
from oneroom.engine.rotation.matching import Ints, halls
from oneroom.engine.rotation.prices import best, nearest, seat_all, turn
from oneroom.engine.rotation.rounds import STEP_M, Asked, Ready, ready
from oneroom.engine.rotation.rules import ROUND, broken
from oneroom.engine.rotation.sides import Side, most_leavers
from oneroom.engine.rotation.together import broken_sides, solve
from oneroom.engine.rotation.verdict import Rule


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody goes from a post to another. ``way_m``: between the units, with what another organ counts for."""

    person: str
    source: str
    target: str
    way_m: int
    must: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """
    The moves, by person. ``proved``: there is no better one.

    ``least_m``: no plan with all rules needs less than this; with ``proved`` it is ``way_m``.
    """

    moves: tuple[Move, ...]
    proved: bool
    way_m: int
    least_m: int


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """
    Why there is no plan. ``code``:

    ``too_few_seats``: ``people`` are eligible only for ``posts``, which have fewer open ``seats``. ``core`` are so many
    of them as to be one too many; take away any of those, and the others fit: so there is no smaller one within it.
    ``too_few_people``: ``seats`` seats of ``posts`` must be filled, and only ``people``, who are fewer, are eligible.
    ``unit_loses``: ``people`` must leave ``unit``, which may lose only ``seats``.
    ``together``: everybody could be seated, but not with these rules about several at once, named in ``rules``.
    ``not_found``: no plan was found in the time; there may be one.

    ``refused``: how many of the other seats each rule alone keeps these people from; what to look at first.
    """

    code: str
    people: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    seats: int = 0
    unit: str = ""
    refused: Mapping[Rule, int] | None = None
    rules: tuple[Side, ...] = ()
    core: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Impossible:
    """There is no plan, and these are the reasons, the smallest first: each must be mended."""

    bottlenecks: tuple[Bottleneck, ...]


def plan(force: Force, asked: Asked) -> Plan | Impossible:
    """
    The best plan of a round, or why there is none. The same facts in any order give the same answer.

    Raises ``BadInput`` naming the person or post of whom nobody knows.
    """
    round_ = ready(force, asked)
    stuck = _losses(round_)
    offered = nearest(round_.pairs)
    answer = best(round_.pairs, offered)
    if answer is None or stuck:
        stuck += _seats(round_) + _people(round_)
        if stuck:
            return Impossible(tuple(sorted(stuck, key=lambda b: (len(b.people) + b.seats, b.people, b.posts))))
        seat_all(round_.pairs, offered)
        answer = best(round_.pairs, offered)
        assert answer is not None, "two matchings, one over all people and one over all seats, make one (Mendelsohn)"
    where, least, proved = answer.where, answer.total, True
    if broken_sides(round_, where):
        solved = solve(round_, offered, answer)
        if solved.where is None:
            code = "together" if solved.rules else "not_found"
            return Impossible((Bottleneck(code, rules=solved.rules),))
        where, least, proved = solved.where, solved.least, solved.proved
    return _told(round_, where, least, proved)


def _told(round_: Ready, where: Ints, least: int, proved: bool) -> Plan:
    goes = {i: int(where[i]) for i in range(len(round_.people)) if round_.must[i] or where[i] != round_.stay[i]}
    stays = Counter(round_.now[i].id for i in range(len(round_.people)) if i not in goes)
    moves = []
    for n, seats in enumerate(round_.seats):
        comers = [i for i, column in goes.items() if column == n]
        first, then = [], []  # seats that must be filled, and the others
        for post, room, required in seats.posts:
            owed = max(required - stays[post], 0)
            first += [post] * owed
            then += [post] * (room - stays[post] - owed)
        for i, post in zip(comers, first + then, strict=False):
            way_m = round_.way(i, n) * STEP_M
            moves.append(Move(round_.people[i].id, round_.now[i].id, post, way_m, bool(round_.must[i])))
    moves.sort(key=lambda move: move.person)
    way_m = sum(move.way_m for move in moves)
    total = int(round_.pairs.cost[np.arange(len(where)), where].sum())
    return Plan(tuple(moves), proved, way_m, way_m if proved else max(0, way_m - STEP_M * (total - least)))


def _losses(round_: Ready) -> list[Bottleneck]:
    """Units that more must leave than may."""
    leave: dict[str, list[str]] = {}
    for person, post, must in zip(round_.people, round_.now, round_.must, strict=True):
        if must:
            leave.setdefault(post.unit, []).append(person.id)
    most = most_leavers(round_)
    return [
        Bottleneck("unit_loses", tuple(people), seats=most[unit], unit=unit)
        for unit, people in sorted(leave.items())
        if len(people) > most[unit]
    ]


def _seats(round_: Ready) -> list[Bottleneck]:
    """People for whom there are too few seats: everybody who is eligible for no others than those of a minimal set."""
    found = []
    arcs = round_.pairs.arcs()
    for hall in halls(arcs, round_.pairs.room):
        inside = np.zeros(arcs.columns, bool)
        inside[list(hall.columns)] = True
        elsewhere = np.bincount(arcs.row[~inside[arcs.column]], minlength=arcs.rows) > 0
        offered = np.bincount(arcs.row, minlength=arcs.rows) > 0
        rows = np.flatnonzero(~elsewhere & (offered | ~inside.any()))
        found.append(
            Bottleneck(
                "too_few_seats", _names(round_, rows.tolist()), _posts(round_, hall.columns),
                int(round_.pairs.room[inside].sum()), refused=_refused(round_, rows.tolist(), inside),
                core=_names(round_, hall.rows),
            )
        )  # fmt: skip
    return found


def _names(round_: Ready, rows: Iterable[int]) -> tuple[str, ...]:
    return tuple(round_.people[i].id for i in rows)


def _people(round_: Ready) -> list[Bottleneck]:
    """Seats that must be filled and for whom there are too few people."""
    copies = np.repeat(np.arange(len(round_.seats)), round_.pairs.required)
    if not len(copies):
        return []
    turned = turn(round_.pairs.arcs(), copies)
    found = []
    for hall in halls(turned, np.ones(turned.columns, np.int64)):
        mine = sorted({int(copies[r]) for r in hall.rows})
        found.append(
            Bottleneck(
                "too_few_people", _names(round_, hall.columns), _posts(round_, mine),
                len(hall.rows),
            )
        )  # fmt: skip
    return found


def _posts(round_: Ready, columns: tuple[int, ...] | list[int]) -> tuple[str, ...]:
    return tuple(sorted(post for c in columns for post, room, _required in round_.seats[c].posts if room))


def _refused(round_: Ready, rows: Iterable[int], inside: npt.NDArray[np.bool_]) -> dict[Rule, int]:
    """Of the seats that these people may not have: how many does each rule alone keep them from?"""
    others = np.flatnonzero(~inside).tolist()
    people = [round_.people[i] for i in rows if round_.must[i]]
    likes = [round_.seats[c].like for c in others]
    each = {s.rule: broken(s, people, likes, round_.at) for s in ROUND}
    many = sum((m.astype(np.int64) for m in each.values()), np.zeros((len(people), len(others)), np.int64))
    room = round_.pairs.room[others]
    alone = {rule: int(((m & (many == 1)) * room).sum()) for rule, m in each.items()}
    return {rule: n for rule, n in sorted(alone.items(), key=lambda r: (-r[1], r[0])) if n}
