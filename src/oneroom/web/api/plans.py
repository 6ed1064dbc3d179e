"""Plans: what each changes, how its runs stand and what one came to; a run may be asked for, and cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from oneroom.apps.plans.access import run_for, runs_of, scenario_for, scenarios_for
from oneroom.apps.plans.services import ask_run, cancel_run
from oneroom.engine.values import Actor, NotFound
from oneroom.web.actors import actor
from oneroom.web.api.acts import do
from oneroom.web.api.shapes import Code, Nothing, Strict

router = Router(tags=["plans"])
MOST = 500
Whole = Annotated[int, Field(ge=0, le=2**31)]


class Question(Strict):
    """
    A run: ``compare`` draws so many ``days`` of calls after ``warm_days`` that only fill the city, ``replay`` takes
    those ``since`` a day and before another. ``runs`` of each world, seeds from ``seed`` on; intervals at ``level``.
    """

    kind: Code = "compare"
    days: Whole | None = None
    warm_days: Whole | None = None
    since: Code | None = None
    until: Code | None = None
    runs: Whole | None = None
    seed: Whole | None = None
    level: float | None = None


@router.get("plans")
def plans(request: HttpRequest) -> dict[str, Any]:
    """The plans that are not put away, the newest first; at most 500."""
    rows = scenarios_for(by=actor(request))[:MOST]
    return {
        "plans": [
            {"id": row.pk, "name": row.name, "day": row.day.isoformat(), "version": row.version,
             "changes": len(row.changes) + len(row.hand)}
            for row in rows
        ]
    }  # fmt: skip


@router.get("plans/{int:pk}")
def plan(request: HttpRequest, pk: int) -> dict[str, Any]:
    """One plan: changes of the organisation, those by hand, and its runs, the newest first."""
    row = scenario_for(pk, by=actor(request))
    return {
        "id": row.pk, "name": row.name, "day": row.day.isoformat(), "version": row.version, "reform": row.reform_id,
        "changes": row.changes, "hand": row.hand, "runs": [_run(run) for run in runs_of(row)[:MOST]],
    }  # fmt: skip


@router.get("plans/{int:pk}/runs/{int:run}")
def run(request: HttpRequest, pk: int, run: int) -> dict[str, Any]:
    """One run, with what was assumed and what it came to (docs/simulation.md); `results` is null until it is done."""
    found = _found(pk, run, actor(request))
    return {**_run(found), "assumed": found.assumed, "results": found.results}


@router.post("plans/{int:pk}/runs")
def ask(request: HttpRequest, pk: int, asked: Question) -> dict[str, Any]:
    """Run the plan beside today; one run of a plan at a time."""

    def act(by: Actor, at: datetime) -> dict[str, Any]:
        scenario_for(pk, by=by)
        settings = {k: v for k, v in asked.model_dump(exclude={"kind"}).items() if v is not None}
        return {"run": ask_run(pk, asked.kind, settings, by=by, at=at)}

    return do(request, asked, act)


@router.post("plans/{int:pk}/runs/{int:run}/cancel")
def cancel(request: HttpRequest, pk: int, run: int, asked: Nothing) -> dict[str, Any]:
    """Not wanted any more: it ends before its next part, and leaves nothing."""

    def act(by: Actor, at: datetime) -> None:
        cancel_run(_found(pk, run, by).pk, by=by, at=at)

    return do(request, asked, act)


def _found(pk: int, run: int, by: Actor) -> Any:
    found = run_for(run, by=by)
    if found.scenario_id != pk:
        raise NotFound
    return found


def _run(run: Any) -> dict[str, Any]:
    return {
        "id": run.pk, "kind": run.kind, "asked": run.asked, "version": run.version, "state": run.state,
        "done": run.done, "of": run.of, "trouble": run.trouble, "asked_at": run.asked_at, "ended_at": run.ended_at,
    }  # fmt: skip
