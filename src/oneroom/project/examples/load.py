"""Load an example into an empty house by the services that a planner's own plans go by, and count it by its queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.translation import gettext_noop as _

from oneroom.apps.ledger.services import service
from oneroom.apps.orgs import facts as stored
from oneroom.apps.orgs.queries import find_unit
from oneroom.apps.orgs.services import enact
from oneroom.apps.people.queries import actor_of
from oneroom.apps.people.services import create_account, give_role, sign_second
from oneroom.apps.reforms.services import ask_for_signature, import_plan
from oneroom.engine.organisation.changes import Create, Outcome
from oneroom.engine.organisation.codec import Document, areas_named, write_document
from oneroom.engine.organisation.proposal import Proposal
from oneroom.engine.roles import Role
from oneroom.engine.values import Actor, Conflict
from oneroom.project.examples import City
from oneroom.project.examples.baotou import baotou
from oneroom.project.examples.staffing import move_down, serve, told
from oneroom.project.examples.tianjin import tianjin

CITIES = {"tianjin": tianjin, "baotou": baotou}


@service
def load(city: City, *, day: date, by: Actor, at: datetime) -> list[int]:
    """
    Found the city today and sign its reforms for that day; gives the plans. Nothing of it where anything is there.

    Two made-up people without passwords draft and sign: the rule of the second signature holds for examples, too.
    """
    if stored.facts().spells:
        raise Conflict(_("There are units here already: an example goes into an empty house."))
    found(city, day=at.astimezone().date(), by=by, at=at)
    planner, second = _people(city, by=by, at=at)
    plans = []
    for reform in city.reforms:
        drawn = {name: city.ground[name] for name in areas_named(reform.changes)}
        document = write_document(Document(f"{reform.name} · {reform.rows}", day, reform.changes, drawn))
        plan = import_plan(document, illustration=True, by=planner, at=at)
        request = ask_for_signature(plan, words="示例 / illustration", by=planner, at=at)
        sign_second(request, by=second, at=at)
        plans.append(plan)
    serve(city.later, day=day, by=by, at=at)
    move_down(city.down, day=day, by=by, at=at)
    return plans


def found(city: City, *, day: date, by: Actor, at: datetime) -> None:
    """The city as it was before its reforms: its tree with its ground, and who serves there."""
    for outline in city.ground.values():
        stored.area_key(outline)
    enact(city.founding, day=day, by=by, at=at)
    serve(city.staff, spare=city.spare, day=day, by=by, at=at)


def counted(city: City, day: date) -> Iterator[tuple[str, str, str]]:
    """Row, what, and the figure, from what the tables say of that day and of the facts before it."""
    facts = stored.facts()
    eve = date.fromordinal(day.toordinal() - 1)
    p = Proposal(city.changes, day, facts.as_of(eve), Outcome(facts, stored.fates_of(day)))
    for figure in city.figures:
        yield figure.row, figure.what, figure.count(p)
    yield from told(city, day)


def _people(city: City, *, by: Actor, at: datetime) -> tuple[Actor, Actor]:
    station = next(c.unit.code for c in city.founding if isinstance(c, Create) and c.unit.kind == "station")
    unit = find_unit(station)
    assert unit is not None
    made = []
    for name, role, unit_id in (
        ("示例规划员", Role.ORG_PLANNER, None),
        ("示例所长", Role.STATION_CHIEF, unit.pk),
    ):
        username = f"example-{city.code}-{role.value.replace('_', '-')}"
        account = create_account(username=username, name=name, password=None, by=by, at=at)
        give_role(account.pk, role, unit_id=unit_id, by=by, at=at)
        account.refresh_from_db()
        made.append(actor_of(account))
    return made[0], made[1]
