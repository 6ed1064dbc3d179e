"""After a matter was closed: who is called back, and what the callers said (workflow §2.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from oneroom.apps.incidents.codes import CALL_BACK_RESULTS
from oneroom.apps.incidents.contact import may_contact
from oneroom.apps.incidents.models import CallBack, CallBackTry, Incident, Report
from oneroom.apps.incidents.services.matter import known, lock, scopes, subject
from oneroom.apps.ledger.queries import head
from oneroom.apps.ledger.services import note, seal, service
from oneroom.apps.orders.services import start_overdue, stop
from oneroom.engine.lifecycle import callback
from oneroom.engine.lifecycle.incident import INCIDENT
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import SYSTEM, Actor, BadInput, IllegalMove, NotAllowed

COMPLAINT = "police_complaint"


def decide_call_backs(row: Incident, *, share: float, at: datetime) -> None:
    """Decide for each caller of a matter that is being closed; where one is called, the promise begins."""
    seq, entry_hash = head("acts")
    for report in Report.objects.filter(incident=row).order_by("pk"):
        drawn = callback.draw(entry_hash, report.pk)
        decision = (
            callback.Decision(False, "withdrawn")
            if report.withdrawn
            else callback.decide(_caller(row, report, at), drawn=drawn, share=share)
        )
        by_lot = decision.why in ("drawn", "not_drawn")
        deadline = at + timedelta(seconds=decision.limit_s) if decision.limit_s else None
        found = CallBack.objects.create(
            incident=row, report=report, round=row.reopened, due=decision.due, why=decision.why, decided_at=at,
            deadline=deadline, share=share if by_lot else None, drawn_from=seq if by_lot else None,
            ended_at=None if decision.due else at,
        )  # fmt: skip
        note(
            "incident.call_back_decided", subject(row.pk), by=SYSTEM, at=at, to=scopes(row), matter=subject(row.pk),
            incident=row.pk, report=report.pk, due=decision.due, why=decision.why, limit_s=decision.limit_s,
            share=found.share, drawn_from=found.drawn_from,
        )  # fmt: skip
        if decision.due:
            start_overdue(
                f"report:{report.pk}", stage="call_back", limit_s=decision.limit_s, matter=subject(row.pk),
                grade=row.grade, drill=row.drill, unit_id=row.unit_id, by=SYSTEM, at=at,
            )  # fmt: skip


@service
def call_back(incident_id: int, *, report_id: int, result: str, words: str = "", by: Actor, at: datetime) -> None:
    """
    A caller was called, or it was tried: a code for what came of it; the words are sealed.

    Not reached is tried again, so many times. What a caller is not content with, or adds, proposes to open the matter
    again; the shift commander decides. Safety is asked anew: what was safe at closing may not be so now.
    """
    row = lock(incident_id)
    move = INCIDENT.move(row.state, "call_back", by=by)
    known("result", result, CALL_BACK_RESULTS)
    text = plain("words", words, longest=2000)
    found = (
        CallBack.objects.select_related("report__incident")
        .filter(incident=row, report_id=report_id, round=row.reopened, due=True)
        .first()
    )
    if found is None:
        raise BadInput("report", "No call-back of this caller is due.")
    if found.ended_at is not None:
        raise IllegalMove("This caller was called back already.")
    if COMPLAINT in (row.category, row.final_category) and not by.may(Right.TAKE_CALL):
        raise NotAllowed("Who complains about police is called by the room, not by the station.")
    if result not in ("not_safe", "declined") and not may_contact(found.report, "phone", at=at).ok:
        raise IllegalMove("It is no longer safe to call this caller. End the call-back as not safe.")
    tries = found.tries + 1
    ended = callback.ended(result, tries)
    sealed, commitment = (
        seal(text, matter=subject(row.pk), purpose="call_back.words", at=at) if text else (None, None)
    )  # fmt: skip
    CallBackTry.objects.create(call_back=found, at=at, account_id=by.id, result=result, words=sealed)
    CallBack.objects.filter(pk=found.pk).update(tries=tries, result=result, ended_at=at if ended else None)
    note(
        "incident.called_back", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, report=report_id, result=result, tries=tries, ended=ended, words=commitment,
    )  # fmt: skip
    reason = callback.ASKS_TO_REOPEN.get(result)
    if reason:
        Incident.objects.filter(pk=row.pk).update(reopen_proposed=reason)
        note(
            "incident.reopen_proposed", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
            incident=row.pk, report=report_id, reason=reason,
        )  # fmt: skip
    if not ended:
        return
    stop(f"report:{report_id}", cause="called_back", stage="call_back", by=by, at=at)
    if not CallBack.objects.filter(incident=row, round=row.reopened, due=True, ended_at=None).exists():
        Incident.objects.filter(pk=row.pk).update(state=move.target, state_since=at, escalated=False)


def drop_call_backs(row: Incident, *, cause: str, by: Actor, at: datetime) -> None:
    """The matter is open again: nobody is called back about an ending that no longer holds."""
    for found in CallBack.objects.filter(incident=row, ended_at=None):
        CallBack.objects.filter(pk=found.pk).update(ended_at=at)
        stop(f"report:{found.report_id}", cause=cause, stage="call_back", by=by, at=at)


# A call that is only not safe at this hour is due all the same; the hour is asked again when somebody calls.
_SAFE = {"ok": "yes", "not_now": "yes", "not_known": "not_known_safe"}


def _caller(row: Incident, report: Report, at: datetime) -> callback.Caller:
    complaint = COMPLAINT in (row.category, row.final_category)
    safe = _SAFE.get(may_contact(report, "phone", at=at).why, "not_safe")
    return callback.Caller(row.grade, complaint, report.caller_id is not None, safe)
