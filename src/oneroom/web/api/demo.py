"""The demo's own time, and what its simulated room must know. Does not exist outside the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from oneroom.apps.incidents.queries import queue
from oneroom.apps.ledger.time import Adjustable, clock, now
from oneroom.engine.lifecycle.assignment import State
from oneroom.engine.roles import Right
from oneroom.engine.values import Conflict, NotFound
from oneroom.web.actors import actor
from oneroom.web.api import shapes
from oneroom.web.pages.start.held import HELD, begin_surge, held_crews

router = Router(tags=["demo"])
REAL_SPEED = 1.0


@router.post("demo/time")
def set_rate(request: HttpRequest, asked: shapes.Rate) -> dict[str, Any]:
    """Project seconds per real second: 0 pauses, 1 is real, at most 60; at most real while somebody rides along."""
    actor(request)
    running = clock()
    if not settings.DEMO or not isinstance(running, Adjustable):
        raise NotFound
    if asked.rate > REAL_SPEED and held_crews():
        raise Conflict(HELD)
    running.set_rate(asked.rate)
    return {"rate": asked.rate}


@router.post("demo/surge")
def surge(request: HttpRequest, asked: shapes.Nothing) -> dict[str, Any]:
    """A storm comes over the city now, for two hours of its time; a second one begins only when it is over."""
    actor(request)
    if not settings.DEMO:
        raise NotFound
    return {"since": begin_surge(now())}


@router.get("demo/queue")
def open_matters(request: HttpRequest) -> dict[str, Any]:
    """Open matters for the simulated dispatcher, without any personal field: what a person reads off the screen."""
    by = actor(request)
    if not settings.DEMO:
        raise NotFound
    by.must(Right.DISPATCH)
    return {
        "queue": [
            {
                "id": row.incident.pk, "reference": row.incident.reference, "state": row.incident.state,
                "state_since": row.incident.state_since, "grade": row.incident.grade,
                "category": row.incident.category, "final_category": row.incident.final_category,
                "subcategory": row.incident.subcategory, "final_subcategory": row.incident.final_subcategory,
                "outcome": row.incident.outcome, "placed": row.incident.lon is not None,
                "unit": row.incident.unit.code if row.incident.unit else "",
                "held_until": row.incident.held_until, "drill": row.incident.drill,
                "offered": [
                    {"id": a.pk, "crew": a.crew_id, "offered_at": a.offered_at, "return_reason": a.return_reason}
                    for a in row.crews
                    if a.state == State.OFFERED
                ],
            }
            for row in queue(by=by, at=now())
        ]
    }  # fmt: skip
