"""Aims of a reform are entered, bound to a computed figure, and ended (row T01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs.facts import spells_of
from oneroom.apps.reforms.models import Aim, ReformPlan
from oneroom.engine.organisation.aims import FIGURES, SHARES
from oneroom.engine.roles import Right
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, NotFound

_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Bound:
    """The figure that proves an aim: the day whose figure is the baseline, and what is to be reached."""

    figure: str
    baseline: date
    target: float


@service
def enter_aim(
    name: str, *, owner: str, plan_id: int | None = None, bound: Bound | None = None, evidence: str = "", by: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """An aim with its owner, a unit by code; gives its id. Without a figure it is there, and unproven."""
    by.must(Right.DRAFT_REFORM)
    if not spells_of(owner):
        raise BadInput("owner", "There is no unit of this code.")
    if plan_id is not None and not ReformPlan.objects.filter(pk=plan_id).exists():
        raise BadInput("plan", "There is no such choice here. Pick one of the list.")
    if bound is not None:
        _must_be_figure(bound)
    row = Aim.objects.create(
        name=plain("name", name, longest=120, required=True), owner=owner, plan_id=plan_id, entered_at=at,
        evidence=plain("evidence", evidence, longest=300), **_fields(bound),
    )  # fmt: skip
    note("aim.entered", f"aim:{row.pk}", by=by, at=at, aim=row.pk, figure=row.figure or None)
    return row.pk


@service
def bind_aim(pk: int, bound: Bound | None, *, evidence: str, by: Actor, at: datetime) -> None:
    """From now on the aim is judged by this figure, or by none; the record keeps what it was judged by before."""
    by.must(Right.DRAFT_REFORM)
    row = Aim.objects.select_for_update().filter(pk=pk, ended_at=None).first()
    if row is None:
        raise NotFound
    if bound is not None:
        _must_be_figure(bound)
    before = row.figure
    Aim.objects.filter(pk=pk).update(evidence=plain("evidence", evidence, longest=300), **_fields(bound))
    now = bound.figure if bound is not None else ""
    note("aim.bound", f"aim:{pk}", by=by, at=at, aim=pk, figure=now or None, before=before or None)


@service
def end_aim(pk: int, *, by: Actor, at: datetime) -> None:
    """The aim is none any more; it stays in the register."""
    by.must(Right.DRAFT_REFORM)
    if not Aim.objects.filter(pk=pk, ended_at=None).update(ended_at=at):
        raise NotFound
    note("aim.ended", f"aim:{pk}", by=by, at=at, aim=pk)


def _fields(bound: Bound | None) -> dict[str, object]:
    if bound is None:
        return {"figure": "", "baseline": None, "target": None}
    return {"figure": bound.figure, "baseline": bound.baseline, "target": bound.target}


def _must_be_figure(bound: Bound) -> None:
    if bound.figure not in FIGURES:
        raise BadInput("figure", "There is no such choice here. Pick one of the list.")
    if not 0 <= bound.target <= (100 if bound.figure in SHARES else _MOST):
        raise BadInput("target", "A target is a number of 0 or more; a share is at most 100.")
