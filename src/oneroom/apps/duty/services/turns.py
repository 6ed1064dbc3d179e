"""At the begin of a shift its people go on duty, at the end off: by the same services as by hand, at the second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localtime

from oneroom.apps.duty.models import Crew, CrewMember, Duty
from oneroom.apps.duty.services.crews import (
    SAYABLE,
    begin_spell,
    come_on_duty,
    go_off_duty,
    nobody_but_officers_leads,
)
from oneroom.apps.duty.services.skills import renew_skills
from oneroom.apps.ledger.services import service
from oneroom.apps.people.services import change_access_of_all
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor, Conflict


@service
def take_command(duty: Duty, *, by: Actor, at: datetime) -> None:
    """The named person commands the room, or his station, from now until his duty ends (T15)."""
    role = Role.SHIFT_COMMANDER if duty.unit_id is None else Role.DUTY_CHIEF
    begin_spell(role=role, account_id=duty.account_id, until=duty.ends, unit_id=duty.unit_id, by=by, at=at)
    Duty.objects.filter(pk=duty.pk).update(began_at=at)


@service
def man_crew(crew_id: int, duties: Sequence[Duty], *, by: Actor, at: datetime) -> None:
    """
    Those of a shift take over their crew, and it is on duty.

    A crew that is on a call, or somebody who still rides with another one that is, is left until that is over: it is
    tried again at the next beat. Without a lead nobody goes (T16).
    """
    if [duty.seat for duty in duties].count("lead") != 1:
        raise Conflict("A crew without its lead does not go on duty.")
    nobody_but_officers_leads([(duty.account_id, duty.seat) for duty in duties])
    crew = Crew.objects.select_for_update().get(pk=crew_id)
    if crew.state in SAYABLE:
        go_off_duty(crew, by=by, at=at)
    elif crew.state != Crew.State.OFF_DUTY:
        raise Conflict("The crew is on a call: it is relieved when that is over.")
    accounts = [duty.account_id for duty in duties]
    if CrewMember.objects.filter(account_id__in=accounts).exclude(crew__state=Crew.State.OFF_DUTY).exists():
        raise Conflict("Somebody of it still rides with another crew.")
    left = list(CrewMember.objects.filter(crew=crew).values_list("account_id", flat=True))
    CrewMember.objects.filter(account_id__in=accounts).delete()
    CrewMember.objects.filter(crew=crew).delete()
    CrewMember.objects.bulk_create(CrewMember(crew=crew, account_id=d.account_id, role=d.seat) for d in duties)
    change_access_of_all(sorted({*left, *accounts}), cause="joined_crew", by=by, at=at)
    renew_skills([crew.pk], day=localtime(at).date(), by=by, at=at)
    come_on_duty(crew, by=by, at=at)
    Duty.objects.filter(pk__in=[duty.pk for duty in duties]).update(began_at=at)


@service
def end_duties(crew_id: int, duties: Sequence[Duty], *, by: Actor, at: datetime) -> None:
    """A shift is over and nobody relieves the crew: it goes off duty, once it is on no call."""
    crew = Crew.objects.select_for_update().get(pk=crew_id)
    if crew.state != Crew.State.OFF_DUTY:
        go_off_duty(crew, by=by, at=at)
    Duty.objects.filter(pk__in=[duty.pk for duty in duties]).update(over_at=at)


def mark(duties: Sequence[Duty], *, at: datetime, over: bool = False) -> None:
    """What has begun, or is over, for who rides with no crew: only that is kept."""
    Duty.objects.filter(pk__in=[duty.pk for duty in duties]).update(**{"over_at" if over else "began_at": at})
