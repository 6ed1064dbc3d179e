"""Scenarios are drafted, altered, put away, and become drafts of reforms: the one way to write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from oneroom.apps.incidents.protocol_files import KIT, SKILLS
from oneroom.apps.ledger.services import note, service
from oneroom.apps.orgs import facts as stored
from oneroom.apps.plans.models import Run, Scenario
from oneroom.apps.reforms.access import plan_for
from oneroom.apps.reforms.services import draft_plan
from oneroom.engine.organisation.codec import areas_named, read_changes, write_changes
from oneroom.engine.roles import Right
from oneroom.engine.simulate.changes import read_hand, write_hand
from oneroom.engine.text import plain
from oneroom.engine.values import Actor, BadInput, NotFound, Overtaken


def subject(pk: int) -> str:
    """The scenario's name in the record."""
    return f"plan:{pk}"


@service
def draft_scenario(name: str, *, day: date | None = None, reform_id: int | None = None, by: Actor, at: datetime) -> int:
    """Begin a scenario over the facts of a day (that of the reform, or today); gives its id."""
    by.must(Right.DRAFT_PLANS)
    changes: list[Any] = []
    if reform_id is not None:
        reform = plan_for(reform_id, by=by)
        changes, day = list(reform.changes), day or reform.day
    row = Scenario.objects.create(
        name=plain("name", name, longest=80, required=True), day=_day(day, at), changes=changes, reform_id=reform_id,
        drafted_by_id=by.id or None, drafted_at=at,
    )  # fmt: skip
    note("plan.drafted", subject(row.pk), by=by, at=at, plan=row.pk, changes=len(changes), reform=reform_id)
    return row.pk


@service
def alter_scenario(
    pk: int, *, seen: int, name: str | None = None, changes: Any = None, hand: Any = None, day: date | None = None,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """
    Change a scenario; what is None stays. ``seen`` is the version that the planner had before his eyes: where somebody
    was quicker, nothing is done (``Overtaken``). A refusal names the change: ``changes.3.units``, ``hand.2.crew``.

    What is there and what is not is asked when it is run: a draft may be as unfinished as it likes.
    """
    by.must(Right.DRAFT_PLANS)
    row = _get(pk)
    said: dict[str, Any] = {"version": seen + 1}
    if name is not None:
        said["name"] = plain("name", name, longest=80, required=True)
    if day is not None:
        said["day"] = _day(day, at)
    if changes is not None:
        read = read_changes(changes)
        missing = (named := areas_named(read)) - set(stored.areas(named))
        if missing:
            raise BadInput("changes", "The ground %(name)s is not known here.", name=min(missing)[:16])
        said["changes"] = write_changes(read)
    if hand is not None:
        said["hand"] = write_hand(read_hand(hand, skills=SKILLS, kit=KIT))
    if not Scenario.objects.filter(pk=pk, put_away_at=None, version=seen).update(**said):
        raise Overtaken("Somebody else has just changed this plan. Yours was not done; look again.")
    row.refresh_from_db()
    note("plan.altered", subject(pk), by=by, at=at, plan=pk, changes=len(row.changes), hand=len(row.hand))


@service
def put_away(pk: int, *, by: Actor, at: datetime) -> None:
    """Not this one: it leaves the list, and its address goes on to show it. While it is run it stays."""
    by.must(Right.DRAFT_PLANS)
    _get(pk)
    if Run.objects.filter(scenario_id=pk, state__in=Run.LIVE).exists():
        raise Overtaken("This plan is being run. Cancel the run first.")
    Scenario.objects.filter(pk=pk).update(put_away_at=at)
    note("plan.put_away", subject(pk), by=by, at=at, plan=pk)


@service
def as_reform(scenario_id: int, *, name: str, day: date, by: Actor, at: datetime) -> int:
    """A draft of a reform with the changes of the organisation; those by hand are no part of it. Gives its id."""
    by.must(Right.DRAFT_PLANS)
    row = _get(scenario_id)
    if not row.changes:
        raise BadInput("changes", "There is nothing in this plan yet.")
    reform = draft_plan(name, day, read_changes(row.changes), by=by, at=at)
    note("plan.became_reform", subject(row.pk), by=by, at=at, plan=row.pk, reform=reform)
    return reform


def _get(pk: int) -> Scenario:
    row = Scenario.objects.select_for_update().filter(pk=pk, put_away_at=None).first()
    if row is None:
        raise NotFound
    return row


def _day(day: date | None, at: datetime) -> date:
    today = localtime(at).date()
    if day is None:
        return today
    if not date(2000, 1, 1) <= day <= today.replace(year=today.year + 20, day=1):
        raise BadInput("day", "A day of this century, within twenty years.")
    return day
