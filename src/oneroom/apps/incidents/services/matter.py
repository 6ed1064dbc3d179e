"""What every service of a matter needs: its locks and scopes, and letting its state follow its crews."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from oneroom.apps.duty.access import must_command
from oneroom.apps.duty.models import Crew
from oneroom.apps.incidents.codes import REASONS
from oneroom.apps.incidents.models import Assignment, Incident, Report
from oneroom.apps.ledger.services import note
from oneroom.apps.orders.services import start_overdue, stop
from oneroom.engine.lifecycle import assignment, incident
from oneroom.engine.lifecycle.limits import limit_s
from oneroom.engine.roles import Right
from oneroom.engine.values import SYSTEM, Actor, BadInput, IllegalMove, NotAllowed

S = incident.State


def subject(pk: int) -> str:
    """The matter's name in the record."""
    return f"incident:{pk}"


def scopes(of: Incident, *, new: bool = False) -> set[str]:
    """Whose screens hear of a matter: the room, its station, the crews that are on it now (of a ``new`` one: none)."""
    heard = {"room"}
    if not new:
        live = Assignment.objects.filter(incident=of, state__in=assignment.LIVE).values_list("crew_id", flat=True)
        heard |= {f"crew:{crew}" for crew in live}
    if of.unit_id is not None:
        heard.add(f"unit:{of.unit_id}")
    return heard


def lock(pk: int) -> Incident:
    """The matter with its row locked: acts on its crews come one after the other."""
    return Incident.objects.select_for_update().get(pk=pk)


def lock_open(pk: int) -> Incident:
    """The same, of a matter that is not over; IllegalMove otherwise."""
    return must_be_open(lock(pk))


def must_be_open(row: Incident) -> Incident:
    """The matter, if it is not over; IllegalMove otherwise."""
    if row.state not in incident.OPEN:
        raise IllegalMove("This matter is over; nothing is changed in it or added to it any more.")
    return row


def lock_matter_of(report_id: int) -> Incident:
    """The matter that a report counts to, standing still: it may be merged into another while somebody asks."""
    while True:
        row = lock(Report.objects.values_list("incident_id", flat=True).get(pk=report_id))
        if Report.objects.filter(pk=report_id, incident=row).exists():
            return row


def lock_assignment(pk: int) -> tuple[Assignment, Incident]:
    """
    An assignment with its matter, both standing still.

    Always the matter first, then the crew, as sending does: two acts on one matter or one crew come one after the
    other and never wait for each other.
    """
    incident_id, crew_id = Assignment.objects.values_list("incident_id", "crew_id").get(pk=pk)
    row = lock(incident_id)
    Crew.objects.select_for_update(no_key=True).get(pk=crew_id)
    return Assignment.objects.select_related("crew").get(pk=pk), row


def known(field: str, code: str, codes: Iterable[str]) -> None:
    """BadInput naming the field, unless the house has this code."""
    if code not in codes:
        raise BadInput(field, "There is no such choice: %(choice)s.", choice=str(code)[:40])


def final_kind(row: Incident, category: str, subcategory: str) -> tuple[str, str]:
    """What a matter turned out to be: as said now, else as it was reported from the scene, else as it was taken."""
    if category or subcategory:
        return category or row.final_category or row.category, subcategory
    if row.final_category:
        return row.final_category, row.final_subcategory
    return row.category, row.subcategory


def known_reasons(reasons: Iterable[str]) -> list[str]:
    """The reasons for a grade, each once."""
    given = list(dict.fromkeys(reasons))
    for reason in given:
        known("reasons", reason, REASONS)
    return given


def known_grade(grade: int | None) -> int:
    """The grade, if it is one."""
    if grade not in (1, 2, 3, 4):
        raise BadInput("grade", "The grade is 1, 2, 3 or 4.")
    return grade


def may_lower(by: Actor, *, at: datetime) -> None:
    """Anybody who takes calls raises a grade; only who commands at this minute lowers one (workflow §2.1, T15)."""
    if not by.may(Right.COMMAND):
        raise NotAllowed("Only the shift commander lowers a grade.")
    must_command(by, at=at)


def watch(of: Incident, stage: str, *, begins: datetime | None = None, by: Actor, at: datetime) -> None:
    """Begin to watch a stage of the matter itself (not of one crew), now or from a later time on."""
    start_overdue(
        subject(of.pk), stage=stage, limit_s=limit_s(stage, of.grade), matter=subject(of.pk), grade=of.grade,
        drill=of.drill, unit_id=of.unit_id, begins=begins, by=by, at=at,
    )  # fmt: skip


def this_round(of: Incident) -> QuerySet[Assignment]:
    """The crews sent since the matter was last opened again: what was reported before answers for nothing now."""
    sent = Assignment.objects.filter(incident=of)
    return sent if of.reopened_at is None else sent.filter(offered_at__gte=of.reopened_at)


def follow(of: Incident, *, at: datetime) -> None:
    """
    Let the matter's state follow its crews (engine.lifecycle.incident.following) and note the change.

    Called by every act on an assignment, as its last step, with the incident's row locked.
    """
    rows = list(this_round(of).order_by("pk").values_list("state", "lead", "reported_at"))
    reported = any(lead and at_ is not None for _, lead, at_ in rows)
    target = incident.following(of.state, [state for state, _, _ in rows], lead_reported=reported)
    if target == of.state:
        return
    incident.INCIDENT.move(of.state, f"follow_{target.value}", by=SYSTEM)
    before = of.state
    Incident.objects.filter(pk=of.pk).update(state=target, state_since=at)
    of.state, of.state_since = target, at
    note(
        "incident.state", subject(of.pk), by=SYSTEM, at=at, to=scopes(of), matter=subject(of.pk),
        incident=of.pk, before=before, state=target,
    )  # fmt: skip
    if target in incident.WITH_CREWS and before in incident.TO_SEND:
        Incident.objects.filter(pk=of.pk).update(held_until=None)  # if it waits again, nobody is holding it
        stop(subject(of.pk), cause="sent", stage="dispatch", by=SYSTEM, at=at)
    if target is S.WAITING and before in incident.WITH_CREWS:
        watch(of, "dispatch", by=SYSTEM, at=at)
    if target is S.REPORTED:
        watch(of, "review", by=SYSTEM, at=at)
