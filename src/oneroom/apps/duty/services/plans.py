"""What a planner says of a draft by forms: its shifts and needs, a pattern laid over it, who is unavailable, wishes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from oneroom.apps.duty.models import Wish
from oneroom.apps.duty.rostering import people_of, rows_of, units_of
from oneroom.apps.duty.services.rosters import draft_of, save_draft
from oneroom.apps.ledger.services import note, service
from oneroom.engine.roles import Right
from oneroom.engine.roster.patterns import LONGEST, lay, unknown
from oneroom.engine.values import Actor, BadInput, NotFound

_FARTHEST = timedelta(days=370)
ShiftSaid = tuple[int, int, bool]  # begins (minutes after midnight), minutes, one of it commands


@service
def set_plan(
    pk: int, *, shifts: Mapping[str, ShiftSaid], needs: Mapping[str, list[list[object]]], by: Actor, at: datetime
) -> None:
    """Which shifts a draft has, and for each how many people, leads and certified people on working days and off."""
    roster = draft_of(pk, by)
    if not shifts:
        raise BadInput("shifts", "A roster has one shift at least.")
    for code, (begins, minutes, _commands) in shifts.items():
        if not (len(code) == 1 and code.isascii() and code.isupper()):
            raise BadInput("code", "A shift is one capital letter.")
        if not 0 <= begins < 1440 or not 60 <= minutes <= 1440:
            raise BadInput("minutes", "A shift begins within the day and lasts 1 to 24 hours.")
    for pairs in needs.values():
        for people, leads, *_skills in pairs:
            if not 0 <= int(str(leads)) <= int(str(people)) <= 99:
                raise BadInput("needs", "A need is 0 to 99 people, and no more leads than people.")
    roster.shifts, roster.needs = {c: list(s) for c, s in shifts.items()}, dict(needs)
    roster.cells = {who: [c if c in shifts else "" for c in row] for who, row in roster.cells.items()}
    save_draft(roster, by, at)


@service
def lay_pattern(pk: int, *, pattern: str, shift_by: int, by: Actor, at: datetime) -> None:
    """Fill the whole draft from a pattern; what it breaks is named beside the grid."""
    roster = draft_of(pk, by)
    pattern = pattern.strip().upper().replace(" ", "")
    if not 1 <= len(pattern) <= LONGEST:
        raise BadInput("pattern", "A pattern has 1 to %(most)d days, as in DDNN----.", most=LONGEST)
    if strange := unknown(pattern, roster.shifts):
        raise BadInput("pattern", "This roster has no shift %(letter)s; - is a day off.", letter=strange)
    if not 0 <= shift_by < LONGEST:
        raise BadInput("shift_by", "The next person begins 0 to 27 days further.")
    people = people_of(roster.unit_id)
    roster.cells = rows_of(
        lay(pattern, [r.person.id for r in people], roster.days, shift_by=shift_by), people, roster.days
    )
    save_draft(roster, by, at)


@service
def say_unavailable(account_id: int, *, unit_id: int | None, since: date, until: date, by: Actor, at: datetime) -> None:
    """Somebody of the unit is unavailable from a day through another. Why is not asked."""
    by.must(Right.ROSTER)
    if unit_id not in units_of(by):
        raise NotFound
    if account_id not in {r.person.id for r in people_of(unit_id)}:
        raise BadInput("person", "Nobody of this unit is meant by that.")
    _days(since, until, at)
    Wish.objects.create(account_id=account_id, since=since, until=until + timedelta(days=1), firm=True, at=at)
    note("roster.unavailable", f"account:{account_id}", by=by, at=at, account=account_id, days=(until - since).days + 1)


@service
def wish(*, day: date, shift: str, by: Actor, at: datetime) -> None:
    """Ask for a shift of a day, or for a day off, before a roster is made: it is met where the rules let it."""
    _days(day, day, at)
    if shift and not (len(shift) == 1 and shift.isascii() and shift.isupper()):
        raise BadInput("shift", "A shift is one capital letter.")
    Wish.objects.filter(account_id=by.id, since=day, firm=False).delete()
    Wish.objects.create(account_id=by.id, since=day, until=day + timedelta(days=1), shift=shift, at=at)


@service
def drop_wish(pk: int, *, by: Actor, at: datetime) -> None:
    """Take a wish of one's own back."""
    if not Wish.objects.filter(pk=pk, account_id=by.id, firm=False).delete()[0]:
        raise NotFound


def _days(since: date, until: date, at: datetime) -> None:
    if until < since:
        raise BadInput("until", "The last day is before the first.")
    if since < at.date() - timedelta(days=1) or until > at.date() + _FARTHEST:
        raise BadInput("since", "From today on, and within a year.")
