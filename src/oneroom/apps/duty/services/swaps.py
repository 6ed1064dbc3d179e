"""Swaps: asked by one, accepted by the other, approved by who plans; the roster follows as a new version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from oneroom.apps.duty.models import Duty, Roster, Swap
from oneroom.apps.duty.rostering import cells_of, people_of, rows_of
from oneroom.apps.duty.services.rosters import tell
from oneroom.apps.duty.swapping import OPEN, against, own_open_duty, own_swap, published_of, swap_to_decide
from oneroom.apps.ledger.services import note, service
from oneroom.engine.roster import Fault
from oneroom.engine.roster.swaps import exchanged
from oneroom.engine.values import Actor, BadInput, Conflict, NotAllowed, Overtaken

S = Swap.State
# Why not, as codes: a typed reason would be the place where somebody's health is written down.
NOT_MINE = ("cannot", "other_plans", "not_fair")
NOT_APPROVED = ("rest", "skills", "cover", "too_late", "other_plan")


class Forbidden(BadInput):
    """The rules that a swap would break, each by name."""

    code = "swap_forbidden"
    message = "This swap breaks rules that it may not break: %(count)d. Each is named."

    def __init__(self, found: list[Fault], names: dict[int, str]):
        super().__init__("taken", count=len(found))
        self.faults, self.names = found, names


@service
def ask_swap(duty_id: int, *, partner_id: int, taken_id: int | None, by: Actor, at: datetime) -> int:
    """Ask a colleague to exchange a duty, or to take it over. Refused at once where a rule stands against it."""
    given = own_open_duty(duty_id, by=by, at=at)
    taken = _duty_of(partner_id, taken_id, given, at) if taken_id is not None else None
    if partner_id not in {r.person.id for r in people_of(given.unit_id)} - {by.id}:
        raise BadInput("with", "Nobody of this unit is meant by that.")
    _must_be_allowed(given, partner_id, taken)
    try:
        with transaction.atomic():
            swap = Swap.objects.create(
                unit_id=given.unit_id, asker_id=by.id, partner_id=partner_id, given=given, taken=taken, asked_at=at
            )
    except IntegrityError as twice:
        raise Conflict("You have asked for a swap of this duty already. Take that back first.") from twice
    _note("swap.asked", swap, by, at)
    return swap.pk


@service
def answer_swap(pk: int, *, accept: bool, reason: str = "", by: Actor, at: datetime) -> None:
    """The colleague says yes, and it waits for who plans; or no, with a reason."""
    swap = own_swap(pk, by=by)
    if swap.partner_id != by.id:
        raise NotAllowed("The other one answers this. You can take it back.")
    if not accept:
        _must_be_reason(reason, NOT_MINE)
        _end(swap, S.REFUSED, sources=(S.ASKED,), reason=reason, by=by, at=at)
        _note("swap.refused", swap, by, at, reason=reason)
        return
    _lock(swap)
    if _changed(swap, at):
        raise Overtaken
    _must_be_allowed(swap.given, swap.partner_id, swap.taken)
    touched = _touching(swap).filter(state=S.ACCEPTED)
    if touched.exists():
        raise Conflict("One of these duties is in another swap that both have accepted. That one is decided first.")
    _move(swap, (S.ASKED,), S.ACCEPTED, answered_at=at)
    _note("swap.accepted", swap, by, at)


@service
def withdraw_swap(pk: int, *, by: Actor, at: datetime) -> None:
    """Whoever asked takes it back; who had accepted may, too, until it is approved."""
    swap = own_swap(pk, by=by)
    sources = (S.ASKED, S.ACCEPTED) if swap.asker_id == by.id else (S.ACCEPTED,)
    _end(swap, S.WITHDRAWN, sources=sources, by=by, at=at)
    _note("swap.withdrawn", swap, by, at)


@service
def decide_swap(pk: int, *, approve: bool, reason: str = "", by: Actor, at: datetime) -> Roster | None:
    """
    Who plans approves, and the published roster follows as a new version; or refuses with a reason.

    All is asked anew under the lock of the roster, so that of two swaps of one duty the second finds it gone. Nobody
    approves his own.
    """
    swap = swap_to_decide(pk, by=by)
    if by.id in (swap.asker_id, swap.partner_id):
        raise NotAllowed("You are one of the two. Somebody else who plans decides this.")
    if not approve:
        _must_be_reason(reason, NOT_APPROVED)
        _end(swap, S.REFUSED, sources=(S.ACCEPTED,), reason=reason, by=by, at=at)
        _note("swap.refused", swap, by, at, reason=reason)
        return None
    _lock(swap)
    if _changed(swap, at):
        raise Overtaken
    _must_be_allowed(swap.given, swap.partner_id, swap.taken)
    roster = _new_version(swap, by, at)
    _end(swap, S.APPROVED, sources=(S.ACCEPTED,), by=by, at=at, roster=roster)
    for other in _touching(swap).filter(state__in=OPEN):
        _end(other, S.LAPSED, sources=OPEN, by=by, at=at)
        _note("swap.lapsed", other, by, at)
    _note("swap.approved", swap, by, at, roster=roster.pk, version=roster.version)
    return roster


@service
def lapse_swaps(*, by: Actor, at: datetime) -> int:
    """A swap whose duty has begun, or is no more, is over: both are told."""
    over = Q(given__begins__lte=at) | Q(taken__begins__lte=at) | ~Q(given__cancelled_at=None)
    over |= Q(taken__isnull=False) & ~Q(taken__cancelled_at=None)
    rows = list(Swap.objects.filter(over, state__in=OPEN).order_by("pk"))
    for swap in rows:
        _end(swap, S.LAPSED, sources=OPEN, by=by, at=at)
        _note("swap.lapsed", swap, by, at)
    return len(rows)


def _new_version(swap: Swap, by: Actor, at: datetime) -> Roster:
    """The published roster with the two cells exchanged, as its next version; a draft of the same days follows."""
    old = published_of(swap.given)
    if old is None:
        raise Overtaken
    same = Roster.objects.filter(unit_id=old.unit_id, first=old.first)
    version = (same.aggregate(Max("version"))["version__max"] or 0) + 1
    gives = (swap.given.day - old.first).days, swap.given.shift
    takes = ((swap.taken.day - old.first).days, swap.taken.shift) if swap.taken else None
    people = people_of(old.unit_id, old.first)

    def after(roster: Roster) -> dict[str, list[str]]:
        changed = exchanged(cells_of(roster), swap.asker_id, gives, swap.partner_id, takes)
        return {**roster.cells, **rows_of(changed, people, roster.days)}

    draft = same.select_for_update().filter(state=Roster.State.DRAFT).first()
    if draft is not None:
        # The draft was begun from what held then: published later, it must not take the swap back unseen.
        before, now = cells_of(old), cells_of(draft)
        keys = [(swap.asker_id, gives[0]), (swap.partner_id, gives[0])]
        keys += [(swap.asker_id, takes[0]), (swap.partner_id, takes[0])] if takes else []
        if draft.days == old.days and all(before.get(key) == now.get(key) for key in keys):
            draft.cells = after(draft)
        draft.version = version + 1
        draft.save(update_fields=["cells", "version"])
    Roster.objects.filter(pk=old.pk).update(state=Roster.State.REPLACED)
    new = Roster.objects.create(
        unit_id=old.unit_id, first=old.first, days=old.days, version=version, state=Roster.State.PUBLISHED,
        shifts=old.shifts, needs=old.needs, cells=after(old), changed_at=at, changed_by_id=by.id or None,
    )  # fmt: skip
    try:
        with transaction.atomic():
            told, cancelled = tell(new, _planned(new, swap), at)
    except IntegrityError as taken:
        raise Conflict("Somebody here has a duty elsewhere at the same time, or two would command at once.") from taken
    scopes = ("room",) if new.unit_id is None else ("room", f"unit:{new.unit_id}")
    note(
        "roster.published", f"roster:{new.pk}", by=by, at=at, to=scopes, roster=new.pk, unit=new.unit_id,
        version=new.version, told=told, cancelled=cancelled,
    )  # fmt: skip
    return new


def _planned(roster: Roster, swap: Swap) -> dict[tuple[int, Any, str], dict[str, Any]]:
    """Everybody's duties as they stand, the two exchanged with their seats: nobody else is told anything."""
    rows = Duty.objects.filter(unit_id=roster.unit_id, cancelled_at=None, day__gte=roster.first)
    rows = rows.filter(day__lt=roster.first + timedelta(days=roster.days))
    holds = {
        swap.given_id: swap.partner_id,
        **({swap.taken_id: swap.asker_id} if swap.taken_id else {}),
    }
    return {
        (holds.get(d.pk, d.account_id), d.day, d.shift): {
            "begins": d.begins, "ends": d.ends, "crew_id": d.crew_id, "seat": d.seat, "commands": d.commands,
        }
        for d in rows
    }  # fmt: skip


def _duty_of(partner_id: int, taken_id: int, given: Duty, at: datetime) -> Duty:
    rows = Duty.objects.filter(pk=taken_id, account_id=partner_id, unit_id=given.unit_id, cancelled_at=None)
    found = rows.filter(began_at=None, begins__gt=at).first()
    if found is None or published_of(found) != published_of(given):
        raise BadInput("taken", "This is no duty of that colleague in the same roster.")
    if (found.day, found.shift) == (given.day, given.shift):
        raise BadInput("taken", "Both work this shift: there is nothing to exchange.")
    return found


def _must_be_allowed(given: Duty, partner_id: int, taken: Duty | None) -> None:
    found = against(given, partner_id, taken)
    if found.forbids:
        raise Forbidden(found.forbids, found.names)


def _must_be_reason(reason: str, among: Iterable[str]) -> None:
    if reason not in among:
        raise BadInput("reason", "Say why not: pick one of the reasons.")


def _lock(swap: Swap) -> None:
    """The published roster first, then the duties: whoever decides about them at the same time waits."""
    roster = published_of(swap.given)
    if roster is None:
        raise Overtaken
    locked = Roster.objects.select_for_update().filter(pk=roster.pk, state=Roster.State.PUBLISHED).first()
    if locked is None:
        raise Overtaken
    pks = [pk for pk in (swap.given_id, swap.taken_id) if pk]
    list(Duty.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    swap.given.refresh_from_db()
    if swap.taken:
        swap.taken.refresh_from_db()


def _changed(swap: Swap, at: datetime) -> bool:
    """Whether one of the duties is no longer what was asked about."""
    pairs = [(swap.given, swap.asker_id), *([(swap.taken, swap.partner_id)] if swap.taken else [])]
    return any(d.account_id != who or d.cancelled_at or d.began_at or d.begins <= at for d, who in pairs)


def _touching(swap: Swap) -> Any:
    """Other swaps of the same duties."""
    pks = [pk for pk in (swap.given_id, swap.taken_id) if pk]
    return Swap.objects.filter(Q(given__in=pks) | Q(taken__in=pks)).exclude(pk=swap.pk).order_by("pk")


def _move(swap: Swap, sources: Iterable[str], target: str, **more: object) -> None:
    if not Swap.objects.filter(pk=swap.pk, state__in=list(sources)).update(state=target, **more):
        raise Overtaken


def _end(swap: Swap, target: str, *, sources: Iterable[str], by: Actor, at: datetime, **more: object) -> None:
    _move(swap, sources, target, ended_at=at, ended_by_id=by.id or None, **more)


def _note(kind: str, swap: Swap, by: Actor, at: datetime, **facts: Any) -> None:
    """Both hear of it on whatever screen they have open, and who plans on his."""
    to = [f"account:{swap.asker_id}", f"account:{swap.partner_id}"]
    to.append("room" if swap.unit_id is None else f"unit:{swap.unit_id}")
    note(
        kind, f"swap:{swap.pk}", by=by, at=at, to=to, swap=swap.pk, asker=swap.asker_id, partner=swap.partner_id,
        given=swap.given_id, taken=swap.taken_id, **facts,
    )  # fmt: skip
