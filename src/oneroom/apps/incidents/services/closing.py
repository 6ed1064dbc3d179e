"""The matter is reviewed and closed; the caller may rate it."""

from __future__ import annotations

from datetime import datetime

from oneroom.apps.incidents.codes import CATEGORIES, OUTCOMES
from oneroom.apps.incidents.models import Incident, Report
from oneroom.apps.incidents.protocol import known_subcategory
from oneroom.apps.incidents.services.matter import final_kind, lock, scopes, subject
from oneroom.apps.ledger.services import note, service
from oneroom.apps.orders.services import stop
from oneroom.engine.lifecycle.incident import INCIDENT, State
from oneroom.engine.values import Actor, BadInput, IllegalMove


@service
def review(incident_id: int, *, by: Actor, at: datetime) -> None:
    """Somebody read the scene report and found it whole."""
    row = lock(incident_id)
    move = INCIDENT.move(row.state, "review", by=by)
    Incident.objects.filter(pk=row.pk).update(state=move.target, state_since=at)
    note("incident.reviewed", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk), incident=row.pk)
    stop(subject(row.pk), cause="reviewed", stage="review", by=by, at=at)


@service
def close(
    incident_id: int, *, outcome: str = "", category: str = "", subcategory: str = "", by: Actor, at: datetime
) -> None:
    """Close with outcome and category: those of the scene report unless the closer says otherwise."""
    row = lock(incident_id)
    move = INCIDENT.move(row.state, "close", by=by)
    outcome = outcome or row.outcome
    category, subcategory = final_kind(row, category, subcategory)
    if outcome not in OUTCOMES:
        raise BadInput("outcome", "Say how it ended: pick one of the outcomes.")
    if category not in CATEGORIES:
        raise BadInput("category", "There is no such choice: %(choice)s.", choice=category[:40])
    known_subcategory(category, subcategory)
    Incident.objects.filter(pk=row.pk).update(
        state=move.target,
        state_since=at,
        closed_at=at,
        outcome=outcome,
        final_category=category,
        final_subcategory=subcategory,
        escalated=False,
    )
    note(
        "incident.closed", subject(row.pk), by=by, at=at, to=scopes(row), matter=subject(row.pk),
        incident=row.pk, outcome=outcome, category=category, subcategory=subcategory or None,
    )  # fmt: skip
    stop(subject(row.pk), cause="closed", by=by, at=at)


@service
def rate(report_id: int, *, stars: int, by: Actor, at: datetime) -> None:
    """The caller rates a closed matter, once."""
    report = Report.objects.select_related("incident").get(pk=report_id)
    if stars not in (1, 2, 3, 4, 5):
        raise BadInput("stars", "Pick one of the five.")
    if report.incident.state not in (State.CLOSED, State.CALLED_BACK, State.ARCHIVED):
        raise IllegalMove("You can rate this when it is closed.")
    if not Report.objects.filter(pk=report_id, stars=None).update(stars=stars):
        raise IllegalMove("You have rated this already. Thank you.")
    note(
        "incident.rated", subject(report.incident_id), by=by, at=at, to=scopes(report.incident),
        matter=subject(report.incident_id), incident=report.incident_id, report=report_id, stars=stars,
    )  # fmt: skip
