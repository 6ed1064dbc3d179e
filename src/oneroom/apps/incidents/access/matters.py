"""Who may see which matter. Unknown and forbidden look the same."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from oneroom.apps.incidents.models import Assignment, CallBack, Incident, Report, SentBack
from oneroom.apps.incidents.services.matter import subject
from oneroom.apps.ledger.services import Looking, looked
from oneroom.engine.lifecycle.assignment import LIVE
from oneroom.engine.lifecycle.incident import OPEN
from oneroom.engine.roles import Right, Role
from oneroom.engine.values import Actor, NotAllowed, NotFound


def incident_for(pk: int, *, by: Actor) -> Incident:
    """A matter: any for the room, the own station's for its chiefs, for a crew those it is on now."""
    row = Incident.objects.filter(pk=pk).select_related("unit").defer("unit__area").first()
    if row is None or not _may_see(row, by):
        raise NotFound
    return row


def matters_for(*, by: Actor) -> QuerySet[Incident]:
    """The matters whose row this person may see in a list, open and closed: all, or those of his stations."""
    by.must(Right.SEE_MATTERS)
    rows = Incident.objects.select_related("unit").defer("unit__area")
    if by.may(Right.SEE_ROOM) or by.may(Right.INSPECT):
        return rows
    return rows.filter(unit_id__in=by.units)


def inspected(pk: int, *, basis: str, by: Actor, at: datetime) -> Incident:
    """
    A matter opened by an inspector: within an inspection that he names, and looking is an act.

    ``basis`` is the reference of the inspection or complaint; nothing personal opens with it.
    """
    by.must(Right.INSPECT)
    row = Incident.objects.filter(pk=pk).select_related("unit").defer("unit__area").first()
    if row is None:
        raise NotFound
    looked(subject(row.pk), ["matter"], looking=Looking("inspection", basis), by=by, at=at)
    return row


def matter_to_review(pk: int, *, by: Actor) -> Incident:
    """A matter whose report this person may judge: a chief's word counts at his own station, also when he rides out."""
    row = incident_for(pk, by=by)
    if by.may(Right.SEE_STATION) and not by.may(Right.COMMAND) and not by.heads(row.unit_id):
        raise NotAllowed
    return row


def matter_to_call(pk: int, *, by: Actor) -> Incident:
    """A matter whose caller this person may call back: any for the room, the own station's for its chiefs."""
    row = Incident.objects.filter(pk=pk).select_related("unit").defer("unit__area").first()
    if row is None or not (by.may(Right.SEE_ROOM) or by.heads(row.unit_id)):
        raise NotFound
    return row


def matter_to_supervise(pk: int, *, by: Actor) -> Incident:
    """A matter that this person may put under supervision: any for the inspector, else those he may see."""
    row = Incident.objects.filter(pk=pk).first() if Role.INSPECTOR in by.roles else incident_for(pk, by=by)
    if row is None:
        raise NotFound
    return row


def assignment_for(pk: int, *, by: Actor) -> Assignment:
    """An assignment: of the own crew, or any for the room."""
    row = Assignment.objects.filter(pk=pk).select_related("incident", "crew").first()
    own = row is not None and by.may(Right.CREW_ACT) and by.crew_id == row.crew_id
    if row is None or not (own or by.may(Right.DISPATCH)):
        raise NotFound
    return row


def report_of(matter: Incident, pk: int) -> Report:
    """A report of this matter."""
    found = Report.objects.filter(pk=pk, incident=matter).first()
    if found is None:
        raise NotFound
    return found


def _may_see(row: Incident, by: Actor) -> bool:
    if by.may(Right.SEE_ROOM):
        return True
    if answers_for(row, by):
        return True
    if by.may(Right.CREW_ACT) and by.crew_id is not None:
        mine = Assignment.objects.filter(incident=row, crew_id=by.crew_id)
        return mine.filter(state__in=LIVE).exists() or gap_to_complete(row, by) is not None
    return False


def gap_to_complete(row: Incident, by: Actor) -> SentBack | None:
    """The sending back that this person's crew has to answer, if there is one."""
    if by.crew_id is None:
        return None
    return SentBack.objects.filter(incident=row, assignment__crew_id=by.crew_id, ended_at=None).first()


def call_backs_due_of(row: Incident) -> QuerySet[CallBack]:
    """The call-backs that are still to be made after the last closing of a matter."""
    return CallBack.objects.filter(incident=row, round=row.reopened, due=True, ended_at=None)


def answers_for(row: Incident, by: Actor) -> bool:
    """For a chief: the matters of his area, and those his own crews are on, as he is told when they do not answer."""
    if not by.may(Right.SEE_STATION):
        return False
    return (
        by.heads(row.unit_id)
        or Assignment.objects.filter(incident=row, crew__unit_id__in=by.units, state__in=LIVE).exists()
    )


def live_basis(row: Incident, purpose: str, by: Actor) -> str:
    """The live record that the purpose is bound to, or NotAllowed where there is none."""
    if purpose == "respond" and by.crew_id is not None:
        live = Assignment.objects.filter(incident=row, crew_id=by.crew_id, state__in=LIVE).first()
        if live is not None:
            return f"assignment:{live.pk}"
    if purpose == "dispatch" and by.may(Right.SEE_ROOM) and row.state in OPEN:
        return subject(row.pk)
    if purpose == "review" and (by.may(Right.SEE_ROOM) or answers_for(row, by)) and row.state in OPEN:
        return subject(row.pk)
    if purpose == "complete":
        gap = gap_to_complete(row, by)
        if gap is not None:
            return f"send_back:{gap.pk}"
    if purpose == "call_back" and (by.may(Right.SEE_ROOM) or answers_for(row, by)):
        due = call_backs_due_of(row).order_by("deadline").first()
        if due is not None:
            return f"call_back:{due.pk}"
    raise NotAllowed("There is no live matter that this purpose belongs to.")
