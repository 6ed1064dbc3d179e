"""
Rosters as questions to the engine: whose they are, which shifts and needs, what is wrong with a draft.

Who can be rostered is asked here and nowhere else (``people_of``): today accounts with a role at the unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.timezone import make_aware

from oneroom.apps.duty.models import CalendarKey, Crew, Duty, Roster, Wish
from oneroom.apps.people.models import Grant
from oneroom.apps.personnel.models import Absence
from oneroom.apps.personnel.queries import skills_of_accounts
from oneroom.engine.roles import CREW, INTAKE, OFFICERS, STATION, Right, Role
from oneroom.engine.roster import Fault, Need, Person, Question, Shift, command_faults, faults
from oneroom.engine.roster.crews import Seat, seats
from oneroom.engine.roster.values import DAY_MIN
from oneroom.engine.roster.values import Wish as Asked
from oneroom.engine.roster.workdays import is_known, is_workday
from oneroom.engine.values import Actor, BadInput, NotFound

COMMAND = "command"  # the skill of whoever may be the one who commands
LONGEST = 31
# code -> (begins, minutes, one of it commands); D and N together are a day and a night without a gap (row T15)
SHIFTS: dict[str, tuple[int, int, bool]] = {
    "D": (8 * 60, 12 * 60, True),
    "N": (20 * 60, 12 * 60, True),
    "S": (14 * 60, 8 * 60, False),
}
# code -> on working days, on days off: (people, leads)
NEEDS: dict[str, list[list[int]]] = {"D": [[3, 1], [2, 1]], "N": [[2, 1], [2, 1]]}


@dataclass(frozen=True, slots=True)
class Rostered:
    """Somebody who can be rostered, by name, with what the engine needs to know."""

    name: str
    person: Person


def people_of(unit_id: int | None, on: date | None = None) -> list[Rostered]:
    """
    Everybody with a role at the unit that goes out or leads, or with one in the room; by name.

    With a day ``on``: certificates that hold then count as skills besides.
    """
    roles = CREW | STATION if unit_id is not None else INTAKE
    chiefs = STATION if unit_id is not None else frozenset({Role.SHIFT_COMMANDER})
    rows = Grant.objects.filter(ends=None, account__is_active=True, role__in=[r.value for r in roles])
    held: dict[tuple[str, int], set[Role]] = defaultdict(set)
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    for role, name, account in rows.values_list("role", "account__name", "account_id"):
        held[name, account].add(Role(role))
    certified = skills_of_accounts({a for _n, a in held}, on) if on else {}
    return [
        Rostered(
            name,
            Person(
                account, sworn=unit_id is None or bool(mine & (OFFICERS | STATION)),
                lead=bool(mine & (chiefs | OFFICERS)),
                skills=frozenset(certified.get(account, ())) | (frozenset({COMMAND}) if mine & chiefs else frozenset()),
            ),
        )
        for (name, account), mine in sorted(held.items())
    ]  # fmt: skip


def units_of(by: Actor) -> list[int | None]:
    """Whose rosters this person makes: of the stations he heads, and of the room if he commands there."""
    mine: list[int | None] = [*sorted(by.units)] if by.may(Right.ROSTER) else []
    return [*mine, None] if by.may(Right.COMMAND) else mine


def roster_for(pk: int, *, by: Actor) -> Roster:
    """A roster of a unit of his."""
    found = Roster.objects.filter(pk=pk).first()
    if found is None or not by.may(Right.ROSTER) or found.unit_id not in units_of(by):
        raise NotFound
    return found


def shifts_of(roster: Roster) -> tuple[Shift, ...]:
    """Its shifts, in the order in which they stand."""
    return tuple(Shift(code, begins, minutes, commands) for code, (begins, minutes, commands) in roster.shifts.items())


def cells_of(roster: Roster) -> dict[tuple[int, int], str]:
    """(account, day) -> code; who is off is left out."""
    return {
        (int(account), day): code
        for account, row in roster.cells.items()
        for day, code in enumerate(row)
        if code
    }  # fmt: skip


def rows_of(cells: Mapping[tuple[int, int], str], people: list[Rostered], days: int) -> dict[str, list[str]]:
    """The same as it is kept."""
    return {str(r.person.id): [cells.get((r.person.id, d), "") for d in range(days)] for r in people}


def works(day: date) -> bool:
    """By the State Council's calendar; of a year that is not known yet, Monday to Friday, and the screen says so."""
    return is_workday(day) if is_known(day.year) else day.weekday() < 5


def question_of(roster: Roster, people: list[Rostered], **more: Any) -> Question:
    """What the engine is asked. What was worked in the four weeks before counts."""
    needs = {}
    for code, (usual, off) in roster.needs.items():
        for number in range(roster.days):
            wanted, leads, *more_of = usual if works(roster.first + timedelta(days=number)) else off
            skills = ({COMMAND: 1} if roster.shifts[code][2] else {}) | (more_of[0] if more_of else {})
            needs[number, code] = Need(wanted, leads, skills)
    before = Duty.objects.filter(
        cancelled_at=None, day__lt=roster.first, day__gte=roster.first - timedelta(days=27),
        account__in=[r.person.id for r in people], shift__in=list(roster.shifts),
    )  # fmt: skip
    worked = {(a, (d - roster.first).days): code for a, d, code in before.values_list("account_id", "day", "shift")}
    away = _away(roster, [r.person.id for r in people])
    more.setdefault("wishes", _wishes(roster, [r.person.id for r in people]))
    told = tuple(replace(r.person, away=away.get(r.person.id, frozenset())) for r in people)
    return Question(roster.first, roster.days, shifts_of(roster), told, needs, worked=worked, **more)


def _away(roster: Roster, accounts: list[int]) -> dict[int, frozenset[int]]:
    """Days on which somebody is unavailable, as his leave says (there is no field for a reason)."""
    until = roster.first + timedelta(days=roster.days)
    rows = Absence.objects.filter(person__account__in=accounts, since__lt=until, until__gt=roster.first)
    found: dict[int, frozenset[int]] = defaultdict(frozenset)
    for account, since, ends in rows.values_list("person__account_id", "since", "until"):
        days = range(max((since - roster.first).days, 0), min((ends - roster.first).days, roster.days))
        found[account] |= frozenset(days)
    firm = Wish.objects.filter(account__in=accounts, firm=True, since__lt=until, until__gt=roster.first)
    for account, since, ends in firm.values_list("account_id", "since", "until"):
        days = range(max((since - roster.first).days, 0), min((ends - roster.first).days, roster.days))
        found[account] |= frozenset(days)
    return found


def _wishes(roster: Roster, accounts: list[int]) -> tuple[Asked, ...]:
    """What people asked for on days of this roster."""
    until = roster.first + timedelta(days=roster.days)
    rows = Wish.objects.filter(account__in=accounts, firm=False, since__lt=until, since__gte=roster.first)
    return tuple(
        Asked(account, (since - roster.first).days, shift)
        for account, since, shift in rows.order_by("pk").values_list("account_id", "since", "shift")
        if not shift or shift in roster.shifts
    )


def wishes_of(account_id: int, *, since: date) -> list[Wish]:
    """Somebody's wishes that are still to come."""
    return list(Wish.objects.filter(account_id=account_id, firm=False, since__gte=since).order_by("since"))


def commanders(question: Question, cells: Mapping[tuple[int, int], str]) -> dict[tuple[int, str], int]:
    """Who commands in each shift with a command: of those who may, whoever had it least; (day, shift) -> account."""
    had: dict[int, int] = defaultdict(int)
    found = {}
    for day in range(question.days):
        for shift in question.shifts:
            able = [p for p in question.people if COMMAND in p.skills and cells.get((p.id, day)) == shift.code]
            if shift.commands and able:
                chosen = min(able, key=lambda p: (had[p.id], p.id))
                had[chosen.id] += 1
                found[day, shift.code] = chosen.id
    return found


def wrong_with(roster: Roster, people: list[Rostered]) -> list[Fault]:
    """Every fault of the draft, the minutes without or with two commanders among them (T15)."""
    question, cells = question_of(roster, people), cells_of(roster)
    shifts = {s.code: s for s in question.shifts}
    spans = [(*shifts[code].span(day), who) for (day, code), who in commanders(question, cells).items()]
    found = faults(question, cells)
    # From the first to the last command, as the shifts lie: a roster hands over to the next at its first shift.
    commanding = [s for s in question.shifts if s.commands]
    if commanding:
        since = min(s.begins for s in commanding)
        found += command_faults(spans, since, question.days * DAY_MIN + since)
    return found


def seats_of(roster: Roster, people: list[Rostered]) -> dict[tuple[int, str, int], Seat]:
    """Who rides with which crew of the unit: (day, shift, account) -> seat. Whoever commands rides with none."""
    question, cells = question_of(roster, people), cells_of(roster)
    crews = list(Crew.objects.filter(unit_id=roster.unit_id).order_by("code").values_list("pk", flat=True))
    commanding = commanders(question, cells)
    found = {}
    for day in range(roster.days):
        for shift in question.shifts:
            there = [
                p for p in question.people
                if cells.get((p.id, day)) == shift.code and commanding.get((day, shift.code)) != p.id
            ]  # fmt: skip
            for seat in seats(there, crews, core=settings.CREW_OFFICERS):
                found[day, shift.code, seat.person] = seat
    return found


def moment(day: date, minutes: int) -> datetime:
    """Minutes after midnight of a day, as a time."""
    return make_aware(datetime.combine(day, time())) + timedelta(minutes=minutes)


def own_duties(account_id: int, *, since: datetime) -> list[Duty]:
    """Somebody's published duties from a time on, also those that were cancelled."""
    return list(Duty.objects.filter(account_id=account_id, ends__gt=since).select_related("unit").order_by("begins"))


def calendar_since(account_id: int) -> datetime | None:
    """Since when somebody has an address for his calendar, if he has."""
    return CalendarKey.objects.filter(account_id=account_id).values_list("made_at", flat=True).first()


def rosters_of(unit_id: int | None) -> list[Roster]:
    """All versions, the latest days and versions first."""
    return list(Roster.objects.filter(unit_id=unit_id).order_by("-first", "-version"))


def must_be_code(roster: Roster, code: str) -> str:
    """A code of the roster's shifts, or empty for a day off."""
    if code and code not in roster.shifts:
        raise BadInput("shift", "This roster has no such shift.")
    return code


def due_at(at: datetime) -> list[Duty]:
    """Duties that have begun by the clock and are not over, or are and were not ended yet."""
    rows = Duty.objects.filter(cancelled_at=None, over_at=None, begins__lte=at)
    return list(rows.filter(Q(ends__gt=at) | ~Q(began_at=None)).order_by("begins", "pk"))
