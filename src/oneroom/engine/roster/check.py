"""
What is wrong with a roster, however it was made: counted from the clock, and sharing nothing with the solver.

The solver works in days and forbidden pairs; this works in minutes of duty laid end to end. A roster of the solver is
returned only if this finds nothing that stops it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from oneroom.engine.roster.values import DAY_MIN, Cells, Fault, Person, Question, Shift

Duty = tuple[int, int, int, Shift]  # from, to (minutes), day, shift


def faults(question: Question, cells: Cells) -> list[Fault]:
    """Every broken rule, by day, then shift, then person; empty where the roster keeps them all."""
    shifts = {shift.code: shift for shift in question.shifts}
    people = {person.id: person for person in question.people}
    strange = [
        Fault("unknown", d, code, p)
        for (p, d), code in cells.items()
        if code not in shifts or p not in people or not 0 <= d < question.days
    ]
    known = {key: code for key, code in cells.items() if code in shifts and key[0] in people}
    duties: dict[int, list[Duty]] = defaultdict(list)
    for (p, d), code in [*question.worked.items(), *known.items()]:
        if code in shifts and p in people:
            duties[p].append((*shifts[code].span(d), d, shifts[code]))
    found = strange + _cover(question, known, people)
    for p, mine in sorted(duties.items()):
        found += _person(question, people[p], sorted(mine, key=lambda duty: duty[:3]))
    return sorted(found, key=lambda f: (f.day is None, f.day or 0, f.shift, f.person or 0, f.code, f.skill))


def _cover(question: Question, cells: Cells, people: dict[int, Person]) -> list[Fault]:
    on: dict[tuple[int, str], list[Person]] = defaultdict(list)
    for (p, d), code in cells.items():
        on[d, code].append(people[p])
    found = []
    for key in sorted({*question.needs, *on}):
        (day, shift), there, need = key, on.get(key, []), question.needs.get(key)
        leads = sum(p.lead and p.sworn for p in there)
        helpers = sum(not p.sworn for p in there)
        if need is not None:
            if len(there) < need.people:
                found.append(Fault("too_few", day, shift, None, len(there), need.people))
            if leads < need.leads:
                found.append(Fault("no_lead", day, shift, None, leads, need.leads))
            for skill, wanted in sorted(need.skills.items()):
                have = sum(skill in p.skills for p in there)
                if have < wanted:
                    found.append(Fault("skill", day, shift, None, have, wanted, skill))
        if helpers and not leads:
            found.append(Fault("alone", day, shift, None, helpers, 1))
        elif helpers > leads * question.rules.per_lead:
            found.append(Fault("per_lead", day, shift, None, helpers, leads * question.rules.per_lead))
    return found


def _person(question: Question, person: Person, duties: Sequence[Duty]) -> list[Fault]:
    rules, found = question.rules, []
    new = [duty for duty in duties if duty[2] >= 0]
    for since, until, day, shift in new:
        if day in person.away:
            found.append(Fault("away", day, shift.code, person.id))
        if until - since > rules.duty_min:
            found.append(Fault("duty", day, shift.code, person.id, until - since, rules.duty_min))
    for (_since, until, _day, _shift), (since, _until, day, shift) in pairwise(duties):
        if day >= 0 and since < until:
            found.append(Fault("double", day, shift.code, person.id))
        elif day >= 0 and since - until < rules.rest_min:
            found.append(Fault("rest", day, shift.code, person.id, since - until, rules.rest_min))
    found += _hours(question, person, duties)
    found += _in_row(person, {d for _s, _u, d, shift in duties if shift.night}, rules.nights_in_row, "nights")
    found += _in_row(person, {d for _s, _u, d, _shift in duties}, rules.days_in_row, "days")
    free = sum(
        not any(since < (sunday + 1) * DAY_MIN and until > saturday * DAY_MIN for since, until, _d, _s in duties)
        for saturday, sunday in question.weekends()
    )
    if new and free < question.weekends_to_keep():
        found.append(Fault("weekends", None, "", person.id, free, question.weekends_to_keep()))
    return found


def _hours(question: Question, person: Person, duties: Sequence[Duty]) -> list[Fault]:
    """A duty counts whole on the day on which it begins."""
    found = []
    by_day: dict[int, int] = defaultdict(int)
    for since, until, day, _shift in duties:
        by_day[day] += until - since
    for week in question.weeks():
        minutes = sum(by_day.get(d, 0) for d in week)
        last = max((d for d in week if by_day.get(d)), default=-1)
        if minutes > question.rules.week_min and last >= 0:
            found.append(Fault("week", last, "", person.id, minutes, question.rules.week_min))
    worst, day = 0, 0
    for end in range(question.days):
        minutes = sum(by_day.get(d, 0) for d in range(end - 27, end + 1))
        if minutes > worst:
            worst, day = minutes, end
    if worst > question.rules.month_min:
        found.append(Fault("month", day, "", person.id, worst, question.rules.month_min))
    return found


def _in_row(person: Person, days: set[int], most: int, code: str) -> list[Fault]:
    """One fault for each row of days that is too long, at the first day that is too much."""
    found = []
    for day in sorted(days):
        if day - 1 in days:
            continue
        length = 1
        while day + length in days:
            length += 1
        at = max(day + most, 0)
        if length > most and day + length > at:
            found.append(Fault(code, at, "", person.id, length, most))
    return found


def command_faults(spans: Iterable[tuple[int, int, int]], since: int, until: int) -> list[Fault]:
    """
    Minutes that nobody commands (``gap``) or more than one does (``overlap``), of (from, to, person) in minutes (T15).

    A fault lies on the day on which it begins; ``have`` and ``need`` are its first and its last minute of the roster.
    """
    found, reached = [], since
    for begins, ends, person in sorted(spans):
        if begins > reached:
            found.append(Fault("gap", reached // DAY_MIN, "", None, reached, min(begins, until)))
        elif begins < reached and begins >= since:
            found.append(Fault("overlap", begins // DAY_MIN, "", person, begins, min(reached, ends)))
        reached = max(reached, ends)
    if reached < until:
        found.append(Fault("gap", reached // DAY_MIN, "", None, reached, until))
    return found
