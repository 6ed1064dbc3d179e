"""
A matter goes to another agency, and we hear what became of it (workflow §2.1, 国办发〔2022〕12号).

Handing over is one act, and not the end: the agency's answer is asked for by a time. What comes back, or is nobody's,
is kept by the platform that got it first: ours. With fire and ambulance it is a joint matter: the police part stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from oneroom.apps.incidents.codes import AGENCIES, REFERRAL_RESULTS
from oneroom.apps.incidents.models import Incident, Referral
from oneroom.apps.incidents.services.matter import known, lock, lock_open, scopes, subject, watch
from oneroom.apps.ledger.services import note, service
from oneroom.apps.orders.services import start_overdue, stop
from oneroom.engine.lifecycle.incident import INCIDENT, State
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, NotFound, Overtaken

ANSWERS_WITHIN = {"119": timedelta(minutes=30), "120": timedelta(minutes=30)}
_ANSWERS = timedelta(hours=24)
_LONGEST = timedelta(days=30)


def referral_subject(pk: int) -> str:
    """The referral's name in the record."""
    return f"referral:{pk}"


@service
def bring_in(
    incident_id: int, *, agency: str, reference: str = "", due: datetime | None = None, by: Actor, at: datetime
) -> int:
    """Another service comes along (119, 120): ours stays open, theirs is followed. Gives the referral's id."""
    by.must(Right.TAKE_CALL)
    row = lock_open(incident_id)
    known("agency", agency, AGENCIES)
    return refer(row, agency, joint=True, reference=reference, due=due, by=by, at=at)


def refer(
    row: Incident, agency: str, *, joint: bool, reference: str = "", due: datetime | None = None, by: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Ask for the agency's answer by a time; to be called within the act that hands the matter over."""
    due = due or at + ANSWERS_WITHIN.get(agency, _ANSWERS)
    if not at < due <= at + _LONGEST:
        raise BadInput("due", "The agency answers by a time within the next 30 days.")
    made = Referral.objects.create(
        incident=row, agency=agency, joint=joint, reference=_reference(reference), made_at=at, due_at=due
    )
    note(
        "referral.made", referral_subject(made.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        referral=made.pk, incident=row.pk, agency=agency, joint=joint, due=due,
    )  # fmt: skip
    start_overdue(
        referral_subject(made.pk), stage="agency_answer", limit_s=round((due - at).total_seconds()),
        matter=subject(row.pk), grade=row.grade, drill=row.drill, unit_id=row.unit_id, by=by, at=at,
    )  # fmt: skip
    return made.pk


@service
def answer_referral(
    referral_id: int, *, result: str, reference: str = "", by: Actor, at: datetime
) -> None:  # fmt: skip
    """The agency answered; or gave it back, or nobody knows whose it is: then it is ours again, to be classified."""
    by.must(Right.TAKE_CALL)
    found = Referral.objects.filter(pk=referral_id).first()
    if found is None:
        raise NotFound
    row = lock(found.incident_id)
    known("result", result, REFERRAL_RESULTS)
    told = _reference(reference) or found.reference
    if not Referral.objects.filter(pk=found.pk, answered_at=None).update(answered_at=at, result=result, reference=told):
        raise Overtaken
    note(
        "referral.answered", referral_subject(found.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        referral=found.pk, incident=row.pk, result=result,
    )  # fmt: skip
    stop(referral_subject(found.pk), cause=result, by=by, at=at)
    if result != "answered" and not found.joint and row.state == State.TRANSFERRED:
        move = INCIDENT.move(row.state, "take_back", by=by)
        before = row.state
        Incident.objects.filter(pk=row.pk).update(state=move.target, state_since=at, closed_at=None)
        note(
            "incident.state", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk,
            before=before, state=move.target,
        )  # fmt: skip
        watch(row, "classify", by=by, at=at)


def _reference(text: str) -> str:
    """The agency's own number: short, and no sentence that could hold a name."""
    clean = plain("reference", text, longest=40)
    if clean and not all(c.isalnum() or c in "-/._ " for c in clean):
        raise BadInput("reference", "A reference has letters, digits and dashes only.")
    return clean
