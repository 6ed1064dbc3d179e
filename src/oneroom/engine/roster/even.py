"""
Shares nights, weekends and hours evenly by exchange: two people swap a run of days, if every rule still holds for both.

CP-SAT alone takes minutes to prove what a count proves at once (so many nights among so many people: somebody has at
least their quotient), if only somebody shows a roster that meets it. Exchanges find one within a second, wishes and
kept cells costing no more than before.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from oneroom.engine.roster.values import Person, Question

AIMS = ("nights", "weekends", "hours")
_LONGEST = 6  # days that change hands at once
_TRIES = 60_000
_WEIGHTS = (40, 12, 4)  # a fairer share of nights is worth more than one of weekends, that more than one of hours


def lower_bounds(question: Question, unit: int) -> dict[str, int]:
    """The least that whoever has most can have: what is needed over how many there are. Hours in steps of ``unit``."""
    people = max(len(question.people), 1)
    weekend = {day for pair in question.weekends() for day in pair}
    sums = [0, 0, 0]
    for (day, code), need in question.needs.items():
        for shift in question.shifts:
            if shift.code == code:
                sums[0] += need.people * shift.night
                sums[1] += need.people * (day in weekend)
                sums[2] += need.people * (shift.minutes // unit)
    return {name: -(-total // people) for name, total in zip(AIMS, sums, strict=True)}


@dataclass
class _Board:
    """The roster as numbers: ``rows[i][back + d]`` is the shift of person i on day d, 0 for none."""

    question: Question
    back: int
    rows: list[list[int]]
    unit: int

    def __post_init__(self) -> None:
        question = self.question
        self.shifts = (None, *question.shifts)
        spans = [shift.span(0) if shift else (0, 0) for shift in self.shifts]
        rest = question.rules.rest_min
        self.tight = [
            {
                (a, b)
                for a in range(1, len(spans)) for b in range(1, len(spans))
                if spans[b][0] + apart * 1440 - spans[a][1] < rest
            }
            for apart in (1, 2)
        ]  # fmt: skip
        self.night = [bool(s and s.night) for s in self.shifts]
        self.late = [bool(s and s.begins + s.minutes > 1440) for s in self.shifts]
        self.minutes = [s.minutes if s else 0 for s in self.shifts]
        self.weekends = question.weekends()
        self.weekend_days = {day for pair in self.weekends for day in pair}
        self.steps = [n // self.unit for n in self.minutes]

    def keeps_rules(self, row: list[int]) -> bool:
        """Whether a person's row, with what he worked before, keeps every rule of rest and hours."""
        question, rules, back = self.question, self.question.rules, self.back
        nights = days = 0
        for i, code in enumerate(row):
            days = days + 1 if code else 0
            nights = nights + 1 if self.night[code] else 0
            if days > rules.days_in_row or nights > rules.nights_in_row:
                return False
            if code and (
                (i and row[i - 1] and (row[i - 1], code) in self.tight[0])
                or (i > 1 and row[i - 2] and (row[i - 2], code) in self.tight[1])
            ):
                return False
        for week in question.weeks():
            if sum(self.minutes[row[back + d]] for d in week if back + d >= 0) > rules.week_min:
                return False
        if any(
            sum(self.minutes[c] for c in row[max(end - 27, 0) : end + 1]) > rules.month_min
            for end in (range(back, len(row)) if len(row) > 28 else (len(row) - 1,))
        ):
            return False
        free = sum(
            not (row[back + a] or row[back + b] or (back + a and self.late[row[back + a - 1]]))
            for a, b in self.weekends
        )
        return free >= question.weekends_to_keep()

    def shares(self, row: list[int]) -> tuple[int, int, int]:
        """His nights, days at weekends, and hours in steps of ``unit``."""
        return self.worth(row[self.back :], 0)

    def worth(self, codes: list[int], first: int) -> tuple[int, int, int]:
        """The same of some days, the first of which is given."""
        nights = weekends = steps = 0
        for day, code in enumerate(codes, first):
            if code:
                nights += self.night[code]
                weekends += day in self.weekend_days
                steps += self.steps[code]
        return nights, weekends, steps


def _board(question: Question, cells: dict[tuple[int, int], str], unit: int) -> _Board:
    number = {shift.code: n for n, shift in enumerate(question.shifts, 1)}
    back = -min((day for _p, day in question.worked), default=0)
    rows = []
    for person in question.people:
        before = [number.get(question.worked.get((person.id, d), ""), 0) for d in range(-back, 0)]
        rows.append(before + [number.get(cells.get((person.id, d), ""), 0) for d in range(question.days)])
    return _Board(question, back, rows, unit)


def share_evenly(
    question: Question, cells: dict[tuple[int, int], str], *, unit: int, seed: int = 1
) -> tuple[dict[tuple[int, int], str], dict[str, int]]:
    """The evened roster, and what whoever has most has of each (hours in steps of ``unit``)."""
    board, chance = _board(question, cells, unit), random.Random(seed)
    people = question.people
    shares = [board.shares(row) for row in board.rows]
    liked = _likes(question, board)
    free = [i for i, p in enumerate(people) if not any(key[0] == p.id for key in question.fixed)]
    bounds = lower_bounds(question, unit)
    for tried in range(_TRIES if len(free) > 1 else 0):
        if not tried % 500 and _even(shares, bounds):
            break
        aim = tried % 6  # every second time somebody who has most of something gives
        top = max(shares[n][aim // 2] for n in free) if not aim % 2 else 0
        i = chance.choice([n for n in free if shares[n][aim // 2] == top] if top else free)
        j = free[int(chance.random() * len(free))]
        first = int(chance.random() * question.days)
        last = min(first + 1 + int(chance.random() * _LONGEST), question.days)
        span = slice(board.back + first, board.back + last)
        given, taken = board.rows[i][span], board.rows[j][span]
        if i == j or given == taken:
            continue
        less, more = board.worth(given, first), board.worth(taken, first)
        (a, b, c), (d, e, f) = shares[i], shares[j]
        new = (
            (a - less[0] + more[0], b - less[1] + more[1], c - less[2] + more[2]),
            (d + less[0] - more[0], e + less[1] - more[1], f + less[2] - more[2]),
        )
        gain = _uneven(shares[i]) + _uneven(shares[j]) - _uneven(new[0]) - _uneven(new[1])
        if gain < 0 or (gain == 0 and tried % 4):
            continue
        mine, theirs = board.rows[i][:], board.rows[j][:]
        mine[span], theirs[span] = taken, given
        days = range(first, last)
        if not (
            _liking(liked[i], mine, board.back, days) + _liking(liked[j], theirs, board.back, days)
            >= _liking(liked[i], board.rows[i], board.back, days) + _liking(liked[j], board.rows[j], board.back, days)
            and _there(people[i], mine, board.back, days) and _there(people[j], theirs, board.back, days)
            and board.keeps_rules(mine) and board.keeps_rules(theirs)
            and _covers(board, i, j, mine, theirs, days)
        ):  # fmt: skip
            continue
        board.rows[i], board.rows[j] = mine, theirs
        shares[i], shares[j] = new
    evened = {
        (p.id, d): shift.code
        for p, row in zip(people, board.rows, strict=True) for d in range(question.days)
        if (shift := board.shifts[row[board.back + d]]) is not None
    }  # fmt: skip
    return evened, {name: max((s[n] for s in shares), default=0) for n, name in enumerate(AIMS)}


def _uneven(shares: tuple[int, int, int]) -> int:
    """Squares: their sum falls whenever somebody with more gives to somebody with less."""
    a, b, c = shares
    return _WEIGHTS[0] * a * a + _WEIGHTS[1] * b * b + _WEIGHTS[2] * c * c


def _even(shares: list[tuple[int, int, int]], bounds: dict[str, int]) -> bool:
    return all(
        max(s[n] for s in shares) <= bounds[name] and min(s[n] for s in shares) >= bounds[name] - 1
        for n, name in enumerate(AIMS)
    )


def _likes(question: Question, board: _Board) -> list[dict[tuple[int, int], int]]:
    """What a cell is worth to each person: a wish, and a cell that people have read."""
    number = {shift.code: n for n, shift in enumerate(question.shifts, 1)} | {"": 0}
    where = {p.id: i for i, p in enumerate(question.people)}
    liked: list[dict[tuple[int, int], int]] = [{} for _p in question.people]
    for wish in question.wishes:
        if wish.person in where and wish.shift in number:
            key = (wish.day, number[wish.shift])
            liked[where[wish.person]][key] = liked[where[wish.person]].get(key, 0) + 1
    if question.kept is not None:
        for person, i in where.items():
            for day in range(question.days):
                key = (day, number.get(question.kept.get((person, day), ""), 0))
                liked[i][key] = liked[i].get(key, 0) + 1000
    return liked


def _liking(liked: dict[tuple[int, int], int], row: list[int], back: int, days: range) -> int:
    return sum(liked.get((day, row[back + day]), 0) for day in days)


def _there(person: Person, row: list[int], back: int, days: range) -> bool:
    return not any(row[back + day] and day in person.away for day in days)


def _covers(board: _Board, i: int, j: int, mine: list[int], theirs: list[int], days: range) -> bool:
    """Whether each shift that changed hands still has its leads, skills, and officers for its auxiliaries."""
    question, people, back = board.question, board.question.people, board.back
    a, b = people[i], people[j]
    if (a.lead, a.sworn, a.skills) == (b.lead, b.sworn, b.skills):
        return True
    for day in days:
        for code in {mine[back + day], theirs[back + day]} - {0}:
            there = [
                p
                for n, p in enumerate(people)
                if (mine if n == i else theirs if n == j else board.rows[n])[back + day] == code
            ]
            leads, helpers = sum(p.lead and p.sworn for p in there), sum(not p.sworn for p in there)
            need = question.needs.get((day, question.shifts[code - 1].code))
            if helpers > leads * question.rules.per_lead:
                return False
            if need and (
                leads < need.leads
                or any(sum(s in p.skills for p in there) < wanted for s, wanted in need.skills.items())
            ):
                return False
    return True
