"""Lists of what is still to be done after a report: to review, to complete, to call back. No personal field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from oneroom.apps.incidents.models import CallBack, Incident, SentBack
from oneroom.engine.lifecycle import incident
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor


@dataclass(frozen=True, slots=True)
class DueCallBack:
    """A caller who is to be called back; whom, opens only with a purpose."""

    incident_id: int
    report_id: int
    reference: str
    grade: int
    category: str
    place_zh: str
    place_en: str
    unit_id: int | None
    why: str
    deadline: datetime
    late: bool
    tries: int
    drill: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A report that was sent back: which crew's, why, since when. The sentence opens with a purpose."""

    incident: Incident
    assignment_id: int | None
    crew_id: int | None
    reason: str
    since: datetime


def call_backs_due(*, by: Actor, at: datetime) -> list[DueCallBack]:
    """Whom this person is to call back, the most pressing first: all for the room, the own station's for its chiefs."""
    rows = CallBack.objects.filter(due=True, ended_at=None).select_related("incident").order_by("deadline", "pk")
    return [
        DueCallBack(
            i.pk, c.report_id, i.reference, i.grade, i.final_category or i.category, i.place_zh, i.place_en,
            i.unit_id, c.why, c.deadline, c.deadline <= at, c.tries, i.drill,
        )
        for c in rows.filter(incident__in=_of(by))
        if (i := c.incident) and c.deadline is not None
    ]  # fmt: skip


def to_call_back(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Of these matters, those in which a caller is still to be called back."""
    return rows.filter(pk__in=CallBack.objects.filter(due=True, ended_at=None).values("incident_id"))


def to_review(*, by: Actor, at: datetime) -> list[Incident]:
    """Reported matters whose report waits to be read, longest waiting first; not those that were sent back."""
    away = SentBack.objects.filter(ended_at=None).values("incident_id")
    rows = _of(by).filter(state=incident.State.REPORTED).exclude(pk__in=away)
    return list(rows.select_related("unit").defer("unit__area").order_by("state_since", "pk"))


def sent_back(*, by: Actor, at: datetime) -> list[Gap]:
    """Reports that were sent back and are not completed, oldest first: of the own crew, the own station, or all."""
    rows = SentBack.objects.filter(ended_at=None).select_related("incident", "assignment").order_by("at", "pk")
    if by.may(Right.SEE_ROOM) or by.may(Right.SEE_STATION):
        rows = rows.filter(incident__in=_of(by))
    else:
        rows = rows.filter(assignment__crew_id=by.crew_id) if by.crew_id is not None else rows.none()
    return [Gap(g.incident, g.assignment_id, g.assignment.crew_id if g.assignment else None, g.reason, g.at)
            for g in rows]  # fmt: skip


def to_reopen(*, by: Actor, at: datetime) -> list[Incident]:
    """Closed matters in which a call-back asks for opening again; the shift commander decides."""
    return list(_of(by).exclude(reopen_proposed="").filter(state__in=incident.ENDED).order_by("state_since", "pk"))


def call_backs_of(matter: Incident) -> list[CallBack]:
    """What was decided for the callers of a matter at its last closing, and what came of it."""
    return list(CallBack.objects.filter(incident=matter, round=matter.reopened).order_by("pk"))


def gap_of(matter: Incident) -> SentBack | None:
    """The sending back of a matter that is not answered yet."""
    return SentBack.objects.filter(incident=matter, ended_at=None).select_related("assignment__crew").first()


def supervised(*, by: Actor, at: datetime) -> list[Incident]:
    """Matters under supervision, until somebody ends it or the machine puts them away."""
    return list(_of(by).filter(supervised=True).order_by("grade", "received_at", "pk"))


def _of(by: Actor) -> QuerySet[Incident]:
    """The matters a list of this person may hold: all for the room, the own station's, else none."""
    if by.may(Right.SEE_ROOM):
        return Incident.objects.all()
    if by.may(Right.SEE_STATION):
        return Incident.objects.filter(unit_id__in=by.units)
    return Incident.objects.none()
