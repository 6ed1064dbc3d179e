"""Crews come on duty, say what they do, and go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from oneroom.apps.duty.models import Crew, CrewMember, DutySpell, Position
from oneroom.apps.ledger.services import ask_guards, note, service
from oneroom.apps.people.services import change_access_of_all
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor, BadInput, Conflict, IllegalMove, Overtaken

S = Crew.State
# What a crew may say of itself; the other states follow its assignment.
SAYABLE = (S.AVAILABLE, S.MEAL, S.OUT_OF_SERVICE, S.BUSY, S.AT_CENTRE)


def scopes_of(crew: Crew) -> tuple[str, ...]:
    """Whose open screens hear of a crew: the room, its station, itself."""
    return ("room", f"unit:{crew.unit_id}", f"crew:{crew.pk}")


@service
def form_crew(
    *,
    code: str,
    callsign_zh: str,
    callsign_en: str,
    unit_id: int,
    members: Sequence[tuple[int, str]],
    skills: Iterable[str] = (),
    kit: Iterable[str] = (),
    by: Actor,
    at: datetime,
) -> Crew:
    """
    Form a crew off duty. ``members`` are (account id, role) with role lead, second or auxiliary.

    A crew without a sworn lead is refused: auxiliaries are never alone (workflow §2.10).
    """
    if [role for _, role in members].count("lead") != 1:
        raise BadInput("members", "A crew has exactly one lead, a sworn officer.")
    crew = Crew.objects.create(
        code=code, callsign_zh=callsign_zh, callsign_en=callsign_en, unit_id=unit_id, state_since=at,
        skills=sorted(skills), kit=sorted(kit),
    )  # fmt: skip
    CrewMember.objects.bulk_create(CrewMember(crew=crew, account_id=a, role=r) for a, r in members)
    change_access_of_all([account_id for account_id, _role in members], cause="joined_crew", by=by, at=at)
    return crew


@service
def come_on_duty(crew: Crew, *, by: Actor, at: datetime) -> None:
    """The crew is available; its count of orders starts anew."""
    _swap(crew, (S.OFF_DUTY,), S.AVAILABLE, at, duty_since=at, runs=0)
    note("crew.on_duty", f"crew:{crew.pk}", by=by, at=at, to=scopes_of(crew), crew=crew.pk, unit=crew.unit_id)


@service
def go_off_duty(crew: Crew, *, by: Actor, at: datetime) -> None:
    """The crew is off duty and its place is forgotten at once, unless somebody who counts on it objects."""
    ask_guards("duty.crew_off_duty", crew_id=crew.pk)
    _swap(crew, SAYABLE, S.OFF_DUTY, at, duty_since=None)
    Position.objects.filter(crew=crew).delete()
    note("crew.off_duty", f"crew:{crew.pk}", by=by, at=at, to=scopes_of(crew), crew=crew.pk, unit=crew.unit_id)


@service
def say_state(crew: Crew, state: str, *, by: Actor, at: datetime) -> None:
    """The crew (or the room for it) says what it is doing: available, at a meal, out of service …"""
    if state not in SAYABLE:
        raise BadInput("state", "A crew cannot say this of itself.")
    if crew.state not in SAYABLE:
        raise IllegalMove("The crew is off duty or on a call; its state follows the call.")
    _swap(crew, (crew.state,), state, at)
    note(
        "crew.state", f"crew:{crew.pk}", by=by, at=at, to=scopes_of(crew),
        crew=crew.pk, unit=crew.unit_id, state=state,
    )  # fmt: skip


def set_state(crew_id: int, state: str, *, at: datetime) -> None:
    """The crew's state follows its assignment: part of the act that moved the assignment, which has its entry."""
    Crew.objects.filter(pk=crew_id).exclude(state=S.OFF_DUTY).update(state=state, state_since=at)


def count_run(crew_id: int) -> None:
    """One more order in this shift."""
    Crew.objects.filter(pk=crew_id).update(runs=F("runs") + 1)


@service
def begin_spell(
    *, role: Role, account_id: int, until: datetime, unit_id: int | None = None, by: Actor, at: datetime
) -> DutySpell:
    """Somebody takes over a duty role from now on; who held it until now is relieved."""
    DutySpell.objects.filter(role=role, unit_id=unit_id, begins__lte=at, ends__gt=at).update(ends=at)
    try:
        with transaction.atomic():
            spell = DutySpell.objects.create(role=role, unit_id=unit_id, account_id=account_id, begins=at, ends=until)
    except IntegrityError as taken:
        raise Conflict("Somebody else is entered for this duty role within that time.") from taken
    note(
        "duty.begun", f"account:{account_id}", by=by, at=at, to=("room",),
        account=account_id, role=role, unit=unit_id, until=until,
    )  # fmt: skip
    return spell


def _swap(crew: Crew, sources: Iterable[str], target: str, at: datetime, **more: object) -> None:
    moved = Crew.objects.filter(pk=crew.pk, state__in=list(sources)).update(state=target, state_since=at, **more)
    if not moved:
        raise Overtaken
    crew.state = target
