"""A matter that ended: opened again, put away; and the flag that somebody above watches it."""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.duty.access import must_command
from oneroom.apps.incidents.codes import REOPEN_REASONS, SUPERVISE_REASONS
from oneroom.apps.incidents.models import CallBack, Incident
from oneroom.apps.incidents.services.aftercare import drop_call_backs
from oneroom.apps.incidents.services.matter import known, lock, scopes, subject, watch
from oneroom.apps.ledger.services import note, service
from oneroom.apps.orders.services import stop
from oneroom.engine.lifecycle.incident import INCIDENT
from oneroom.engine.roles import Role
from oneroom.engine.values import SYSTEM, Actor, IllegalMove


@service
def reopen(incident_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """
    The shift commander opens the matter again, with a reason. Everything before stays in the record.

    It is to be sent to anew, and its clock begins again; how it ended before stands in the entry, not in the row.
    """
    row = lock(incident_id)
    move = INCIDENT.move(row.state, "reopen", by=by)
    must_command(by, at=at)
    known("reason", reason, REOPEN_REASONS)
    before, outcome = row.state, row.outcome
    Incident.objects.filter(pk=row.pk).update(
        state=move.target, state_since=at, closed_at=None, outcome="", case="", no_case_reason="", reopen_proposed="",
        held_until=None, reopened=row.reopened + 1, reopened_at=at,
    )  # fmt: skip
    drop_call_backs(row, cause="reopened", by=by, at=at)
    row.refresh_from_db()
    note(
        "incident.reopened", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
        reason=reason, times=row.reopened, before=before, outcome=outcome,
    )  # fmt: skip
    watch(row, "dispatch", by=by, at=at)


@service
def supervise(incident_id: int, *, on: bool, reason: str, by: Actor, at: datetime) -> None:
    """The shift commander or an inspector watches this matter from now on, or no longer."""
    row = lock(incident_id)
    INCIDENT.move(row.state, "supervise", by=by)
    if Role.INSPECTOR not in by.roles:
        must_command(by, at=at)
    known("reason", reason, SUPERVISE_REASONS)
    if not Incident.objects.filter(pk=row.pk, supervised=not on).update(supervised=on):
        raise IllegalMove("This matter is supervised already." if on else "Nobody supervises this matter.")
    note(
        "incident.supervised", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, on=on, reason=reason,
    )  # fmt: skip


@service
def archive(incident_id: int, *, at: datetime) -> bool:
    """The machine puts a matter away in which nothing is open; False where something still is."""
    row = lock(incident_id)
    move = INCIDENT.find(row.state, "archive")
    if move is None or row.supervised or row.reopen_proposed:
        return False
    if CallBack.objects.filter(incident=row, due=True, ended_at=None).exists():
        return False
    Incident.objects.filter(pk=row.pk).update(state=move.target, state_since=at)
    note(
        "incident.archived", subject(row.pk), by=SYSTEM, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk,
    )  # fmt: skip
    stop(subject(row.pk), cause="archived", by=SYSTEM, at=at)
    return True
