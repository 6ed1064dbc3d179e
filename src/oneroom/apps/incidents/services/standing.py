"""What becomes of a matter that stands in the queue: another grade, held, set aside, taken back by its caller."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from oneroom.apps.incidents.codes import AGENCIES, HOLD_REASONS, INVALID_REASONS
from oneroom.apps.incidents.contact import another_is_threatened
from oneroom.apps.incidents.models import Assignment, Incident, Report
from oneroom.apps.incidents.services.field import watch_welfare
from oneroom.apps.incidents.services.matter import (
    known,
    known_grade,
    known_reasons,
    lock,
    lock_matter_of,
    lock_open,
    may_lower,
    scopes,
    subject,
    watch,
)
from oneroom.apps.incidents.services.referrals import refer
from oneroom.apps.ledger.services import note, service
from oneroom.apps.orders.services import regrade as regrade_ladders
from oneroom.apps.orders.services import stop
from oneroom.engine.contact import BETRAYED_REASONS
from oneroom.engine.lifecycle import assignment
from oneroom.engine.lifecycle.incident import INCIDENT, NOT_BEGUN
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, BadInput, IllegalMove, NotAllowed

_WHY_ASIDE: dict[str, frozenset[str]] = {
    "transfer": frozenset(AGENCIES),
    "invalidate": frozenset(INVALID_REASONS),
    "cancel": frozenset({"by_caller", "by_room"}),
}
_LONGEST_HOLD = timedelta(hours=24)
_URGENT = 2  # up to this grade a code does not call off the police: whoever holds it may have been made to


@service
def regrade(incident_id: int, *, grade: int, reasons: Iterable[str] = (), by: Actor, at: datetime) -> None:
    """
    Anybody may raise the grade: who takes the call, the crew that sees it, its station. Only the shift commander lowers
    it (workflow §2.1).

    Whatever is being watched goes on by the times of the new grade, counted from where it began: an order of a matter
    that turned out grave climbs as fast as one that was grave from the start.
    """
    by.must(Right.RAISE)
    row = lock_open(incident_id)
    known_grade(grade)
    if grade > row.grade:
        may_lower(by, at=at)
    reasons = known_reasons(reasons)
    before = row.grade
    if grade == before:
        return
    if reasons and grade < before:  # graver for another reason: what spoke for danger to the caller is still true
        reasons = [*reasons, *(r for r in row.reasons if r in BETRAYED_REASONS and r not in reasons)]
    Incident.objects.filter(pk=row.pk).update(grade=grade, reasons=reasons or row.reasons)
    row.grade = grade
    note(
        "incident.graded", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, before=before, grade=grade, reasons=reasons,
    )  # fmt: skip
    regrade_ladders(subject(row.pk), grade=grade, by=by, at=at)
    there = Assignment.objects.filter(incident=row, state=assignment.State.ON_SCENE, reported_at=None)
    for sent in there.select_related("crew").order_by("pk"):
        watch_welfare(sent, row, by=by, at=at)


@service
def hold(incident_id: int, *, reason: str, until: datetime, by: Actor, at: datetime) -> None:
    """Nobody is sent for now, for a reason and until a time; from then on the matter is watched again."""
    row = lock(incident_id)
    move = INCIDENT.move(row.state, "hold", by=by)
    known("reason", reason, HOLD_REASONS)
    if not at < until <= at + _LONGEST_HOLD:
        raise BadInput("until", "A call is held until a time within the next 24 hours.")
    Incident.objects.filter(pk=row.pk).update(state=move.target, state_since=at, held_until=until)
    note(
        "incident.held", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
        reason=reason, until=until,
    )  # fmt: skip
    stop(subject(row.pk), cause="held", stage="dispatch", by=by, at=at)
    watch(row, "dispatch", begins=until, by=by, at=at)


@service
def set_aside(
    incident_id: int, *, verb: str, reason: str, reference: str = "", due: datetime | None = None, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """
    The matter goes no further here: ``transfer`` to an agency, ``invalidate``, or ``cancel``. What is transferred is
    followed: the agency answers by ``due``.

    Only while no crew is on it. Where one was sent before, somebody found it worth sending to: then who sends
    decides, not who takes calls.
    """
    row = lock(incident_id)
    move = INCIDENT.move(row.state, verb, by=by)
    known("agency" if verb == "transfer" else "reason", reason, _WHY_ASIDE[verb])
    if _was_sent_to(row) and not by.may(Right.DISPATCH):
        raise NotAllowed("A crew was sent to this before. The dispatcher decides what becomes of it.")
    _set_aside(row, move.target, verb, reason, by=by, at=at)
    if verb == "transfer":
        refer(row, reason, joint=False, reference=reference, due=due, by=by, at=at)


def _set_aside(row: Incident, state: str, verb: str, reason: str, *, by: Actor, at: datetime) -> None:
    Incident.objects.filter(pk=row.pk).update(state=state, state_since=at, closed_at=at)
    kind = {"transfer": "incident.transferred", "invalidate": "incident.invalid", "cancel": "incident.cancelled"}[verb]
    fact: dict[str, Any] = {"agency": reason} if verb == "transfer" else {"reason": reason}
    note(
        kind, subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk, **fact
    )  # fmt: skip
    stop(subject(row.pk), cause=verb, by=by, at=at)


@service
def withdraw_report(report_id: int, *, by: Actor, at: datetime) -> None:
    """
    A caller takes the report back, as long as no crew was ever sent: officers finish looking.

    The last report of a matter takes the matter with it, unless that is urgent: a caller may have been made to
    withdraw, so there the room is told and decides.
    """
    row = lock_matter_of(report_id)
    own = Report.objects.select_related("taken_as").get(pk=report_id).taken_as or row
    if own.pk != row.pk and another_is_threatened(row, own):
        raise IllegalMove("We look into it, and it cannot be taken back any more.")  # whoever went there, and for whom
    if _begun(row):
        raise IllegalMove("Officers are already on it; they will finish looking.")
    if not Report.objects.filter(pk=report_id, withdrawn=False).update(withdrawn=True):
        return
    note(
        "incident.withdrawn", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, report=report_id,
    )  # fmt: skip
    if row.grade > _URGENT and not Report.objects.filter(incident=row, withdrawn=False).exists():
        move = INCIDENT.move(row.state, "cancel", by=by)
        _set_aside(row, move.target, "cancel", "by_caller", by=by, at=at)


def may_withdraw(report: Report) -> bool:
    """Whether the caller can still take this report back."""
    return not report.withdrawn and not _begun(report.incident)


def _begun(row: Incident) -> bool:
    return row.state not in NOT_BEGUN or _was_sent_to(row)


def _was_sent_to(row: Incident) -> bool:
    """Whether any crew was ever sent: a matter that its crews have left waits in the same state as a new one."""
    return Assignment.objects.filter(incident=row).exists()
