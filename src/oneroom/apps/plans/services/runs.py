"""Runs are asked for, cancelled, taken up by the planner part and ended: the one way to write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from oneroom.apps.ledger.services import note, service
from oneroom.apps.plans.kinds import KINDS
from oneroom.apps.plans.models import Run, Scenario
from oneroom.engine.roles import Right
from oneroom.engine.values import SYSTEM, Actor, BadInput, NotFound, Overtaken

S = Run.State


@service
def ask_run(scenario_id: int | None, kind: str, asked: Mapping[str, Any], *, by: Actor, at: datetime) -> int:
    """
    Put a question to the simulator: the planner part takes it up. One at a time of each scenario.

    ``BadInput`` names the setting: ``runs``, ``until`` …; what of the city itself cannot be run, the run says.
    """
    by.must(Right.DRAFT_PLANS)
    if kind not in KINDS:
        raise BadInput("kind", "There is no such choice here. Pick one of the list.")
    read = KINDS[kind].read(asked)
    row = None
    if KINDS[kind].of_scenario or scenario_id is not None:
        row = Scenario.objects.select_for_update().filter(pk=scenario_id or 0, put_away_at=None).first()
        if row is None:
            raise NotFound
        if Run.objects.filter(scenario=row, state__in=Run.LIVE).exists():
            raise Overtaken("This plan is being run already. Wait for it, or cancel it.")
    run = Run.objects.create(
        scenario=row, version=row.version if row else 0, kind=kind, asked=read, asked_by_id=by.id or None, asked_at=at,
        changes=row.changes if row else [], hand=row.hand if row else [], day=row.day if row else None,
    )  # fmt: skip
    note("plan.run_asked", f"run:{run.pk}", by=by, at=at, run=run.pk, plan=scenario_id, question=kind)
    return run.pk


@service
def cancel_run(pk: int, *, by: Actor, at: datetime) -> None:
    """It is not wanted any more. One that waits is over at once; one that is computed ends before its next run."""
    by.must(Right.DRAFT_PLANS)
    run = Run.objects.select_for_update().filter(pk=pk).first()
    if run is None:
        raise NotFound
    if run.state == S.WAITING:
        run.state, run.ended_at = S.CANCELLED, at
    elif run.state == S.RUNNING:
        run.state = S.CANCELLING
    else:
        raise Overtaken
    run.save(update_fields=["state", "ended_at"])
    note("plan.run_cancelled", f"run:{pk}", by=by, at=at, run=pk)


# What the planner part does.


def take_up(*, at: datetime, stale_s: float) -> Run | None:
    """
    The oldest run that waits, or whose process has given no sign for so long: from now on this process computes it,
    from the start. One that was to be cancelled is over with its process.
    """
    lost = Run.objects.filter(beat_at__lt=Now() - timedelta(seconds=stale_s))
    for pk in lost.filter(state=S.CANCELLING).values_list("pk", flat=True):
        end_run(pk, S.CANCELLED, at=at)
    with transaction.atomic():
        free = Run.objects.select_for_update(skip_locked=True).order_by("pk")
        run = free.filter(state=S.RUNNING, pk__in=lost.values("pk")).first() or free.filter(state=S.WAITING).first()
        if run is None:
            return None
        Run.objects.filter(pk=run.pk).update(
            state=S.RUNNING, began_at=at, beat_at=Now(), done=0, of=0, taken=F("taken") + 1
        )  # fmt: skip
        run.refresh_from_db()
        return run


def beat(run: Run, *, done: int | None = None, of: int | None = None) -> bool:
    """A sign of the process that computes it, and how far it is; False: it is to stop, or is another process's now."""
    said: dict[str, Any] = {"beat_at": Now()}
    if done is not None:
        said |= {"done": done, "of": of}
    return _mine(run).filter(state=S.RUNNING).update(**said) > 0


def put_back(run: Run) -> None:
    """The part is told to stop: the next one begins it anew, and need not wait until its beat is old."""
    _mine(run).filter(state=S.RUNNING).update(state=S.WAITING, began_at=None, beat_at=None, done=0)


def still_mine(run: Run) -> bool:
    """Whether no other process took it up since."""
    return _mine(run).exists()


def _mine(run: Run) -> QuerySet[Run]:
    return Run.objects.filter(pk=run.pk, taken=run.taken)


@service
def end_run(
    pk: int, state: str, *, results: Any = None, assumed: Any = (), trouble: str = "",
    said: Mapping[str, Any] | None = None, at: datetime,
) -> bool:  # fmt: skip
    """It is over: done, failed or cancelled. Whatever came to it before, an earlier run's results stay."""
    run = Run.objects.select_for_update().filter(pk=pk, state__in=Run.LIVE).first()
    if run is None:
        return False
    if run.state == S.CANCELLING and state == S.DONE:
        state = S.CANCELLED  # the planner was told that it stops
    run.state, run.ended_at, run.trouble, run.trouble_said = state, at, trouble, dict(said or {})
    run.assumed, run.results = list(assumed), results if state == S.DONE else None
    run.save(update_fields=["state", "ended_at", "trouble", "trouble_said", "assumed", "results"])
    note("plan.run_ended", f"run:{pk}", by=SYSTEM, at=at, run=pk, state=str(state), cause=trouble or None)
    return True
