"""Crews come on duty, say what they do, and go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localtime

from oneroom.apps.duty.models import Crew, CrewMember, DutySpell, Position
from oneroom.apps.duty.queries import led_crews
from oneroom.apps.duty.services.skills import renew_skills
from oneroom.apps.ledger.services import ask_guards, note, service
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.people.services import change_access_of_all
from oneroom.apps.personnel.queries import kinds_of_accounts
from oneroom.engine.roles import Right, Role
from oneroom.engine.values import Actor, BadInput, Conflict, IllegalMove, NotFound, Overtaken

S = Crew.State
# What a crew may say of itself; the other states follow its assignment.
SAYABLE = (S.AVAILABLE, S.MEAL, S.OUT_OF_SERVICE, S.BUSY, S.AT_CENTRE)


def scopes_of(crew: Crew) -> tuple[str, ...]:
    """Whose open screens hear of a crew: the room, its station, itself."""
    line = (f"unit:{crew.line_id}",) if crew.line_id else ()
    return ("room", f"unit:{crew.unit_id}", f"crew:{crew.pk}", *line)


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
    nobody_but_officers_leads(members)
    crew = Crew.objects.create(
        code=code, callsign_zh=callsign_zh, callsign_en=callsign_en, unit_id=unit_id, state_since=at,
        skills=sorted(skills), kit=sorted(kit),
    )  # fmt: skip
    CrewMember.objects.bulk_create(CrewMember(crew=crew, account_id=a, role=r) for a, r in members)
    change_access_of_all([account_id for account_id, _role in members], cause="joined_crew", by=by, at=at)
    renew_skills([crew.pk], day=localtime(at).date(), by=by, at=at)
    crew.refresh_from_db(fields=["skills"])
    return crew


@service
def come_on_duty(crew: Crew, *, by: Actor, at: datetime) -> None:
    """
    The crew is available; its count of orders starts anew.

    Without a sworn lead it does not go, and so auxiliaries are never alone (T16): by roster, by hand or by radio.
    """
    if crew.pk not in led_crews([crew.pk]):
        raise Conflict("A crew without its lead does not go on duty.")
    _swap(crew, (S.OFF_DUTY,), S.AVAILABLE, at, duty_since=at, runs=0)
    renew_skills([crew.pk], day=localtime(at).date(), by=by, at=at)
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


@service
def set_line(crew_id: int, line_id: int | None, *, by: Actor, at: datetime) -> None:
    """
    Whose line a crew serves besides its unit (row B11): that chief sees it and hears of it.

    It changes who sees, never who commands: orders, ladders and rosters stay with the crew's own unit.
    """
    crew = Crew.objects.select_for_update().filter(pk=crew_id).first()
    if crew is None or not (by.heads(crew.unit_id) or by.may(Right.COMMAND)):
        raise NotFound
    if line_id is not None and (line_id == crew.unit_id or not _is_there(line_id)):
        raise BadInput("line", "Another unit than its own is meant here.")
    told = set(scopes_of(crew))
    crew.line_id = line_id
    crew.save(update_fields=["line"])
    to = sorted(told | set(scopes_of(crew)))
    note("crew.line", f"crew:{crew.pk}", by=by, at=at, to=to, crew=crew.pk, unit=crew.unit_id, line=line_id)


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
    """Somebody takes over a duty role from now on; who held it until now is relieved. Not of a unit that has ended."""
    if unit_id is not None and not _is_there(unit_id):
        raise Conflict("This unit is no more: what it had is its heir's.", field="unit")
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


def _is_there(unit_id: int) -> bool:
    return OrgUnit.objects.filter(pk=unit_id, valid_to=None).exists()


def _swap(crew: Crew, sources: Iterable[str], target: str, at: datetime, **more: object) -> None:
    moved = Crew.objects.filter(pk=crew.pk, state__in=list(sources)).update(state=target, state_since=at, **more)
    if not moved:
        raise Overtaken
    crew.state = target


@service
def leave_crew(account_id: int, *, by: Actor, at: datetime) -> None:
    """
    Somebody has left the force, or the unit: he rides no more. The crew's other officer leads then; without one nobody
    does, the crew is sent nowhere, and the room sees that.
    """
    member = CrewMember.objects.select_related("crew").filter(account_id=account_id).first()
    if member is None:
        return
    crew, led = member.crew, member.role == CrewMember.Role.LEAD
    member.delete()
    lead = CrewMember.objects.filter(crew=crew).exclude(role=CrewMember.Role.AUXILIARY).order_by("pk").first()
    if led and lead is not None:
        CrewMember.objects.filter(pk=lead.pk).update(role=CrewMember.Role.LEAD)
    renew_skills([crew.pk], day=localtime(at).date(), by=by, at=at)
    note(
        "crew.member_left", f"crew:{crew.pk}", by=by, at=at, to=scopes_of(crew), crew=crew.pk, unit=crew.unit_id,
        account=account_id, lead=lead.account_id if led and lead is not None else None,
    )  # fmt: skip


def nobody_but_officers_leads(members: Sequence[tuple[int, str]]) -> None:
    """Who is entered as an auxiliary or a grid worker sits on no officer's seat (engine.auxiliary)."""
    kinds = kinds_of_accounts([account_id for account_id, _role in members])
    if any(role != "auxiliary" and kinds.get(account_id, "sworn") != "sworn" for account_id, role in members):
        raise BadInput("members", "An auxiliary leads no crew and takes no officer's seat.")


@service
def move_to_heir(unit_id: int, heir_id: int | None, *, by: Actor, at: datetime) -> None:
    """
    A unit has ended: its crews go to the heir as they are, on duty or on a call; its duty roles end. Crews of others
    that do its line besides do the heir's, whose chief sees them from now on (row B11).
    """
    DutySpell.objects.filter(unit_id=unit_id, begins__gte=at).delete()
    DutySpell.objects.filter(unit_id=unit_id, ends__gt=at).update(ends=at)
    crews = Crew.objects.select_for_update(no_key=True).filter(unit_id=unit_id).order_by("pk")
    if heir_id is None:
        if crews.exists():
            raise Conflict("Crews would belong to nobody: name an heir of their unit.")
        _lines_to_heir(unit_id, None, by=by, at=at)
        return
    for crew in crews:
        crew.unit_id = heir_id
        crew.save(update_fields=["unit"])
        note(
            "crew.moved", f"crew:{crew.pk}", by=by, at=at, to=(*scopes_of(crew), f"unit:{unit_id}"), crew=crew.pk,
            unit=heir_id, before=unit_id,
        )  # fmt: skip
    _lines_to_heir(unit_id, heir_id, by=by, at=at)


def _lines_to_heir(unit_id: int, heir_id: int | None, *, by: Actor, at: datetime) -> None:
    """The line of a unit that ended is its heir's; a crew whose own unit that is by now serves no other line."""
    for crew in Crew.objects.select_for_update(no_key=True).filter(line_id=unit_id).order_by("pk"):
        crew.line_id = heir_id if heir_id != crew.unit_id else None
        crew.save(update_fields=["line"])
        note(
            "crew.line", f"crew:{crew.pk}", by=by, at=at, to=(*scopes_of(crew), f"unit:{unit_id}"), crew=crew.pk,
            unit=crew.unit_id, line=crew.line_id,
        )  # fmt: skip
    Crew.objects.filter(unit_id=heir_id, line_id=heir_id).update(line=None)  # it came to the unit whose line it did
