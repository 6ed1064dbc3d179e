"""Swaps read: who may be asked for what, what stands against one, and whose decision each waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from oneroom.apps.duty.models import Duty, Roster, Swap
from oneroom.apps.duty.rostering import COMMAND, Rostered, cells_of, people_of, question_of, units_of
from oneroom.engine.roles import Right
from oneroom.engine.roster import Fault
from oneroom.engine.roster.swaps import exchanged, may_sit, works_twice, worse
from oneroom.engine.values import Actor, NotFound

OPEN = (Swap.State.ASKED, Swap.State.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Against:
    """What forbids a swap, what is only named, and the names of the people in it."""

    forbids: list[Fault]
    named: list[Fault]
    names: dict[int, str]
    roster: Roster


def published_of(duty: Duty) -> Roster | None:
    """The roster that holds for the day of a duty, as it is published now."""
    rows = Roster.objects.filter(unit_id=duty.unit_id, state=Roster.State.PUBLISHED, first__lte=duty.day)
    found = rows.order_by("-first").first()
    return found if found and duty.day < found.first + timedelta(days=found.days) else None


def against(
    given: Duty, partner_id: int, taken: Duty | None, *, roster: Roster | None = None,
    people: Sequence[Rostered] | None = None,
) -> Against:  # fmt: skip
    """Everything that stands against an exchange, as the published roster is now. Raises NotFound without one."""
    roster = roster or published_of(given)
    if roster is None:
        raise NotFound
    known = list(people if people is not None else people_of(roster.unit_id, roster.first))
    by_id = {r.person.id: r.person for r in known}
    cells, asker = cells_of(roster), given.account_id
    gives = (given.day - roster.first).days, given.shift
    takes = ((taken.day - roster.first).days, taken.shift) if taken else None
    question = question_of(roster, known)
    found = works_twice(cells, asker, gives, partner_id, takes)
    forbids, named = worse(question, cells, exchanged(cells, asker, gives, partner_id, takes))
    for account, duty in ((partner_id, given), (asker, taken)):
        if duty is None:
            continue
        person = by_id.get(account)
        lacks = may_sit(person, duty.seat, commands=duty.commands, skill=COMMAND) if person else Fault("unknown")
        if lacks:
            forbids.append(Fault(lacks.code, None, "", account, lacks.have, lacks.need, lacks.skill))
    return Against([*found, *forbids], named, {r.person.id: r.name for r in known}, roster)


def mine(account_id: int, *, at: datetime) -> list[Swap]:
    """Somebody's swaps that are open, and those that ended within the last two weeks: what he has to be told."""
    rows = Swap.objects.filter(Q(asker_id=account_id) | Q(partner_id=account_id))
    rows = rows.filter(Q(state__in=OPEN) | Q(ended_at__gte=at - timedelta(days=14)))
    return list(_whole(rows).order_by("-asked_at", "-pk")[:60])


def waiting_for(by: Actor) -> list[Swap]:
    """Swaps that both want, of the units whose rosters this person makes."""
    if not by.may(Right.ROSTER):
        return []
    units = units_of(by)
    where = Q(unit_id__in=[u for u in units if u is not None]) | (Q(unit=None) if None in units else Q(pk__in=[]))
    return list(_whole(Swap.objects.filter(where, state=Swap.State.ACCEPTED)).order_by("given__begins", "pk"))


def swap_to_decide(pk: int, *, by: Actor) -> Swap:
    """A swap of a unit whose rosters this person makes."""
    found = _whole(Swap.objects.filter(pk=pk)).first()
    if found is None or not by.may(Right.ROSTER) or found.unit_id not in units_of(by):
        raise NotFound
    return found


def own_swap(pk: int, *, by: Actor) -> Swap:
    """A swap that this person asked for, or is asked about."""
    found = _whole(Swap.objects.filter(pk=pk)).filter(Q(asker_id=by.id) | Q(partner_id=by.id)).first()
    if found is None:
        raise NotFound
    return found


def own_open_duty(pk: int, *, by: Actor, at: datetime) -> Duty:
    """A duty of one's own that has not begun."""
    found = Duty.objects.filter(pk=pk, account_id=by.id, cancelled_at=None, began_at=None, begins__gt=at)
    duty = found.select_related("unit").first()
    if duty is None:
        raise NotFound
    return duty


def colleagues(duty: Duty) -> list[tuple[int, str]]:
    """(account, name) of everybody else whom the roster of a duty may name."""
    return [(r.person.id, r.name) for r in people_of(duty.unit_id) if r.person.id != duty.account_id]


def offers(duty: Duty, partner_id: int, *, at: datetime) -> list[tuple[Duty | None, Against]]:
    """What the partner could give for a duty, each with what stands against it; None: he takes it over for nothing."""
    roster = published_of(duty)
    if roster is None:
        return []
    people = people_of(roster.unit_id, roster.first)
    if partner_id not in {r.person.id for r in people} - {duty.account_id}:
        raise NotFound
    theirs = Duty.objects.filter(
        account_id=partner_id, unit_id=duty.unit_id, cancelled_at=None, began_at=None, begins__gt=at,
        day__gte=roster.first, day__lt=roster.first + timedelta(days=roster.days),
    ).exclude(day=duty.day, shift=duty.shift)  # fmt: skip
    choices: list[Duty | None] = [*theirs.order_by("begins"), None]
    return [(other, against(duty, partner_id, other, roster=roster, people=people)) for other in choices]


def waits_for_me(account_id: int) -> int:
    """How many colleagues ask this person for a swap now."""
    return Swap.objects.filter(partner_id=account_id, state=Swap.State.ASKED).count()


def _whole(rows: QuerySet[Swap]) -> QuerySet[Swap]:
    return rows.select_related("asker", "partner", "given", "taken", "unit", "ended_by")
