"""Who sees which plans: whoever may see plans sees all of them; they hold units, crews and figures, no persons."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from oneroom.apps.plans.models import Run, Scenario
from oneroom.engine.roles import Right
from oneroom.engine.values import Actor, NotFound


def scenarios_for(*, by: Actor) -> QuerySet[Scenario]:
    """Those that are not put away, the newest first."""
    if not by.may(Right.SEE_PLANS):
        raise NotFound
    return Scenario.objects.filter(put_away_at=None).select_related("drafted_by", "reform").order_by("-pk")


def scenario_for(pk: int, *, by: Actor) -> Scenario:
    """One of them; one that was put away too, for its address may stand in a report."""
    if not by.may(Right.SEE_PLANS):
        raise NotFound
    found = Scenario.objects.filter(pk=pk).select_related("drafted_by", "reform").first()
    if found is None:
        raise NotFound
    return found


def runs_of(scenario: Scenario) -> QuerySet[Run]:
    """The runs of a scenario that somebody was shown already, the newest first, without what they came to."""
    return Run.objects.filter(scenario=scenario).select_related("asked_by").defer("results").order_by("-pk")


def runs_for(*, by: Actor, kind: str | None = None) -> QuerySet[Run]:
    """All runs, also of no scenario, the newest first, without what they came to."""
    if not by.may(Right.SEE_PLANS):
        raise NotFound
    found = Run.objects.select_related("asked_by").defer("results").order_by("-pk")
    return found if kind is None else found.filter(kind=kind)


def run_for(pk: int, *, by: Actor) -> Run:
    """One run, with what it came to."""
    if not by.may(Right.SEE_PLANS):
        raise NotFound
    found = Run.objects.filter(pk=pk).select_related("asked_by", "scenario").first()
    if found is None:
        raise NotFound
    return found


def last_good(scenario: Scenario, *kinds: str) -> Run | None:
    """
    The newest run of these kinds (none: those that compare) that is done: it stands until another is, however many
    failed since. What it came to is read when it is asked for.
    """
    return runs_of(scenario).filter(state=Run.State.DONE, kind__in=kinds or ("compare", "replay")).first()


def newest_runs(scenario_ids: Iterable[int]) -> dict[int, Run]:
    """The newest run of each of these scenarios, without what it came to; one that was never run has none."""
    rows = Run.objects.filter(scenario_id__in=set(scenario_ids)).defer("results")
    return {row.scenario_id or 0: row for row in rows.order_by("scenario_id", "-pk").distinct("scenario_id")}
