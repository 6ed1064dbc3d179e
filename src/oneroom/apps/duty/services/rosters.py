"""Rosters are drafted, solved, and published: what is published, people were told, and the clock acts upon it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.crypto import salted_hmac

from oneroom.apps.duty.models import CalendarKey, Duty, Roster
from oneroom.apps.duty.rostering import (
    LONGEST,
    NEEDS,
    SHIFTS,
    cells_of,
    commanders,
    moment,
    must_be_code,
    people_of,
    question_of,
    roster_for,
    rows_of,
    seats_of,
    shifts_of,
    units_of,
    wrong_with,
)
from oneroom.apps.ledger.services import note, service
from oneroom.engine.roles import Right
from oneroom.engine.roster import Fault
from oneroom.engine.values import Actor, BadInput, Conflict, NotFound

if TYPE_CHECKING:
    from oneroom.engine.roster.solve import Answer


class Blocked(BadInput):
    """What stops a roster, each fault with its rule."""

    code = "roster_blocked"
    message = "This roster breaks rules that stop it: %(count)d. Each is named beside the grid."

    def __init__(self, found: list[Fault]):
        super().__init__("roster", count=len(found))
        self.faults = found


@service
def draft_roster(*, unit_id: int | None, first: date, days: int = 28, by: Actor, at: datetime) -> Roster:
    """Begin a draft: a copy of the published roster of those days, or an empty one."""
    by.must(Right.ROSTER)
    if unit_id not in units_of(by):
        raise NotFound
    if not 1 <= days <= LONGEST:
        raise BadInput("days", "A roster has 1 to %(most)d days.", most=LONGEST)
    same = Roster.objects.filter(unit_id=unit_id, first=first)
    if same.filter(state=Roster.State.DRAFT).exists():
        raise Conflict("There is a draft for these days already. Go on with that one.")
    last = same.filter(state=Roster.State.PUBLISHED).first()
    version = (same.aggregate(Max("version"))["version__max"] or 0) + 1
    return Roster.objects.create(
        unit_id=unit_id, first=first, days=last.days if last else days, version=version,
        shifts=last.shifts if last else SHIFTS, needs=last.needs if last else NEEDS, cells=last.cells if last else {},
        changed_at=at, changed_by_id=by.id or None,
    )  # fmt: skip


def draft_of(pk: int, by: Actor) -> Roster:
    """A draft of a unit of his, locked."""
    roster = roster_for(pk, by=by)
    locked = Roster.objects.select_for_update().get(pk=roster.pk)
    if locked.state != Roster.State.DRAFT:
        raise Conflict("This version is published. Make a new draft of it.")
    return locked


@service
def set_cell(pk: int, *, account_id: int, day: int, shift: str, by: Actor, at: datetime) -> None:
    """Give somebody a shift of a day, or a day off."""
    roster = draft_of(pk, by)
    if account_id not in {r.person.id for r in people_of(roster.unit_id, roster.first)}:
        raise BadInput("person", "Nobody of this unit is meant by that.")
    if not 0 <= day < roster.days:
        raise BadInput("day", "This day is not in the roster.")
    row = roster.cells.setdefault(str(account_id), [""] * roster.days)
    row[day] = must_be_code(roster, shift)
    save_draft(roster, by, at)


@service
def set_needs(pk: int, *, needs: Mapping[str, list[list[int]]], by: Actor, at: datetime) -> None:
    """How many people, and leads among them, each shift needs on working days and on days off."""
    roster = draft_of(pk, by)
    for code, pairs in needs.items():
        if code not in roster.shifts:
            raise BadInput("shift", "This roster has no such shift.")
        for people, leads, *_skills in pairs:
            if not 0 <= leads <= people <= 99:
                raise BadInput("needs", "A need is 0 to 99 people, and no more leads than people.")
    roster.needs = dict(needs)
    save_draft(roster, by, at)


def save_draft(roster: Roster, by: Actor, at: datetime) -> None:
    """Keep what changed of it, and who did it."""
    roster.changed_at, roster.changed_by_id = at, by.id or None
    roster.save(update_fields=["cells", "needs", "shifts", "changed_at", "changed_by"])


@service
def solve_roster(pk: int, *, repair: bool = False, by: Actor, at: datetime) -> Answer:
    """
    Fill the draft with the best roster; where none keeps the rules nothing changes, and the answer says why.

    ``repair``: as few cells change as can be against the draft as it stands, after somebody became unavailable.
    """
    from oneroom.engine.roster.solve import solve  # with it come OR-tools and pandas: nobody waits for them at a start

    roster = draft_of(pk, by)
    people = people_of(roster.unit_id, roster.first)
    question = question_of(roster, people)
    if repair:
        question = replace(question, kept=cells_of(roster))
    answer = solve(question)
    if answer.cells:
        roster.cells = rows_of(answer.cells, people, roster.days)
        save_draft(roster, by, at)
    return answer


@service
def publish_roster(pk: int, *, by: Actor, at: datetime) -> Roster:
    """
    Everybody is told: the draft becomes what holds, and what it differs in is new, changed or cancelled.

    Refused while anything stops it (a shift without a lead, auxiliaries alone, a minute without or with two
    commanders); what wears people out is warned of on the screen, and may be published. What has begun stays.
    """
    roster = draft_of(pk, by)
    people = people_of(roster.unit_id, roster.first)
    stops = [f for f in wrong_with(roster, people) if f.stops]
    if stops:
        raise Blocked(stops)
    Roster.objects.filter(unit_id=roster.unit_id, first=roster.first, state=Roster.State.PUBLISHED).update(
        state=Roster.State.REPLACED
    )
    try:
        with transaction.atomic():
            told, cancelled = tell(roster, _planned(roster, people), at)
    except IntegrityError as taken:
        raise Conflict("Somebody here has a duty elsewhere at the same time, or two would command at once.") from taken
    roster.state, roster.changed_at, roster.changed_by_id = Roster.State.PUBLISHED, at, by.id or None
    roster.save(update_fields=["state", "changed_at", "changed_by"])
    scopes = ("room",) if roster.unit_id is None else ("room", f"unit:{roster.unit_id}")
    note(
        "roster.published", f"roster:{roster.pk}", by=by, at=at, to=scopes, roster=roster.pk, unit=roster.unit_id,
        version=roster.version, told=told, cancelled=cancelled,
    )  # fmt: skip
    return roster


def _planned(roster: Roster, people: list[Any]) -> dict[tuple[int, date, str], dict[str, Any]]:
    """(account, day, shift) -> what a duty says."""
    question, cells = question_of(roster, people), cells_of(roster)
    shifts = {s.code: s for s in shifts_of(roster)}
    commanding, seated = commanders(question, cells), seats_of(roster, people)
    planned = {}
    for (account, number), code in cells.items():
        day, seat = roster.first + timedelta(days=number), seated.get((number, code, account))
        planned[account, day, code] = {
            "begins": moment(day, shifts[code].begins), "ends": moment(day, shifts[code].begins + shifts[code].minutes),
            "crew_id": seat.crew if seat else None, "seat": seat.role if seat else "",
            "commands": commanding.get((number, code)) == account,
        }  # fmt: skip
    return planned


def tell(roster: Roster, planned: dict[tuple[int, date, str], dict[str, Any]], at: datetime) -> tuple[int, int]:
    """Write what differs; how many were told something new, and how many duties were cancelled."""
    until = roster.first + timedelta(days=roster.days)
    known = {
        (duty.account_id, duty.day, duty.shift): duty
        for duty in Duty.objects.select_for_update().filter(
            unit_id=roster.unit_id, day__gte=roster.first, day__lt=until
        )
    }  # fmt: skip
    open_ = {key: duty for key, duty in known.items() if duty.began_at is None and duty.begins > at}
    gone = [duty for key, duty in open_.items() if key not in planned and duty.cancelled_at is None]
    for duty in gone:
        Duty.objects.filter(pk=duty.pk).update(cancelled_at=at, changed_at=at, sequence=duty.sequence + 1)
    changed = [
        (key, facts)
        for key, facts in planned.items()
        if (was := open_.get(key)) is not None
        and (was.cancelled_at is not None or any(getattr(was, name) != value for name, value in facts.items()))
    ]
    # First nobody commands of those who change, then whoever is to: two who exchange it never both do.
    Duty.objects.filter(pk__in=[open_[key].pk for key, _facts in changed]).update(commands=False)
    for key, facts in changed:
        duty = open_[key]
        Duty.objects.filter(pk=duty.pk).update(**facts, cancelled_at=None, changed_at=at, sequence=duty.sequence + 1)
    new = [
        Duty(account_id=key[0], unit_id=roster.unit_id, day=key[1], shift=key[2], changed_at=at, **facts)
        for key, facts in planned.items()
        if key not in known and facts["ends"] > at
    ]
    Duty.objects.bulk_create(new)
    return len(changed) + len(new), len(gone)


def mark_of(key: str) -> str:
    """How the secret of a calendar's address stands in the database."""
    return salted_hmac("oneroom.duty.calendar", key, algorithm="sha256").hexdigest()


@service
def new_calendar_key(*, by: Actor, at: datetime) -> str:
    """A new secret address for one's own duties; the old one ends. Shown this once."""
    key = token_urlsafe(32)
    CalendarKey.objects.update_or_create(account_id=by.id, defaults={"mark": mark_of(key), "made_at": at})
    note("calendar.opened", f"account:{by.id}", by=by, at=at, account=by.id)
    return key


@service
def end_calendar_key(*, by: Actor, at: datetime) -> None:
    """The address answers nobody any more."""
    if CalendarKey.objects.filter(account_id=by.id).delete()[0]:
        note("calendar.ended", f"account:{by.id}", by=by, at=at, account=by.id)


def whose_calendar(key: str) -> int | None:
    """The account whose duties this address opens, if it is one that may still sign in."""
    found = CalendarKey.objects.filter(mark=mark_of(key), account__is_active=True)
    return found.values_list("account_id", flat=True).first()
